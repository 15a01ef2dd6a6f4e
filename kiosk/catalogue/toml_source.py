"""TOML with line numbers: the standard reader gives values, this finds the line a value stands on.

Tables are read strictly: a key nobody asks for, or a value of another type, is a finding, not an exception.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from kiosk.catalogue.findings import Finding, nearest

Path_ = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)""")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
T = TypeVar("T")


@dataclass
class TomlSource:
    """One TOML file: its name for messages, its values, and where they stand."""

    name: str
    text: str
    values: dict[str, object]
    _lines: dict[Path_, int] | None = field(default=None, repr=False)

    def line(self, where: Path_) -> int:
        """The line of the value at that path, or of the nearest table around it."""
        if self._lines is None:
            self._lines = dict(_positions(self.text))
        for length in range(len(where), 0, -1):
            if where[:length] in self._lines:
                return self._lines[where[:length]]
        return 1


def parse_toml(raw: bytes, name: str) -> TomlSource | Finding:
    """Parse the bytes of one file; what is not TOML comes back as the finding that says where."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Finding(name, raw.count(b"\n", 0, error.start) + 1, "is not UTF-8 text here")
    try:
        return TomlSource(name, text, tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        return Finding(name, _error_line(str(error), text), f"is not TOML: {_without_place(str(error))}")


def _error_line(message: str, text: str) -> int:
    found = _AT_LINE.search(message)
    return int(found[1]) if found else max(1, text.count("\n"))


def _without_place(message: str) -> str:
    return _AT_LINE.sub("", message).strip() or "nested too deep"


def _positions(text: str) -> Iterator[tuple[Path_, int]]:
    """Every header and key with its line; a best effort that is right for files people write."""
    table: Path_ = ()
    seen: dict[Path_, int] = {}
    quote = ""
    for number, line in enumerate(text.split("\n"), 1):
        if quote:
            quote = "" if line.count(quote) % 2 else quote
            continue
        if header := _HEADER.match(line):
            table = _entered(header, seen)
            yield table, number
        elif key := _KEY.match(line):
            yield table + _parts(key[1]), number
        quote = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), "")


def _entered(header: re.Match[str], seen: dict[Path_, int]) -> Path_:
    path: Path_ = ()
    for part in _parts(header[2]):
        path = (*path, part)
        if path in seen:
            path = (*path, seen[path])
    if header[1] == "[[":
        plain = path[:-1] if path and isinstance(path[-1], int) else path
        seen[plain] = seen.get(plain, -1) + 1
        return (*plain, seen[plain])
    return path


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(next(filter(None, found.groups()), "") for found in _PART.finditer(dotted))


class Table:
    """A strict view of one TOML table that notes every fault and goes on."""

    def __init__(self, source: TomlSource, where: Path_, raw: Mapping[str, object], findings: list[Finding]) -> None:
        self.source = source
        self.where = where
        self._raw = raw
        self._findings = findings
        self._asked: set[str] = set()

    def note(self, why: str, key: str | None = None, near: str | None = None) -> None:
        """Note a fault at a key of this table, or at the table itself."""
        where = (*self.where, key) if key is not None else self.where
        self._findings.append(Finding(self.source.name, self.source.line(where), why, near))

    def has(self, key: str) -> bool:
        """Whether the file gives that key."""
        return key in self._raw

    def names(self) -> tuple[str, ...]:
        """The keys that the file gives, in its order."""
        return tuple(self._raw)

    def _get(self, key: str, kind: type[T], said: str, default: T | None) -> T | None:
        self._asked.add(key)
        found = self._raw.get(key)
        if found is None:
            if default is None:
                self.note(f"{key} is missing", None)
            return default
        if type(found) is not kind:
            self.note(f"{key} must be {said}, it is {_said(found)}", key)
            return default
        return found

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there and not be empty."""
        found = self._get(key, str, "a text", default)
        if found == "" and default is None:
            self.note(f"{key} is empty", key)
        return found or ""

    def one_of(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """A text out of a fixed set."""
        found = self.text(key, default)
        if found and found not in known:
            self.note(f"{key} = {found!r} is not known", key, nearest(found, known))
        return found

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return self._get(key, int, "a whole number", default) or 0

    def maybe_number(self, key: str) -> int | None:
        """A whole number, or None where the file has none."""
        return self.number(key) if self.has(key) else None

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false."""
        found = self._get(key, bool, "true or false", default)
        return default if found is None else found

    def day(self, key: str) -> date:
        """A date without a time."""
        found = self._raw.get(key)
        self._asked.add(key)
        if isinstance(found, date) and not isinstance(found, datetime):
            return found
        self.note(f"{key} must be a date like 2026-11-22" if found is not None else f"{key} is missing", key)
        return date.min

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; an absent list is empty."""
        found = self._get(key, list, "a list of texts", [])
        if found and not all(isinstance(part, str) and part for part in found):
            self.note(f"{key} must be a list of texts", key)
            return ()
        twice = {part for part in found or () if (found or []).count(part) > 1}
        if twice:
            self.note(f"{key} names {sorted(twice)[0]!r} twice", key)
        return tuple(found or ())

    def size(self, key: str) -> tuple[int, int] | None:
        """Two whole numbers above 0, width and height; None where the file has none."""
        found = self._get(key, list, "a list of two numbers", [])
        if not found:
            return None
        if len(found) != 2 or not all(type(part) is int and part > 0 for part in found):
            self.note(f"{key} must be width and height, such as [38, 50]", key)
            return None
        return (int(found[0]), int(found[1]))

    def table(self, key: str) -> Table:
        """A table inside this one; an absent one reads as empty."""
        found = self._get(key, dict, "a table", {})
        return Table(self.source, (*self.where, key), found or {}, self._findings)

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables ([[key]])."""
        found = self._get(key, list, "a list of tables", [])
        if not all(isinstance(part, dict) for part in found or ()):
            self.note(f"{key} must be a list of tables", key)
            return ()
        return tuple(
            Table(self.source, (*self.where, key, place), part, self._findings)
            for place, part in enumerate(found or ())
        )

    def done(self) -> None:
        """Note every key that nothing asked for."""
        for key in self._raw.keys() - self._asked:
            self.note(f"{key} is not a key of this table", key, nearest(key, self._asked))


def _said(found: object) -> str:
    kinds = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        list: "a list",
        dict: "a table",
        float: "a fraction",
    }
    return kinds.get(type(found), "something else")
