"""Nobody waits for what the first picture does not show: large libraries load with the first work they are for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench_screens import FIRST_FRAME
from kiosk.app import ROOT
from kiosk.embedded_portal import EmbeddedPortal

LATER = {
    "numpy": "what cameras and printers compute with",
    "cv2": "the first camera",
    "PIL": "the first slip",
    "requests": "the first call to the portal",
    "urllib3": "the same",
    "rapidfuzz": "the search, in a thread of its own",
    "opencc": "the first paper",
    "asn1crypto": "the first passport",
    "cryptography.x509": "certificates, which most kiosks have not",
    "sqlite_utils": "a queue of an older form",
    "click": "the command line",
}
LOADED = "\nprint(*sorted(sys.modules))\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kiosk's folder after its first start, which makes the queue."""
    found = tmp_path_factory.mktemp("kiosk")
    EmbeddedPortal(found / "portal")
    started(found)
    return found


def started(folder: Path) -> set[str]:
    """Show the first picture in a process of its own; what it had loaded by then."""
    code = FIRST_FRAME.replace("print(time.time())", LOADED.strip())
    assert code != FIRST_FRAME
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_first_picture_loads_no_library_that_it_does_not_show(folder: Path) -> None:
    loaded = started(folder)
    assert {"PySide6.QtQuick", "kiosk.app", "hardware.camera.frame"} <= loaded
    assert {name: LATER[name] for name in sorted(LATER.keys() & loaded)} == {}


def test_the_next_start_need_not_parse_the_catalogue_again(folder: Path) -> None:
    memory = folder / "queue" / "catalogue.json"
    assert memory.stat().st_size > 100_000
    before = memory.stat().st_mtime_ns
    started(folder)
    assert memory.stat().st_mtime_ns == before
