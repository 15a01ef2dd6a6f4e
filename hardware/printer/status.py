"""What an ESC/POS printer says about itself: pure readers of its status bytes, and the debounce of what is told.

A real-time answer (DLE EOT n), a GS r answer, an automatic status frame (ASB) and flow control share one line; only
their fixed bits tell them apart (Epson ESC/POS Application Programming Guide, "DLE EOT", "GS a", "GS r").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from hardware.device import Fault

Value = TypeVar("Value")

FAULT_CODES = (
    "paper_low",  # a notice: printing goes on
    "paper_out",
    "cover_open",
    "cutter_jam",
    "paper_jam",
    "toner_low",  # a notice
    "toner_out",
    "printer_hot",
    "printer_error",
    "printer_offline",
    "printer_silent",
    "printer_garbled",
    "printer_lost",
    "printer_busy",
    "printer_unsupported",
    "slip_unproven",
)
"""Every fault code this room can give; each needs a text `fault.<code>` in every language."""

QUERIES = tuple(bytes((0x10, 0x04, n)) for n in (1, 2, 3, 4))
"""DLE EOT 1 to 4: printer, off-line cause, error cause, paper sensors. Answered at once, even when off-line."""

PAPER_QUERY = b"\x1dr\x01"
"""GS r 1: paper sensors, answered only when everything sent before it has been printed."""


class Paper(StrEnum):
    """What the paper sensors see."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PrinterStatus:
    """One reading of a printer; `fault` is what stops it from printing, None when it can."""

    online: bool
    paper: Paper
    cover_open: bool
    fault: Fault | None
    low: Fault | None = None  # something other than paper that is nearly used up

    @property
    def notice(self) -> Fault | None:
        """What staff should know: the fault, or that paper or toner is nearly used up."""
        if self.fault is None and self.paper is Paper.LOW:
            return Fault("paper_low")
        return self.fault or self.low


SILENT = PrinterStatus(online=False, paper=Paper.UNKNOWN, cover_open=False, fault=Fault("printer_silent"))
"""No answer: never taken for "all is well"; a cover-open printer of some makes simply does not answer."""


def is_realtime(byte: int) -> bool:
    """Whether a byte has the fixed bits of a DLE EOT answer (0xx1xx10)."""
    return byte & 0x93 == 0x12


def is_asb_head(byte: int) -> bool:
    """Whether a byte has the fixed bits of the first of four ASB bytes (0xx1xx00)."""
    return byte & 0x93 == 0x10


def is_plain(byte: int) -> bool:
    """Whether a byte has the fixed bits of a GS r answer or of ASB bytes two to four (0xx0xxxx)."""
    return byte & 0x90 == 0x00


def parse_realtime(answers: tuple[int, int, int, int]) -> PrinterStatus:
    """Read the four answers to `QUERIES`, in order; an answer without the fixed bits is `printer_garbled`."""
    if not all(map(is_realtime, answers)):
        return PrinterStatus(False, Paper.UNKNOWN, False, Fault("printer_garbled"))
    printer, cause, error, sensors = answers
    paper = Paper.OUT if sensors & 0x60 or cause & 0x20 else Paper.LOW if sensors & 0x0C else Paper.OK
    return _status(
        offline=bool(printer & 0x08),
        paper=paper,
        cover_open=bool(cause & 0x04),
        cutter=bool(error & 0x08),
        fatal=bool(error & 0x20),
        hot=bool(error & 0x40),
        other=bool(cause & 0x40),
    )


def parse_asb(frame: bytes) -> PrinterStatus:
    """Read one automatic status frame of four bytes; wrong fixed bits or length are `printer_garbled`."""
    if len(frame) != 4 or not is_asb_head(frame[0]) or not all(map(is_plain, frame[1:])):
        return PrinterStatus(False, Paper.UNKNOWN, False, Fault("printer_garbled"))
    return _status(
        offline=bool(frame[0] & 0x08),
        paper=parse_paper(frame[2]),
        cover_open=bool(frame[0] & 0x20),
        cutter=bool(frame[1] & 0x08),
        fatal=bool(frame[1] & 0x20),
        hot=bool(frame[1] & 0x40),
        other=bool(frame[1] & 0x04),
    )


