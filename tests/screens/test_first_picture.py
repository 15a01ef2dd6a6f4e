"""Nobody waits for what the first picture does not show: large libraries load with the first work they are for."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench_screens import FIRST_FRAME
from kiosk.app import ROOT
from kiosk.embedded_portal import EmbeddedPortal

LATER = {
    "numpy": "what cameras compute with",
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
AS_COMMAND = """
import gc, runpy, sys
sys.argv = ["kiosk", "--version"]
try:
    runpy.run_module("kiosk", run_name="__main__")
except SystemExit:
    print(gc.get_threshold()[0])
"""
RUN = """
import gc, sys
from pathlib import Path
from dataclasses import replace
from kiosk.memory import collect_rarely
collect_rarely()
from kiosk.app import ROOT, build_kiosk
from kiosk.config import load_config
from kiosk.simulation import simulated
from screens.main import Size, prepare_environment, run
from PySide6.QtCore import QCoreApplication, QTimer
config = simulated(load_config(ROOT / "kiosk.toml"), Path(sys.argv[1]))
config = replace(config, portal=replace(config.portal, url="http://127.0.0.1:9"))
prepare_environment(config, offscreen=True)
def look(screens):
    print(gc.get_threshold()[0])
    QTimer.singleShot(0, lambda: QCoreApplication.exit(0))
run(build_kiosk(config), Size(540, 960), extra=look)
"""

VISIT = """
import sys
from pathlib import Path
from kiosk.app import ROOT
from kiosk.config import load_config
from kiosk.simulation import simulated
from screens.play import opened
from screens.rehearsal import Resident
with opened(simulated(load_config(ROOT / "kiosk.toml"), Path(sys.argv[1]))) as (_, stage, screens):
    resident = Resident(screens, stage, service="HK-WEL-01", language="en")
    resident.visit()
    resident.finish()
print(*sorted(sys.modules))
"""
ELSEWHERE = {
    "cv2": "cameras, papers and faces are looked at in processes of their own",
    "numpy": "nothing is computed here",
    "onnxruntime": "models are the studio's and the reader's",
    "zxingcpp": "codes are read where papers are looked at",
    "escpos": "a printer on the network is a socket",
    "weasyprint": "sheets of A4 are set by the typesetter",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kiosk's folder after its first start, which makes the queue."""
    found = tmp_path_factory.mktemp("kiosk")
    EmbeddedPortal(found / "portal")
    started(found)
    return found


def started(folder: Path) -> set[str]:
    """Show the first picture in a process of its own; what it had loaded by then."""
    code = FIRST_FRAME.replace("print(time.time())", "print(*sorted(sys.modules))")
    assert code != FIRST_FRAME
    return set(said(code, folder).splitlines()[-1].split())


def said(code: str, *arguments: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_picture_loads_no_library_that_it_does_not_show(folder: Path) -> None:
    loaded = started(folder)
    assert {"PySide6.QtQuick", "kiosk.app", "hardware.camera.frame"} <= loaded
    assert {name: LATER[name] for name in sorted(LATER.keys() & loaded)} == {}


def test_a_visit_with_photo_paper_and_slip_loads_nothing_that_looks_at_pictures(folder: Path) -> None:
    loaded = set(said(VISIT, folder).splitlines()[-1].split())
    assert {"PIL", "hardware.printer.slip_printer", "hardware.cards.emrtd.lds"} <= loaded, (
        "a slip was printed and a card was read"
    )
    assert {name: ELSEWHERE[name] for name in sorted(ELSEWHERE.keys() & loaded)} == {}


def test_the_next_start_need_not_parse_the_catalogue_again(folder: Path) -> None:
    memory = folder / "queue" / "catalogue.json"
    assert memory.stat().st_size > 100_000
    before = memory.stat().st_mtime_ns
    started(folder)
    assert memory.stat().st_mtime_ns == before


def test_garbage_is_looked_for_seldom_during_the_start_and_as_usual_once_the_screens_are_up(folder: Path) -> None:
    usual = gc.get_threshold()[0]
    assert int(said(AS_COMMAND).split()[-1]) > 100 * usual
    assert int(said(RUN, folder).split()[-1]) == usual
