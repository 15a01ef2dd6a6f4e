"""The reader of papers as the kiosk uses it: a process started when it is needed, watched, and stopped when idle."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from hardware.device import Fault
from hardware.papers.page import Line, Page
from hardware.worker import Worker

Task = Literal["page", "mrz"]
FAULT_CODES = ("ocr_unavailable", "ocr_slow", "image_corrupt", "image_too_large")

COMMAND = (sys.executable, "-m", "hardware.papers.ocr_worker")
START_S, READ_S, IDLE_S = 30.0, 25.0, 60.0
MOST_BYTES = 32 * 1024 * 1024


class OcrReader(Worker):
    """Reads pictures one at a time; any thread may ask, `stop` may be called at any moment.

    A reader that dies or hangs is ended and started anew, and the picture is read once more; after that it is a fault,
    and the resident goes on by hand.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = COMMAND,
        start_s: float = START_S,
        read_s: float = READ_S,
        idle_s: float = IDLE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("ocr", command, start_s=start_s, answer_s=read_s, idle_s=idle_s, monotonic=monotonic)

    def read(self, picture: bytes, task: Task = "page") -> Page | Fault:
        """Read a JPEG or PNG; blocks for about two seconds a page, at most twice `read_s` and the start."""
        if not 0 < len(picture) <= MOST_BYTES:
            return Fault("image_too_large" if picture else "image_corrupt")
        answer = self.ask({"task": task}, picture)
        return answer if isinstance(answer, Fault) else _page(answer)


def _page(answer: dict[str, Any]) -> Page | Fault:
    if "fault" in answer:
        return Fault(str(answer["fault"]))
    lines = [
        Line(line["text"], line["sure"], tuple((float(x), float(y)) for x, y in line["corners"]))  # type: ignore[arg-type]
        for line in answer["lines"]
    ]
    ordered = tuple(sorted(lines, key=lambda line: line.top))
    return Page(answer.get("width", 0), answer.get("height", 0), ordered, answer["turned"])
