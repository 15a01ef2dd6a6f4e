"""The demonstration on a display: the kiosk in a window and the dock beside it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QUrl

from kiosk.app import build_kiosk
from kiosk.config import Config
from kiosk.simulation import simulated
from screens.main import QML, Screens, Size, run
from screens.models.dock import Dock


def run_demo(config: Config, size: Size) -> int:
    """Open kiosk and dock until the window's program is ended; nothing is kept afterwards."""
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        return run(build_kiosk(simulated(config, Path(folder))), size, extra=_open_dock)


def _open_dock(screens: Screens) -> None:
    screens.model(Dock).attach(screens.stage)
    screens.engine.load(QUrl.fromLocalFile(str(QML / "Dock.qml")))
    window = screens.engine.rootObjects()[-1]
    window.setProperty("x", screens.window.x() + screens.window.width() + 20)
    window.setProperty("y", screens.window.y())
    window.setProperty("visible", True)
