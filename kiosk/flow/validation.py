"""Whether a typed, chosen or captured value answers a fact: gives the tidied value, or what is wrong and what to do.

Names accept every Han character there is, the rare ones too, and a person with a single name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from kiosk.catalogue.model import CAPTURE_TYPES, Capture, Fact, Item, Payment, Slot, Value
from kiosk.flow.state import Problem
from kiosk.identity.numbers import (
    Hkid,
    HomeReturnPermit,
    NumberFault,
    ResidentId,
    parse_brn,
    parse_hkid,
    parse_permit,
    parse_resident_id,
    parse_uscc,
)

EARLIEST: Final = date(1900, 1, 1)
MOST_BYTES: Final = 8_000_000
_MOST: Final = {"text": 120, "name": 80, "address": 200, "email": 120, "phone": 30, "passport": 20}
_NUMBER_MOST: Final = 999_999_999
_LATIN_MARKS: Final = frozenset(" -'’.,/")
_HAN_MARKS: Final = frozenset("·•‧・〇 ")
_HAN: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PASSPORT: Final = re.compile(r"[A-Z0-9]{5,12}")
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_HK_PHONE: Final = re.compile(r"(?:\+?852)?([2-9]\d{3})(\d{4})")
_MAINLAND_PHONE: Final = re.compile(r"(?:\+?86)?(1[3-9]\d)(\d{4})(\d{4})")
_OTHER_PHONE: Final = re.compile(r"\+\d{8,15}")
_MONEY: Final = re.compile(r"(\d{1,10})(?:\.(\d{1,2}))?")

Found = Value | Problem


def check(fact: Fact, value: object, *, today: date) -> Found:
    """The value in its one canonical form, or the Problem to show at the field."""
    if fact.type in CAPTURE_TYPES:
        return _capture(value)
    if fact.type in _OF_OTHER_KINDS:
        return _OF_OTHER_KINDS[fact.type](fact, value)
    if fact.type == "date":
        return _day(fact, value, today)
    if fact.type in ("number", "money"):
        return _amount(fact, value)
    if not isinstance(value, str):
        return Problem("problem.form")
    return _text(fact, value, today)


def _text(fact: Fact, value: str, today: date) -> Found:
    text = _tidy(value, lines=fact.type == "address")
    most = fact.most or _MOST.get(fact.type, 60)
    if len(text) > most:
        return Problem("problem.too_long", {"most": most, "length": len(text)})
    if not text:
        return Problem("problem.required")
    if fact.least is not None and len(text) < fact.least:
        return Problem("problem.too_short", {"least": fact.least, "length": len(text)})
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char != "\n" for char in text):
        return Problem("problem.characters")
    return _shaped(fact, text, today)


def _tidy(value: str, *, lines: bool) -> str:
    text = unicodedata.normalize("NFC", value)
    if not lines:
        return " ".join(text.split())
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def _shaped(fact: Fact, text: str, today: date) -> Found:
    if fact.type == "resident_id":
        return _number("resident_id", parse_resident_id(text, today=today))
    if fact.type in _NUMBERS:
        return _number(fact.type, _NUMBERS[fact.type](text))
    if fact.format in _NUMBERS:
        return _number(fact.format, _NUMBERS[fact.format](text))
    shape = _SHAPES.get(fact.type)
    found = shape(text) if shape else text
    if isinstance(found, Problem):
        return found
    return _formatted(fact, found)


def _formatted(fact: Fact, text: str) -> str | Problem:
    accepted = _FORMATS.get(fact.format)
    if accepted is None or accepted(text):
        return text
    return Problem(f"problem.format.{fact.format}")


def is_han(char: str) -> bool:
    """Whether the character is written by Han strokes, in any plane of Unicode."""
    return any(first <= ord(char) <= last for first, last in _HAN)


def _latin(text: str) -> bool:
    return any(map(str.isalpha, text)) and all(
        char in _LATIN_MARKS or unicodedata.name(char, "").startswith("LATIN") for char in text
    )


def _han(text: str) -> bool:
    return any(map(is_han, text)) and all(is_han(char) or char in _HAN_MARKS for char in text)


def _alphanumeric(text: str) -> bool:
    return text.isascii() and all(char.isalnum() or char in "-/() " for char in text)


def _digits(text: str) -> bool:
    return text.isascii() and text.replace(" ", "").replace("-", "").isdigit()


_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "latin": _latin,
    "han": _han,
    "alphanumeric": _alphanumeric,
    "digits": _digits,
}


def _email(text: str) -> str | Problem:
    return text if text.isascii() and _EMAIL.fullmatch(text) else Problem("problem.email")


def _passport(text: str) -> str | Problem:
    number = text.replace(" ", "").upper()
    return number if _PASSPORT.fullmatch(number) else Problem("problem.passport")


def _phone(text: str) -> str | Problem:
    if not text.isascii():
        return Problem("problem.phone")
    number = re.sub(r"[\s().-]", "", text)
    number = "+" + number[2:] if number.startswith("00") else number
    if found := _HK_PHONE.fullmatch(number):
        return f"+852 {found[1]} {found[2]}"
    if found := _MAINLAND_PHONE.fullmatch(number):
        return f"+86 {found[1]} {found[2]} {found[3]}"
    if _OTHER_PHONE.fullmatch(number) and not number.startswith(("+852", "+86")):
        return number
    return Problem("problem.phone")


_SHAPES: Final[Mapping[str, Callable[[str], str | Problem]]] = {
    "email": _email,
    "passport": _passport,
    "phone": _phone,
}

_Parsed = Hkid | ResidentId | HomeReturnPermit | str | NumberFault
_NUMBERS: Final[Mapping[str, Callable[[str], _Parsed]]] = {
    "hkid": parse_hkid,
    "permit": parse_permit,
    "uscc": parse_uscc,
    "brn": parse_brn,
}


def _number(kind: str, found: _Parsed) -> Found:
    match found:
        case NumberFault(code=code):
            return Problem(f"problem.{kind}.{code}")
        case Hkid():
            return found.formatted
        case ResidentId() | HomeReturnPermit():
            return found.number
    return found


def _day(fact: Fact, value: object, today: date) -> Found:
    day = value if type(value) is date else _read_day(value)
    if day is None:
        return Problem("problem.date.impossible")
    if day < EARLIEST:
        return Problem("problem.date.too_early", {"year": EARLIEST.year})
    if fact.when == "past" and day > today:
        return Problem("problem.date.future")
    if fact.when == "future" and day < today:
        return Problem("problem.date.past")
    return day


def _read_day(value: object) -> date | None:
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) and value.isascii() else None
    if found is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def _amount(fact: Fact, value: object) -> Found:
    number = _read_amount(value, cents=fact.type == "money")
    if number is None:
        return Problem(f"problem.{fact.type}")
    least, most = fact.least or 0, _NUMBER_MOST if fact.most is None else fact.most
    if not least <= number <= most:
        scale = 100 if fact.type == "money" else 1
        return Problem("problem.out_of_range", {"least": least // scale, "most": most // scale})
    return number


def _read_amount(value: object, *, cents: bool) -> int | None:
    if type(value) is int:
        return value
    found = _MONEY.fullmatch(value.replace(",", "").strip()) if isinstance(value, str) and value.isascii() else None
    if found is None or (found[2] and not cents):
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if cents else int(found[1])


def _capture(value: object) -> Found:
    if not isinstance(value, Capture) or not value.data:
        return Problem("problem.picture_missing")
    if len(value.data) > MOST_BYTES:
        return Problem("problem.picture_too_big")
    return value


def _choice(fact: Fact, value: object) -> Found:
    return value if isinstance(value, str) and value in fact.choices else Problem("problem.choice")


def _yes_no(_fact: Fact, value: object) -> Found:
    return value if isinstance(value, bool) else Problem("problem.choice")


def _slot(_fact: Fact, value: object) -> Found:
    return value if isinstance(value, Slot) and value.id else Problem("problem.slot")


def _payment(_fact: Fact, value: object) -> Found:
    return value if isinstance(value, Payment) and value.reference else Problem("problem.payment")


def _items(fact: Fact, value: object) -> Found:
    if not isinstance(value, tuple) or not all(isinstance(item, Item) for item in value):
        return Problem("problem.form")
    least, most = fact.least or 0, 20 if fact.most is None else fact.most
    if not least <= len(value) <= most:
        return Problem("problem.list", {"least": least, "most": most, "count": len(value)})
    if len({item.id for item in value}) != len(value):
        return Problem("problem.form")
    return value


_OF_OTHER_KINDS: Final[Mapping[str, Callable[[Fact, object], Found]]] = {
    "choice": _choice,
    "yes_no": _yes_no,
    "slot": _slot,
    "payment": _payment,
    "list": _items,
}
