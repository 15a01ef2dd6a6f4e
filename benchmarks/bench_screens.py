"""What a resident feels: first picture, page changes, live view; on the software renderer, offscreen."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.row import Row

STARTS = 5
LIVE_S = 5.0
FIRST_FRAME = """
from kiosk.memory import begin_without_caches, collect_rarely
begin_without_caches()  # these two as `python -m kiosk` does
collect_rarely()
import sys, time
from dataclasses import replace
from pathlib import Path
from kiosk.app import ROOT, build_kiosk
from kiosk.config import load_config
from kiosk.simulation import simulated
from screens.main import Screens, Size, application, load_fonts, prepare_environment
from screens.stage import Stage
config = simulated(load_config(ROOT / "kiosk.toml"), Path(sys.argv[1]))
config = replace(config, portal=replace(config.portal, url="http://127.0.0.1:9"))
prepare_environment(config, offscreen=True)
app = application()
load_fonts(config)
kiosk = build_kiosk(config)
stage = Stage(kiosk)
screens = Screens(kiosk, stage, size=Size(1080, 1920))
screens.window.grabWindow()
print(time.time())
screens.close()
kiosk.stop()
"""


def run() -> list[Row]:
    """All of it, about half a minute."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        return [*_first_frame(Path(folder)), *_on_screen(Path(folder) / "screens")]


def _first_frame(folder: Path) -> list[Row]:
    from kiosk.embedded_portal import EmbeddedPortal

    EmbeddedPortal(folder / "portal")
    times = []
    for _ in range(STARTS + 1):
        began = time.time()
        done = subprocess.run(
            [sys.executable, "-c", FIRST_FRAME, str(folder)], capture_output=True, text=True, check=True
        )
        times.append(float(done.stdout.split()[0]) - began)
    return [Row("start of the process to the first picture (median, warm)", median(times[1:]) * 1000, "ms", "<= 600")]


def _on_screen(folder: Path) -> list[Row]:
    from kiosk.app import ROOT
    from kiosk.config import load_config
    from kiosk.simulation import simulated
    from screens.play import opened

    config = simulated(load_config(ROOT / "kiosk.toml"), folder)
    config = replace(config, visit=replace(config.visit, idle_s=600.0))
    with opened(config) as (_, stage, screens):
        bench = _Bench(stage, screens)
        return [*bench.page_changes(), *bench.language_switch(), *bench.live_view()]


class _Bench:
    """Measures on one running kiosk."""

    def __init__(self, stage: object, screens: object) -> None:
        from screens.main import Screens
        from screens.rehearsal import Resident
        from screens.stage import Stage

        assert isinstance(stage, Stage)
        assert isinstance(screens, Screens)
        self.stage, self.screens = stage, screens
        self.resident = Resident(screens, stage, service="HK-WEL-01", language="zh_Hant")
        self.frames: list[float] = []
        self.changes: list[float] = []
        stage.pageChanged.connect(lambda: self.changes.append(time.monotonic()))
        screens.window.frameSwapped.connect(lambda: self.frames.append(time.monotonic()))

    def _until(self, true: Callable[[], bool], timeout_s: float) -> None:
        from screens.glass import wait_until

        wait_until(true, timeout_s)

    def page_changes(self) -> list[Row]:
        """Every page of a visit twice: the second round has nothing to compile any more."""
        from kiosk.session import Page

        first, worst = [], []
        for turn in range(2):
            self.stage.end()
            while (page := self.resident.until(lambda _: True)) is not Page.REVIEW:
                del self.frames[:], self.changes[:]
                self.resident.leave_page(page)
                self._until(lambda: bool(self.changes) and time.monotonic() > self.changes[-1] + 0.3, 2.0)
                if turn == 1 and self.changes:
                    after = [frame for frame in self.frames if frame >= self.changes[-1]]
                    sliding = [frame for frame in after if frame < self.changes[-1] + 0.26]
                    if len(sliding) > 3:
                        first.append(after[0] - self.changes[-1])
                        worst.append(max(b - a for a, b in itertools.pairwise(sliding)))
        return [
            Row(
                "page change: touch taken to the first frame of the new page (median)",
                median(first) * 1000,
                "ms",
                "<= 50",
            ),
            Row("page change: worst gap between two frames of the slide", max(worst) * 1000, "ms", "<= 33"),
        ]

    def language_switch(self) -> list[Row]:
        """The review, back and forth between two languages."""
        times = []
        for language in ("en", "zh_Hant") * 5:
            del self.frames[:]
            began = time.monotonic()
            self.stage.set_language(language)
            self._until(lambda: bool(self.frames), 1.0)
            times.append(self.frames[0] - began if self.frames else 1.0)
        return [Row("language switch to the next frame (median)", median(times) * 1000, "ms", "<= 60")]

    def live_view(self) -> list[Row]:
        """The portrait page for five seconds, and the first screen after it."""
        from hardware.camera import Limits
        from kiosk.session import Page
        from screens.models.capture import Capture

        self.stage.end()
        self.resident.until(lambda page: page is Page.PORTRAIT)
        pictures: list[float] = []
        self.screens.model(Capture).pictureChanged.connect(lambda: pictures.append(time.monotonic()))
        wall, busy = self._for_a_while()
        live = len(pictures) / wall
        self.stage.end()
        rests_s = time.monotonic() + Limits().rest_s + 1.0
        self._until(lambda: time.monotonic() > rests_s, LIVE_S * 10)
        _, idle = self._for_a_while()
        return [
            Row("live view 1280x720, pictures shown a second", live, "fps", ">= 24"),
            Row("live view, CPU of one core (two drawn cameras included)", busy, "%", "-"),
            Row("the same at the first screen, nobody there", idle, "%", "-"),
        ]

    def _for_a_while(self) -> tuple[float, float]:
        """Seconds of doing what it does, and the share of one core in percent."""
        cpu, began = self._cpu_s(), time.monotonic()
        self._until(lambda: time.monotonic() > began + LIVE_S, LIVE_S + 1)
        wall = time.monotonic() - began
        return wall, (self._cpu_s() - cpu) / wall * 100

    def _cpu_s(self) -> float:
        """Seconds of one core that the kiosk and the processes of its cameras have taken."""
        devices = self.stage.kiosk.devices
        cameras = (devices.face_camera, devices.document_camera)
        pids = [camera.source.pid for camera in cameras if camera is not None and camera.source.pid is not None]
        fields = [Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for pid in pids]
        ticks = sum(int(field[11]) + int(field[12]) for field in fields)  # utime, stime (proc(5))
        return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")
