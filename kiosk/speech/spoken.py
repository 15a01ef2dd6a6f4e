"""A text of the screen as it is said: identity numbers character by character; dates, times, money as people do.

Pure. The Chinese that comes out holds no digit, so that no voice has to guess; English keeps plain numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kiosk.catalogue.model import Language
from kiosk.speech.numerals import number, one_by_one

_MONTHS: Final = {
    "Jan": "January",
    "Feb": "February",
    "Mar": "March",
    "Apr": "April",
    "May": "May",
    "Jun": "June",
    "Jul": "July",
    "Aug": "August",
    "Sep": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
}
_DAYS: Final = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
SYMBOLS: Final[dict[str, tuple[str, str, str]]] = {
    "@": ("at", "at 符號", "at 符号"),
    ".": ("dot", "點", "点"),
    ",": ("comma", "逗號", "逗号"),
    "-": ("dash", "短劃", "短横"),
    "_": ("underscore", "底線", "下划线"),
    "/": ("slash", "斜線", "斜线"),
    ":": ("colon", "冒號", "冒号"),
    "(": ("open bracket", "左括號", "左括号"),
    ")": ("close bracket", "右括號", "右括号"),
    "&": ("and sign", "與號", "与号"),
    "'": ("apostrophe", "撇號", "撇号"),
    "#": ("number sign", "井號", "井号"),
    "+": ("plus", "加號", "加号"),
    "*": ("star", "星號", "星号"),
    "!": ("exclamation mark", "感嘆號", "感叹号"),
    "?": ("question mark", "問號", "问号"),
    "，": ("comma", "逗號", "逗号"),
    "。": ("full stop", "句號", "句号"),
    "、": ("list comma", "頓號", "顿号"),
    "；": ("semicolon", "分號", "分号"),
    "：": ("colon", "冒號", "冒号"),
    "·": ("middle dot", "間隔號", "间隔号"),
}
"""Marks that stand alone on a key."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _spelled(text: str) -> str:
    """Letters and digits one by one, a short pause where the text has one."""
    groups = re.split(r"[\s()（）]+", text.strip())
    return ", ".join(" ".join(group) for group in groups if group)


def _spelled_zh(text: str) -> str:
    groups = re.split(r"[\s()（）]+", text.strip())
    return "，".join(" ".join(one_by_one(group)) for group in groups if group)


_IDENTIFYING: Final = (
    r"(?<![A-Za-z0-9$])(?:"
    r"[A-Z][A-Z0-9]{2} \d{4} \d{4} [A-Z0-9]"  # a receipt number
    r"|(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{3,}(?:\([A-Z0-9]\))?"  # letters and digits: HKID, permit, passport, masked
    r"|\d{4} \d{4}(?! ?年)"  # a telephone number
    r"|\d{5,}"
    r")(?![A-Za-z0-9])"
)
_TYPED_DATE: Final = r"(?<!\d)\d{1,4} / \d{1,2}(?: / \d{1,4})?(?!\d)"


def _english() -> list[Rule]:
    months, days = "|".join(_MONTHS), "|".join(_DAYS)
    return [
        (re.compile(r"HK\$(\d(?:[\d,]*\d)?)(?:\.(\d\d))?"), lambda m: _money_en(m, "Hong Kong dollars")),
        (re.compile(r"(?:¥|RMB ?)(\d(?:[\d,]*\d)?)(?:\.(\d\d))?(?: ?元)?"), lambda m: _money_en(m, "yuan")),
        (re.compile(_TYPED_DATE), lambda m: ", ".join(" ".join(part) for part in m[0].split(" / "))),
        (re.compile(rf"\b({days})\b(?= \d)"), lambda m: _DAYS[m[1]]),
        (re.compile(rf"\b(\d{{1,2}}) ({months})\b"), lambda m: f"{m[1]} {_MONTHS[m[2]]}"),
        (re.compile(r"\b(\d{1,2}):00\b"), lambda m: f"{m[1]} o'clock"),
        (re.compile(r"\b(\d{1,2}):0(\d)\b"), lambda m: f"{m[1]} oh {m[2]}"),
        (re.compile(r"\b(\d{1,2}):(\d\d)\b"), lambda m: f"{m[1]} {m[2]}"),
        (re.compile(r"o'clock (am|pm)\b"), lambda m: m[1]),
        (re.compile(_IDENTIFYING), lambda m: _spelled(m[0])),
        (re.compile(r" × "), lambda _: " by "),
    ]


def _money_en(match: re.Match[str], currency: str) -> str:
    whole = match[1].replace(",", "")
    return f"{whole} {currency}" + (f" {int(match[2])} cents" if match[2] else "")


def _chinese(language: Language) -> list[Rule]:
    hant = language == "zh_Hant"
    hkd, cny, point, past = ("港幣", "人民幣", "點", "分") if hant else ("港币", "人民币", "点", "分")
    return [
        (re.compile(r"HK\$(\d(?:[\d,]*\d)?)(?:\.(\d\d))?(?: ?元)?"), lambda m: _money_zh(m, hkd)),
        (re.compile(r"(?:¥|RMB ?|人民[幣币] ?)(\d(?:[\d,]*\d)?)(?:\.(\d\d))?(?: ?元)?"), lambda m: _money_zh(m, cny)),
        (re.compile(_TYPED_DATE), lambda m: "，".join(one_by_one(part) for part in m[0].split(" / "))),
        (re.compile(r"(\d{4}) ?年"), lambda m: one_by_one(m[1]) + "年"),
        (re.compile(r"（([一二三四五六日])）"), lambda m: f"，星期{m[1]}，"),
        (re.compile(r"(?<!\d)(\d{1,2}):(\d\d)(?!\d)"), lambda m: _time_zh(int(m[1]), int(m[2]), point, past)),
        (re.compile(_IDENTIFYING), lambda m: _spelled_zh(m[0])),
        (re.compile(r"(\d(?:[\d,]*\d)?)\.(\d+)"), lambda m: number(_whole(m[1])) + point + one_by_one(m[2])),
        (re.compile(r"\d(?:[\d,]*\d)?"), lambda m: number(_whole(m[0]))),
        (re.compile(r" ?× ?"), lambda _: "乘"),
    ]


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _money_zh(match: re.Match[str], currency: str) -> str:
    cents = int(match[2] or 0)
    rest = (f"{number(cents // 10)}角" if cents >= 10 else "") + (f"{number(cents % 10)}分" if cents % 10 else "")
    return f"{currency}{number(_whole(match[1]))}元{rest}"


def _time_zh(hour: int, minute: int, point: str, past: str) -> str:
    two = "兩" if point == "點" else "两"
    said = two if hour == 2 else number(hour)
    if minute == 0:
        return f"{said}{point}"
    return f"{said}{point}{'零' if minute < 10 else ''}{number(minute)}{past}"


_RULES: Final[dict[Language, list[Rule]]] = {
    "en": _english(),
    "zh_Hant": _chinese("zh_Hant"),
    "zh_Hans": _chinese("zh_Hans"),
}
_PLACE: Final[dict[Language, int]] = {"en": 0, "zh_Hant": 1, "zh_Hans": 2}


def spoken(text: str, language: Language) -> str:
    """The text as the voice of that language gets it."""
    text = " ".join(text.split())
    if text in SYMBOLS:
        return SYMBOLS[text][_PLACE[language]]
    if len(text) == 1 and text.isascii():
        return one_by_one(text) if language != "en" else text.upper()
    for pattern, said in _RULES[language]:
        text = pattern.sub(said, text)
    return " ".join(text.split())
