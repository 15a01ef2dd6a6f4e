"""The machine-readable zone (ICAO 9303-3 to -6): check digits, the three layouts, and the key it is to the chip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hardware.cards.faults import CardError

WEIGHTS = (7, 3, 1)
FILLER = "<"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LAYOUTS = {90: "td1", 72: "td2", 88: "td3"}


def check_digit(text: str) -> str:
    """The check digit of a field (9303-3 §4.9); raises CardError for a character the zone does not have."""
    total = 0
    for position, char in enumerate(text):
        if char != FILLER and char not in ALPHABET:
            raise CardError("card_invalid", "MRZ character")
        total += (0 if char == FILLER else ALPHABET.index(char)) * WEIGHTS[position % 3]
    return str(total % 10)


@dataclass(frozen=True, repr=False)
class MrzKey:
    """What the zone gives as a key: document number, birth and expiry as YYMMDD."""

    number: str
    birth: str
    expiry: str

    def __repr__(self) -> str:
        return "MrzKey(…)"

    @property
    def information(self) -> bytes:
        """The MRZ information of BAC and PACE (9303-11 §4.3.2): each field with its check digit."""
        number = self.number.ljust(9, FILLER)
        return "".join(field + check_digit(field) for field in (number, self.birth, self.expiry)).encode("ascii")


@dataclass(frozen=True, repr=False)
class Can:
    """The card access number printed on the front of a document."""

    digits: str

    def __repr__(self) -> str:
        return "Can(…)"


AccessKey = MrzKey | Can


@dataclass(frozen=True, repr=False)
class Mrz:
    """A parsed zone; names with single spaces, dates as YYMMDD, which may hold fillers."""

    layout: str
    code: str
    issuer: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    surname: str
    given_names: str

    def __repr__(self) -> str:
        return f"Mrz({self.layout}, {self.code}, {self.issuer}, …)"

    @property
    def key(self) -> MrzKey:
        """The key to the chip of this document."""
        return MrzKey(self.number, self.birth, self.expiry)

    def birth_date(self, today: date) -> date:
        """The birth date in the latest century that does not lie ahead of `today`; raises CardError if it is none."""
        text = self.birth
        if not (text.isascii() and text.isdigit()):
            raise CardError("card_invalid", "birth date not complete")
        for century in (today.year // 100, today.year // 100 - 1):
            try:
                born = date(century * 100 + int(text[:2]), int(text[2:4]), int(text[4:]))
            except ValueError:
                continue
            if born <= today:
                return born
        raise CardError("card_invalid", "birth date is no date")


def parse(text: str) -> Mrz:
    """The zone in these characters, lines joined or not; raises CardError("card_invalid") unless every check holds."""
    zone = "".join(text.split())
    layout = LAYOUTS.get(len(zone))
    if layout is None:
        raise CardError("card_invalid", "MRZ length")
    fields = _td1(zone) if layout == "td1" else _two_lines(zone, len(zone) // 2)
    for checked, digit in fields.checks:
        if check_digit(checked) != digit.replace(FILLER, "0"):
            raise CardError("card_invalid", "MRZ check digit")
    surname, _, given = fields.names.partition("<<")
    return Mrz(
        layout=layout,
        code=zone[:2].rstrip(FILLER),
        issuer=zone[2:5].rstrip(FILLER),
        number=fields.number.rstrip(FILLER),
        nationality=fields.nationality.rstrip(FILLER),
        birth=fields.birth,
        sex=fields.sex,
        expiry=fields.expiry,
        surname=_spaced(surname),
        given_names=_spaced(given),
    )


@dataclass(frozen=True)
class _Fields:
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    names: str
    checks: tuple[tuple[str, str], ...]


def _td1(zone: str) -> _Fields:
    first, second, names = zone[:30], zone[30:60], zone[60:]
    number, number_digit = first[5:14], first[14]
    if number_digit == FILLER:  # a long number goes on in the optional data (9303-5 §4.2.2)
        rest = first[15:].split(FILLER)[0]
        number, number_digit = number + rest[:-1], rest[-1:]
    birth, expiry = second[:6], second[8:14]
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    checks = ((number, number_digit), (birth, second[6]), (expiry, second[14]), (composite, second[29]))
    return _Fields(number, second[15:18], birth, second[7], expiry, names, checks)


def _two_lines(zone: str, width: int) -> _Fields:
    first, second = zone[:width], zone[width:]
    number, birth, expiry = second[:9], second[13:19], second[21:27]
    composite = second[:10] + second[13:20] + second[21 : width - 1]
    checks = ((number, second[9]), (birth, second[19]), (expiry, second[27]), (composite, second[width - 1]))
    return _Fields(number, second[10:13], birth, second[20], expiry, first[5:], checks)


def _spaced(name: str) -> str:
    return " ".join(part for part in name.split(FILLER) if part)
