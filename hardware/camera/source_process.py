"""A source of pictures in a process of its own: a driver that hangs or crashes takes no screen with it.

Its frames lie in memory that both processes can reach and the newest few are kept; what comes over the pipe is only
that there is one. OpenCV, the camera's buffers and what a drawn person is made of never enter the kiosk's own process.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from hardware.camera.controls import AUTOMATIC, Profile, Setting
from hardware.camera.frame import Frame, FrameSource
from hardware.camera.sources import settings_of, source_for
from hardware.device import Fault
from hardware.piped import Piped, Trouble, line_of

COMMAND: Final = (sys.executable, "-m", "hardware.camera.source_worker")
START_S: Final = 10.0
TELL_S: Final = 5.0
TROUBLES: Final[Mapping[Trouble, Mapping[str, str]]] = {
    "late": {"fault": "camera_stalled", "detail": "its process says nothing"},
    "gone": {"fault": "camera_lost", "detail": "its process ended"},
}
SLOTS: Final = 4
"""Frames kept: a reader has the time of three more to copy one."""

REST: Final = "rest"
"""The one knob of every source: whether it rests."""

HEAD: Final = struct.Struct("<qq")
"""Before the pixels of a slot: the frame's number when writing began, and again when it was done."""


@dataclass(frozen=True)
class Glimpse:
    """One frame, told and not yet fetched: `fingerprint` of its pixels, `light` as a mean grey level of 0 to 255.

    It lies `offset` bytes from the start of the shared memory.
    """

    number: int
    mono_s: float
    fingerprint: int
    light: float
    offset: int
    width: int
    height: int


class SourceProcess:
    """A source by its specification, as `source_for` takes it; one thread at a time, but `picture` from any.

    Every opening is a process of its own, and closing ends it: nothing of a driver's state is left to the next one.
    """

    def __init__(self, spec: str, *, profile: Profile = AUTOMATIC, command: Sequence[str] = COMMAND) -> None:
        made = source_for(spec, profile)
        self._source: FrameSource | None = None if isinstance(made, Fault) else made
        self.unusable = made if isinstance(made, Fault) else None
        """Why no camera can come of this specification."""
        self._asked: dict[str, Any] = {"spec": spec, "exposure": profile.exposure, "focus": profile.focus}
        self._command = list(command)
        self._piped: Piped | None = None
        self._memory = -1
        self._telling = threading.RLock()

    @property
    def still(self) -> bool:
        """Whether two equal pictures in a row are natural here."""
        return self._source is not None and self._source.still

    @property
    def pid(self) -> int | None:
        """The process's number while it is open, for a technician and for tests."""
        piped = self._piped
        return None if piped is None else piped.pid

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus stand now; a real camera is asked, in a few milliseconds. From any thread."""
        return () if self._source is None else settings_of(self._source)

    def missing(self) -> Fault | None:
        """What plainly stands against opening it; cheap enough for every second."""
        return self.unusable if self._source is None else self._source.missing()

    def open(self) -> Fault | None:
        """Begin a process that takes the camera; half a second, at most `START_S`."""
        self.close()
        fault = self.missing() or self._begin()
        if fault is None:
            told = self._told(START_S)
            fault = _fault(told) if "fault" in told else None
        if fault is not None:
            self.close()
        return fault

    def read(self, timeout_s: float) -> Glimpse | Fault:
        """The next frame that is there, or `camera_stalled`, `image_corrupt`, `camera_lost`."""
        told = self._told(timeout_s)
        if "fault" in told:
            return _fault(told)
        return Glimpse(**told)

    def rest(self, resting: bool) -> None:
        """Give a few pictures a second, or all of them again at once; an opening begins with all. From any thread."""
        self._tell(line_of({"knob": REST, "values": {"resting": resting}}))

    def picture(self, glimpse: Glimpse) -> Frame | None:
        """The pixels of a frame, copied; None when it is gone: overwritten by a newer one, or with its process."""
        head, size = HEAD.pack(glimpse.number, glimpse.number), glimpse.width * glimpse.height * 3
        with suppress(OSError):  # closed meanwhile
            before = os.pread(self._memory, HEAD.size, glimpse.offset)
            pixels = os.pread(self._memory, size, glimpse.offset + HEAD.size)
            if before == head == os.pread(self._memory, HEAD.size, glimpse.offset) and len(pixels) == size:
                return Frame(glimpse.number, glimpse.mono_s, glimpse.width, glimpse.height, pixels)
        return None

    def close(self) -> None:
        """End the process, whatever it is at; the camera and all frames are let go with it."""
        piped, self._piped = self._piped, None
        memory, self._memory = self._memory, -1
        if piped is not None:
            piped.kill()  # first, so that whoever tells it something goes on and lets the lock go
            with self._telling:
                piped.end()
        if memory >= 0:
            os.close(memory)

    def _opening(self) -> bytes:
        """What the process is told before it opens the source."""
        return line_of(self._asked)

    def _tell(self, message: bytes) -> None:
        """Tell the process something while it runs; nobody is told while none does, and reading will tell why."""
        with self._telling:
            if self._piped is not None:
                self._piped.tell(message, time.monotonic() + TELL_S)

    def _begin(self) -> Fault | None:
        with self._telling:
            self._memory = os.memfd_create("frames", os.MFD_CLOEXEC)
            try:
                self._piped = Piped([*self._command, str(self._memory)], pass_fds=(self._memory,))
            except OSError as error:
                return Fault("camera_lost", detail=type(error).__name__)
            self._tell(self._opening())
        return None

    def _told(self, timeout_s: float) -> dict[str, Any]:
        """The next line of the process; a fault of our own where none comes."""
        piped = self._piped
        if piped is None:
            return {"fault": "camera_lost"}
        line = piped.line(timeout_s)
        if isinstance(line, str):
            return dict(TROUBLES[line])
        told: dict[str, Any] = json.loads(line)
        return told


def _fault(told: dict[str, Any]) -> Fault:
    return Fault(told["fault"], retriable=told.get("retriable", True), detail=told.get("detail", ""))
