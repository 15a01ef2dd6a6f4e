"""What opens a document's chip, typed by its holder: three details of its printed page, or its six-digit number. Pure.

Nothing here is an answer of the service: it goes to the reader and is forgotten when the visit ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from hardware.cards import Can, MrzKey
from kiosk.catalogue import Language
from kiosk.fields import iso_date

Way = Literal["mrz", "can"]
FIELDS: Final[Mapping[Way, tuple[str, ...]]] = {"mrz": ("number", "birth", "expiry"), "can": ("can",)}
DATES: Final = ("birth", "expiry")
LONGEST: Final = 22  # the longest number a zone can carry (ICAO 9303-5 §4.2.2)
CAN_DIGITS: Final = 6
ENOUGH_TRIES: Final = 3
"""After so many keys the chip refused, typing the service's own questions is what the page offers first."""


@dataclass(frozen=True)
class KeyEntry:
    """The page under way: what the chip opens by, what was typed, what is wrong, how often the chip said no."""

    methods: tuple[str, ...]
    way: Way = "mrz"
    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    active: str = "number"
    problems: tuple[str, ...] = ()
    refused: int = 0

    @property
    def fields(self) -> tuple[str, ...]:
        """What the page asks for now."""
        return FIELDS[self.way]

    @property
    def other_way(self) -> Way | None:
        """The other key that opens this chip, if there is one."""
        other: Way = "can" if self.way == "mrz" else "mrz"
        return other if other in self.methods else None


def begun(methods: tuple[str, ...], before: KeyEntry | None) -> KeyEntry:
    """The page for a chip that waits; what was typed for the one before is kept, for it is often the same one."""
    if before is not None and before.way in methods:
        return replace(before, methods=methods)
    way: Way = "mrz" if "mrz" in methods else "can"
    return KeyEntry(methods, way, active=FIELDS[way][0])


def typed(entry: KeyEntry, text: str) -> KeyEntry:
    """Replace what stands in the active field."""
    longest = {"can": CAN_DIGITS, "number": LONGEST}.get(entry.active, 8)
    kept = "".join(char for char in text.upper() if char.isascii() and char.isalnum())
    if entry.active != "number":
        kept = "".join(char for char in kept if char.isdigit())
    return replace(entry, typed={**entry.typed, entry.active: kept[:longest]}, problems=())


def read_off(entry: KeyEntry, key: MrzKey, language: Language, today: date) -> KeyEntry:
    """The page filled with what a camera read of the zone; a date the zone leaves open is left to be typed."""
    born, expires = _day(key.birth, today), _day(key.expiry, None)
    form = "%d%m%Y" if language == "en" else "%Y%m%d"
    days = {name: f"{day:{form}}" for name, day in (("birth", born), ("expiry", expires)) if day is not None}
    return replace(entry, typed={**entry.typed, "number": key.number, **days}, problems=())


def _day(digits: str, latest: date | None) -> date | None:
    """A zone's date in this century, or in the last one if it then lay after `latest`."""
    for century in ("20", "19"):
        try:
            day = date.fromisoformat(f"{century}{digits[:2]}-{digits[2:4]}-{digits[4:]}")
        except ValueError:
            continue
        if latest is None or day <= latest:
            return day
    return None


def focused(entry: KeyEntry, name: str) -> KeyEntry:
    """Touch a field."""
    return replace(entry, active=name) if name in entry.fields else entry


def next_field(entry: KeyEntry) -> KeyEntry:
    """The field after the active one."""
    at = entry.fields.index(entry.active) if entry.active in entry.fields else -1
    return replace(entry, active=entry.fields[(at + 1) % len(entry.fields)])


def turned(entry: KeyEntry) -> KeyEntry:
    """Open it by the other key."""
    way = entry.other_way
    return entry if way is None else replace(entry, way=way, active=FIELDS[way][0], problems=())


def denied(entry: KeyEntry) -> KeyEntry:
    """The chip did not take the key: the same page again, nothing typed lost."""
    return replace(entry, refused=entry.refused + 1, active=entry.fields[0])


def key_of(entry: KeyEntry, language: Language) -> MrzKey | Can | KeyEntry:
    """The key, or the page with what is wrong with it and the first such field active."""
    if entry.way == "can":
        can = entry.typed.get("can", "")
        return Can(can) if len(can) == CAN_DIGITS else replace(entry, problems=("can",), active="can")
    dates = {name: _zone_date(entry.typed.get(name, ""), language) for name in DATES}
    number = entry.typed.get("number", "")
    wrong = tuple(name for name in entry.fields if not (number if name == "number" else dates[name]))
    if wrong:
        return replace(entry, problems=wrong, active=wrong[0])
    return MrzKey(number, dates["birth"], dates["expiry"])


def _zone_date(digits: str, language: Language) -> str:
    """A date as the zone writes it, YYMMDD; "" for what is no date."""
    try:
        return f"{date.fromisoformat(iso_date(digits, language)):%y%m%d}"
    except ValueError:
        return ""
