"""The slip printer as a device: its state polled and debounced, and jobs that are "printed" only with proof.

A returned write proves nothing: sockets and printers buffer whole slips. A job is PRINTED when the printer, asked
after the last byte, answered in print order and then reported itself well; FAILED when no byte of it left; anything
else is UNCERTAIN, and a reprint of that needs a new job and the mark COPY 副本.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

from hardware.device import Fault, State, Status, Tell
from hardware.printer.conversation import Conversation
from hardware.printer.journal import JobJournal
from hardware.printer.layout import DPI
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.raster import Raster
from hardware.printer.status import SILENT, Debounce, Paper, PrinterStatus
from hardware.printer.transport import Transport

BACKOFF_S = (0.5, 5.0)
"""The pauses a supervisor of printers should make: a closed cover can look like a dead line, and people wait."""

LINE_FAULTS = frozenset({"printer_silent", "printer_garbled", "printer_lost"})
"""Troubles of the line, not of the paper: the remedy is to open it again."""


class SlipPrinter:
    """A slip printer on any transport. `print_slip` may be called from any thread while the device is served."""

    def __init__(
        self,
        transport: Transport,
        *,
        name: str = "printer",
        poll_s: float = 1.0,
        answer_timeout_s: float = 1.0,
        write_timeout_s: float = 5.0,
        glance_s: float = 1.0,
        proof_timeout_s: float = 15.0,
        busy_timeout_s: float = 60.0,
        debounce: int = 2,
        process_ids: bool = False,
        dpi: int = DPI,
        journal: JobJournal | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._transport = transport
        self._poll_s, self._proof_timeout_s, self._busy_timeout_s = poll_s, proof_timeout_s, busy_timeout_s
        self._times = debounce
        self._process_ids = process_ids  # GS ( H: newer Epson printers; an unknown make may print it as text
        self._dpi = dpi
        self._talk = Conversation(
            transport,
            answer_timeout_s=answer_timeout_s,
            write_timeout_s=write_timeout_s,
            glance_s=glance_s,
            monotonic=monotonic,
        )
        self._line = threading.Lock()  # one conversation at a time: a poll or a job
        self._wake = threading.Event()
        self._open = False
        self._broken: Fault | None = None
        self._latest = SILENT
        self.journal = journal or JobJournal()
        self._tokens = itertools.count()

    @property
    def status(self) -> PrinterStatus:
        """The latest reading, not debounced; `SILENT` while the printer is not open."""
        return self._latest

    def open(self) -> Fault | None:
        """Connect and hear the printer once: one that does not answer is not open."""
        with self._line:
            self._wake.clear()
            self._broken = None
            fault = self._transport.open()
            if fault is not None:
                return fault
            self._talk.hear_out()
            self._latest = self._talk.status()
            if _line_fault(self._latest) is not None:
                return self._latest.fault
            self._open = True
            return None

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Poll about once a second and tell each settled change; a line that is gone, silent or noisy ends it."""
        debounce: Debounce[PrinterStatus] = Debounce(self._times)
        before = Paper.UNKNOWN
        while not stop.is_set():
            settled = debounce.settle(self._poll())
            before = self._notice_roll(before, settled.paper)
            fault = self._broken or _line_fault(settled)
            if fault is not None:
                return fault
            state = State.FAULT if settled.fault else State.READY
            tell(Status(self.name, state, settled.notice))
            self._wake.wait(self._poll_s)
        return None

    def close(self) -> None:
        """Let the line go; waits for a running job to end."""
        with self._line:
            self._open = False
            self._latest = SILENT
            self._transport.close()

    def interrupt(self) -> None:
        """End the pause between two polls."""
        self._wake.set()

    def print_slip(self, raster: Raster, job_id: str) -> PrintOutcome:
        """Print one slip and wait for its proof (bounded by the constructor's time limits).

        A `job_id` that was PRINTED or UNCERTAIN is never put on paper again: its first outcome is returned.
        """
        if not self._line.acquire(timeout=self._busy_timeout_s):
            return PrintOutcome(Result.FAILED, Fault("printer_busy"))
        try:
            return self.journal.recall(job_id) or self._print(raster, job_id)
        finally:
            self._line.release()

    def _notice_roll(self, before: Paper, now: Paper) -> Paper:
        """Count from a new roll when a low or empty one is followed by paper in plenty: nobody has to say so."""
        if now is Paper.OK and before in (Paper.LOW, Paper.OUT):
            self.journal.new_roll(self.journal.consumption.roll_m)
        return now if now is not Paper.UNKNOWN else before

    def _poll(self) -> PrinterStatus:
        with self._line:
            if self._broken is None:
                self._latest = self._talk.status()
            return self._latest

    def _print(self, raster: Raster, job_id: str) -> PrintOutcome:
        if not self._open or self._broken is not None:
            return PrintOutcome(Result.FAILED, self._broken or Fault("printer_offline"))
        before = self._latest = self._talk.status()
        if before.fault is not None:
            return self._ended(Result.FAILED, before.fault)
        self.journal.begin(job_id, round(raster.height * DPI / self._dpi))  # the journal counts in dots of 1/203 inch
        outcome = self._send(raster.job())
        self.journal.end(job_id, outcome)
        return outcome

    def _send(self, job: bytes) -> PrintOutcome:
        sent = self._talk.send(job)
        if sent == len(job):
            return self._prove()
        if sent == 0:
            return self._ended(Result.FAILED, Fault("printer_lost"))
        self._broken = self._why_it_stopped()
        self._wake.set()
        return PrintOutcome(Result.UNCERTAIN, self._broken)

    def _prove(self) -> PrintOutcome:
        token = f"{next(self._tokens) % 10_000:04}".encode() if self._process_ids else None
        answer = self._talk.end_of_job(self._proof_timeout_s, token)
        if isinstance(answer, Fault):
            return self._ended(Result.UNCERTAIN, answer)
        after = self._latest = self._talk.status()
        if after.fault is not None:
            return self._ended(Result.UNCERTAIN, after.fault)
        if answer is Paper.OUT:
            return self._ended(Result.UNCERTAIN, Fault("paper_out"))
        return PrintOutcome(Result.PRINTED)

    def _why_it_stopped(self) -> Fault:
        """What the printer says about a job it stopped taking; the bytes after it are lost, so the line is too."""
        self._latest = self._talk.status()
        return self._latest.fault or Fault("printer_lost")

    def _ended(self, result: Result, fault: Fault) -> PrintOutcome:
        """An outcome that is not PRINTED; after trouble on the line the line is given up."""
        if fault.code in LINE_FAULTS or (result is Result.UNCERTAIN and fault.code == "slip_unproven"):
            self._broken = fault
            self._wake.set()
        return PrintOutcome(result, fault)


def _line_fault(status: PrinterStatus) -> Fault | None:
    return status.fault if status.fault is not None and status.fault.code in LINE_FAULTS else None
