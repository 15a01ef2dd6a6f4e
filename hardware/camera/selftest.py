"""What a technician wants to know of a camera after a few seconds: rate, size, light, focus, damage, dirt on the lens.

Dirt is looked for on something plain: the empty tray, or the wall with nobody before it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from hardware.camera.frame import Frame, FrameSource, load_cv2
from hardware.camera.measure import edge_width, grey, scaled
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sum: TypeAlias = "NDArray[np.float32]"

LEAST_FPS = 24.0
LEAST_PIXELS = 1280 * 720
DARK, BRIGHT = 40.0, 215.0
SOFT = 0.55
PLAIN = 0.97  # of the picture: only then can dirt be told from what stands there
SPECK = 7.0  # grey levels under what lies round it
SPECK_SHARE = (0.00004, 0.02)  # of the picture: under it a grain of noise, over it a thing
UNEVEN = 45.0  # grey levels between the medians of two quarters of a plain picture


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
    specks: int = 0
    unevenness: float = 0.0
    plain: bool = False

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
            (self.edge_width > SOFT and not self.plain, "out_of_focus"),
            (self.plain and self.specks > 0 and DARK <= self.light <= BRIGHT, "lens_dirt"),
            (self.plain and self.unevenness > UNEVEN, "uneven_light"),
        )
        return tuple(name for out, name in checks if out)


class Examination:
    """What a run of frames adds up to; a few numbers and one mean picture are kept, and the last frame."""

    def __init__(self) -> None:
        self._first = 0
        self._last: Frame | None = None
        self._total: Sum | None = None
        self._frames = 0

    def see(self, frame: Frame) -> None:
        """One frame more; those that were skipped between two count for the rate all the same."""
        if self._last is None:
            self._first = frame.number
        self._last, self._frames = frame, self._frames + 1
        small = grey(scaled(frame.image, 640)).astype(np.float32)
        total = self._total
        self._total = small if total is None or total.shape != small.shape else total + small

    def report(self, taken_s: float, *, damaged: int = 0, fault: str | None = None) -> CameraReport:
        """The figures of `taken_s` seconds, in which so many frames were damaged."""
        passed = 0 if self._last is None else self._last.number - self._first + 1
        report = _report(self._last, self._frames, damaged, passed / max(taken_s, 1e-6), fault)
        if self._total is None:
            return report
        return replace(report, **_surface((self._total / self._frames).astype(np.float32)))


def examine(source: FrameSource, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> CameraReport:
    """Read an open source for some seconds; a lost camera ends it at once."""
    began_s, seen = monotonic(), Examination()
    damaged, fault = 0, None
    while fault is None and monotonic() - began_s < seconds:
        came = source.read(1.0)
        if isinstance(came, Frame):
            seen.see(came)
        elif came.code.startswith("image_"):
            damaged += 1
        else:
            fault = came.code
    return seen.report(monotonic() - began_s, damaged=damaged, fault=fault)


def _surface(mean: Sum) -> dict[str, Any]:
    """Specks and light of the mean of many frames: noise and whoever moves are averaged away, dirt stays."""
    cv2 = load_cv2()
    rough = cv2.GaussianBlur(cv2.absdiff(mean, cv2.medianBlur(mean.astype(np.uint8), 31).astype(np.float32)), (0, 0), 1)
    plain = float(np.mean(rough < SPECK / 2)) > PLAIN
    under = cv2.medianBlur(mean.astype(np.uint8), 31).astype(np.float32) - cv2.GaussianBlur(mean, (0, 0), 1.5)
    count, _, stats, _ = cv2.connectedComponentsWithStats((under > SPECK).astype(np.uint8))
    sizes = stats[1:count, cv2.CC_STAT_AREA] / mean.size
    corners = [float(np.median(part)) for half in np.array_split(mean, 2) for part in np.array_split(half, 2, axis=1)]
    specks = int(np.sum((sizes > SPECK_SHARE[0]) & (sizes < SPECK_SHARE[1])))
    return {"plain": plain, "specks": specks, "unevenness": round(max(corners) - min(corners), 1)}


def _report(last: Frame | None, frames: int, damaged: int, fps: float, fault: str | None) -> CameraReport:
    if last is None:
        return CameraReport(0, 0, 0.0, 0, damaged, 0.0, 1.0, fault)
    small = grey(scaled(last.image, 640))
    height, width = last.image.shape[:2]
    light, softness = round(float(np.mean(small)), 1), round(edge_width(small), 2)
    return CameraReport(width, height, round(fps, 1), frames, damaged, light, softness, fault)
