"""Recorded prompts: found by what they say, played between synthesised words, judged before anybody hears them."""

from __future__ import annotations

import shutil
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from hardware.voice import Clips, EspeakVoice, Utterance, WavFolder
from hardware.voice.espeak import BETWEEN
from hardware.voice.recording import RATE_HZ, faults, read


def tone(seconds: float, *, level_db: float = -23.0, before_s: float = 0.05, after_s: float = 0.1) -> np.ndarray:
    """A made-up recording: a tone of that level with silence around it."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    loud = np.sin(2 * np.pi * 220 * at) * 10 ** (level_db / 20) * 2**0.5
    whole = np.concatenate([np.zeros(round(before_s * RATE_HZ)), loud, np.zeros(round(after_s * RATE_HZ))])
    return np.clip(whole * 32767, -32768, 32767).astype(np.int16)


def write(path: Path, samples: np.ndarray, *, rate: int = RATE_HZ) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "clips" / "en" / "bar.back.wav", tone(0.5))
    write(tmp_path / "clips" / "en" / "gone.wav", tone(0.5))
    (tmp_path / "clips" / "en" / "guide.button.wav").write_bytes(b"no sound")
    lines = "file,say,screen\nen/bar.back.wav,Back,Back\nen/guide.button.wav,button,button\nen/lost.wav,Lost,Lost\n"
    (tmp_path / "clips" / "en" / "script.csv").write_text(lines, encoding="utf-8-sig")
    return tmp_path / "clips"


def said(folder: Path, clips: Clips, utterance: Utterance, program: str = "espeak-ng") -> bytes:
    """The samples of one utterance."""
    voice = EspeakVoice(WavFolder(folder / "out"), clips=clips, program=program)
    assert voice._sound.ready() is None
    assert voice._speak(utterance, 0, threading.Event()) is None
    (path,) = (folder / "out").glob("*.wav")
    samples = read(path).tobytes()
    shutil.rmtree(folder / "out")
    return samples


def test_a_recording_is_found_by_the_words_that_were_spoken(folder: Path) -> None:
    clips = Clips(folder)
    assert clips.find("en", "Back") == tone(0.5).tobytes()
    assert clips.find("zh_Hant", "Back") is None
    assert clips.find("en", "button") is None, "a file that is no sound is no recording"
    assert not clips.has("en", "Lost"), "the file is missing"
    assert not clips.has("en", "Go back"), "a text that was changed is not said in its old words"
    assert not Clips(folder.parent / "nowhere").has("en", "Back")


def test_what_was_recorded_needs_no_synthesiser(folder: Path) -> None:
    assert said(folder, Clips(folder), Utterance("Back", "en"), program="no-such-voice") == tone(0.5).tobytes()


def test_words_between_recordings_are_synthesised(folder: Path) -> None:
    clips, back = Clips(folder), tone(0.5).tobytes()
    parts = ("Back", "Chan Tai Man", "Back")
    whole = said(folder, clips, Utterance("Back, Chan Tai Man, Back", "en", parts=parts))
    assert whole.startswith(back + BETWEEN)
    assert whole.endswith(BETWEEN + back)
    spoken = whole[len(back) + len(BETWEEN) : -len(back) - len(BETWEEN)]
    assert len(spoken) > RATE_HZ, "more than half a second was synthesised"


def test_a_sentence_without_recordings_is_synthesised_in_one_piece(folder: Path) -> None:
    clips = Clips(folder)
    whole = said(folder, clips, Utterance("Help, and leave", "en", parts=("Help", "and leave")))
    assert whole == said(folder, Clips(folder.parent / "nowhere"), Utterance("Help, and leave", "en"))


def test_a_recording_is_as_loud_as_the_resident_wants(folder: Path) -> None:
    clips = Clips(folder)
    usual, quiet = (
        np.frombuffer(clips.find("en", "Back", volume=volume) or b"", np.int16).astype(float) for volume in (60, 30)
    )
    assert np.sqrt(np.mean(quiet**2)) == pytest.approx(np.sqrt(np.mean(usual**2)) / 2, rel=0.01)


def test_at_another_speed_everything_is_said_by_one_voice(folder: Path) -> None:
    fast = said(folder, Clips(folder), Utterance("Back", "en", rate=1.4))
    assert fast != tone(0.5).tobytes()


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        (tone(0.5), ()),
        (tone(0.5, level_db=-40), ("speaks at -40 dB",)),
        (tone(0.5, level_db=-10), ("speaks at -10 dB",)),
        (tone(0.5, before_s=0.6), ("begins after 0.6 s of silence",)),
        (tone(0.5, after_s=0.9), ("ends with 0.9 s of silence",)),
        (tone(0.05), ("too short for its words",)),
        (tone(4.0), ("too long for its words",)),
        (tone(0.5, level_db=6), ("speaks at", "cut off at full scale")),
        (tone(0.5) * 0, ("is silent",)),
        (tone(0.0, before_s=0, after_s=0), ("is empty",)),
    ],
)
def test_a_recording_is_judged(tmp_path: Path, samples: np.ndarray, says: tuple[str, ...]) -> None:
    found = faults(write(tmp_path / "one.wav", samples), "en", "Back")
    assert len(found) == len(says)
    for one, part in zip(found, says, strict=True):
        assert part in one


def test_another_format_is_refused(tmp_path: Path) -> None:
    (found,) = faults(write(tmp_path / "one.wav", tone(0.5), rate=44_100), "en", "Back")
    assert "22 050 Hz" in found
