"""Fields of a page: how many fit, and what was typed as the engine takes it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiosk.catalogue import Fact, Language

ROOM: Final = 3  # what a page holds: a typed field takes 1, an address or two choices 2, more the whole page
CHOICE_TYPES: Final = frozenset({"choice", "yes_no"})


def laid_out(facts: Sequence[Fact], room: int = ROOM) -> list[tuple[Fact, ...]]:
    """The facts of one step on as many pages as they take, in their order; one empty page for none."""
    pages: list[tuple[Fact, ...]] = [()]
    for fact in facts:
        if sum(map(_room, pages[-1])) + _room(fact) > room and pages[-1]:
            pages.append(())
        pages[-1] = (*pages[-1], fact)
    return pages


def typed(fact: Fact, draft: str, language: Language) -> object:
    """A draft as the engine takes it."""
    text = draft.strip()
    if fact.type == "date":
        return iso_date(text, language) if text else ""
    if fact.type == "yes_no" and text:
        return text == "yes"
    return text


def chinese(fact: Fact) -> bool:
    """Whether a typed answer may hold Chinese: its keyboard then has a bar of candidates, which takes room."""
    return fact.type in ("name", "text", "address") and fact.format in (None, "", "han")


def _room(fact: Fact) -> float:
    if fact.type == "address":
        return 2  # several lines, and the helpers above the keys
    if fact.type not in CHOICE_TYPES:
        return 1.5 if chinese(fact) else 1
    return 2 if len(fact.choices) <= 2 else ROOM


def iso_date(text: str, language: Language) -> str:
    """Digits as typed in the language's own order (day first in English) as YYYY-MM-DD; anything else as it is."""
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    if len(digits) != 8:
        return text
    if language == "en":
        return f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def spaced_date(text: str, language: Language) -> str:
    """What was typed of a date so far, with the separators of the language: 31 / 01 / 19."""
    digits = "".join(char for char in text if char.isascii() and char.isdigit())[:8]
    cuts = (2, 4) if language == "en" else (4, 6)
    parts = [digits[: cuts[0]], digits[cuts[0] : cuts[1]], digits[cuts[1] :]]
    return " / ".join(part for part in parts if part)
