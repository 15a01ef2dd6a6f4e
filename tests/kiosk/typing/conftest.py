"""The machine's own librime and libcangjie; what set-up builds is built here if it is not there yet."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import ROOT
from kiosk.typing import Engines


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder with Jyutping built, in a process of its own: librime that has built aborts when it is to type."""
    folder = ROOT / "var" / "typing"
    assert subprocess.run([sys.executable, "-m", "kiosk.typing", str(folder)], cwd=ROOT, check=False).returncode == 0
    return folder


@pytest.fixture
def engines(built: Path) -> Iterator[Engines]:
    """Every way of typing; nothing is left composing."""
    found = Engines(built)
    yield found
    found.reset()
