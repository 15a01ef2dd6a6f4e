"""Identity numbers on a screen: one's own can be recognised, nobody's can be copied. All numbers are made up."""

from __future__ import annotations

import pytest

from kiosk.masking import masked


@pytest.mark.parametrize(
    ("kind", "number"),
    [("hkid", "A123456(3)"), ("resident_id", "11010519491231002X"), ("permit", "H01234567"), ("passport", "K01234567")],
)
def test_most_of_a_number_is_hidden(kind: str, number: str) -> None:
    shown = masked(kind, number)
    assert shown.startswith(number[0])
    assert "X" in shown or "*" in shown
    hidden = sum(a != b for a, b in zip(number, shown, strict=False)) + abs(len(number) - len(shown))
    assert hidden >= 3


def test_a_number_that_cannot_be_parsed_is_hidden_too() -> None:
    assert masked("hkid", "WRONG99") == "WROXXXX"
