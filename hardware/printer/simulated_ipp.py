"""An A4 printer without paper: an IPP line in memory with knobs, and a folder of what it "printed"."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

from hardware.device import Fault
from hardware.printer.ipp_answers import PDF, Answer, JobState, PrinterState

KEPT = 8
"""How many documents and jobs it remembers: more than any test looks back, and no day of visits fills the memory."""

FAULTS = ("out_of_paper", "low_on_paper", "open_cover", "jam", "out_of_toner", "unplug", "fall_silent", "garble")

FORGOTTEN = (JobState.COMPLETED, 0, b"")


class SimulatedIpp:
    """Prints a document in `looks` looks at its job; a fault stops it where it is, and it goes on when mended."""

    def __init__(self, out_dir: Path | None = None, *, looks: int = 2) -> None:
        self._out_dir = out_dir
        self._looks = looks
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._reasons: set[str] = set()
        self._broken: Fault | None = None
        self._jobs: dict[int, tuple[JobState, int, bytes]] = {}
        self._during: str | None = None
        self.papers: list[bytes] = []
        """The newest documents that came out, in order."""
        self.names: list[str] = []
        """What each of the newest jobs was called, in order."""

    # ---- knobs ----

    def out_of_paper(self) -> None:
        """Take the paper out."""
        self._reasons.add("media-empty-error")

    def low_on_paper(self) -> None:
        """Leave a few sheets."""
        self._reasons.add("media-low-warning")

    def open_cover(self) -> None:
        """Open the cover."""
        self._reasons.add("cover-open-error")

    def jam(self) -> None:
        """Jam a sheet."""
        self._reasons.add("media-jam-error")

    def out_of_toner(self) -> None:
        """Use the toner up."""
        self._reasons.add("toner-empty-error")

    def unplug(self) -> None:
        """Pull the network cable."""
        self._broken = Fault("printer_offline")

    def fall_silent(self) -> None:
        """Take connections and say nothing."""
        self._broken = Fault("printer_silent")

    def garble(self) -> None:
        """Speak nonsense."""
        self._broken = Fault("printer_garbled")

    def during_next_job(self, fault: str) -> None:
        """Turn one of `FAULTS` as soon as the next document has been taken."""
        self._during = fault

    def restore(self) -> None:
        """Mend everything."""
        self._reasons.clear()
        self._broken, self._during = None, None

    # ---- the line ----

    def printer(self) -> Answer | Fault:
        """Get-Printer-Attributes."""
        with self._lock:
            stopped = self._stopped()
            return self._broken or Answer(
                "successful-ok",
                {
                    "attributes-charset": "utf-8",
                    "printer-state": PrinterState.STOPPED if stopped else PrinterState.IDLE,
                    "printer-state-reasons": sorted(self._reasons) or "none",
                    "printer-is-accepting-jobs": True,
                    "document-format-supported": PDF,
                },
            )

    def print(self, pdf: bytes, name: str) -> Answer | Fault:
        """Print-Job."""
        with self._lock:
            if self._broken is not None:
                return self._broken
            number = next(self._numbers)
            self._jobs[number] = (JobState.PROCESSING, 0, pdf)
            self._jobs.pop(number - KEPT, None)
            self.names = [*self.names[-KEPT + 1 :], name]
            if self._during is not None:
                getattr(self, self._during)()
                self._during = None
            lost = self._broken is not None  # the document left; its answer never came
            return Fault("printer_silent") if lost else self._answer(number)

    def job(self, number: int) -> Answer | Fault:
        """Get-Job-Attributes."""
        with self._lock:
            if self._broken is not None:
                return self._broken
            self._go_on(number)
            return self._answer(number)

    def cancel(self, number: int) -> Answer | Fault:
        """Cancel-Job."""
        with self._lock:
            if self._broken is not None:
                return self._broken
            state, looks, pdf = self._jobs.get(number, FORGOTTEN)
            if state in (JobState.PROCESSING, JobState.STOPPED):
                self._jobs[number] = (JobState.CANCELED, looks, pdf)
            return self._answer(number)

    def _stopped(self) -> bool:
        return any(reason.endswith("-error") for reason in self._reasons)

    def _go_on(self, number: int) -> None:
        state, looks, pdf = self._jobs.get(number, FORGOTTEN)
        if state not in (JobState.PROCESSING, JobState.STOPPED):
            return
        if self._stopped():
            self._jobs[number] = (JobState.STOPPED, looks, pdf)
        elif looks + 1 < self._looks:
            self._jobs[number] = (JobState.PROCESSING, looks + 1, pdf)
        else:
            self._jobs[number] = (JobState.COMPLETED, looks + 1, pdf)
            self._come_out(number, pdf)

    def _come_out(self, number: int, pdf: bytes) -> None:
        self.papers = [*self.papers[-KEPT + 1 :], pdf]
        if self._out_dir is not None:
            self._out_dir.mkdir(parents=True, exist_ok=True)
            (self._out_dir / f"a4-{number:03}.pdf").write_bytes(pdf)

    def _answer(self, number: int) -> Answer:
        if number not in self._jobs:
            return Answer("client-error-not-found", {"attributes-charset": "utf-8"})
        state = self._jobs[number][0]
        return Answer("successful-ok", {"attributes-charset": "utf-8", "job-id": number, "job-state": state})
