"""The command for recordings: what is missing, what will not do, and the script for a speaker."""

from __future__ import annotations

import csv
import json
import wave
from pathlib import Path

import pytest
from click.testing import CliRunner

from kiosk.cli import main


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(f'[voice]\nclips = "{tmp_path / "prompts"}"\n', encoding="utf-8")
    return path


def ran(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["prompts", *arguments])
    return done.exit_code, done.output


def test_without_recordings_every_sentence_is_named_and_nothing_is_wrong(config: Path) -> None:
    code, says = ran("check", "--config", str(config), "--language", "zh_Hant")
    assert code == 0
    assert says.startswith("zh_Hant: 0 of ")
    assert "  bar.back has no recording" in says
    assert ran("check", "--config", str(config), "--language", "zh_Hant", "--all")[0] == 1


def test_a_recording_that_will_not_do_is_named_with_its_reason(config: Path) -> None:
    folder = config.parent / "prompts" / "en"
    folder.mkdir(parents=True)
    with wave.open(str(folder / "bar.back.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(4000))
    for name in ("no.such", "bar.next", "bar.leave"):
        (folder / f"{name}.wav").write_bytes(b"")
    (folder / "script.csv").write_text("file,say\nen/bar.back.wav,Back\nen/bar.next.wav,Go on then\n", "utf-8")
    code, says = ran("check", "--config", str(config), "--json")
    assert code == 1
    (english,) = [one for one in json.loads(says) if one["language"] == "en"]
    assert english["faulty"] == {
        "bar.back.wav": ["cannot be played: not 16-bit mono at 22 050 Hz"],
        "bar.leave.wav": ["stands in no line of en/script.csv"],
        "bar.next.wav": ["the sentence was changed since it was recorded"],
        "no.such.wav": ["there is no such sentence any more"],
    }
    assert "bar.back" in english["missing"]


def test_the_script_for_a_speaker_has_a_line_for_every_recording(tmp_path: Path) -> None:
    out = tmp_path / "script.csv"
    code, says = ran("script", "--language", "zh_Hans", "--out", str(out))
    assert code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert says == f"{len(rows)} sentences in {out}\n"
    back = next(row for row in rows if row["file"] == "zh_Hans/bar.back.wav")
    assert back == {"file": "zh_Hans/bar.back.wav", "say": "返回", "screen": "返回"}
    assert not any(char.isdigit() for row in rows for char in row["say"]), "numbers are written as they are said"
