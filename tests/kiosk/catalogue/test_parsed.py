"""The memory of parsed files: faster, and never able to change what is loaded."""

from pathlib import Path

import pytest

from kiosk.catalogue import Catalogue, load_catalogue
from kiosk.catalogue.parsed import ParsedFiles
from kiosk.catalogue.toml_source import TomlSource


def test_a_remembered_catalogue_is_the_same(catalogue: Catalogue, assets: Path, tmp_path: Path) -> None:
    memory = tmp_path / "parsed.json"
    load_catalogue(assets, memory=memory)
    assert memory.exists()
    again = load_catalogue(assets, memory=memory)
    assert again.services == catalogue.services
    assert again.facts == catalogue.facts
    assert again.texts.by_language == catalogue.texts.by_language


@pytest.mark.parametrize(
    "spoilt", ["", "[]", "{}", '{"form": 1, "files": 3}', '{"form": 1, "files": {"a": 1}}', "[" * 9000]
)
def test_a_spoilt_memory_is_written_anew(tmp_path: Path, spoilt: str) -> None:
    memory, toml = tmp_path / "parsed.json", tmp_path / "a.toml"
    memory.write_text(spoilt, encoding="utf-8")
    toml.write_text("day = 2026-11-22\n", encoding="utf-8")
    files = ParsedFiles(memory)
    first = files.read(toml, "a.toml")
    files.keep()
    second = ParsedFiles(memory).read(toml, "a.toml")
    assert isinstance(first, TomlSource)
    assert isinstance(second, TomlSource)
    assert first.values == second.values


def test_a_changed_file_is_parsed_again(tmp_path: Path) -> None:
    memory, toml = tmp_path / "parsed.json", tmp_path / "a.toml"
    for number in (1, 2):
        toml.write_text(f"number = {number}\n", encoding="utf-8")
        files = ParsedFiles(memory)
        source = files.read(toml, "a.toml")
        files.keep()
        assert isinstance(source, TomlSource)
        assert source.values == {"number": number}


def test_a_disk_that_refuses_is_no_trouble(tmp_path: Path) -> None:
    toml = tmp_path / "a.toml"
    toml.write_text("number = 1\n", encoding="utf-8")
    files = ParsedFiles(tmp_path / "nowhere" / "parsed.json")
    assert isinstance(files.read(toml, "a.toml"), TomlSource)
    files.keep()


def test_a_file_with_other_values_is_not_remembered_and_not_lost(tmp_path: Path) -> None:
    memory, toml = tmp_path / "parsed.json", tmp_path / "a.toml"
    toml.write_text("at = 2026-11-22T10:00:00Z\n", encoding="utf-8")
    files = ParsedFiles(memory)
    assert isinstance(files.read(toml, "a.toml"), TomlSource)
    files.keep()
    assert not memory.exists()
