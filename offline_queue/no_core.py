"""Keeps what is in memory out of core dumps: a crash must not write an applicant to the disk.

A limit of one byte rather than none: the kernel writes no core into so small a file, and one byte is also the only
limit that it heeds where cores go to a program (core(5); fs/coredump.c). Every process that is started from here
inherits the limit, the ones that read papers and faces too; the flag of prctl(2) ends with exec.
"""

import ctypes
import resource
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # prctl(2)
_LIMIT_BYTES: Final = 1


def forbid_core_dumps() -> None:
    """No core file and none for a handler, of this process and of every one that it starts; no debugger either."""
    resource.setrlimit(resource.RLIMIT_CORE, (_LIMIT_BYTES, _LIMIT_BYTES))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
