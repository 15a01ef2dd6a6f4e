"""The reader of papers as the kiosk uses it: a process started when it is needed, watched, and stopped when idle."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from hardware.device import Fault
from hardware.papers.page import Line, Page

Task = Literal["page", "mrz"]
FAULT_CODES = ("ocr_unavailable", "ocr_slow", "image_corrupt", "image_too_large")

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "hardware.papers.ocr_worker")
START_S, READ_S, IDLE_S = 30.0, 25.0, 60.0
ATTEMPTS = 2
MOST_BYTES = 32 * 1024 * 1024


class OcrReader:
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
        self._command = list(command)
        self._start_s, self._read_s, self._idle_s = start_s, read_s, idle_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._timer: threading.Timer | None = None
        self._stops = 0

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        process = self._process
        return process is not None and process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process's number, for a technician and for tests."""
        return self._process.pid if self._process else None

    def warm_up(self) -> Fault | None:
        """Start the process now, so that the first picture need not wait for it."""
        with self._lock:
            try:
                return self._started()
            finally:
                self._rest_in()

    def read(self, picture: bytes, task: Task = "page") -> Page | Fault:
        """Read a JPEG or PNG; blocks for about two seconds a page, at most twice `read_s` and the start."""
        if not 0 < len(picture) <= MOST_BYTES:
            return Fault("image_too_large" if picture else "image_corrupt")
        stops = self._stops
        with self._lock:
            self._cancel_timer()
            fault: Fault | None = None
            for _ in range(ATTEMPTS):
                if stops != self._stops:
                    break  # whoever asked is gone
                answer = self._asked(picture, task)
                if not isinstance(answer, Fault):
                    self._rest_in()
                    return _page(answer)
                fault = answer
                self._end()
            return fault or Fault("ocr_unavailable")

    def stop(self) -> None:
        """End the process and whatever it was reading."""
        self._stops += 1
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()  # first, so that a read under way ends and lets the lock go
        with self._lock:
            self._cancel_timer()
            self._end()

    def _asked(self, picture: bytes, task: Task) -> dict[str, Any] | Fault:
        fault = self._started()
        if fault is not None:
            return fault
        process = self._process
        if process is None or process.stdin is None:
            return Fault("ocr_unavailable")
        try:
            process.stdin.write(json.dumps({"task": task, "bytes": len(picture)}).encode() + b"\n" + picture)
            process.stdin.flush()
        except OSError:
            return Fault("ocr_unavailable", detail="the process is gone")
        return self._answer(self._read_s)

    def _started(self) -> Fault | None:
        if self.running:
            return None
        self._end()
        environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONPATH=str(ROOT))
        try:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return Fault("ocr_unavailable", detail=type(error).__name__)
        answer = self._answer(self._start_s)
        return answer if isinstance(answer, Fault) else None

    def _answer(self, patience_s: float) -> dict[str, Any] | Fault:
        """One line of the process, in time."""
        line = self._line(patience_s)
        if isinstance(line, Fault):
            return line
        try:
            answer = json.loads(line)
        except ValueError:
            return Fault("ocr_unavailable", detail="not an answer")
        return answer if isinstance(answer, dict) else Fault("ocr_unavailable", detail="not an answer")

    def _line(self, patience_s: float) -> bytes | Fault:
        process, deadline_s = self._process, self._monotonic() + patience_s
        if process is None or process.stdout is None:
            return Fault("ocr_unavailable")
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                left_s = deadline_s - self._monotonic()
                if left_s <= 0 or not waiting.select(left_s):
                    return Fault("ocr_slow")
                more = os.read(process.stdout.fileno(), 1 << 16)
                if not more:
                    return Fault("ocr_unavailable", detail="the process ended")
                self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _end(self) -> None:
        process, self._process, self._rest = self._process, None, b""
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written has nobody to read it
        process.wait()

    # ---- idle ----

    def _rest_in(self) -> None:
        """Stop the process after a while without work."""
        self._cancel_timer()
        self._timer = threading.Timer(self._idle_s, self._idle)
        self._timer.daemon = True
        self._timer.start()

    def _idle(self) -> None:
        if self._lock.acquire(blocking=False):  # busy: the reading that goes on sets another timer
            try:
                self._end()
            finally:
                self._lock.release()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _page(answer: dict[str, Any]) -> Page | Fault:
    if "fault" in answer:
        return Fault(str(answer["fault"]))
    lines = [
        Line(line["text"], line["sure"], tuple((float(x), float(y)) for x, y in line["corners"]))  # type: ignore[arg-type]
        for line in answer["lines"]
    ]
    ordered = tuple(sorted(lines, key=lambda line: line.top))
    return Page(answer.get("width", 0), answer.get("height", 0), ordered, answer["turned"])
