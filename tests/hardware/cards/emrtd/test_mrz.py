"""Zones of all three sizes, with the examples printed in ICAO 9303 parts 3 to 6."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.emrtd import mrz
from hardware.cards.faults import CardError

TODAY = date(2026, 11, 22)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"


@pytest.mark.parametrize(
    ("zone", "layout", "number"), [(TD3, "td3", "L898902C3"), (TD2, "td2", "D23145890"), (TD1, "td1", "D23145890")]
)
def test_the_printed_examples_are_read(zone: str, layout: str, number: str) -> None:
    found = mrz.parse(zone)
    assert (found.layout, found.number, found.issuer, found.nationality) == (layout, number, "UTO", "UTO")
    assert (found.surname, found.given_names, found.sex) == ("ERIKSSON", "ANNA MARIA", "F")
    assert (found.birth, found.expiry) == ("740812", "120415")
    assert found.birth_date(TODAY) == date(1974, 8, 12)


def test_a_long_number_goes_on_in_the_optional_data() -> None:
    found = mrz.parse("I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<")
    assert found.number == "D23145890734"
    assert found.key.information == b"D23145890734" + b"9" + b"3407127" + b"9507122"


@pytest.mark.parametrize("zone", [TD1, TD2, TD3])
def test_a_wrong_character_in_a_checked_field_is_refused(zone: str) -> None:
    flat = "".join(zone.split())
    start = {88: 44, 72: 36, 90: 5}[len(flat)]
    for at in (start, start + 3, start + 8):
        other = "8" if flat[at] != "8" else "3"
        with pytest.raises(CardError, match="card_invalid"):
            mrz.parse(flat[:at] + other + flat[at + 1 :])


@pytest.mark.parametrize("zone", ["", "P<UTO", TD3.lower(), TD3.replace("<", "«"), TD3 + "<"])
def test_what_is_no_zone_is_refused(zone: str) -> None:
    with pytest.raises(CardError, match="card_invalid"):
        mrz.parse(zone)


@given(st.text(max_size=100))
def test_any_text_is_a_zone_or_refused(text: str) -> None:
    with pytest.raises(CardError):
        mrz.parse(text)


@pytest.mark.parametrize(
    ("birth", "born"), [("261122", date(2026, 11, 22)), ("261123", date(1926, 11, 23)), ("000229", date(2000, 2, 29))]
)
def test_a_birth_lies_in_the_latest_century_that_is_past(birth: str, born: date) -> None:
    assert zone_born(birth).birth_date(TODAY) == born


@pytest.mark.parametrize("birth", ["<<<<<<", "7408<<", "741312"])
def test_an_incomplete_or_impossible_birth_is_refused(birth: str) -> None:
    with pytest.raises(CardError):
        zone_born(birth).birth_date(TODAY)


def zone_born(birth: str) -> mrz.Mrz:
    return mrz.Mrz("td3", "P", "UTO", "L898902C3", "UTO", birth, "F", "120415", "ERIKSSON", "ANNA")


def test_nothing_personal_is_shown() -> None:
    zone = mrz.parse(TD3)
    assert repr((zone, zone.key, mrz.Can("123456"))) == "(Mrz(td3, P, UTO, …), MrzKey(…), Can(…))"
