"""Chinese typed key by key with the machine's own dictionaries; what is missing is named; nothing is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.catalogue import LANGUAGES
from kiosk.typing import CHINESE_METHODS, EMPTY, LATIN, Engines, Method, default_method, methods_for
from kiosk.typing.cangjie import CangjieEngine, CangjieMissingError, CangjieTable
from kiosk.typing.code_point import CodePointEngine
from kiosk.typing.engines import FAULTS, shared_rime
from kiosk.typing.rime import Rime, RimeMissingError, load_library, without_user_dictionary
from tests.kiosk.typing.typist import DICTIONARY, codes, keys, simplified, texts, type_text

QUICK_SUITE, ALL = 30, 500


def typed_right(engines: Engines, method: Method, count: int) -> None:
    engine = engines.engine(method)
    for text in texts(count):
        wanted = simplified(text) if method == "pinyin" else text
        assert type_text(engine, method, text) == wanted


@pytest.mark.parametrize("method", DICTIONARY)
def test_names_and_addresses_come_out_as_they_were_meant(engines: Engines, method: Method) -> None:
    typed_right(engines, method, QUICK_SUITE)


@pytest.mark.soak
@pytest.mark.parametrize("method", DICTIONARY)
def test_five_hundred_names_and_addresses_come_out_as_they_were_meant(engines: Engines, method: Method) -> None:
    assert len(set(texts(ALL))) > 400
    typed_right(engines, method, ALL)


@pytest.mark.parametrize("quick", [False, True])
def test_the_table_alone_types_names_and_hong_kong_characters(quick: bool) -> None:
    engine = CangjieEngine(CangjieTable(), quick=quick)
    table = codes("cangjie5")
    for char in "".join(texts(30)) + "嘅咗喺埗邨":
        code = table[char]
        found = keys(engine, code[0] + code[-1] if quick and len(code) > 1 else code)
        assert char in found.candidates, (char, code)
        assert engine.pick(found.candidates.index(char)).commit == char


def test_a_rare_character_is_typed_by_its_number() -> None:
    engine = CodePointEngine()
    assert keys(engine, "4DB6").preedit == "U+4DB6"
    assert engine.pick(0).commit == "\u4db6"
    assert keys(engine, "20021").candidates == ("\U00020021",)
    engine.reset()
    assert keys(engine, "41").candidates == (), "no way round the letters"
    assert engine.erase().preedit == "U+4"
    engine.reset()
    assert keys(engine, "zz").candidates == ()
    assert keys(engine, "ffffff9").candidates == ()


@pytest.mark.parametrize("method", CHINESE_METHODS)
def test_keys_can_be_taken_back_one_by_one(engines: Engines, method: Method) -> None:
    engine = engines.engine(method)
    first = engine.feed("a" if method == "code" else "h")
    engine.feed("f" if method == "code" else "s")
    assert engine.erase() == first
    assert engine.erase() == EMPTY
    assert engine.erase() == EMPTY


@pytest.mark.parametrize("method", CHINESE_METHODS)
def test_a_candidate_that_is_not_there_changes_nothing(engines: Engines, method: Method) -> None:
    engine = engines.engine(method)
    before = engine.feed("a" if method == "code" else "h")
    assert engine.pick(10_000) == before
    assert engine.pick(-1) == before


def test_a_candidate_far_down_the_list_is_the_one_that_is_taken(engines: Engines) -> None:
    engine = engines.engine("stroke")
    for place in (0, 1, 4, 5, 23, 41):
        found = engine.feed("h")
        assert engine.pick(place).commit == found.candidates[place]
        engine.reset()


@pytest.mark.parametrize("method", DICTIONARY)
def test_nothing_of_a_resident_is_left_in_engine_or_files(engines: Engines, built: Path, method: Method) -> None:
    canary = "陳慧敏"
    engine = engines.engine(method)
    before = [engines.engine(method).feed("h").candidates]
    engine.reset()
    for _ in range(3):
        type_text(engine, method, canary)
    keys(engine, "hh")
    engine.reset()
    assert engine.feed("h").candidates == before[0], "what was typed before must not come first now"
    engine.reset()
    folder = shared_rime(built).folder
    left = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    for path in left:
        assert canary.encode() not in path.read_bytes(), path
        assert "userdb" not in path.name
    assert not [path for path in folder.rglob("*userdb*")]


def test_every_schema_in_use_has_its_user_dictionary_off(built: Path) -> None:
    for path in (shared_rime(built).folder / "build").glob("*.schema.yaml"):
        text = path.read_text(encoding="utf-8")
        assert "enable_user_dict: true" not in text, path.name
        assert "\n  enable_user_dict: false" in text, path.name
    assert without_user_dictionary("translator:\n  enable_user_dict: true\n").count("enable_user_dict: false") == 1


def gone(*_: object) -> Rime:
    raise RimeMissingError("librime.so.1")


def no_table() -> CangjieTable:
    raise CangjieMissingError("libcangjie.so.2")


def test_without_librime_the_keyboard_goes_on_with_the_table(tmp_path: Path) -> None:
    engines = Engines(tmp_path, open_rime=gone)
    assert engines.methods("zh_Hant") == ("quick", "cangjie", LATIN, "code")
    assert engines.methods("zh_Hans") == (LATIN, "code")
    assert engines.engine("quick").feed("o").candidates
    assert engines.faults() == ("rime_missing",)


def test_without_any_library_characters_are_typed_by_number(tmp_path: Path) -> None:
    engines = Engines(tmp_path, open_rime=gone, open_cangjie=no_table)
    assert engines.methods("zh_Hant") == (LATIN, "code")
    assert engines.faults() == ("rime_missing", "chinese_missing")
    assert set(engines.faults()) <= set(FAULTS)
    with pytest.raises(KeyError):
        engines.engine("quick")


def test_a_library_that_is_not_installed_is_named() -> None:
    with pytest.raises(RimeMissingError):
        load_library("librime-that-is-not-there.so")
    with pytest.raises(CangjieMissingError):
        CangjieTable("libcangjie-that-is-not-there.so")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_begins_with_its_own_method(language: str) -> None:
    first = methods_for(language)[0]  # type: ignore[arg-type]
    assert first == {"en": "latin", "zh_Hant": "quick", "zh_Hans": "pinyin"}[language]
    assert default_method(language, han_only=True) != LATIN  # type: ignore[arg-type]
