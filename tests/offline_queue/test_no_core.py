"""A process that is killed by a defect leaves no picture of its memory behind."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ABORT = "import os; os.abort()"
GUARD = "from offline_queue.no_core import forbid_core_dumps; forbid_core_dumps()"
GUARDED = f"{GUARD}; {ABORT}"
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


def test_whatever_it_starts_leaves_none_either_even_where_cores_go_to_a_program() -> None:
    limit = "import resource, sys; sys.stdout.write(str(resource.getrlimit(resource.RLIMIT_CORE)))"
    program = f"import subprocess, sys; {GUARD}; subprocess.run([sys.executable, '-c', {limit!r}], check=True)"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "(1, 1)"


def test_no_core_is_written(tmp_path: Path) -> None:
    if not dumped(tmp_path, ABORT):
        pytest.skip("this system writes no core dumps at all")
    assert not dumped(tmp_path, GUARDED)
