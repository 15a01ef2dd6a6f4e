"""Keeps what is in memory out of core dumps: a crash must not write an applicant to the disk."""

import ctypes
import resource
from typing import Final

_PR_SET_DUMPABLE: Final = 4  # prctl(2)


def forbid_core_dumps() -> None:
    """No core file, and none for a handler either: the limit alone does not hold where cores go to a program."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
