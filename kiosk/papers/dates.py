"""Dates as papers of both sides print them, and how many months old they are. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_HAN_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_FULLWIDTH: Final = str.maketrans("０１２３４５６７８９／－．", "0123456789/-.")
_FORMS: Final = (
    (re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]"), "ymd"),
    (re.compile(r"(?<!\d)(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?!\d)"), "dmy"),
    (re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?[\s-]*{_MONTH}[\s,-]*(\d{{4}})(?!\d)", re.I), "dby"),
    (re.compile(rf"{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(\d{{4}})(?!\d)", re.I), "bdy"),
)
_HAN_DATE: Final = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号號]"
)
LABELS: Final = re.compile(
    r"statement date|bill date|issue date|date of issue|issued on|\bdate\b"
    r"|日期|[發发][單单出]|簽發|签发|開立|开立|填[發发]",
    re.I,
)
_NOT_ISSUE: Final = re.compile(r"due|pay(?:ment)? by|birth|expir|valid|缴费|繳費|到期|出生|有效|截止", re.I)


def dates_in(text: str) -> Iterator[date]:
    """Every date of a text that exists; two-digit years are left, since nobody knows their century."""
    plain = text.translate(_FULLWIDTH)
    for pattern, order in _FORMS:
        for got in pattern.finditer(plain):
            found = _made(dict(zip(order, got.groups(), strict=True)))
            if found is not None:
                yield found
    for got in _HAN_DATE.finditer(plain):
        found = _made({"y": got[1].translate(_HAN_DIGITS), "m": _han_number(got[2]), "d": _han_number(got[3])})
        if found is not None:
            yield found


def issue_date(lines: list[str], *, today: date) -> date | None:
    """The day a paper was made: the newest dated line with a word for it, else the newest day that is not to come."""
    labelled: list[date] = []
    plain: list[date] = []
    for at, line in enumerate(lines):
        around = f"{lines[at - 1] if at and not any(dates_in(lines[at - 1])) else ''} {line}"
        if _NOT_ISSUE.search(around):
            continue
        past = [day for day in dates_in(line) if day <= today]
        (labelled if LABELS.search(around) else plain).extend(past)
    return max(labelled or plain, default=None)


def months_old(day: date, today: date) -> int:
    """Whole months that have passed; a paper made on the 31st is one month old on the last day of a shorter month."""
    months = (today.year - day.year) * 12 + today.month - day.month
    last = (date(today.year + today.month // 12, today.month % 12 + 1, 1) - today).days == 1
    return months - 1 if today.day < day.day and not last else months


def _made(parts: dict[str, str]) -> date | None:
    month = parts.get("m") or str(_MONTHS.index(parts["b"][:3].lower()) + 1)
    try:
        return date(int(parts["y"]), int(month), int(parts["d"]))
    except ValueError:
        return None


def _han_number(text: str) -> str:
    """一 to 三十一 as digits."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return text.translate(_HAN_DIGITS)
    return str(int((tens or "一").translate(_HAN_DIGITS)) * 10 + int((ones or "〇").translate(_HAN_DIGITS)))
