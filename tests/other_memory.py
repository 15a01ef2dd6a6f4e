"""The memory of another process, read from outside: every page of it that can be written to."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

THERE = (1 << 63) | (1 << 62)  # proc_pid_pagemap(5): the page is in memory, or on a disk; all others hold nothing


def times_held(process: int, word: str) -> int:
    """How often a word of ASCII letters stands there, however a string may be kept: bytes, UTF-16, UTF-32."""
    return sum(_times(process, word))


def is_held(process: int, word: str) -> bool:
    """Whether it stands there at all: no further is looked than to the first."""
    return any(_times(process, word))


def _times(process: int, word: str) -> Iterator[int]:
    """How often in each stretch of its memory."""
    forms = [word.encode(way) for way in ("utf-8", "utf-16-le", "utf-32-le")]
    with (
        Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory,
        Path(f"/proc/{process}/pagemap").open("rb", buffering=0) as pages,
    ):
        for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
            place, rights, *_, name = f"{line} ".split(" ", 5)
            if rights.startswith("rw") and "[v" not in name:
                for first, last in _there(pages.fileno(), place):
                    held = _read(memory.fileno(), first, last)
                    yield sum(held.count(form) for form in forms)


def _there(pages: int, place: str) -> Iterator[tuple[int, int]]:
    """The stretches of a mapping that hold anything, each from its first byte to behind its last."""
    first, last = (int(end, 16) for end in place.split("-"))
    told = os.pread(pages, (last - first) // mmap.PAGESIZE * 8, first // mmap.PAGESIZE * 8)
    there = (np.frombuffer(told, np.uint64) & np.uint64(THERE)) != 0
    turns = np.flatnonzero(np.diff(there.astype(np.int8), prepend=0, append=0))
    for begin, end in turns.reshape(-1, 2).tolist():
        yield first + begin * mmap.PAGESIZE, first + end * mmap.PAGESIZE


def _read(memory: int, first: int, last: int) -> bytes:
    try:
        return os.pread(memory, last - first, first)
    except OSError:
        return b""  # it was given back meanwhile
