from __future__ import annotations

from datetime import date

import pytest

from hardware.papers.page import Line, Page
from kiosk.identity.numbers import resident_check_character
from kiosk.papers.identity import read_identity, symbols
from kiosk.papers.read import Reading
from tests.hardware.papers import prints

TODAY = date(2026, 11, 25)


def page(*texts: str, sure: float = 0.97) -> Page:
    lines = [
        Line(text, sure, ((40.0, 50.0 * at), (640.0, 50.0 * at), (640.0, 50.0 * at + 36), (40.0, 50.0 * at + 36)))
        for at, text in enumerate(texts)
    ]
    return Page(1080, 680, tuple(lines))


def read(*texts: str) -> Reading:
    return read_identity(page(*texts), today=TODAY)


def facts(reading: Reading) -> dict[str, object]:
    return {name: fact.value for name, fact in reading.facts.items()}


HKIC = tuple(text for text, _, _ in prints.HKIC)


def test_the_face_of_a_hong_kong_identity_card() -> None:
    reading = read(*HKIC)
    assert reading.kind == "hkic"
    assert facts(reading) == {
        "hkid": "A123456(3)", "name_zh": "陳大文", "name_en": "CHAN, Tai Man",
        "birth_date": date(1955, 2, 1), "sex": "M",
    }  # fmt: skip
    assert reading.facts["hkid"].checked
    assert not reading.facts["name_zh"].checked
    assert symbols(page(*HKIC)) == ("***AZ",)


@pytest.mark.parametrize("digit", [d for d in "0123456789A" if d != "3"])
def test_a_number_whose_check_digit_does_not_fit_is_not_used_and_not_repaired(digit: str) -> None:
    reading = read(*HKIC[:-1], f"A123456({digit})")
    assert "hkid" not in reading.facts
    assert reading.number_failed
    assert "name_en" in reading.facts


@pytest.mark.parametrize("number", ["A123456（3）", "A 123456 (3)", "a123456(3)"])
def test_wide_brackets_and_blanks_are_read(number: str) -> None:
    assert facts(read(*HKIC[:-1], number))["hkid"] == "A123456(3)"


def test_the_day_of_birth_is_the_earliest_day_on_the_card() -> None:
    assert facts(read("15-09-2018", "01-02-1955", "A123456(3)"))["birth_date"] == date(1955, 2, 1)


def test_a_mainland_card_says_birth_and_sex_twice() -> None:
    reading = read(
        "姓名李小明", "性别男民族汉", "出生1990年1月1日", "住址深圳市示例路1号", f"公民身份号码{prints.RESIDENT}"
    )
    assert reading.kind == "resident_id"
    assert facts(reading) == {
        "name_zh": "李小明", "resident_id": prints.RESIDENT, "birth_date": date(1990, 1, 1), "sex": "M",
    }  # fmt: skip
    assert reading.facts["birth_date"].checked


def test_a_print_that_contradicts_the_number_marks_the_field() -> None:
    reading = read("姓名李小明", "性别女民族汉", "出生1990年1月7日", f"公民身份号码{prints.RESIDENT}")
    assert not reading.facts["birth_date"].checked
    assert not reading.facts["sex"].checked


def test_a_residence_permit_is_told_from_a_mainland_card() -> None:
    first = "81000019550201001"
    reading = read("姓名 陈大文", f"公民身份号码 {first}{resident_check_character(first)}")
    assert reading.kind == "residence_permit"


def test_every_single_wrong_digit_of_a_resident_number_is_refused() -> None:
    for place in range(17):
        for digit in "0123456789":
            if digit == prints.RESIDENT[place]:
                continue
            wrong = prints.RESIDENT[:place] + digit + prints.RESIDENT[place + 1 :]
            assert "resident_id" not in read("姓名李小明", f"公民身份号码{wrong}").facts


def test_a_home_return_permit_has_no_check_digit_and_is_never_called_checked() -> None:
    reading = read(*(text for text, _, _ in prints.PERMIT))
    assert reading.kind == "home_return_permit"
    assert facts(reading)["permit"] == "H12345678"
    assert not reading.facts["permit"].checked
    assert facts(reading)["birth_date"] == date(1955, 2, 1)
    assert facts(reading)["name_zh"] == "陈大文"


def test_a_passport_is_read_by_its_zone() -> None:
    reading = read("PASSPORT", *prints.td3())
    assert reading.kind == "passport"
    assert facts(reading) == {
        "passport": "K1234567", "name_en": "CHAN, TAI MAN", "birth_date": date(1955, 2, 1), "sex": "M",
    }  # fmt: skip
    assert not reading.facts["name_en"].checked, "names have no check digit"


@pytest.mark.parametrize("texts", [(), ("",), ("姓名",), ("A123456",), ("EXAMPLE POWER COMPANY",), ("男" * 500,)])
def test_anything_else_is_no_identity_document(texts: tuple[str, ...]) -> None:
    assert read(*texts).kind == ""


def test_rare_characters_of_hong_kong_and_beyond_the_basic_plane_are_names_too() -> None:
    assert facts(read("香港永久性居民身份證", "陳𨋢嫻", "A123456(3)"))["name_zh"] == "陳𨋢嫻"


def test_what_a_document_says_is_not_in_a_repr() -> None:
    assert "CHAN" not in repr(read(*HKIC))
    assert "A123456" not in repr(read(*HKIC))
