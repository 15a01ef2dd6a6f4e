"""An ESC/POS printer in software: what "simulated" means, for the demo, for training and for every test.

It listens on TCP like a network printer, or on a pseudo-terminal like a serial one; it answers status queries at once
and `GS r` in print order, sends automatic status frames when asked to, draws its paper, and breaks on command: now, or
at the n-th byte it is sent.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.printer.faces import NOTO, Fonts
from hardware.printer.interpreter import Interpreter
from hardware.printer.layout import WIDTH_80_MM
from hardware.printer.pty_end import PtyEnd
from hardware.printer.raster import Raster
from hardware.printer.sensors import Sensors
from hardware.printer.strip import Strip

GARBAGE = b"\xff\x80\xc3\x91"
"""Bytes no printer says; what `garbage()` answers with."""

FAULTS = (
    "out_of_paper",
    "paper_low",
    "open_cover",
    "jam_cutter",
    "overheat",
    "mute",
    "stop_reading",
    "garbage",
    "half_close",
    "power_off",
    "forget_marks",
)
"""Names of the knobs that break the printer; `restore` mends all but the power."""

BUFFER_BYTES = 128 * 1024
KEPT_PAPERS = 24
"""More than any test looks back; a slip is 50 to 200 kB."""


class EmulatedPrinter:
    """One printer on `host`:`port` (0 picks a free one) or, if `serial` is given, on a pseudo-terminal linked there.

    Use it in a `with`, or `power_on()` and `power_off()`.

    Each cut paper goes to `papers`, to `on_paper` and, as `slip-NNNN.png`, to `out_dir`. Every method is safe from
    any thread.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        serial: Path | None = None,
        width_dots: int = WIDTH_80_MM,
        fonts: Fonts = NOTO,
        out_dir: Path | None = None,
        on_paper: Callable[[Raster], None] | None = None,
    ) -> None:
        self.host, self.port = host, port
        self.serial = serial
        self.sensors = Sensors()
        self.papers: list[Raster] = []
        self.bytes_taken = 0
        self.drawer_kicks = 0
        self._strip = Strip(width_dots, fonts)
        self._out_dir, self._on_paper = out_dir, on_paper
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._server: socket.socket | None = None
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self._plan: list[tuple[int, str]] = []
        self._count = 0

    def __enter__(self) -> Self:
        self.power_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.power_off()
        for thread in self._threads:
            thread.join(5.0)

    @property
    def address(self) -> str:
        """Where it listens, as `transport_for` takes it."""
        return f"tcp:{self.host}:{self.port}" if self.serial is None else f"serial:{self.serial}"

    # Knobs -----------------------------------------------------------------------------------------------------------

    def out_of_paper(self) -> None:
        """The roll ends; printing stops where it is."""
        self._set(paper_out=True)

    def paper_low(self) -> None:
        """The near-end sensor trips; printing goes on."""
        self._set(paper_low=True)

    def open_cover(self) -> None:
        """Someone lifts the cover; printing stops."""
        self._set(cover_open=True)

    def jam_cutter(self) -> None:
        """The next cut does not get through."""
        self._set(cutter_will_jam=True)

    def overheat(self) -> None:
        """The head is too hot and printing waits."""
        self._set(hot=True)

    def mute(self) -> None:
        """It prints but answers nothing."""
        self._set(mute=True)

    def stop_reading(self) -> None:
        """It keeps its connections and takes no byte from them."""
        self._set(deaf=True)

    def garbage(self) -> None:
        """Every answer is noise."""
        self._set(garbling=True)

    def half_close(self) -> None:
        """It ends its side of every TCP connection and goes on reading."""
        self._set(half_closed=True)

    def forget_marks(self) -> None:
        """It prints and answers real-time questions, but never GS r: an old model, or a buffer that was cleared."""
        self._set(unmarked=True)

    def restore(self) -> None:
        """New roll, cover shut, everything mended; what waited is printed on."""
        with self._changed:
            self.sensors = Sensors()
            self._tell_lines()

    def power_off(self) -> None:
        """All connections and unprinted bytes are lost; paper that is out stays out."""
        with self._changed:
            lines, self._lines = self._lines, []
            server, self._server = self._server, None
            for line in lines:
                line.drop()
            if server is not None:
                with contextlib.suppress(OSError):
                    server.shutdown(socket.SHUT_RDWR)
                server.close()
            self._changed.notify_all()

    def power_on(self) -> None:
        """Listen (again, on the same port)."""
        with self._changed:
            if self.serial is not None:
                if not self._lines:
                    self._connect(PtyEnd(self.serial))
                return
            if self._server is not None:
                return
            self._server = socket.create_server((self.host, self.port))
            self.port = self._server.getsockname()[1]
            self._run(partial(self._accept, self._server))

    def at_byte(self, number: int, fault: str) -> None:
        """Turn the knob named `fault` when `number` more bytes have arrived."""
        if fault not in FAULTS:
            raise ValueError(f"no such fault: {fault}")
        with self._lock:
            self._plan.append((self.bytes_taken + number, fault))
            self._plan.sort()

    # What it did -----------------------------------------------------------------------------------------------------

    def wait_for_papers(self, number: int, timeout_s: float) -> bool:
        """Whether `number` papers have been cut, waiting up to `timeout_s` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count >= number, timeout_s)

    @property
    def uncut_rows(self) -> int:
        """Rows of paper hanging out, not yet cut."""
        with self._lock:
            return self._strip.rows

    # The body the interpreters print with ------------------------------------------------------------------------

    def can_print(self) -> bool:
        """Whether paper can move now."""
        return not self.sensors.blocked()

    def paper_byte(self) -> int | None:
        """The answer to GS r 1, None for none."""
        return None if self.sensors.unmarked else self.sensors.paper()

    def drawer_byte(self) -> int:
        """The answer to GS r 2."""
        return self.sensors.drawer()

    def kick(self) -> None:
        """A pulse: the drawer springs open, and stays so until somebody shuts it (`restore`)."""
        self.drawer_kicks += 1
        self._set(drawer_open=True)

    def cut(self) -> None:
        """Cut what is out; a jammed cutter leaves it hanging and the printer off-line."""
        if self.sensors.cutter_will_jam:
            self._set(cutter_jammed=True, cutter_will_jam=False)
            return
        paper = self._strip.cut()
        if paper is None:
            return
        self._count += 1
        self.papers = [*self.papers[-KEPT_PAPERS + 1 :], paper]
        if self._out_dir is not None:
            self._out_dir.mkdir(parents=True, exist_ok=True)
            (self._out_dir / f"slip-{self._count:04}.png").write_bytes(paper.png())
        if self._on_paper is not None:
            self._on_paper(paper)
        self._changed.notify_all()

    # Inside ----------------------------------------------------------------------------------------------------------

    def _set(self, **changes: bool) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self.sensors, name, value)
            self._tell_lines()

    def _tell_lines(self) -> None:
        """Let every connection notice: frames to those that watch, printing to those that wait."""
        for line in tuple(self._lines):
            line.sensors_changed()
        self._changed.notify_all()

    def _run(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="emulated-printer", daemon=True)
        self._threads = [*(old for old in self._threads if old.is_alive()), thread]
        thread.start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with self._changed:
                if self._server is not server:
                    connection.close()
                    return
                self._connect(connection)

    def _connect(self, connection: socket.socket | PtyEnd) -> None:
        line = Line(self, connection, self._strip)
        self._lines.append(line)
        line.sensors_changed()
        self._run(partial(self._talk, line))

    def _talk(self, line: Line) -> None:
        while part := self._next(line):
            with self._changed:
                self._take(line, part)
        with self._changed:
            line.drop()
            self._lines = [other for other in self._lines if other is not line]

    def _next(self, line: Line) -> bytes:
        """The next bytes of a connection, b"" at its end; waits while the printer does not read."""
        with self._changed:
            self._changed.wait_for(lambda: line.gone or not (self.sensors.deaf or line.waiting > BUFFER_BYTES))
        try:
            return line.connection.recv(4096)  # b"" at once when it is gone, and a chance to let go of it
        except OSError:
            return b""

    def _take(self, line: Line, part: bytes) -> None:
        """Hand bytes on, breaking down exactly where it was planned."""
        while part and not line.gone:
            self._changed.wait_for(lambda: line.gone or not self.sensors.deaf)
            until = self._plan[0][0] - self.bytes_taken if self._plan else len(part)
            now, part = part[: max(0, until)], part[max(0, until) :]
            self.bytes_taken += len(now)
            line.take(now)
            while self._plan and self._plan[0][0] <= self.bytes_taken:
                getattr(self, self._plan.pop(0)[1])()


REAL_TIME = re.compile(rb"\x10\x04(?P<query>[\x01-\x04])|\x10\x14\x01[\x00\x01][\x01-\x08]")
"""DLE EOT n asks, DLE DC4 1 m t kicks the drawer: carried out on arrival, wherever they stand in the bytes."""

REAL_TIME_BEGUN = re.compile(rb"\x10(?:\x04|\x14(?:\x01[\x00\x01]?)?)?")
LONGEST_REAL_TIME = 5


class Line:
    """One connection: its own interpreter, and the real-time answers that do not wait for paper."""

    def __init__(self, printer: EmulatedPrinter, connection: socket.socket | PtyEnd, strip: Strip) -> None:
        self.connection = connection
        self.gone = False
        self._printer = printer
        self._interpreter = Interpreter(strip, printer, self.answer, self._watch)
        self._tail = b""
        self._watched = False
        self._last_frame = b""
        self._half_closed = False

    @property
    def waiting(self) -> int:
        """Bytes taken but not printed."""
        return self._interpreter.waiting

    def take(self, part: bytes) -> None:
        """Answer real-time commands anywhere in the bytes, then print what can be printed."""
        if not part:
            return
        seen, done = self._tail + part, 0
        for found in REAL_TIME.finditer(seen):
            done = found.end()
            if found["query"]:
                self.answer(bytes((self._printer.sensors.realtime(found["query"][0]),)))
            else:
                self._printer.kick()
        starts = range(max(done, len(seen) - LONGEST_REAL_TIME + 1), len(seen))
        self._tail = next((seen[at:] for at in starts if REAL_TIME_BEGUN.fullmatch(seen, at)), b"")
        self._interpreter.feed(part)

    def answer(self, reply: bytes) -> None:
        """Send a reply, unless the printer is mute; noise if it garbles."""
        if self.gone or self._half_closed or self._printer.sensors.mute:
            return
        with contextlib.suppress(OSError):
            self.connection.send(GARBAGE if self._printer.sensors.garbling else reply, socket.MSG_DONTWAIT)

    def sensors_changed(self) -> None:
        """Send a frame if watched and different, end our side if told to, print on if possible."""
        if self._printer.sensors.half_closed and isinstance(self.connection, socket.socket) and not self._half_closed:
            self._half_closed = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
        frame = self._printer.sensors.asb()
        if self._watched and frame != self._last_frame:
            self._last_frame = frame
            self.answer(frame)
        self._interpreter.go_on()

    def drop(self) -> None:
        """End the connection at once."""
        self.gone = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self.connection.close()

    def _watch(self, on: bool) -> None:
        self._watched = on
        if on:
            self._last_frame = self._printer.sensors.asb()
            self.answer(self._last_frame)
