"""NumPy's name costs nothing until it is used, and is the real one then."""

from __future__ import annotations

import subprocess
import sys

import numpy
import pytest

from hardware.late import np

FOUR_AT_ONCE = """
import sys
from threading import Barrier, Thread
from hardware.late import np
assert "numpy" not in sys.modules
ready, found = Barrier(4), []
def work():
    ready.wait()
    found.append(np.zeros(3, np.uint8).sum() == 0 and np.linalg.norm(np.ones(4)) == 2)
threads = [Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert found == [True] * 4, found
"""


def test_it_is_numpy() -> None:
    assert np.uint8 is numpy.uint8
    assert np.linalg is numpy.linalg
    assert isinstance(numpy.zeros(2), np.ndarray)


def test_what_numpy_has_not_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        np.no_such_thing  # type: ignore[attr-defined]  # noqa: B018


def test_what_was_used_once_is_asked_for_no_more() -> None:
    np.cumsum([1])
    assert "cumsum" in vars(np)


def test_several_threads_may_be_the_first() -> None:
    done = subprocess.run([sys.executable, "-c", FOUR_AT_ONCE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
