"""Finds services by what people type: three scripts, pinyin, Jyutping, everyday names, and slips of the finger."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from kiosk.catalogue.model import LANGUAGES, Language, ListedService
from kiosk.catalogue.sounds import Sounds, load
from kiosk.catalogue.texts import Texts

LONGEST_QUERY: Final = 60
_FUZZY_FROM: Final = 4  # letters: shorter words hit too much by chance
_FUZZY_FLOOR: Final = 80.0
_FLOOR: Final = 60.0
_SOUNDS_FROM: Final = 3  # characters: two sounds run together hit too much by chance
_NAME, _WORD, _SOUND, _GROUP = 1.0, 0.97, 0.9, 0.7


class _Entry(NamedTuple):
    """One text that leads to services, and how much a hit on it counts."""

    text: str
    weight: float
    language: Language | None
    rows: frozenset[int]


def fold(text: str) -> str:
    """Lower case, one width, no accents, single spaces; Han characters stay as they are."""
    wide = unicodedata.normalize("NFKD", text[: LONGEST_QUERY * 4]).casefold()
    kept = "".join(char if char.isalnum() else " " for char in wide if not unicodedata.combining(char))
    return " ".join(kept.split())


def _has_han(text: str) -> bool:
    return any(char >= "\u3400" for char in text)


class SearchIndex:
    """All texts that lead to a service, folded once; a query compares with those of its own script."""

    def __init__(
        self, listing: tuple[ListedService, ...], texts: Texts, synonyms: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._listing = listing
        self._sounds = load(_spoken(listing, synonyms))
        rows: dict[tuple[str, float, Language | None], set[int]] = {}
        for place, row in enumerate(listing):
            for key in _keys(row, texts, synonyms, self._sounds):
                rows.setdefault(key, set()).add(place)
        entries = [_Entry(*key, frozenset(places)) for key, places in rows.items() if key[0]]
        self._han = [entry._replace(text=entry.text.replace(" ", "")) for entry in entries if _has_han(entry.text)]
        self._latin = [entry for entry in entries if not _has_han(entry.text)]

    def search(self, query: str, language: Language) -> tuple[ListedService, ...]:
        """Rows that fit, best first; an empty query finds nothing."""
        asked = fold(query[:LONGEST_QUERY])
        best: dict[int, float] = {}
        for sought in self._readings(asked) if asked else ():
            self._collect(sought, language, best)
        return tuple(self._listing[row] for row in _ranked(best))

    def _readings(self, asked: str) -> tuple[str, ...]:
        """The query as typed, and by its sounds, so that a wrong character that sounds right still finds."""
        if not _has_han(asked):
            return (asked,)
        plain = asked.replace(" ", "")
        if len(plain) < _SOUNDS_FROM:
            return (plain,)
        return plain, self._sounds.pinyin(plain), self._sounds.jyutping(plain)

    def _collect(self, sought: str, language: Language, best: dict[int, float]) -> None:
        han = _has_han(sought)
        for entry in self._han if han else self._latin:
            score = entry.weight * (_han_score(sought, entry.text) if han else _latin_score(sought, entry))
            if score < _FLOOR:
                continue
            score += entry.language == language
            for row in entry.rows:
                best[row] = max(score, best.get(row, 0.0))


def _ranked(best: Mapping[int, float]) -> list[int]:
    """Best first; once something fits well, what fits much worse is noise."""
    if not best:
        return []
    floor = max(best.values()) - 25
    return sorted((row for row in best if best[row] >= floor), key=lambda row: (-best[row], row))


def _spoken(listing: Iterable[ListedService], synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Every text that is also found by its sound."""
    for row in listing:
        yield row.names["zh_Hans"]
        yield row.names["zh_Hant"]
        yield from (word for word in synonyms.get(row.id, ()) if _has_han(word))


def _keys(
    row: ListedService, texts: Texts, synonyms: Mapping[str, tuple[str, ...]], sounds: Sounds
) -> Iterator[tuple[str, float, Language | None]]:
    yield fold(row.id), _NAME, None
    for language in LANGUAGES:
        yield fold(row.names[language]), _NAME, language
        for key in (f"department.{row.department}", f"category.{row.category}"):
            yield fold(texts.say(language, key)), _GROUP, language
    yield sounds.pinyin(row.names["zh_Hans"]), _SOUND, None
    yield sounds.jyutping(row.names["zh_Hant"]), _SOUND, None
    for word in synonyms.get(row.id, ()):
        yield fold(word), _WORD, None
        if _has_han(word):
            yield sounds.pinyin(word), _SOUND, None
            yield sounds.jyutping(word), _SOUND, None


def _han_score(asked: str, text: str) -> float:
    if asked == text:
        return 100.0
    if asked in text:
        return 98.0
    if len(asked) >= 2 and _in_order(asked, text):
        return 88.0
    return fuzz.partial_ratio(asked, text) if len(asked) >= _FUZZY_FROM and len(text) >= len(asked) else 0.0


def _in_order(short: str, text: str) -> bool:
    """Whether the characters stand in the text in that order: how Chinese abbreviates."""
    rest = iter(text)
    return all(char in rest for char in short)


def _latin_score(asked: str, entry: _Entry) -> float:
    text = entry.text
    if asked == text:
        return 100.0
    if entry.weight != _SOUND and f" {text}".find(f" {asked}") >= 0:
        return 98.0
    solid = asked.replace(" ", "")
    if len(solid) < _FUZZY_FROM:
        return 0.0
    if solid in (text if entry.weight == _SOUND else text.replace(" ", "")):
        return 94.0
    return _fuzzy(asked, solid, text) if len(text) + 1 >= len(solid) else 0.0


def _fuzzy(asked: str, solid: str, text: str) -> float:
    if " " in text:
        found = max(fuzz.partial_ratio(asked, text), fuzz.token_set_ratio(asked, text) if " " in asked else 0.0)
    else:
        found = fuzz.partial_ratio(solid, text)
    return found * 0.95 if found >= _FUZZY_FLOOR else 0.0
