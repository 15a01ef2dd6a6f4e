"""What became of every job, on disk, so that a restart neither forgets nor repeats a slip; and how much paper is left.

One JSON object a line, only job ids and lengths: no word of a slip is kept. A job is written as "printing" before its
first byte leaves; one that never got further (power cut, kill) is UNCERTAIN ever after.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hardware.device import Fault
from hardware.printer.outcome import PrintOutcome, Result

KEPT_JOBS = 512
COMPACT_AT_LINES = 4_000
DOTS_A_METRE = 203 / 0.0254
CUT_DOTS = 120
"""Paper between the print line and the cutter, lost with each slip: about 15 mm."""

INTERRUPTED = PrintOutcome(Result.UNCERTAIN, Fault("slip_unproven"))


@dataclass(frozen=True)
class Consumption:
    """Paper used since the roll was changed, by our own count (the near-end sensor is the printer's)."""

    slips: int = 0
    dots: int = 0
    roll_m: float = 80.0

    @property
    def used_m(self) -> float:
        """Metres printed since the roll was changed."""
        return self.dots / DOTS_A_METRE

    @property
    def slips_left(self) -> int | None:
        """How many slips of the usual length the roll still holds, None before the first slip."""
        if not self.slips or not self.dots:
            return None
        return max(0, int((self.roll_m - self.used_m) * DOTS_A_METRE / (self.dots / self.slips)))


class JobJournal:
    """The outcomes of the latest jobs; with a `path` they outlive the process. Every method is safe from any thread."""

    def __init__(self, path: Path | None = None, *, roll_m: float = 80.0) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, PrintOutcome] = OrderedDict()
        self._consumption = Consumption(roll_m=roll_m)
        self._lines = 0
        self._failed = False
        self._load()

    @property
    def consumption(self) -> Consumption:
        """Paper used so far."""
        return self._consumption

    @property
    def failed(self) -> bool:
        """Whether the last line could not be written (full or broken disk): memory goes on alone."""
        return self._failed

    def recall(self, job_id: str) -> PrintOutcome | None:
        """The end of a job that may be on paper; None for one that never was or FAILED and may be tried again."""
        with self._lock:
            return self._jobs.get(job_id)

    def uncertain(self) -> tuple[str, ...]:
        """Jobs that may or may not be on paper: a reprint of one needs a new id and the mark COPY 副本."""
        with self._lock:
            return tuple(job for job, outcome in self._jobs.items() if outcome.result is Result.UNCERTAIN)

    def begin(self, job_id: str, dots: int) -> None:
        """Before the first byte: from here on the job may be on paper. Returns when the line is on disk."""
        self._note({"job": job_id, "state": "printing", "dots": dots})

    def end(self, job_id: str, outcome: PrintOutcome) -> None:
        """How the job ended."""
        code = outcome.fault.code if outcome.fault else None
        self._note({"job": job_id, "state": outcome.result.value, "fault": code})

    def new_roll(self, roll_m: float) -> None:
        """Staff put a roll of so many metres in."""
        if not 0 < roll_m < 1000:
            raise ValueError("no such roll")
        self._note({"roll_m": roll_m})

    def _note(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._apply(entry)
            if self._path is not None:
                self._failed = not self._append(self._path, entry)

    def _append(self, path: Path, entry: dict[str, Any]) -> bool:
        try:
            if self._lines >= COMPACT_AT_LINES:
                self._rewrite(path)
                return True
            with path.open("ab") as file:
                file.write(json.dumps(entry).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        self._lines += 1
        return True

    def _rewrite(self, path: Path) -> None:
        """The present state in as few lines as it takes, swapped in at once."""
        used = self._consumption
        entries: list[dict[str, Any]] = [{"roll_m": used.roll_m, "slips": used.slips, "dots": used.dots}]
        for job, outcome in self._jobs.items():
            code = outcome.fault.code if outcome.fault else None
            entries.append({"job": job, "state": outcome.result.value, "fault": code})
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            file.write(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._lines = len(entries)

    def _load(self) -> None:
        if self._path is None:
            return
        with contextlib.suppress(FileNotFoundError), self._path.open("rb") as file:
            last = b"\n"
            for last in file:
                self._lines += 1
                with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError):
                    self._apply(json.loads(last))  # a torn or spoilt line is skipped: the ones around it still count
            if not last.endswith(b"\n"):
                self._lines = COMPACT_AT_LINES  # the next line must not join the torn one

    def _apply(self, entry: dict[str, Any]) -> None:
        if "roll_m" in entry:
            self._consumption = Consumption(
                int(entry.get("slips", 0)), int(entry.get("dots", 0)), float(entry["roll_m"])
            )
            return
        job, state = str(entry["job"]), str(entry["state"])
        if state == "printing":
            used = self._consumption
            dots = int(entry["dots"]) + CUT_DOTS
            self._consumption = replace(used, slips=used.slips + 1, dots=used.dots + dots)
            self._keep(job, INTERRUPTED)
        elif state == Result.FAILED.value:
            self._jobs.pop(job, None)
        else:
            self._keep(job, PrintOutcome(Result(state), Fault(entry["fault"]) if entry["fault"] else None))

    def _keep(self, job: str, outcome: PrintOutcome) -> None:
        self._jobs[job] = outcome
        self._jobs.move_to_end(job)
        if len(self._jobs) > KEPT_JOBS:
            self._jobs.popitem(last=False)
