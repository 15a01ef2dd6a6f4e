"""Whether a paper names somebody, in either script. Pure.

陳 and 陈 are one name; CHAN TAI MAN, Tai Man CHAN and "Mr Chan, T. M." differ only for the last, which is not taken.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

_WORDS: Final = re.compile(r"[a-z]+")
ALIKE: Final = 88.0
"""How like a printed line must be to a Latin name, of 100: one wrong letter in seven or more."""


def names_person(lines: list[str], *, name_zh: str, name_en: str) -> bool:
    """Whether a line, or two neighbouring ones, hold the Chinese or the Latin name."""
    pairs = [*lines, *(f"{one} {other}" for one, other in pairwise(lines))]
    return any(_holds_zh(text, name_zh) or _holds_en(text, name_en) for text in pairs)


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, however the parts stand and in whichever form their characters are written."""
    if simplified(one) == simplified(other):
        return True
    return bool(_WORDS.search(one.lower())) and sorted(_WORDS.findall(one.lower())) == sorted(
        _WORDS.findall(other.lower())
    )


def _holds_zh(text: str, name: str) -> bool:
    wanted = simplified(name)
    return len(wanted) >= 2 and wanted in simplified(text)


def _holds_en(text: str, name: str) -> bool:
    wanted = _WORDS.findall(name.lower())
    if len("".join(wanted)) < 4:
        return False
    there = _WORDS.findall(text.lower())
    return _fuzz().token_set_ratio(" ".join(sorted(wanted)), " ".join(sorted(there))) >= ALIKE and _all_alike(
        wanted, there
    )


def _all_alike(wanted: list[str], there: list[str]) -> bool:
    """Each part of the name has a word of its own like it: "Chan" alone is not "Chan Tai Man"."""
    left = list(there)
    for part in wanted:
        best = max(left, key=lambda word: _fuzz().ratio(part, word), default="")
        if _fuzz().ratio(part, best) < (100.0 if len(part) < 5 else 79.0):
            return False
        left.remove(best)
    return True


def simplified(text: str) -> str:
    """A text without blanks, its characters brought to their simplified form."""
    return str(_to_simplified().convert("".join(text.split())))


@lru_cache(maxsize=1)
def _fuzz() -> Any:
    from rapidfuzz import fuzz  # loads with the first paper that is read: no picture waits for it

    return fuzz


@lru_cache(maxsize=1)
def _to_simplified() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
