"""The memory of another process, read from outside: every page of it that can be written to."""

from __future__ import annotations

import os
from pathlib import Path


def times_held(process: int, word: str) -> int:
    """How often a word of ASCII letters stands there, however a string may be kept: bytes, UTF-16, UTF-32."""
    forms = [word.encode(way) for way in ("utf-8", "utf-16-le", "utf-32-le")]
    found = 0
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
            place, rights, *_, name = f"{line} ".split(" ", 5)
            if rights.startswith("rw") and "[v" not in name:
                found += sum(_read(memory.fileno(), place).count(form) for form in forms)
    return found


def _read(memory: int, place: str) -> bytes:
    first, last = (int(end, 16) for end in place.split("-"))
    try:
        return os.pread(memory, last - first, first)
    except OSError:
        return b""  # it was given back meanwhile
