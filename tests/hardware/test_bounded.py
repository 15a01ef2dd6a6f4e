"""A helper process that takes too much is refused, and one that dies leaves no core."""

from __future__ import annotations

import subprocess
import sys

from hardware.piped import ROOT

PROGRAM = """
import resource
from hardware.bounded import bound
bound(1 << 30)
try:
    bytearray(2 << 30)
except MemoryError:
    print("refused", resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_more_memory_than_was_promised_is_refused_and_a_core_is_forbidden() -> None:
    said = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "refused (1, 1)\n"
