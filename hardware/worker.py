"""A helper process that is started when it is needed, watched, and stopped when idle; spoken to over two pipes.

A request is one line of JSON and, after it, as many bytes as its "bytes" says; the answer is one line of JSON. When it
has started the process says {"ready": true}. What goes wrong in it ends only the process: it is started anew and asked
once more.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from hardware.device import Fault

ROOT: Final = Path(__file__).resolve().parents[1]
ATTEMPTS: Final = 2
Payload: TypeAlias = bytes | bytearray | memoryview


class Worker:
    """Asks one process one thing at a time; any thread may ask, `stop` may be called at any moment.

    Faults are `<name>_unavailable` and `<name>_slow`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        start_s: float,
        answer_s: float,
        idle_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._command = list(command)
        self._start_s, self._answer_s, self._idle_s = start_s, answer_s, idle_s
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
        """Start the process now, so that the first request need not wait for it."""
        with self._lock:
            try:
                return self._started()
            finally:
                self._rest_in()

    def ask(self, request: Mapping[str, Any], payload: Payload = b"") -> dict[str, Any] | Fault:
        """One request and its answer; blocks at most `ATTEMPTS` times the answer's and the start's time."""
        stops = self._stops
        line = json.dumps({**request, "bytes": len(payload)}).encode() + b"\n"
        with self._lock:
            self._cancel_timer()
            fault: Fault | None = None
            for _ in range(ATTEMPTS):
                if stops != self._stops:
                    break  # whoever asked is gone
                answer = self._asked(line, payload)
                if not isinstance(answer, Fault):
                    self._rest_in()
                    return answer
                fault = answer
                self._end()
            return fault or self._unavailable("stopped")

    def stop(self) -> None:
        """End the process and whatever it was at."""
        self._stops += 1
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()  # first, so that a request under way ends and lets the lock go
        with self._lock:
            self._cancel_timer()
            self._end()

    def _unavailable(self, detail: str) -> Fault:
        return Fault(f"{self._name}_unavailable", detail=detail)

    def _asked(self, line: bytes, payload: Payload) -> dict[str, Any] | Fault:
        fault = self._started()
        if fault is not None:
            return fault
        process = self._process
        if process is None or process.stdin is None:
            return self._unavailable("no pipe")
        deadline_s = self._monotonic() + self._answer_s
        for part in (line, payload):
            fault = self._send(process.stdin.fileno(), part, deadline_s)
            if fault is not None:
                return fault
        return self._answer(deadline_s - self._monotonic())

    def _send(self, pipe: int, part: Payload, deadline_s: float) -> Fault | None:
        """Write it all in time: a process that hangs does not read, and a pipe holds only 64 KiB."""
        left = memoryview(part)
        with selectors.DefaultSelector() as waiting:
            waiting.register(pipe, selectors.EVENT_WRITE)
            while left:
                patience_s = deadline_s - self._monotonic()
                if patience_s <= 0 or not waiting.select(patience_s):
                    return Fault(f"{self._name}_slow")
                try:
                    left = left[os.write(pipe, left) :]
                except BlockingIOError:
                    continue
                except OSError:
                    return self._unavailable("the process is gone")
        return None

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
            return self._unavailable(type(error).__name__)
        if self._process.stdin is not None:
            os.set_blocking(self._process.stdin.fileno(), False)
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
            return self._unavailable("not an answer")
        return answer if isinstance(answer, dict) else self._unavailable("not an answer")

    def _line(self, patience_s: float) -> bytes | Fault:
        process, deadline_s = self._process, self._monotonic() + patience_s
        if process is None or process.stdout is None:
            return self._unavailable("no pipe")
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                left_s = deadline_s - self._monotonic()
                if left_s <= 0 or not waiting.select(left_s):
                    return Fault(f"{self._name}_slow")
                more = os.read(process.stdout.fileno(), 1 << 16)
                if not more:
                    return self._unavailable("the process ended")
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
        if self._lock.acquire(blocking=False):  # busy: the request that goes on sets another timer
            try:
                self._end()
            finally:
                self._lock.release()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