def parse_paper(byte: int) -> Paper:
    """Read a GS r 1 answer (also the third ASB byte)."""
    if not is_plain(byte):
        return Paper.UNKNOWN
    return Paper.OUT if byte & 0x0C else Paper.LOW if byte & 0x03 else Paper.OK


def _status(
    *, offline: bool, paper: Paper, cover_open: bool, cutter: bool, fatal: bool, hot: bool, other: bool
) -> PrinterStatus:
    """Name the first trouble a person should deal with: an open cover hides everything behind it."""
    troubles = (
        (cover_open, "cover_open"),
        (paper is Paper.OUT, "paper_out"),
        (cutter, "cutter_jam"),
        (fatal, "printer_error"),
        (hot, "printer_hot"),
        (other, "printer_error"),
        (offline, "printer_offline"),
    )
    code = next((code for present, code in troubles if present), None)
    return PrinterStatus(not offline, paper, cover_open, Fault(code) if code else None)


@dataclass(frozen=True)
class Heard:
    """What one chunk from the line held, told apart by fixed bits."""

    realtime: tuple[int, ...] = ()
    plain: tuple[int, ...] = ()
    frames: tuple[bytes, ...] = ()
    tokens: tuple[bytes, ...] = ()  # process ids answered to GS ( H, four bytes each
    junk: int = 0  # bytes no printer says

    def __add__(self, later: Heard) -> Heard:
        """Both, in order."""
        return Heard(
            self.realtime + later.realtime,
            self.plain + later.plain,
            self.frames + later.frames,
            self.tokens + later.tokens,
            self.junk + later.junk,
        )


class Ear:
    """Splits the printer's byte stream; keeps an unfinished ASB frame or process id until the rest comes."""

    def __init__(self) -> None:
        self._open = bytearray()

    def hear(self, chunk: bytes) -> Heard:
        """Sort a chunk of any length and content; never raises."""
        realtime: list[int] = []
        plain: list[int] = []
        frames: list[bytes] = []
        tokens: list[bytes] = []
        junk = 0
        for byte in chunk:
            if self._open and is_realtime(byte) and is_asb_head(self._open[0]):
                realtime.append(byte)  # an answer may come in the middle of a frame
                continue
            if self._open:
                done, spoilt = self._continue(byte)
                junk += spoilt
                if done:
                    (tokens if len(done) == 7 else frames).append(done[2:6] if len(done) == 7 else done)
                if not spoilt:
                    continue
            if is_asb_head(byte) or byte == 0x37:  # 0x37 opens a process id: 37h 22h d1 d2 d3 d4 00h
                self._open.append(byte)
            elif is_realtime(byte):
                realtime.append(byte)
            elif is_plain(byte):
                plain.append(byte)
            elif byte not in (0x11, 0x13):  # XON, XOFF
                junk += 1
        return Heard(tuple(realtime), tuple(plain), tuple(frames), tuple(tokens), junk)

    def _continue(self, byte: int) -> tuple[bytes, int]:
        """Add a byte to the open frame: the frame when complete, or how many bytes proved to be junk."""
        token = self._open[0] == 0x37
        place = len(self._open)
        fits = (
            (byte == 0x22 if place == 1 else byte == 0 if place == 6 else 32 <= byte <= 126)
            if token
            else is_plain(byte)
        )
        if not fits:
            self._open.clear()
            return b"", place
        self._open.append(byte)
        if len(self._open) < (7 if token else 4):
            return b"", 0
        done = bytes(self._open)
        self._open.clear()
        return done, 0


class Debounce(Generic[Value]):
    """Passes a new value on only after it was seen `times` times in a row; the first value passes at once."""

    def __init__(self, times: int = 2) -> None:
        self._times = times
        self._told: Value | None = None
        self._candidate: Value | None = None
        self._seen = 0

    def settle(self, value: Value) -> Value:
        """The value to tell now."""
        if self._told is None or value == self._told:
            self._told, self._candidate = value, None
            return value
        self._seen = self._seen + 1 if value == self._candidate else 1
        self._candidate = value
        if self._seen >= self._times:
            self._told, self._candidate = value, None
            return value
        return self._told
