"""From recognised lines to the rows of a machine-readable zone: glyphs and fillers, no number is guessed. Pure.

Recognisers write a filler as one of several angle brackets and lose count in long runs of them. The brackets are one
glyph; the runs carry no information where nothing but fillers stands up to the row's end or its last check digits.
In a name only letters can stand (ICAO 9303-3, 4.6), so a nought or a one there is the letter of its shape; names have
no check digit and are confirmed by a person. Everything else stays as it was read, and the check digits decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.camera.mrz import ALPHABET, Mrz, MrzFault, parse_mrz

BRACKETS = str.maketrans(dict.fromkeys("‹〈＜≤くㄑ⟨﹤", "<") | dict.fromkeys("«《≪", "<<"))
LENGTHS = ((2, 44), (2, 36), (3, 30))
RUN = re.compile(r"<{5,}")
LETTERS = str.maketrans("01", "OI")


@dataclass(frozen=True)
class Zone:
    """A zone as it was read: its rows and what they say.

    `refilled` tells that a run of fillers was made to fit, or a nought in a name read as the letter it is.
    """

    rows: tuple[str, ...] = field(repr=False)
    mrz: Mrz
    refilled: bool


def zone(texts: Sequence[str]) -> Zone | None:
    """The zone among lines from top to bottom, every check digit of which agrees; else None."""
    rows = [row for row in map(tidy, texts) if len(row) >= 24 and set(row) <= set(ALPHABET)]
    for count, length in LENGTHS:
        for at in range(len(rows) - count, -1, -1):  # a zone stands at the foot
            found = _fitted(rows[at : at + count], length)
            if found is not None:
                return found
    return None


def tidy(text: str) -> str:
    """A line in the zone's own letters: capitals, one kind of bracket, no blanks."""
    return "".join(text.translate(BRACKETS).upper().split())


def _fitted(rows: list[str], length: int) -> Zone | None:
    fitted = [_refilled(row, length) for row in rows]
    if any(row is None for row in fitted):
        return None
    whole = _named([row for row in fitted if row is not None])
    mrz = parse_mrz(whole)
    if isinstance(mrz, MrzFault) or not mrz.valid:
        return None
    return Zone(whole, mrz, refilled=list(whole) != rows)


def _named(rows: list[str]) -> tuple[str, ...]:
    """The rows with letters in the name: the third row of a card, the first from its sixth place of all others."""
    if len(rows) == 3:
        return rows[0], rows[1], rows[2].translate(LETTERS)
    return rows[0][:5] + rows[0][5:].translate(LETTERS), *rows[1:]


def _refilled(row: str, length: int) -> str | None:
    """A row of the right length: the longest run of five fillers or more may be longer or shorter than it was read."""
    missing = length - len(row)
    if missing == 0:
        return row
    runs = list(RUN.finditer(row))
    if not runs or abs(missing) > 8:
        return None
    run = max(runs, key=lambda found: found.end() - found.start())
    size = run.end() - run.start() + missing
    return row[: run.start()] + "<" * size + row[run.end() :] if size > 0 else None
