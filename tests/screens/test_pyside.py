"""The PySide6 that is installed does not lose references: 6.12.0 on Python 3.11 aborts within minutes (decision 2)."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QObject, Signal

from kiosk.app import ROOT

EMITS = 20_000
SLACK = 500


class Source(QObject):
    """Something that speaks."""

    said = Signal(int)


def test_twenty_thousand_signals_cost_no_reference() -> None:
    source = Source()
    heard: list[int] = []
    source.said.connect(heard.append)
    before = (sys.getrefcount(None), sys.getrefcount(True))
    for number in range(EMITS):
        source.said.emit(number)
    after = (sys.getrefcount(None), sys.getrefcount(True))
    assert len(heard) == EMITS
    assert all(abs(a - b) < SLACK for a, b in zip(after, before, strict=True)), (before, after)


def test_the_screens_bring_neither_the_source_of_all_modules_nor_tools_of_tests_into_memory() -> None:
    program = "import screens.main, linecache, sys; print(len(linecache.cache), 'PySide6.QtTest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    lines, has_test_tools = done.stdout.split()
    assert int(lines) < 10
    assert has_test_tools == "False"
