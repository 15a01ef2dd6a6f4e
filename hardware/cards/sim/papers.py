"""Made-up travel documents of made-up people: what their zones say, and what opens their chips.

Utopia (UTO) is the code ICAO 9303-3 keeps for specimens. The documents of Hong Kong and of the Mainland are made up as
well, numbers, holders and signatures alike; of the home return permit even the form of its chip's zone is a guess.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from hardware.cards import tlv
from hardware.cards.emrtd.mrz import MrzKey, check_digit
from hardware.cards.people import Person

SPECIMEN_NUMBER = "UT1234567"
SPECIMEN_EXPIRY = "351231"


@dataclass(frozen=True)
class State:
    """Who signs: the country in its certificates (two letters) and in its zones (three), a name that says made up."""

    alpha2: str
    alpha3: str
    name: str


UTOPIA = State("UT", "UTO", "Made-up Utopia")
HONG_KONG = State("CN", "CHN", "Made-up Hong Kong")
"""Real Hong Kong certificates are listed under C=CN, and its passports' zones say CHN."""
MAINLAND = State("CN", "CHN", "Made-up Mainland")


@dataclass(frozen=True)
class Paper:
    """One kind of document: its zone's code, state and specimen number; `lines` is 2 for a passport, 3 for a card."""

    code: str
    state: State
    number: str
    lines: int = 2

    def key(self, person: Person) -> MrzKey:
        """What this person's zone opens the chip with."""
        return MrzKey(self.number, person.birth_date.strftime("%y%m%d"), SPECIMEN_EXPIRY)

    def zone(self, person: Person) -> str:
        """This person's zone, its lines joined (9303-4 §4.2, 9303-5 §4.2)."""
        return self._two_lines(person) if self.lines == 2 else self._three_lines(person)

    def _two_lines(self, person: Person) -> str:
        first = f"{self.code.ljust(2, '<')}{self.state.alpha3}{names(person)}".ljust(44, "<")[:44]
        second = self.number + check_digit(self.number) + self.state.alpha3 + self._dates(person) + "<" * 15
        return first + second + check_digit(second[:10] + second[13:20] + second[21:43])

    def _three_lines(self, person: Person) -> str:
        first = f"{self.code.ljust(2, '<')}{self.state.alpha3}{self.number}{check_digit(self.number)}".ljust(30, "<")
        second = f"{self._dates(person)}{self.state.alpha3}".ljust(29, "<")
        digit = check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
        return first + second + digit + names(person).ljust(30, "<")[:30]

    def _dates(self, person: Person) -> str:
        key = self.key(person)
        return f"{key.birth}{check_digit(key.birth)}{person.sex or '<'}{key.expiry}{check_digit(key.expiry)}"

    def dg1(self, person: Person) -> bytes:
        """The zone as the chip's first data group."""
        return tlv.encode(0x61, tlv.encode(0x5F1F, self.zone(person).encode("ascii")))


PASSPORT = Paper("P", UTOPIA, SPECIMEN_NUMBER)
HONG_KONG_PASSPORT = Paper("P", HONG_KONG, "KX0000001")
MAINLAND_PASSPORT = Paper("P", MAINLAND, "EX0000001")
HOME_RETURN_PERMIT = Paper("CR", MAINLAND, "HX0000001", lines=3)


def names(person: Person) -> str:
    """A name as zones write it."""
    surname, _, given = person.name_en.partition(", ")
    return f"{_latin(surname)}<<{_latin(given)}"


def _latin(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).upper().replace("-", "<").replace(" ", "<")
    return "".join(char for char in plain if char == "<" or (char.isascii() and char.isalpha()))


def passport_key(person: Person) -> MrzKey:
    """What the zone of a person's Utopian passport opens the chip with."""
    return PASSPORT.key(person)
