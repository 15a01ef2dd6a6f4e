"""Numbers as Chinese says them."""

from __future__ import annotations

from typing import Final

DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_LARGEST: Final = 10**12


def one_by_one(digits: str) -> str:
    """Every digit by itself: 2026 → 二零二六."""
    return "".join(DIGITS[int(digit)] if digit.isdigit() else digit for digit in digits)


def number(value: int) -> str:
    """A whole number from 0 to 10^12: 120 → 一百二十, 10005 → 一萬零五 (with 万 written 萬; both sound alike)."""
    if not 0 <= value < _LARGEST:
        return one_by_one(str(value))
    if value == 0:
        return DIGITS[0]
    high, low = divmod(value, 10**8)
    if high:
        return _joined(number(high) + "億", low, 10**7)
    high, low = divmod(value, 10**4)
    if high:
        return _joined(number(high) + "萬", low, 10**3)
    text = _below_ten_thousand(value)
    return text[1:] if text.startswith("一十") else text


def _joined(high: str, low: int, full: int) -> str:
    if low == 0:
        return high
    rest = _below_ten_thousand(low) if low < 10**4 else number(low)
    return high + (DIGITS[0] if low < full else "") + rest


def _below_ten_thousand(value: int) -> str:
    text, gap = "", False
    for place, digit in zip(range(3, -1, -1), f"{value:04}", strict=True):
        if digit == "0":
            gap = gap or text != ""
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[int(digit)] + _UNITS[place]
        gap = False
    return text
