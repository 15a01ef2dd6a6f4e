"""What a resident types to open a chip, field by field."""

from __future__ import annotations

from datetime import date

import pytest

from hardware.cards import Can, MrzKey
from kiosk.catalogue import Language
from kiosk.identity import chip_key
from kiosk.identity.chip_key import KeyEntry


def filled(**typed: str) -> KeyEntry:
    entry = chip_key.begun(("mrz", "can"), None)
    for name, text in typed.items():
        entry = chip_key.typed(chip_key.focused(entry, name), text)
    return entry


@pytest.mark.parametrize(
    ("language", "birth", "expiry"),
    [("en", "08031951", "31122035"), ("zh_Hant", "19510308", "20351231"), ("zh_Hans", "19510308", "20351231")],
)
def test_three_details_make_the_key_in_the_date_order_of_the_language(
    language: Language, birth: str, expiry: str
) -> None:
    entry = filled(number="ut 123-4567", birth=birth, expiry=expiry)
    assert chip_key.key_of(entry, language) == MrzKey("UT1234567", "510308", "351231")


def test_what_is_missing_is_named_and_the_first_such_field_is_active() -> None:
    found = chip_key.key_of(filled(number="UT1234567", birth="31021951"), "en")
    assert isinstance(found, KeyEntry)
    assert (found.problems, found.active) == (("birth", "expiry"), "birth")


def test_typing_clears_the_problem() -> None:
    found = chip_key.key_of(filled(), "en")
    assert isinstance(found, KeyEntry)
    assert chip_key.typed(found, "U").problems == ()


def test_six_digits_open_a_chip_that_takes_them_and_five_do_not() -> None:
    entry = chip_key.turned(filled())
    assert (entry.way, entry.active, entry.other_way) == ("can", "can", "mrz")
    short = chip_key.key_of(chip_key.typed(entry, "12345"), "en")
    assert isinstance(short, KeyEntry)
    assert short.problems == ("can",)
    assert chip_key.key_of(chip_key.typed(entry, "1234567x"), "en") == Can("123456")


def test_a_chip_without_a_card_access_number_offers_no_other_way() -> None:
    entry = chip_key.begun(("mrz",), None)
    assert entry.other_way is None
    assert chip_key.turned(entry) == entry


def test_what_was_typed_is_still_there_when_the_document_is_laid_down_again() -> None:
    entry = filled(number="UT1234567")
    assert chip_key.begun(("mrz", "can"), entry).typed["number"] == "UT1234567"
    assert chip_key.begun(("mrz",), chip_key.turned(entry)).way == "mrz"


def test_what_a_camera_read_is_filled_in_the_order_of_the_language_and_makes_the_same_key() -> None:
    read = MrzKey("UT1234567", "510308", "351231")
    for language, birth in (("en", "08031951"), ("zh_Hant", "19510308")):
        entry = chip_key.read_off(filled(), read, language, date(2026, 11, 25))  # type: ignore[arg-type]
        assert entry.typed["birth"] == birth
        assert chip_key.key_of(entry, language) == read  # type: ignore[arg-type]


def test_a_date_the_zone_leaves_open_is_left_to_be_typed() -> None:
    entry = chip_key.read_off(filled(), MrzKey("UT1234567", "51<<<<", "351231"), "en", date(2026, 11, 25))
    assert "birth" not in entry.typed


def test_fields_follow_one_another_and_unknown_ones_are_not_focused() -> None:
    entry = filled()
    assert [(entry := chip_key.next_field(entry)).active for _ in range(3)] == ["birth", "expiry", "number"]
    assert chip_key.focused(entry, "can") == entry


def test_nothing_typed_is_in_the_repr() -> None:
    assert "UT1234567" not in repr(filled(number="UT1234567"))
