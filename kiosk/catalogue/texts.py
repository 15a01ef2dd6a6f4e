"""Every sentence a person reads, in three languages, under one key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kiosk.catalogue.findings import Finding, nearest
from kiosk.catalogue.model import LANGUAGES, Language
from kiosk.catalogue.parsed import ParsedFiles
from kiosk.catalogue.toml_source import TomlSource

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces that a text waits for."""
    return frozenset(_PLACEHOLDER.findall(text))


@dataclass(frozen=True)
class Texts:
    """All texts of the catalogue; each key exists in every language."""

    by_language: Mapping[Language, Mapping[str, str]]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every text id."""
        return frozenset(self.by_language["en"])

    @cached_property
    def groups(self) -> Mapping[str, frozenset[str]]:
        """Every text id by its first word ("category", "fact"); a service's own under "service.<id>"."""
        found: dict[str, set[str]] = {}
        for key in self.keys:
            found.setdefault(_group(key), set()).add(key)
        return {group: frozenset(keys) for group, keys in found.items()}

    def say(self, language: Language, key: str, **values: object) -> str:
        """The text with its placeholders filled; KeyError for an unknown key or a missing value."""
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), self.by_language[language][key])

    def placeholders(self, key: str) -> frozenset[str]:
        """The values that a text waits for."""
        return placeholders(self.by_language["en"][key])


def _group(key: str) -> str:
    first, _, rest = key.partition(".")
    return f"service.{rest.partition('.')[0]}" if first == "service" else first


@dataclass(frozen=True)
class Place:
    """Where a text stands."""

    file: str
    line: int


class TextTable:
    """Collects texts from many files and checks that the languages agree."""

    def __init__(self, findings: list[Finding]) -> None:
        self._findings = findings
        self._texts: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        self._sources: dict[tuple[Language, str], tuple[TomlSource, tuple[str | int, ...]]] = {}

    def add(
        self,
        language: Language,
        source: TomlSource,
        raw: Mapping[str, object],
        prefix: str,
        where: tuple[str | int, ...],
    ) -> None:
        """Add every text under `raw`; a list of texts becomes key.1, key.2 and so on."""
        for path, text in _flat(raw, ()):
            key = ".".join((prefix, *map(str, path)) if prefix else map(str, path))
            at = (*where, *(part for part in path if isinstance(part, str)))
            self._add_one(language, source, key, text, at)

    def _add_one(
        self, language: Language, source: TomlSource, key: str, text: object, at: tuple[str | int, ...]
    ) -> None:
        if not isinstance(text, str) or not text.strip():
            self._findings.append(Finding(source.name, source.line(at), f"{key} must be a text that is not empty"))
        elif key in self._texts[language]:
            self._findings.append(Finding(source.name, source.line(at), f"{key} is given twice in {language}"))
        else:
            self._texts[language][key] = text
            self._sources[language, key] = (source, at)

    def place(self, language: Language, key: str) -> Place:
        """Where a key stands."""
        source, at = self._sources[language, key]
        return Place(source.name, source.line(at))

    def place_of(self, key: str) -> Place:
        """Where a key stands in the first language that has it."""
        return next(self.place(language, key) for language in LANGUAGES if key in self._texts[language])

    def finished(self) -> Texts:
        """Compare the languages and note every difference."""
        every = set().union(*(self._texts[language] for language in LANGUAGES))
        for key in sorted(every):
            self._compare(key)
        return Texts(self._texts)

    def _compare(self, key: str) -> None:
        having = [language for language in LANGUAGES if key in self._texts[language]]
        for language in LANGUAGES:
            if language not in having:
                place = self.place(having[0], key)
                near = nearest(key, self._texts[language].keys() - self._texts[having[0]].keys())
                self._findings.append(Finding(place.file, place.line, f"{key} has no text in {language}", near))
        wanted = placeholders(self._texts[having[0]][key])
        for language in having[1:]:
            if placeholders(self._texts[language][key]) != wanted:
                there = self.place(language, key)
                names = ", ".join(sorted(wanted)) or "none"
                why = f"{key} has other placeholders in {language} than in {having[0]} ({names})"
                self._findings.append(Finding(there.file, there.line, why))


def _flat(raw: Mapping[str, object], path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    for key, found in raw.items():
        if isinstance(found, dict):
            yield from _flat(found, (*path, key))
        elif isinstance(found, list):
            yield from (((*path, key, place), part) for place, part in enumerate(found, 1))
        else:
            yield (*path, key), found


def read_texts(assets: Path, files: ParsedFiles, table: TextTable, findings: list[Finding]) -> None:
    """Read assets/texts/<language>/<topic>.toml of every topic into the table."""
    for language in LANGUAGES:
        folder = assets / "texts" / language
        for path in sorted(folder.glob("*.toml")):
            source = files.read(path, path.relative_to(assets).as_posix())
            if isinstance(source, Finding):
                findings.append(source)
            else:
                table.add(language, source, source.values, "", ())
