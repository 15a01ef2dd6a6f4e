"""The PySide6 that is installed does not lose references: 6.12.0 on Python 3.11 aborts within minutes (decision 2)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal

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
