"""A member of staff at the kiosk: digits in, PIN out once, each refusal where it belongs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hardware.cards import Staff
from kiosk.staff import FINAL, LONGEST_PIN, StaffEntry


def typed(digits: str) -> StaffEntry:
    entry = StaffEntry()
    for digit in digits:
        entry = entry.typed(digit)
    return entry


def test_a_pin_goes_out_once_and_nothing_of_it_stays() -> None:
    entry = typed("246810")
    assert entry.ready
    after, pin = entry.sent()
    assert pin.digits == "246810"
    assert (after.place, after.digits) == ("checking", "")
    assert "246810" not in repr(entry) + repr(after) + repr(pin)


@pytest.mark.parametrize(("digits", "ready"), [("", False), ("12345", False), ("123456", True), ("12345678", True)])
def test_only_a_pin_of_a_possible_length_can_be_sent(digits: str, ready: bool) -> None:
    assert typed(digits).ready is ready


def test_more_digits_than_a_pin_has_and_what_is_no_digit_are_left_out() -> None:
    assert len(typed("1" * 20).digits) == LONGEST_PIN
    assert typed("1a٣ 2").digits == "12"
    assert typed("12").erased().erased().erased().digits == ""


def test_a_wrong_pin_asks_again_and_a_blocked_or_foreign_card_does_not() -> None:
    assert typed("123456").sent()[0].refused("pin_wrong", "2 tries left").place == "pin"
    for code in FINAL:
        entry = typed("123456").sent()[0].refused(code, "")
        assert entry.place == "refused"
        assert entry.typed("1") == entry


def test_who_comes_in_brings_nothing_of_the_pin() -> None:
    staff = Staff("LEE, Made Up", "technician", "4D2", datetime(2027, 1, 1, tzinfo=UTC))
    entry = typed("246810").sent()[0].came_in(staff)
    assert (entry.place, entry.staff, entry.digits) == ("in", staff, "")
