"""A process that is killed by a defect leaves no picture of its memory behind."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import pytest

ABORT = "import os; os.abort()"
GUARDED = "from offline_queue.no_core import forbid_core_dumps; forbid_core_dumps(); " + ABORT
ROOT = Path(__file__).parents[2]


def dumped(folder: Path, program: str) -> bool:
    """Whether a Python program that dies leaves a core dump, where it may."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(sys.executable, [sys.executable, "-c", program])  # noqa: S606 - no shell is wanted
    _, status = os.waitpid(child, 0)
    return os.WCOREDUMP(status)


def test_no_core_is_written(tmp_path: Path) -> None:
    if not dumped(tmp_path, ABORT):
        pytest.skip("this system writes no core dumps at all")
    assert not dumped(tmp_path, GUARDED)
