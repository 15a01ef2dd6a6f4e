"""Gives memory that nobody uses back to the system: what a visit left free is the kernel's to zero, and not ours."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

_ARENA_MAX: Final = -8  # mallopt(3), M_ARENA_MAX
_ARENAS: Final = 2


def use_few_arenas() -> None:
    """Let all threads share two heaps: the threads of devices come and go, and each heap keeps what it once needed."""
    ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Collect what only points at itself, and return free pages; some tens of milliseconds, between two visits."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
