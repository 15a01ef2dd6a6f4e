"""The machine's own librime and libcangjie; what set-up builds is built here if it is not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import ROOT
from kiosk.typing import Engines
from kiosk.typing.__main__ import main


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder with Jyutping built."""
    folder = ROOT / "var" / "typing"
    assert main([str(folder)]) == 0
    return folder


@pytest.fixture
def engines(built: Path) -> Iterator[Engines]:
    """Every way of typing; nothing is left composing."""
    found = Engines(built)
    yield found
    found.reset()
