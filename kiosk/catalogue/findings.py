"""What can be wrong with the catalogue's files, said so that an officer can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one file; `line` counts from 1."""

    file: str
    line: int
    why: str
    nearest: str | None = None

    def __str__(self) -> str:
        meant = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{self.file}:{self.line}: {self.why}{meant}"


class CatalogueError(Exception):
    """The catalogue cannot be used; carries every finding, in the order of files and lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings), key=lambda f: (f.file, f.line, f.why)))
        super().__init__("\n".join(map(str, self.findings)))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like `name`, or None."""
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.55)), None)
