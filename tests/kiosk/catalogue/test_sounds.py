"""The sounds of names and characters: right where a phrase decides, kept for the next start, rebuilt when damaged."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.catalogue import sounds
from kiosk.catalogue.sounds import CharacterTable, load

TEXTS = ("银行", "銀行", "香港身份證")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the table of these texts."""
    folder = tmp_path_factory.mktemp("sounds")
    load(TEXTS, folder)
    return folder


def test_a_phrase_decides_how_its_characters_sound(made: Path) -> None:
    found = load(TEXTS, made)
    assert found.pinyin("银行") == "yinhang"  # and not yinxing, as 行 alone would be
    assert found.jyutping("香港身份證") == "hoenggongsanfanzing"


def test_a_query_that_is_no_name_goes_by_its_characters_and_leaves_out_what_has_no_sound(made: Path) -> None:
    found = load(TEXTS, made)
    assert found.pinyin("身份 x") == "shenfen"
    assert found.jyutping("回鄉") == "wuihoeng"
    assert found.pinyin("") == ""


def test_the_table_of_characters_says_what_a_dict_would_in_a_tenth_of_its_memory() -> None:
    known = {chr(code): (f"yin{code % 50}", f"jam{code % 60}") for code in range(0x4E00, 0x9FFF)}
    table = CharacterTable(known)
    assert table == known
    assert list(table) == sorted(known)
    for missing in ("", "x", "銀行", "\uffff", "\u3400"):
        assert missing not in table
    kept = sum(map(sys.getsizeof, (table._line, table._numbers, table._pairs)))
    assert kept < (sys.getsizeof(known) + sum(map(sys.getsizeof, known))) / 10


def test_it_is_worked_out_once_and_then_read(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(TEXTS, made)
    monkeypatch.setattr(sounds, "_work_out", lambda _: pytest.fail("it was kept"))
    assert load(tuple(reversed(TEXTS)), made) == first


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"names": {}'])
def test_a_table_that_cannot_be_read_is_made_anew(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    (path,) = made.iterdir()
    (tmp_path / path.name).write_bytes(raw)
    monkeypatch.setattr(sounds, "_work_out", lambda _: {"names": {"银行": ("yinhang", "nganhong")}, "characters": {}})
    assert load(TEXTS, tmp_path).pinyin("银行") == "yinhang"
    monkeypatch.setattr(sounds, "_work_out", lambda _: pytest.fail("it was kept"))
    assert load(TEXTS, tmp_path).jyutping("银行") == "nganhong"


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "_work_out", lambda _: {"names": {"银行": ("yinhang", "nganhong")}, "characters": {}})
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    assert load(TEXTS, tmp_path / "file" / "sounds").pinyin("银行") == "yinhang"


def test_searching_loads_no_dictionary_of_phrases() -> None:
    program = (
        "import sys; from kiosk.app import ASSETS; from kiosk.catalogue import load_catalogue; "
        "c = load_catalogue(ASSETS); c.prepare_search(); assert c.search('銀行證明', 'zh_Hant') is not None; "
        "assert not {'pypinyin', 'ToJyutping'} & set(sys.modules), 'loaded'"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_disk_that_fills_up_while_the_table_is_kept_is_left_without_a_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fills_up(path: Path, text: str, **_: object) -> None:
        path.write_bytes(text.encode()[:8])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sounds, "_work_out", lambda _: {"names": {"银行": ("yinhang", "nganhong")}, "characters": {}})
    monkeypatch.setattr(Path, "write_text", fills_up)
    assert load(TEXTS, tmp_path).pinyin("银行") == "yinhang"
    assert list(tmp_path.iterdir()) == []
