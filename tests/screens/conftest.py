"""A real kiosk on an offscreen window: simulated devices, a real portal process, a real outbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.app import ROOT, Kiosk
from kiosk.catalogue import Language
from kiosk.config import Config, load_config
from kiosk.easier import EasierUse
from kiosk.simulation import simulated
from screens.gallery import PLAIN, Variant
from screens.glass import wait_until
from screens.main import Screens
from screens.play import opened
from screens.rehearsal import Resident
from screens.sheets import LAPTOP, WIDE
from screens.stage import Stage

SOME_WAYS = (
    PLAIN,
    Variant(easier=EasierUse(text_size=1.4)),
    Variant(easier=EasierUse(low_reach=True, text_size=1.2)),
    Variant(easier=EasierUse(care=True, contrast="black")),
    Variant(WIDE),
    Variant(LAPTOP, EasierUse(text_size=1.2)),
)
"""Few of the many ways to show a page: large, low, care in black, both other sheets."""


@dataclass
class Counter:
    """A kiosk with somebody able to walk up to it."""

    kiosk: Kiosk
    stage: Stage
    screens: Screens
    warnings: list[str]

    def resident(self, language: Language = "en", **how: object) -> Resident:
        """A new visit by a new resident; the one before is wiped."""
        self.stage.end()
        self.mend()
        return Resident(self.screens, self.stage, service="HK-WEL-01", language=language, **how)  # type: ignore[arg-type]

    def mend(self) -> None:
        """Everything plugged in and working."""
        devices = self.kiosk.devices
        devices.card.pull_card()  # type: ignore[union-attr]
        devices.card.plug()  # type: ignore[union-attr]
        devices.emulator.power_on()  # type: ignore[union-attr]
        devices.emulator.restore()  # type: ignore[union-attr]
        devices.simulated_a4.restore()  # type: ignore[union-attr]
        for camera in (devices.face_camera, devices.document_camera):
            camera.source.plug()  # type: ignore[union-attr]
            camera.source.restore()  # type: ignore[union-attr]
        for supervisor in devices.supervisors.values():
            supervisor.retry()  # as udev would say: something was plugged in
        cameras = [camera.name for camera in (devices.face_camera, devices.document_camera) if camera is not None]
        assert wait_until(lambda: all(devices.working(name) for name in cameras), 60.0)


def test_config(folder: Path) -> Config:
    """The demo's configuration with everything kept in `folder`."""
    config = simulated(load_config(ROOT / "kiosk.toml"), folder)
    return replace(config, document_camera=replace(config.document_camera, read=False))  # test_paper.py reads


test_config.__test__ = False  # type: ignore[attr-defined]


@contextmanager
def counter_in(folder: Path, *, offline: bool = False, motion: bool = False, **visit: float) -> Iterator[Counter]:
    """A running kiosk; afterwards no Qt warning may have been seen."""
    config = test_config(folder)
    config = replace(config, visit=replace(config.visit, **visit), screen=replace(config.screen, motion=motion))
    with opened(config, offline=offline) as (kiosk, stage, screens):
        warnings: list[str] = []
        screens.warned.connect(warnings.append)
        yield Counter(kiosk, stage, screens, warnings)
        assert warnings == []


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One kiosk for a whole file; every test begins a visit of its own."""
    with counter_in(tmp_path_factory.mktemp("kiosk")) as found:
        yield found
