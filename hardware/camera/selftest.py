"""What a technician wants to know of a camera after a few seconds: rate, size, light, focus, damage."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hardware.camera.frame import Frame, FrameSource
from hardware.camera.measure import edge_width, grey, scaled

LEAST_FPS = 24.0
LEAST_PIXELS = 1280 * 720
DARK, BRIGHT = 40.0, 215.0
SOFT = 0.55


@dataclass(frozen=True)
class CameraReport:
    """Figures of a few seconds; `edge_width` is 0 for crisp and 1 for no edge at all, `light` a mean of 0 to 255."""

    width: int
    height: int
    fps: float
    frames: int
    damaged: int
    light: float
    edge_width: float
    fault: str | None

    @property
    def findings(self) -> tuple[str, ...]:
        """What is out of its limits, for the technician's page."""
        if self.fault is not None or not self.frames:
            return (self.fault or "camera_stalled",)
        checks = (
            (self.fps < LEAST_FPS, "slow"),
            (self.width * self.height < LEAST_PIXELS, "small"),
            (self.damaged > 0, "damaged_frames"),
            (self.light < DARK, "dark"),
            (self.light > BRIGHT, "bright"),
            (self.edge_width > SOFT, "out_of_focus"),
        )
        return tuple(name for out, name in checks if out)


def examine(source: FrameSource, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> CameraReport:
    """Read an open source for some seconds; a lost camera ends it at once."""
    began_s = monotonic()
    last: Frame | None = None
    frames = damaged = 0
    fault: str | None = None
    while fault is None and monotonic() - began_s < seconds:
        came = source.read(1.0)
        if isinstance(came, Frame):
            last, frames = came, frames + 1
        elif came.code.startswith("image_"):
            damaged += 1
        else:
            fault = came.code
    taken_s = max(monotonic() - began_s, 1e-6)
    return _report(last, frames, damaged, frames / taken_s, fault)


def _report(last: Frame | None, frames: int, damaged: int, fps: float, fault: str | None) -> CameraReport:
    if last is None:
        return CameraReport(0, 0, 0.0, 0, damaged, 0.0, 1.0, fault)
    small = grey(scaled(last.image, 640))
    height, width = last.image.shape[:2]
    light, softness = round(float(np.mean(small)), 1), round(edge_width(small), 2)
    return CameraReport(width, height, round(fps, 1), frames, damaged, light, softness, fault)
