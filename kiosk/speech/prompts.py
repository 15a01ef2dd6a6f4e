"""Which sentences of the kiosk can be recorded by a person: those whose words are always the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kiosk.catalogue.model import Language
from kiosk.catalogue.texts import Texts
from kiosk.speech.spoken import spoken

UNSPOKEN: Final = frozenset({"staff", "technician", "queue", "slip_paper", "a4"})
"""Groups of texts that no resident hears: staff's own pages, and what is only printed."""
FIRST: Final = (
    "guide",
    "bar",
    "key",
    "typing",
    "site",
    "attract",
    "home",
    "category",
    "overlay",
    "leave",
    "idle",
    "help",
)
"""What is heard on every visit, so a speaker records it first."""


@dataclass(frozen=True)
class Prompt:
    """One sentence to record: its text id, what the screen shows, and the words to speak."""

    id: str
    text: str
    words: str


def words(texts: Texts, language: Language, text_id: str) -> str | None:
    """What a text is as it is spoken; None where it does not exist, is never spoken, or waits for values."""
    text = texts.by_language[language].get(text_id)
    if text is None or _group(text_id) in UNSPOKEN or texts.placeholders(text_id):
        return None
    return spoken(text.replace("\n", ", "), language)


def prompts(texts: Texts, language: Language) -> tuple[Prompt, ...]:
    """Every sentence that can be recorded, what is heard most first; the same words are recorded once."""
    found: dict[str, Prompt] = {}
    for text_id in sorted(texts.keys, key=_order):
        said = words(texts, language, text_id)
        if said is not None:
            found.setdefault(said, Prompt(text_id, texts.by_language[language][text_id], said))
    return tuple(found.values())


def missing(texts: Texts, language: Language, recorded: frozenset[str]) -> Iterator[Prompt]:
    """The prompts whose words no recorded text id says."""
    have = {words(texts, language, text_id) for text_id in recorded}
    return (prompt for prompt in prompts(texts, language) if prompt.words not in have)


def _group(text_id: str) -> str:
    return text_id.partition(".")[0]


def _order(text_id: str) -> tuple[int, str]:
    """Every visit's first, then the pages' own, then facts, then each service's."""
    group = _group(text_id)
    if group in FIRST:
        return FIRST.index(group), text_id
    return len(FIRST) + (group == "fact") + 2 * (group == "service"), text_id
