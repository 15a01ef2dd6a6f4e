"""What every device of the kiosk is, and the one supervisor that runs any of them.

A device only moves bytes and says what it sees; the supervisor owns its thread, retries it with growing pauses,
and turns what it says into one stream of frozen events.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

Tell = Callable[[object], None]
"""Receives frozen events, from the device's thread; it must return quickly and must not raise."""

STOP_POLL_S = 0.2  # how often stop() repeats the interrupt, should one have come before the device began to block


class State(StrEnum):
    """Where a device stands: the words every screen and the technician's page share."""

    ABSENT = "absent"  # not started yet
    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    FAULT = "fault"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Fault:
    """An expected trouble: its screen text is `fault.<code>`; `detail` is for technicians and never personal."""

    code: str
    retriable: bool = True
    detail: str = ""


@dataclass(frozen=True)
class Status:
    """The latest word on one device."""

    device: str
    state: State
    fault: Fault | None = None


class Device(Protocol):
    """One piece of hardware, real or simulated. All methods but `interrupt` are called from one thread only."""

    name: str

    def open(self) -> Fault | None:
        """Take the hardware; None when it is ours."""

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Work until `stop` is set (None) or the device is lost (its fault).

        Whatever is told goes to the listener; a told `Status` also becomes the supervisor's own.
        """

    def close(self) -> None:
        """Let the hardware go; called after every `open`, also a failed one."""

    def interrupt(self) -> None:
        """Make a blocking `serve` look at `stop`; called from another thread, any number of times."""


class Supervisor:
    """Runs one device in its own thread: open, serve, close, pause, again, until `stop`.

    `backoff_s` is the first and the longest pause between attempts in seconds; after `healthy_s` seconds of
    service the pause starts from the first again. A fault that is not retriable waits for `retry()` or `stop()`.
    """

    def __init__(
        self,
        device: Device,
        tell: Tell,
        *,
        backoff_s: tuple[float, float] = (0.5, 30.0),
        healthy_s: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.device = device
        self._tell = tell
        self._backoff_s = backoff_s
        self._healthy_s = healthy_s
        self._monotonic = monotonic
        self._status = Status(device.name, State.ABSENT)
        self._status_lock = threading.Lock()
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> Status:
        """The latest status; safe from any thread."""
        return self._status

    def start(self) -> None:
        """Begin to run the device; a supervisor that was stopped may be started again."""
        if self._thread is not None:
            return
        self._stop = threading.Event()
        self._wake.clear()
        self._thread = threading.Thread(
            target=self._run, args=(self._stop,), name=f"device-{self.device.name}", daemon=True
        )
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """Stop the device and join its thread; False when it did not end within `timeout_s` seconds."""
        thread, deadline_s = self._thread, self._monotonic() + timeout_s
        if thread is None:
            return True
        self._stop.set()
        self._wake.set()
        while thread.is_alive() and self._monotonic() < deadline_s:
            self._guarded("interrupt", self.device.interrupt)
            if thread is threading.current_thread():
                return True  # stopped from within a tell: the loop ends by itself
            thread.join(STOP_POLL_S)
        if thread.is_alive():
            return False
        self._thread = None
        return True

    def retry(self) -> None:
        """End the present pause and try the device now (a technician's button)."""
        self._wake.set()

    def _run(self, stop: threading.Event) -> None:
        first_s, longest_s = self._backoff_s
        pause_s = first_s
        self._become(Status(self.device.name, State.STARTING))
        while not stop.is_set():
            fault, served_s = self._attempt(stop)
            if stop.is_set():
                break
            if served_s >= self._healthy_s:
                pause_s = first_s
            self._become(Status(self.device.name, State.FAULT, fault))
            self._pause(stop, pause_s if fault.retriable else None)
            pause_s = min(pause_s * 2, longest_s)
        self._become(Status(self.device.name, State.STOPPED))

    def _attempt(self, stop: threading.Event) -> tuple[Fault, float]:
        """One round of open, serve and close: the fault that ended it and how long it served, in seconds."""
        served_s = 0.0
        fault = self._guarded("open", self.device.open)
        if fault is None and not stop.is_set():
            self._become(Status(self.device.name, State.READY))
            began_s = self._monotonic()
            fault = self._guarded("serve", lambda: self.device.serve(stop, self._hear))
            served_s = self._monotonic() - began_s
        fault = self._guarded("close", self.device.close) or fault
        return fault or Fault("device_lost", detail="the driver ended by itself"), served_s

    def _pause(self, stop: threading.Event, pause_s: float | None) -> None:
        self._wake.wait(pause_s)
        if not stop.is_set():
            self._wake.clear()

    def _hear(self, event: object) -> None:
        if isinstance(event, Status):
            self._become(event)
        else:
            self._pass_on(event)

    def _become(self, status: Status) -> None:
        with self._status_lock:
            if status == self._status:
                return
            self._status = status
        self._pass_on(status)

    def _pass_on(self, event: object) -> None:
        try:
            self._tell(event)
        except Exception as error:  # noqa: BLE001 - a supervisor outlives its device
            log.error("listener of %s failed: %s", self.device.name, where(error))

    def _guarded(self, what: str, call: Callable[[], Fault | None]) -> Fault | None:
        """Run one call of the driver; a defect in it becomes a fault, so the kiosk lives on."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - a supervisor outlives its device
            log.error("%s of %s failed: %s", what, self.device.name, where(error))
            return Fault("device_crashed", detail=f"{what}: {where(error)}")


def where(error: BaseException) -> str:
    """The kind of an exception and the line it came from; never its message, which may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
