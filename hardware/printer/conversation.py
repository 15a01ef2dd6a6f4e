"""What is said on the wire to a printer, every step with a deadline; silence and noise are answers too."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from hardware.device import Fault
from hardware.printer.status import (
    PAPER_QUERY,
    QUERIES,
    SILENT,
    Ear,
    Heard,
    Paper,
    PrinterStatus,
    parse_paper,
    parse_realtime,
)
from hardware.printer.transport import Transport

CHUNK_BYTES = 4096
MOST_OWED = 3


def _trouble(code: str) -> PrinterStatus:
    return PrinterStatus(False, Paper.UNKNOWN, False, Fault(code))


LOST = _trouble("printer_lost")
GARBLED = _trouble("printer_garbled")


class Conversation:
    """One open line to one printer; used by one thread at a time."""

    def __init__(
        self,
        transport: Transport,
        *,
        answer_timeout_s: float = 1.0,
        write_timeout_s: float = 5.0,
        glance_s: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._answer_timeout_s = answer_timeout_s
        self._write_timeout_s = write_timeout_s
        self._glance_s = glance_s
        self._monotonic = monotonic
        self._ear = Ear()
        self._owed_marks = 0  # end marks of earlier jobs whose answers may still come

    def status(self) -> PrinterStatus:
        """Ask DLE EOT 1 to 4, one after the other; `SILENT`, `LOST` or `GARBLED` when that is what came back."""
        if self._drain() is None:
            return LOST
        deadline_s = self._monotonic() + self._answer_timeout_s
        answers: list[int] = []
        for query in QUERIES:
            answer = self._ask(query, deadline_s)
            if isinstance(answer, PrinterStatus):
                return answer
            answers.append(answer)
        one, two, three, four = answers
        return parse_realtime((one, two, three, four))

    def hear_out(self, quiet_s: float = 0.05) -> None:
        """Let a line that was just opened finish what it still says about old questions."""
        deadline_s = self._monotonic() + self._answer_timeout_s
        while self._monotonic() < deadline_s and self._transport.read(self._monotonic() + quiet_s):
            pass

    def send(self, job: bytes) -> int:
        """Send a job in small parts; how many bytes the line took before it stopped taking them."""
        sent = 0
        while sent < len(job):
            part = job[sent : sent + CHUNK_BYTES]
            taken = self._transport.write(part, self._monotonic() + self._write_timeout_s)
            sent += taken
            if taken < len(part):
                break
        return sent

    def end_of_job(self, timeout_s: float, token: bytes | None = None) -> Paper | Fault:
        """The printer's proof that all before this point is on paper: what GS r 1 says once it is reached.

        With a `token` (four characters 20h to 7Eh) the printer must also give it back (GS ( H). While waiting, the
        real-time status is asked every `glance_s`, and a trouble seen twice ends the wait. A late answer to an earlier
        job's mark is no proof of this one: for each that is owed, one more mark is sent and one more answer awaited.
        """
        if self._drain() is None:
            return Fault("printer_lost")
        marks = 1 + min(self._owed_marks, MOST_OWED)
        mark = (b"\x1d(H\x06\x0000" + token if token else b"") + PAPER_QUERY * marks
        self._owed_marks += marks
        if self.send(mark) < len(mark):
            return Fault("printer_lost")
        return self._await_mark(self._monotonic() + timeout_s, token, marks)

    def _await_mark(self, deadline_s: float, token: bytes | None, marks: int) -> Paper | Fault:
        """Hear the end marks, glancing at the real-time status meanwhile; `slip_unproven` when they never come."""
        total, owed, trouble = Heard(), 0, None
        while True:
            until_s = min(deadline_s, self._monotonic() + self._glance_s)
            heard = self._listen(until_s, partial(_has_plain, marks - len(total.plain)))
            if heard is None or heard.junk:
                return Fault("printer_garbled" if heard else "printer_lost")
            total = total + heard
            if len(total.plain) >= marks:
                if not self._settle(owed - len(total.realtime)):
                    return Fault("printer_silent")
                proven = token is None or token in total.tokens
                return parse_paper(total.plain[-1]) if proven else Fault("slip_unproven")
            seen = _admitted(total.realtime[owed - 4 : owed]) if owed else None
            if (seen is not None and seen == trouble) or self._monotonic() >= deadline_s:
                return seen or trouble or Fault("slip_unproven")
            trouble = seen
            owed += 4
            self.send(b"".join(QUERIES))

    def _settle(self, owed: int) -> bool:
        """Hear all answers still on their way, so that none is taken for a later one; False if some never come."""
        if owed <= 0 and not self._owed_marks:
            return True
        deadline_s = self._monotonic() + self._answer_timeout_s
        heard = self._listen(deadline_s, lambda h: len(h.realtime) >= owed and not self._owed_marks)
        self._owed_marks = 0  # what was not answered right behind our own mark was lost with an earlier line
        return heard is not None and len(heard.realtime) >= owed

    def _ask(self, query: bytes, deadline_s: float) -> int | PrinterStatus:
        if self._transport.write(query, deadline_s) < len(query):
            return SILENT
        heard = self._listen(deadline_s, lambda h: bool(h.realtime))
        if heard is None:
            return LOST
        if heard.junk or len(heard.realtime) > 1:
            return GARBLED
        return heard.realtime[0] if heard.realtime else SILENT

    def _drain(self) -> Heard | None:
        """Throw away what the printer said unasked; None when the line is gone."""
        return self._listen(self._monotonic(), lambda _: False)

    def _listen(self, deadline_s: float, enough: Callable[[Heard], bool]) -> Heard | None:
        """Hear until `enough` or the deadline; None when the line is gone."""
        total = Heard()
        while True:
            chunk = self._transport.read(deadline_s)
            if chunk is None:
                return None
            if not chunk:
                return total
            heard = self._ear.hear(chunk)
            self._owed_marks = max(0, self._owed_marks - len(heard.plain))
            total = total + heard
            if total.junk or enough(total):
                return total


def _admitted(answers: tuple[int, ...]) -> Fault | None:
    """The trouble in four real-time answers; silence is one."""
    if len(answers) != 4:
        return Fault("printer_silent")
    one, two, three, four = answers
    return parse_realtime((one, two, three, four)).fault


def _has_plain(number: int, heard: Heard) -> bool:
    return len(heard.plain) >= number
