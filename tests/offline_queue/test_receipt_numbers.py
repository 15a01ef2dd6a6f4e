"""Receipt numbers survive being read aloud and typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.receipt_numbers import parse_receipt_number, receipt_number

NUMBERS = st.builds(receipt_number, st.just("TB1"), st.just("2611"), st.integers(1, 20_000))


def test_the_printed_form() -> None:
    assert receipt_number("TB1", "2611", 457).startswith("TB1 2611 0457 ")


@given(NUMBERS, st.integers(4, 12), st.integers(1, 9))
def test_any_one_wrong_digit_is_noticed(number: str, at: int, step: int) -> None:
    bare = number.replace(" ", "")
    at = min(at, len(bare) - 2)
    wrong = bare[:at] + str((int(bare[at]) + step) % 10) + bare[at + 1 :]
    assert parse_receipt_number(wrong) is None


@given(NUMBERS, st.integers(3, 10))
def test_two_neighbours_swapped_are_noticed(number: str, at: int) -> None:
    bare = number.replace(" ", "")
    swapped = bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]
    assert swapped == bare or parse_receipt_number(swapped) is None


@given(NUMBERS)
def test_case_and_spaces_are_forgiven(number: str) -> None:
    assert parse_receipt_number(f" {number.lower().replace(' ', '-')} ") == number


@pytest.mark.parametrize("text", ["", "hello", "TB1", "TB1 2611 0457", "你好"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_receipt_number(text) is None
