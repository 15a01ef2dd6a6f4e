"""What every helper process promises before it starts to work: a bounded memory, and no core dump."""

from __future__ import annotations

import resource
from typing import Final

CORE_BYTES: Final = 1
"""Too small for a file; the one limit that the kernel heeds where cores go to a program (core(5), fs/coredump.c)."""


def bound(memory_bytes: int) -> None:
    """Let this process have so many bytes of addresses at most, and leave nothing of a visit on the disk if it dies."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (CORE_BYTES, CORE_BYTES))
