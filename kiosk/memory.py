"""Gives memory that nobody uses back to the system: what a visit left free is the kernel's to zero, and not ours."""

from __future__ import annotations

import ctypes
import gc
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
_TCACHE_SIZES: Final = range(24, 1033, 16)
_TCACHE_COUNT: Final = 7
"""glibc's malloc.c: 64 lists of at most 7 blocks, which it does not write over."""
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
    """Let the C library write over every block that is freed from now on (but see `scrub`)."""
    ctypes.CDLL(None).mallopt(_PERTURB, _PERTURB_BYTE)


def scrub() -> None:
    """Write over what is free and still reads as it was: the calling thread's small blocks of C, and Python's own.

    Everything free is taken, filled with zeros, and let go of; some tens of milliseconds and, for that long, 32 MB.
    """
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    taken = [(libc.malloc(ctypes.c_size_t(size)), size) for size in _TCACHE_SIZES for _ in range(_TCACHE_COUNT)]
    for place, size in taken:
        ctypes.memset(place, 0, size)
    for place, _ in taken:
        libc.free(ctypes.c_void_p(place))
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
