"""Judging and cutting pictures as the kiosk uses it: in a process of their own, which leaves with the visit.

It knows papers, codes and plain portraits; faces are the studio's.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from hardware.camera.codes import ScannedCode
from hardware.camera.device import Camera
from hardware.camera.frame import Frame
from hardware.camera.selftest import CameraReport
from hardware.device import Fault
from hardware.worker import Worker

COMMAND: Final = (sys.executable, "-m", "hardware.camera.looker_worker")
START_S, LOOK_S, IDLE_S = 15.0, 5.0, 30.0
FAULT_CODES: Final = ("looker_unavailable", "looker_slow")


class Looker(Worker):
    """Looks at one frame at a time; calls block for some 30 ms and belong to a worker thread.

    When its process dies or hangs it is started anew and asked once more; after that there is no answer, and the
    resident goes on without one.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = COMMAND,
        start_s: float = START_S,
        look_s: float = LOOK_S,
        idle_s: float = IDLE_S,
    ) -> None:
        super().__init__("looker", command, start_s=start_s, answer_s=look_s, idle_s=idle_s)

    def paper(self, frame: Frame) -> str:
        """The one thing to say about a paper on the tray, a code of `document`; empty when nobody could look."""
        return self._code("paper", frame)

    def portrait(self, frame: Frame) -> str:
        """The one thing to say about a portrait by light, focus and stillness, beside the frame it saw before."""
        return self._code("portrait", frame)

    def sheet(self, frame: Frame) -> bytes | None:
        """The paper alone, flattened, as JPEG; the whole frame where none is found."""
        return self._jpeg("sheet", frame)

    def photo(self, frame: Frame, size_mm: tuple[int, int], dpi: int) -> bytes | None:
        """A JPEG of exactly this size around the middle of the frame."""
        return self._jpeg("photo", frame, size_mm=size_mm, dpi=dpi)

    def whole(self, frame: Frame, quality: int) -> bytes | None:
        """The frame as JPEG."""
        return self._jpeg("whole", frame, quality=quality)

    def codes(self, frame: Frame) -> tuple[ScannedCode, ...]:
        """Every code in the frame."""
        answer = self._look("codes", frame)
        if isinstance(answer, Fault):
            return ()
        return tuple(
            ScannedCode(one["kind"], one["text"], tuple((x, y) for x, y in one["corners"]), one["cleaned"])
            for one in answer["codes"]
        )

    def examine(
        self, camera: Camera, seconds: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> CameraReport | Fault:
        """What a technician wants to know of a running camera, watched for some seconds."""
        began_s, seen = monotonic(), None
        while monotonic() - began_s < seconds:
            frame = camera.latest(seen)
            if frame is None or frame is seen:
                time.sleep(0.005)
                continue
            answer = self._look("examine", frame, first=seen is None)
            if isinstance(answer, Fault):
                return answer
            seen = frame
        if seen is None:
            return Fault("camera_stalled")
        answer = self.ask({"task": "report", "seconds": monotonic() - began_s})
        return answer if isinstance(answer, Fault) else CameraReport(**answer["report"])

    def _look(self, task: str, frame: Frame, **how: object) -> dict[str, Any] | Fault:
        return self.ask({"task": task, **frame.described(), **how}, frame.pixels)

    def _code(self, task: str, frame: Frame) -> str:
        answer = self._look(task, frame)
        return "" if isinstance(answer, Fault) else str(answer["code"])

    def _jpeg(self, task: str, frame: Frame, **how: object) -> bytes | None:
        answer = self._look(task, frame, **how)
        return None if isinstance(answer, Fault) else base64.b64decode(answer["jpeg"])
