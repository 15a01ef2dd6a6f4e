"""Remembers how TOML files parsed, so that a start with unchanged files need not parse them again.

A file counts as unchanged if its SHA-256 is the same. The memory is plain JSON: it can be wrong or gone, never harmful;
everything read from it is checked as strictly as if it had just been parsed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeAlias

from kiosk.catalogue.findings import Finding
from kiosk.catalogue.toml_source import TomlSource, parse_toml

FORM: Final = 1
_DATE: Final = "\0date"
_Entry: TypeAlias = tuple[str, dict[str, object]]  # digest and values


class ParsedFiles:
    """Reads TOML files through an optional memory file; `keep` writes it back if something was new."""

    def __init__(self, memory: Path | None = None) -> None:
        self._memory = memory
        self._known = _remembered(memory) if memory else {}
        self._used: dict[str, _Entry] = {}

    def read(self, path: Path, name: str) -> TomlSource | Finding:
        """One file, from the memory if it is unchanged."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            return Finding(name, 1, f"cannot be opened: {error.strerror}")
        digest = hashlib.sha256(raw).hexdigest() if self._memory else ""
        known = self._known.get(name)
        if known is not None and known[0] == digest:
            source: TomlSource | Finding = TomlSource(name, raw.decode(), known[1])
        else:
            source = parse_toml(raw, name)
        if isinstance(source, TomlSource):
            self._used[name] = (digest, source.values)
        return source

    def keep(self) -> None:
        """Write the memory if it would differ; a disk that refuses is no trouble, the next start parses again."""
        changed = {name: entry[0] for name, entry in self._used.items()} != {n: e[0] for n, e in self._known.items()}
        if self._memory is None or not changed:
            return
        try:
            text = json.dumps({"form": FORM, "files": self._used}, ensure_ascii=False, default=_dated)
            beside = self._memory.with_name(self._memory.name + ".new")
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._memory)
        except (OSError, TypeError, ValueError):
            return


def _dated(value: object) -> dict[str, str]:
    if isinstance(value, date) and not isinstance(value, datetime):
        return {_DATE: value.isoformat()}
    raise TypeError  # a file with other kinds of values is refused anyway


def _undated(found: dict[str, object]) -> object:
    day = found.get(_DATE) if len(found) == 1 else None
    return date.fromisoformat(day) if isinstance(day, str) else found


def _remembered(memory: Path) -> dict[str, _Entry]:
    try:
        found = json.loads(memory.read_text(encoding="utf-8"), object_hook=_undated)
    except (OSError, ValueError, RecursionError):
        return {}
    files = found.get("files") if isinstance(found, dict) and found.get("form") == FORM else None
    if not isinstance(files, dict):
        return {}
    return {name: (entry[0], entry[1]) for name, entry in files.items() if _is_entry(entry)}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) and isinstance(entry[1], dict)
