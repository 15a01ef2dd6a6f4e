"""Machine-readable zones of travel documents: read, checked, never repaired. Pure.

ICAO Doc 9303 (8th edition): part 4 TD3, part 5 TD1, part 6 TD2, part 7 visas MRV-A and MRV-B; check digits part 3, 4.9.

What a check digit can promise: it catches every single wrong character but one of the same value modulo 10 (0 A K U,
1 B L V, ...). Where only digits may stand the promise is whole; where letters may stand too, the field is marked
"alias" and a person confirms it; names, issuer, nationality and sex have no check digit at all.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Format = Literal["TD1", "TD2", "TD3", "MRV-A", "MRV-B"]
Trust = Literal["sure", "alias", "unchecked", "failed"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
WEIGHTS = (7, 3, 1)
SHAPES: dict[tuple[int, int], tuple[Format, Format | None]] = {
    (3, 30): ("TD1", None),
    (2, 36): ("TD2", "MRV-B"),
    (2, 44): ("TD3", "MRV-A"),
}
"""Lines and their length: the format, and the one of a visa (document code V)."""

FAULT_CODES = ("not_mrz", "bad_length", "bad_character", "bad_date", "bad_sex")


@dataclass(frozen=True)
class MrzFault:
    """Why lines are no machine-readable zone; `line` and `column` count from 1, 0 when they do not apply."""

    code: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Field:
    """What stands in a field, fillers removed, and how far it can be trusted."""

    text: str = field(repr=False)
    trust: Trust


@dataclass(frozen=True)
class Mrz:
    """A machine-readable zone; `repr` shows no personal data. Dates are YYMMDD as printed, "<" where unknown."""

    format: Format
    document_code: str
    issuer: Field
    surname: Field
    given_names: Field
    number: Field
    nationality: Field
    birth_date: Field
    sex: Field
    expiry_date: Field
    optional: Field
    composite: Trust

    @property
    def valid(self) -> bool:
        """Whether every check digit there is agrees."""
        return all(trust != "failed" for trust in (*(each.trust for each in self.fields.values()), self.composite))

    @property
    def fields(self) -> dict[str, Field]:
        """All fields by name."""
        return {name: each for name, each in vars(self).items() if isinstance(each, Field)}

    @property
    def to_confirm(self) -> tuple[str, ...]:
        """The fields a person must compare with the document, however well the digits agree."""
        return tuple(name for name, each in self.fields.items() if each.trust != "sure")


def check_digit(text: str) -> int:
    """The ICAO check digit: weights 7 3 1, letters from A = 10, filler 0."""
    return sum(_value(character) * WEIGHTS[at % 3] for at, character in enumerate(text)) % 10


def parse_mrz(lines: Sequence[str]) -> Mrz | MrzFault:
    """Read two or three lines as recognised; only blanks inside and around a line are dropped, nothing else changed."""
    rows = ["".join(line.split()) for line in lines if line.strip()]
    fault = _shape_fault(rows)
    if fault is not None:
        return fault
    plain, visa = SHAPES[len(rows), len(rows[0])]
    if visa is not None and rows[0][0] == "V":
        return _two_lines(rows, visa)
    return _td1(rows) if plain == "TD1" else _two_lines(rows, plain)


def _value(character: str) -> int:
    return 0 if character == "<" else ALPHABET.index(character)


def _shape_fault(rows: list[str]) -> MrzFault | None:
    if len(rows) not in (2, 3):
        return MrzFault("not_mrz")
    for number, row in enumerate(rows, 1):
        if (len(rows), len(row)) not in SHAPES or len(row) != len(rows[0]):
            return MrzFault("bad_length", number, len(row))
        wrong = next((at for at, character in enumerate(row, 1) if character not in ALPHABET), 0)
        if wrong:
            return MrzFault("bad_character", number, wrong)
    return None if rows[0][0] in "PVACI" else MrzFault("not_mrz", 1, 1)


def _td1(rows: list[str]) -> Mrz | MrzFault:
    first, second, third = rows
    number, rest = _long_number(first[5:14], first[14], first[15:30])
    return _built(
        "TD1",
        rows,
        names=third,
        number=number,
        nationality=second[15:18],
        birth=(second[0:6], second[6]),
        sex=second[7],
        expiry=(second[8:14], second[14]),
        optional=Field(_bare(rest) + _bare(second[18:29]), "alias"),
        composite=(first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
    )


def _two_lines(rows: list[str], kind: Format) -> Mrz | MrzFault:
    first, second = rows
    optional, composite, rest = Field("", "unchecked"), None, ""
    if kind == "TD3":
        optional = Field(_bare(second[28:42]), _checked(second[28:42], second[42], may_be_blank=True))
        composite = (second[0:10] + second[13:20] + second[21:43], second[43])
        number = Field(_bare(second[0:9]), _checked(second[0:9], second[9]))
    elif kind == "TD2":
        number, rest = _long_number(second[0:9], second[9], second[28:35])
        optional = Field(_bare(rest), "alias")
        composite = (second[0:10] + second[13:20] + second[21:35], second[35])
    else:
        number = Field(_bare(second[0:9]), _checked(second[0:9], second[9]))
        optional = Field(_bare(second[28:]), "unchecked")
    return _built(
        kind,
        rows,
        names=first[5:],
        number=number,
        nationality=second[10:13],
        birth=(second[13:19], second[19]),
        sex=second[20],
        expiry=(second[21:27], second[27]),
        optional=optional,
        composite=composite,
    )


def _built(
    kind: Format,
    rows: list[str],
    *,
    names: str,
    number: Field,
    nationality: str,
    birth: tuple[str, str],
    sex: str,
    expiry: tuple[str, str],
    optional: Field,
    composite: tuple[str, str] | None,
) -> Mrz | MrzFault:
    born, expires = _date(*birth), _date(*expiry)
    if born is None or expires is None:
        return MrzFault("bad_date", 2)
    if sex not in "MF<":
        return MrzFault("bad_sex", 2)
    surname, _, given = names.rstrip("<").partition("<<")
    return Mrz(
        format=kind,
        document_code=_bare(rows[0][:2]),
        issuer=Field(_bare(rows[0][2:5]), "unchecked"),
        surname=Field(surname.replace("<", " "), "unchecked"),
        given_names=Field(given.replace("<", " ").strip(), "unchecked"),
        number=number,
        nationality=Field(_bare(nationality), "unchecked"),
        birth_date=born,
        sex=Field(sex.replace("<", ""), "unchecked"),
        expiry_date=expires,
        optional=optional,
        composite="unchecked" if composite is None else _checked(*composite),
    )


def _long_number(start: str, digit: str, rest: str) -> tuple[Field, str]:
    """The document number, and what the optional field holds besides: numbers over nine characters go on in it."""
    if digit != "<":
        return Field(_bare(start), _checked(start, digit)), rest
    more, _, left = rest.partition("<")
    if len(more) < 2:
        return Field(_bare(start), "failed"), rest
    return Field(_bare(start + more[:-1]), _checked(start + more[:-1], more[-1])), left


def _checked(text: str, digit: str, *, may_be_blank: bool = False) -> Trust:
    """How far a field with letters can be trusted; a blank one may have a filler for its digit (part 4, 4.2.2)."""
    if may_be_blank and digit == "<" and not text.strip("<"):
        return "alias"
    if not digit.isdigit() or int(digit) != check_digit(text):
        return "failed"
    return "alias"


def _date(text: str, digit: str) -> Field | None:
    """A date field; None when it is no date. Unknown months and days are "<" (part 3, 4.8)."""
    year, month, day = text[:2], text[2:4], text[4:]
    if not year.isdigit() or not _month_and_day_exist(int(year), month, day):
        return None
    if not digit.isdigit() or int(digit) != check_digit(text):
        return Field(text, "failed")
    return Field(text, "sure" if text.isdigit() else "alias")


def _month_and_day_exist(year: int, month: str, day: str) -> bool:
    if month == "<<":
        return day == "<<"
    if not month.isdigit() or not 1 <= int(month) <= 12:
        return False
    if day == "<<":
        return True
    # 1900 was no leap year and 2000 was: two digits cannot tell, so 29 February is allowed if either century has it.
    longest = max(calendar.monthrange(century + year, int(month))[1] for century in (1900, 2000))
    return day.isdigit() and 1 <= int(day) <= longest


def _bare(text: str) -> str:
    return text.strip("<").replace("<", " ")
