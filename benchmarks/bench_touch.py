"""A finger on the glass while a device hangs: from the touch to the picture that shows it."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles

from benchmarks.row import Row

STALL_S = 10.0
NOT_SHOWN_S = 1.0


def run() -> list[Row]:
    """As long as the device hangs, and the start of a kiosk: about fifteen seconds."""
    from kiosk.app import ROOT
    from kiosk.config import load_config
    from kiosk.simulation import simulated
    from screens.play import opened

    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder, mute_printer() as address:
        config = simulated(load_config(ROOT / "kiosk.toml"), Path(folder))
        config = replace(
            config,
            visit=replace(config.visit, idle_s=600.0),
            printer=replace(config.printer, driver=address),
        )
        with opened(config) as (_, _, screens):
            shown = touched(screens)
    name = "touch to the picture that shows it, two devices hanging (99th percentile)"
    return [Row(name, quantiles(shown, n=100)[98] * 1000, "ms", "<= 50")]


@contextmanager
def mute_printer() -> Iterator[str]:
    """The address of something that takes connections and bytes, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp:127.0.0.1:{server.getsockname()[1]}"


def touched(screens: object) -> list[float]:
    """Seconds from each touch of a button to the next frame, for as long as a device hangs in its own thread."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    from hardware.device import Supervisor
    from screens.glass import Glass, wait_until
    from screens.main import Screens

    assert isinstance(screens, Screens)
    window = screens.window
    frames: list[float] = []
    window.frameSwapped.connect(lambda: frames.append(time.monotonic()))
    buttons = [seen.rect.center() for seen in Glass(window).controls()]
    hanging = Supervisor(Hanging(), lambda _event: None)
    hanging.start()
    shown: list[float] = []
    until = time.monotonic() + STALL_S
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    while time.monotonic() < until:
        for place in buttons:
            wait_until(lambda: bool(frames) and time.monotonic() > frames[-1] + 0.05, 0.2)  # the picture stands still
            frames.clear()
            began = time.monotonic()
            QTest.mousePress(window, left, none, place)
            wait_until(lambda: bool(frames), NOT_SHOWN_S)
            shown.append(frames[0] - began if frames else NOT_SHOWN_S)
            QTest.mouseMove(window, QPoint(1, 1))
            QTest.mouseRelease(window, left, none, QPoint(1, 1))  # let go elsewhere: nothing is pressed
    hanging.stop()
    return shown


class Hanging:
    """A device whose serving never comes back by itself."""

    name = "hanging"

    def __init__(self) -> None:
        self._interrupted = threading.Event()

    def open(self) -> None:
        """It opens."""

    def serve(self, _stop: threading.Event, _tell: object) -> None:
        """And hangs."""
        self._interrupted.wait(2 * STALL_S)

    def interrupt(self) -> None:
        """Let it go, at the end."""
        self._interrupted.set()

    def close(self) -> None:
        """Nothing is held."""
