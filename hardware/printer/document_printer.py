"""The A4 printer as a device: documents that are "printed" only when the printer says the job is complete.

A job that was taken but is not known to be complete is cancelled and UNCERTAIN: a resident's paper must not come out
once they have left, and a second one is marked COPY 副本.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from hardware.device import Fault, State, Status, Tell
from hardware.printer.ipp_answers import Answer, JobState, parse_printer, takes_pdf, words
from hardware.printer.ipp_tool import Ipp
from hardware.printer.journal import JobJournal
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.status import SILENT, Debounce, Paper, PrinterStatus

LINE_FAULTS = frozenset({"printer_silent", "printer_garbled", "printer_offline", "printer_unsupported"})
"""Troubles of the line: nobody at the address says how the printer is."""

TAKEN_BACK = frozenset({"job-completed-with-errors", "job-canceled-by-user", "aborted-by-system"})
"""Reasons of a completed job that take its completion back (RFC 8011, 5.3.8)."""


class DocumentPrinter:
    """An A4 printer on any IPP line. `print_document` may be called from any thread while the device is served."""

    def __init__(
        self,
        line: Ipp,
        *,
        name: str = "a4_printer",
        poll_s: float = 3.0,
        glance_s: float = 0.5,
        patience_s: float = 3.0,
        proof_timeout_s: float = 60.0,
        cancel_timeout_s: float = 5.0,
        busy_timeout_s: float = 90.0,
        debounce: int = 2,
        journal: JobJournal | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._line = line
        self._poll_s, self._glance_s, self._patience_s = poll_s, glance_s, patience_s
        self._proof_timeout_s, self._cancel_timeout_s = proof_timeout_s, cancel_timeout_s
        self._busy_timeout_s = busy_timeout_s
        self._times = debounce
        self.journal = journal or JobJournal()
        self._monotonic = monotonic
        self._job = threading.Lock()  # one document at a time
        self._wake = threading.Event()
        self._pause = threading.Event()  # between two looks at a job; set when the device is closed
        self._open = False
        self._latest = SILENT

    @property
    def status(self) -> PrinterStatus:
        """The latest reading, not debounced; `SILENT` while the printer is not open."""
        return self._latest

    def open(self) -> Fault | None:
        """Hear the printer once; one that does not take PDF is `printer_unsupported`."""
        self._wake.clear()
        answer = self._line.printer()
        if isinstance(answer, Fault):
            return answer
        if not takes_pdf(answer):
            return Fault("printer_unsupported", retriable=False, detail="takes no application/pdf")
        self._latest = parse_printer(answer)
        self._pause.clear()
        self._open = True
        return None

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Poll and tell each settled change; a line that is gone or speaks nonsense ends it."""
        debounce: Debounce[PrinterStatus] = Debounce(self._times)
        while not stop.is_set():
            settled = debounce.settle(self._look())
            if settled.fault is not None and settled.fault.code in LINE_FAULTS and settled.paper is Paper.UNKNOWN:
                return settled.fault
            state = State.FAULT if settled.fault else State.READY
            tell(Status(self.name, state, settled.notice))
            self._wake.wait(self._poll_s)
        return None

    def close(self) -> None:
        """Let the line go; a running job is not waited for longer than its next look."""
        self._open = False
        self._latest = SILENT
        self._pause.set()

    def interrupt(self) -> None:
        """End the pause between two polls."""
        self._wake.set()

    def print_document(self, pdf: bytes, job_id: str) -> PrintOutcome:
        """Print one PDF and wait for its proof (bounded by the constructor's time limits).

        A `job_id` that was PRINTED or UNCERTAIN is never put on paper again: its first outcome is returned.
        """
        if not self._job.acquire(timeout=self._busy_timeout_s):
            return PrintOutcome(Result.FAILED, Fault("printer_busy"))
        try:
            return self.journal.recall(job_id) or self._print(pdf, job_id)
        finally:
            self._job.release()

    def _look(self) -> PrinterStatus:
        answer = self._line.printer()
        if isinstance(answer, Fault):
            self._latest = PrinterStatus(False, Paper.UNKNOWN, False, answer)
        else:
            self._latest = parse_printer(answer)
        return self._latest

    def _print(self, pdf: bytes, job_id: str) -> PrintOutcome:
        if not self._open:
            return PrintOutcome(Result.FAILED, Fault("printer_offline"))
        before = self._look()
        if before.fault is not None:
            return PrintOutcome(Result.FAILED, before.fault)
        self.journal.begin(job_id, 0)
        outcome = self._send(pdf, job_id)
        self.journal.end(job_id, outcome)
        return outcome

    def _send(self, pdf: bytes, job_id: str) -> PrintOutcome:
        answer = self._line.print(pdf, job_id)
        if isinstance(answer, Fault):
            unsent = answer.code in ("printer_offline", "printer_unsupported")  # nobody took the connection
            return PrintOutcome(Result.FAILED if unsent else Result.UNCERTAIN, answer)
        number = answer.attributes.get("job-id")
        if not answer.ok:
            return PrintOutcome(Result.FAILED, self._look().fault or Fault("printer_error", detail=answer.status))
        if not isinstance(number, int):
            return PrintOutcome(Result.UNCERTAIN, Fault("printer_garbled"))
        return self._prove(number)

    def _prove(self, number: int) -> PrintOutcome:
        """Look at the job until it ends; a trouble that stands for `patience_s`, or the time limit, ends the wait.

        A print server begins a job by repeating the trouble of the last one, so the first word is not the last.
        """
        began_s = self._monotonic()
        trouble_s = began_s
        while True:
            answer = self._line.job(number)
            state = job_state(answer)
            if state is JobState.COMPLETED:
                return PrintOutcome(Result.PRINTED)
            seen = answer if isinstance(answer, Fault) else self._look().fault
            if state in (JobState.ABORTED, JobState.CANCELED):
                return PrintOutcome(Result.UNCERTAIN, seen or Fault("printer_error", detail=state.name.lower()))
            now_s = self._monotonic()
            trouble_s = trouble_s if seen is not None else now_s
            if now_s - trouble_s >= self._patience_s or now_s - began_s >= self._proof_timeout_s:
                return self._give_up(number, seen or Fault("slip_unproven"))
            if self._pause.wait(self._glance_s):
                return self._give_up(number, Fault("printer_lost"))

    def _give_up(self, number: int, fault: Fault) -> PrintOutcome:
        """Take the job back; one that ended well while it was being taken back is printed all the same."""
        deadline_s = self._monotonic() + self._cancel_timeout_s
        self._line.cancel(number)
        while self._monotonic() < deadline_s:
            state = job_state(self._line.job(number))
            if state is JobState.COMPLETED:
                return PrintOutcome(Result.PRINTED)
            if state in (JobState.ABORTED, JobState.CANCELED):
                break
            if self._pause.wait(self._glance_s / 4):
                break
        return PrintOutcome(Result.UNCERTAIN, fault)


def job_state(answer: Answer | Fault) -> JobState | None:
    """Where a job stands; None when the answer does not say. Completed with errors counts as aborted."""
    if isinstance(answer, Fault) or not answer.ok:
        return None
    state = answer.attributes.get("job-state")
    if state not in tuple(JobState):
        return None
    if state == JobState.COMPLETED and TAKEN_BACK & set(words(answer.attributes.get("job-state-reasons"))):
        return JobState.ABORTED
    return JobState(state)
