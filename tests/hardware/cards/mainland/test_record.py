"""The text of a Mainland card, in its three layouts, whole and broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.faults import CardError
from hardware.cards.mainland import record
from hardware.cards.sim.sam import MAINLANDERS

RESIDENT = MAINLANDERS["resident"]


def test_a_card_without_an_end_says_so() -> None:
    assert record.parse(RESIDENT.text()).until is None
    assert record.parse(MAINLANDERS["permit"].text()).until == date(2035, 1, 1)


def test_rare_characters_outside_the_basic_plane_are_kept() -> None:
    rare = replace(RESIDENT, name_zh="㗎𨋢䶮")
    assert record.parse(rare.text()).name_zh == "㗎𨋢䶮"


@pytest.mark.parametrize(
    "person",
    [
        replace(RESIDENT, kind="Z"),
        replace(RESIDENT, number="1101 ０１"),
        replace(RESIDENT, until="20351301"),
        replace(RESIDENT, until="2035"),
    ],
)
def test_what_is_outside_its_format_is_refused(person: object) -> None:
    with pytest.raises(CardError, match=r"card_invalid|card_unknown"):
        record.parse(person.text())  # type: ignore[attr-defined]


@given(st.binary(min_size=256, max_size=256))
def test_any_256_bytes_are_a_card_or_a_typed_fault(text: bytes) -> None:
    with pytest.raises(CardError, match=r"card_invalid|card_unknown"):
        record.parse(text)


@given(st.sampled_from(sorted(MAINLANDERS)), st.integers(0, 255), st.integers(1, 255))
def test_one_wrong_byte_gives_a_card_or_a_typed_fault(name: str, at: int, flip: int) -> None:
    text = bytearray(MAINLANDERS[name].text())
    text[at] ^= flip
    try:
        record.parse(bytes(text))
    except CardError as error:
        assert error.fault.code in ("card_invalid", "card_unknown")  # noqa: PT017 - either outcome is right


def test_a_card_does_not_show_its_holder() -> None:
    assert repr(record.parse(RESIDENT.text())) == "MainlandCard(kind='resident_id', …)"
