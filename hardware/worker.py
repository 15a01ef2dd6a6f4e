"""A helper process that is started when it is needed, watched, and stopped when idle; spoken to over two pipes.

A request is one line of JSON and, after it, as many bytes as its "bytes" says; the answer is one line of JSON. When it
has started the process says {"ready": true}. What goes wrong in it ends only the process: it is started anew and asked
once more.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from hardware.device import Fault
from hardware.piped import Payload, Piped, Trouble, line_of

ATTEMPTS: Final = 2


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
        self._piped: Piped | None = None
        self._timer: threading.Timer | None = None
        self._stops = 0

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        piped = self._piped
        return piped is not None and piped.running

    @property
    def pid(self) -> int | None:
        """The process's number, for a technician and for tests."""
        piped = self._piped
        return None if piped is None else piped.pid

    def warm_up(self) -> Fault | None:
        """Start the process now, so that the first request need not wait for it."""
        with self._lock:
            try:
                started = self._started()
                return started if isinstance(started, Fault) else None
            finally:
                self._rest_in()

    def ask(self, request: Mapping[str, Any], payload: Payload = b"") -> dict[str, Any] | Fault:
        """One request and its answer; blocks at most `ATTEMPTS` times the answer's and the start's time."""
        stops = self._stops
        line = line_of(request, payload)
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
        piped = self._piped
        if piped is not None:
            piped.kill()  # first, so that a request under way ends and lets the lock go
        with self._lock:
            self._cancel_timer()
            self._end()

    def _unavailable(self, detail: str) -> Fault:
        return Fault(f"{self._name}_unavailable", detail=detail)

    def _asked(self, line: bytes, payload: Payload) -> dict[str, Any] | Fault:
        piped = self._started()
        if isinstance(piped, Fault):
            return piped
        deadline_s = self._monotonic() + self._answer_s
        for part in (line, payload):
            if (trouble := piped.tell(part, deadline_s)) is not None:
                return self._fault(trouble)
        return self._answer(piped, deadline_s - self._monotonic())

    def _started(self) -> Piped | Fault:
        piped = self._piped
        if piped is not None and piped.running:
            return piped
        self._end()
        try:
            self._piped = piped = Piped(self._command, monotonic=self._monotonic)
        except OSError as error:
            return self._unavailable(type(error).__name__)
        answer = self._answer(piped, self._start_s)
        return answer if isinstance(answer, Fault) else piped

    def _answer(self, piped: Piped, patience_s: float) -> dict[str, Any] | Fault:
        """One line of the process, in time."""
        line = piped.line(patience_s)
        if isinstance(line, str):
            return self._fault(line)
        try:
            answer = json.loads(line)
        except ValueError:
            return self._unavailable("not an answer")
        return answer if isinstance(answer, dict) else self._unavailable("not an answer")

    def _fault(self, trouble: Trouble) -> Fault:
        return Fault(f"{self._name}_slow") if trouble == "late" else self._unavailable("the process ended")

    def _end(self) -> None:
        piped, self._piped = self._piped, None
        if piped is not None:
            piped.end()

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
