"""A camera as a device: the newest frame in a slot, and what is wrong with the stream told once per change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.camera.controls import AUTOMATIC, Profile, Setting
from hardware.camera.frame import Frame
from hardware.camera.simulated import camera_process
from hardware.camera.source_process import Glimpse, SourceProcess
from hardware.device import Fault, State, Status, Tell

BACKOFF_S = (0.5, 2.0)
"""The pauses a supervisor of cameras should make: opening a camera that is not there costs nothing, and a resident is
waiting, so it is live again within three seconds of the replug."""

DARK_MEAN = 12
"""Mean grey level under which a picture shows nothing."""

FROZEN_FRAMES = 5


@dataclass(frozen=True)
class Limits:
    """How long each trouble may last before it is told, in seconds, and when a dead stream is opened anew.

    A camera whose pictures nobody asked for since `rest_s` gives a few a second only, by which its troubles are known.
    """

    stalled_s: float = 1.0
    frozen_s: float = 1.0
    dark_s: float = 2.0
    reopen_s: float = 5.0
    rest_s: float = 5.0


class Camera:
    """A camera in a process of its own: by a specification as `source_for` takes it, or a process of your own.

    `latest()` may be called from any thread; frames older than the present stream are never given.
    """

    def __init__(
        self,
        source: str | SourceProcess,
        *,
        name: str = "face_camera",
        limits: Limits = Limits(),
        monotonic: Callable[[], float] = time.monotonic,
        profile: Profile = AUTOMATIC,
    ) -> None:
        self.name = name
        self.source = camera_process(source, profile) if isinstance(source, str) else source
        self._limits, self._monotonic = limits, monotonic
        self._slot: Glimpse | None = None
        self._asked_s = monotonic()

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus stand now; a real camera is asked, in a few milliseconds. From any thread."""
        return self.source.settings()

    def latest(self, seen: Frame | None = None) -> Frame | None:
        """The newest picture, `seen` itself while there is no newer one, None while the camera gives none.

        It gives none when it is lost, stalled, frozen or garbled. A picture costs a copy, some 0.5 ms at 1280 x 720.
        The first one after a rest may be 0.2 s old, a kernel camera's 0.9 s; the camera gives all of them from then on.
        """
        self._asked_s = self._monotonic()
        while (slot := self._slot) is not None:
            if seen is not None and (seen.number, seen.mono_s) == (slot.number, slot.mono_s):
                return seen
            frame = self.source.picture(slot)
            if frame is not None or slot is self._slot:
                return frame
        return None

    def open(self) -> Fault | None:
        """Take the camera."""
        return self.source.open()

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Watch the newest frame until stopped or the camera is lost; a dead stream is given up after a while."""
        health = Health(self._limits, self.source.still, self._monotonic())
        self._asked_s = self._monotonic()
        resting = False
        while not stop.is_set():
            if resting != (self._monotonic() - self._asked_s > self._limits.rest_s):
                resting = not resting
                self.source.rest(resting)
            came = self.source.read(self._limits.stalled_s)
            if isinstance(came, Fault) and came.code == "camera_lost":
                self._slot = None
                return came
            fault = health.judge(came, self._monotonic())
            shows_something = fault is None or fault.code == "camera_dark"
            self._slot = (came if isinstance(came, Glimpse) else self._slot) if shows_something else None
            tell(Status(self.name, State.FAULT if fault else State.READY, fault))
            if fault is not None and health.hopeless(self._monotonic()):
                return fault
        return None

    def close(self) -> None:
        """Let the camera go and forget its last picture."""
        self._slot = None
        self.source.close()

    def interrupt(self) -> None:
        """Nothing to interrupt: a read ends by itself within about a second."""


class Health:
    """Turns what a source gives into the one trouble to tell; pure but for the times handed in."""

    def __init__(self, limits: Limits, still: bool, now_s: float) -> None:
        self._limits, self._still = limits, still
        self._good_s = self._moved_s = self._lit_s = now_s  # when the stream was last good, moving, lit
        self._garbled = False
        self._fingerprint = 0
        self._same = 0

    def judge(self, came: Glimpse | Fault, now_s: float) -> Fault | None:
        """The present trouble, None when pictures come and show something."""
        if isinstance(came, Fault):
            self._garbled = came.code.startswith("image_")
            if now_s - self._good_s < self._limits.stalled_s:
                return None
            return Fault("camera_garbled" if self._garbled else "camera_stalled")
        self._good_s = now_s
        if self._is_frozen(came, now_s):
            return Fault("camera_frozen")
        return Fault("camera_dark") if self._is_dark(came, now_s) else None

    def hopeless(self, now_s: float) -> bool:
        """Whether the stream gave nothing new for so long that only opening it again can help."""
        return now_s - min(self._good_s, self._moved_s) > self._limits.reopen_s

    def _is_frozen(self, frame: Glimpse, now_s: float) -> bool:
        self._same = self._same + 1 if frame.fingerprint == self._fingerprint else 0
        self._fingerprint = frame.fingerprint
        if self._still or self._same == 0 or self._is_black(frame):
            self._moved_s = now_s
        return self._same >= FROZEN_FRAMES and now_s - self._moved_s >= self._limits.frozen_s

    def _is_dark(self, frame: Glimpse, now_s: float) -> bool:
        if not self._is_black(frame):
            self._lit_s = now_s
        return now_s - self._lit_s >= self._limits.dark_s

    @staticmethod
    def _is_black(frame: Glimpse) -> bool:
        return frame.light < DARK_MEAN
