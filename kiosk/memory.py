"""Gives memory that nobody uses back to the system: what a visit left free is the kernel's to zero, and not ours."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

_USUALLY: Final = gc.get_threshold()
_START_MAKES: Final = 200_000
_MMAP_THRESHOLD: Final = -3  # mallopt(3), M_MMAP_THRESHOLD
_ARENA_MAX: Final = -8  # mallopt(3), M_ARENA_MAX
_ARENAS: Final = 2
_MADV_DONTNEED: Final = 4  # madvise(2): clean pages of a file that nobody writes to are dropped, never written
_OWN_PAGES_FROM: Final = 4 * 1024 * 1024
_PERTURB: Final = -6  # mallopt(3), M_PERTURB: freed blocks are written over, taken ones filled
_PERTURB_BYTE: Final = 0xA5
_NO_CACHES: Final = "glibc.malloc.tcache_count=0"
_SMALL_SIZES: Final = range(16, 513, 16)
"""CPython's obmalloc.c: 32 classes of blocks, which it never writes over."""
_FILL_BYTES: Final = 1024 * 1024
"""Of each class: a visit leaves some MB free, most of them in pools that any class takes."""


def collect_rarely() -> None:
    """Let Python look for garbage seldom: a start makes 100,000 things that all stay; looking takes a tenth of it."""
    gc.set_threshold(_START_MAKES, *_USUALLY[1:])


def collect_as_usual() -> None:
    """Let Python look for garbage as often as it does elsewhere: the screens are up."""
    gc.set_threshold(*_USUALLY)


def begin_without_caches() -> None:
    """Begin this program anew, unless it was: no thread of it may keep small blocks that it freed aside, as they are.

    glibc's threads each keep up to 448 of them, where only they can reach them, and write over none. It is told once,
    before a program's first instruction; what this program begins inherits it. Call it before anything else.
    """
    settings = [one for one in os.environ.get("GLIBC_TUNABLES", "").split(":") if one]
    if _NO_CACHES not in settings:
        os.environ["GLIBC_TUNABLES"] = ":".join((*settings, _NO_CACHES))
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the same program, no shell


def keep_heap_small() -> None:
    """Let all threads share two heaps, and keep what is large out of them; call it before they grow.

    The threads of devices come and go, and each heap keeps what it once needed. glibc takes ever larger blocks from the
    heap once one was freed; what is taken after such a block pins its pages. A camera's picture is just small enough to
    be a block of the heap: pages of its own, sixty times a second, would cost more than they save.
    """
    libc = ctypes.CDLL(None)
    libc.mallopt(_ARENA_MAX, _ARENAS)
    libc.mallopt(_MMAP_THRESHOLD, _OWN_PAGES_FROM)


def write_over_freed() -> None:
    """Let the C library write over every block that is freed from now on."""
    ctypes.CDLL(None).mallopt(_PERTURB, _PERTURB_BYTE)


def scrub() -> None:
    """Write over what is free and still reads as it was: Python's own small blocks, whoever of its threads had them.

    Everything free is taken, filled with zeros, and let go of; some tens of milliseconds and, for that long, 32 MB.
    """
    for size in _SMALL_SIZES:
        filled = [bytearray(size - 1) for _ in range(_FILL_BYTES // size)]  # with the zero at its end one whole block
    filled.clear()


def settle() -> None:
    """Give back what the start left, and spare what lives as long as the kiosk from every later round of garbage."""
    give_back()
    gc.freeze()


def give_back() -> None:
    """Collect what only points at itself, write over it, and return free pages; a tenth of a second, between visits."""
    gc.collect()
    scrub()
    ctypes.CDLL(None).malloc_trim(0)


def unmap_pages(files: Collection[Path]) -> None:
    """Let go of the pages of mapped files (fonts) that were read; what is read again comes from the page cache.

    Each face of a collection maps the whole file anew, and a character costs the 64 KB around it in every one: after
    some hundred visits in three languages nearly all of 19 MB stood resident four times over.
    """
    libc = ctypes.CDLL(None)
    wanted = {str(path.resolve()) for path in files}
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        place, rights, *_, name = line.split(maxsplit=5)
        if rights == "r--p" and name in wanted:
            first, last = (int(end, 16) for end in place.split("-"))
            libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(last - first), _MADV_DONTNEED)
