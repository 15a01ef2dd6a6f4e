"""Identity numbers of both sides: read what a person typed, say what is wrong with it, and show it masked.

No number here proves who somebody is; a check digit only catches a slip of the finger.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

_BRACKETS = str.maketrans({"(": "", ")": "", "（": "", "）": "", " ": "", "-": "", "\u3000": ""})
_HKID = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])")
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_PERMIT = re.compile(r"([HM])([0-9]{8})([0-9]{2})?")
_PERMIT_NON_CHINESE = re.compile(r"([HM])A([0-9]{7})")
_USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_DIGITS}]{{2}}[0-9]{{6}}[{_USCC_DIGITS}]{{10}}")
_BRN = re.compile(r"[0-9]{8}")
_MRZ = re.compile(r"[0-9A-Z<]+")
# GB/T 2260: the first two digits of a resident number; 81, 82, 83 are residence permits of HK, Macao, Taiwan people.
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_PERMIT_REGIONS: dict[str, Literal["HK", "MO", "TW"]] = {"81": "HK", "82": "MO", "83": "TW"}
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"

Region = Literal["mainland", "HK", "MO", "TW"]
HkidScheme = Literal["official", "letters_from_one"]


@dataclass(frozen=True)
class NumberFault:
    """Why a number cannot be right: `length`, `form`, `area`, `birth_date` or `check_digit`."""

    code: Literal["length", "form", "area", "birth_date", "check_digit"]


@dataclass(frozen=True)
class Hkid:
    """A Hong Kong identity card number whose check digit fits."""

    prefix: str = field(repr=False)
    digits: str = field(repr=False)
    check: str = field(repr=False)

    @property
    def formatted(self) -> str:
        """As the card prints it: A123456(3)."""
        return f"{self.prefix}{self.digits}({self.check})"

    @property
    def masked(self) -> str:
        """Safe to show on a public screen: A123XXX(X)."""
        return f"{self.prefix}{self.digits[:3]}XXX(X)"


@dataclass(frozen=True)
class ResidentId:
    """An 18-character number after GB 11643: a Mainland resident's, or a HK, Macao or Taiwan resident's permit."""

    number: str = field(repr=False)

    @property
    def birth_date(self) -> date:
        """The date of birth the number carries."""
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> Literal["M", "F"]:
        """The 17th digit is odd for men."""
        return "M" if int(self.number[16]) % 2 else "F"

    @property
    def region(self) -> Region:
        """`mainland`, or whose residence permit this is."""
        return _PERMIT_REGIONS.get(self.number[:2], "mainland")

    @property
    def masked(self) -> str:
        """The area and the last two characters stay: 440524************14."""
        return f"{self.number[:6]}{'*' * 10}{self.number[-2:]}"


@dataclass(frozen=True)
class HomeReturnPermit:
    """A Home Return Permit (card of a Hong Kong or Macao resident for travel to the Mainland)."""

    number: str = field(repr=False)
    issue_count: str = ""
    chinese_national: bool = True

    @property
    def holder_from(self) -> Literal["HK", "MO"]:
        """H is Hong Kong, M is Macao."""
        return "HK" if self.number[0] == "H" else "MO"

    @property
    def masked(self) -> str:
        """The first three and last two characters stay: H01****89."""
        return f"{self.number[:3]}{'*' * (len(self.number) - 5)}{self.number[-2:]}"


@dataclass(frozen=True)
class Mrz:
    """What a machine-readable zone of a travel document says; every check digit fits (ICAO 9303 parts 3 to 5)."""

    document: str
    issuer: str
    nationality: str
    sex: Literal["M", "F", ""]
    number: str = field(repr=False)
    name: str = field(repr=False)
    birth_yymmdd: str = field(repr=False)
    expiry_yymmdd: str = field(repr=False)


def _tidy(text: str) -> str:
    return text.strip().upper().translate(_BRACKETS)


def hkid_check_digit(prefix: str, digits: str, scheme: HkidScheme = "official") -> str:
    """The character in brackets; `letters_from_one` is the other rule in circulation (A = 1).

    Both agree for one letter and never agree for two, so a two-letter number tells which rule made it.
    """
    first = 10 if scheme == "official" else 1
    blank = 36 if scheme == "official" else 0
    letters = [blank] * (2 - len(prefix)) + [ord(letter) - ord("A") + first for letter in prefix]
    values = [*letters, *map(int, digits)]
    total = sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True))
    return "0123456789A"[-total % 11]


def parse_hkid(text: str) -> Hkid | NumberFault:
    """Read a Hong Kong identity card number, with or without brackets, in any case or width of bracket."""
    tidy = _tidy(text)
    if not 8 <= len(tidy) <= 9:
        return NumberFault("length")
    found = _HKID.fullmatch(tidy)
    if found is None:
        return NumberFault("form")
    hkid = Hkid(*found.groups())
    return hkid if hkid_check_digit(hkid.prefix, hkid.digits) == hkid.check else NumberFault("check_digit")


def resident_check_character(first17: str) -> str:
    """The 18th character (ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, first17, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def parse_resident_id(text: str, *, today: date) -> ResidentId | NumberFault:
    """Read a Mainland resident number or the number of a residence permit (GB 11643-1999)."""
    number = _tidy(text)
    if len(number) != 18:
        return NumberFault("length")
    if not number.isascii() or not _RESIDENT.fullmatch(number):
        return NumberFault("form")
    if number[:2] not in _PROVINCES:
        return NumberFault("area")
    if not _possible_birth(number[6:14], today):
        return NumberFault("birth_date")
    return ResidentId(number) if resident_check_character(number[:17]) == number[17] else NumberFault("check_digit")


def _possible_birth(yyyymmdd: str, today: date) -> bool:
    try:
        born = date(int(yyyymmdd[:4]), int(yyyymmdd[4:6]), int(yyyymmdd[6:]))
    except ValueError:
        return False
    return date(1850, 1, 1) <= born <= today


def parse_permit(text: str) -> HomeReturnPermit | NumberFault:
    """Read a Home Return Permit number: H or M and 8 digits (older prints 10); HA or MA and 7 for others."""
    tidy = _tidy(text)
    if len(tidy) not in (9, 11):
        return NumberFault("length")
    if found := _PERMIT.fullmatch(tidy):
        return HomeReturnPermit(f"{found[1]}{found[2]}", found[3] or "")
    if _PERMIT_NON_CHINESE.fullmatch(tidy):
        return HomeReturnPermit(tidy, chinese_national=False)
    return NumberFault("form")


def uscc_check_character(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015)."""
    total = sum(pow(3, place, 31) * _USCC_DIGITS.index(char) for place, char in enumerate(first17))
    return _USCC_DIGITS[-total % 31]


def parse_uscc(text: str) -> str | NumberFault:
    """Read a unified social credit code of a Mainland organisation; returns it tidied."""
    number = _tidy(text)
    if len(number) != 18:
        return NumberFault("length")
    if not _USCC.fullmatch(number):
        return NumberFault("form")
    return number if uscc_check_character(number[:17]) == number[17] else NumberFault("check_digit")


def parse_brn(text: str) -> str | NumberFault:
    """Read a Hong Kong business registration number: the first 8 digits of the certificate's long number."""
    number = _tidy(text)
    if len(number) != 8:
        return NumberFault("length")
    return number if number.isascii() and _BRN.fullmatch(number) else NumberFault("form")


def mrz_check_digit(text: str) -> str:
    """The check digit of a machine-readable field (ICAO 9303-3 §4.9, weights 7 3 1)."""
    values = (0 if char == "<" else int(char, 36) for char in text)
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def parse_mrz(lines: tuple[str, ...]) -> Mrz | NumberFault:
    """Read two lines of 44 characters (TD3, passports) or three of 30 (TD1, cards)."""
    tidy = tuple(line.strip().upper() for line in lines)
    shape = tuple(map(len, tidy))
    if shape not in ((44, 44), (30, 30, 30)):
        return NumberFault("length")
    if not all(line.isascii() and _MRZ.fullmatch(line) for line in tidy):
        return NumberFault("form")
    return _td3(*tidy) if len(tidy) == 2 else _td1(*tidy)


def _td3(upper: str, lower: str) -> Mrz | NumberFault:
    fields = (lower[:10], lower[13:20], lower[21:28], lower[:10] + lower[13:20] + lower[21:43] + lower[43])
    if not _all_fit(fields):
        return NumberFault("check_digit")
    return _mrz(upper[:2], upper[2:5], lower[10:13], lower[20], lower[:9], upper[5:], lower[13:19], lower[21:27])


def _td1(first: str, second: str, third: str) -> Mrz | NumberFault:
    composite = first[5:30] + second[:7] + second[8:15] + second[18:29] + second[29]
    if not _all_fit((first[5:15], second[:7], second[8:15], composite)):
        return NumberFault("check_digit")
    return _mrz(first[:2], first[2:5], second[15:18], second[7], first[5:14], third, second[:6], second[8:14])


def _all_fit(fields: tuple[str, ...]) -> bool:
    return all(mrz_check_digit(text[:-1]) == text[-1] for text in fields)


def _mrz(  # one argument per field of the zone
    document: str, issuer: str, nationality: str, sex: str, number: str, name: str, birth: str, expiry: str
) -> Mrz:
    surname, _, given = name.rstrip("<").partition("<<")
    spoken = f"{surname} {given}".replace("<", " ").strip()
    known: Literal["M", "F", ""] = "M" if sex == "M" else "F" if sex == "F" else ""
    plain = [text.rstrip("<") for text in (document, issuer, nationality)]
    return Mrz(plain[0], plain[1], plain[2], known, number.rstrip("<"), spoken, birth, expiry)
