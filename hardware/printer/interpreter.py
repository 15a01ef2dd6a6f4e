"""ESC/POS as a printer reads it: bytes in, paper and answers out. No sockets, no threads.

Only what decides lengths is exact for every command, so that an unknown setting never shifts the ones after it; what
changes the paper is drawn for text, rasters, native QR codes and cuts.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Protocol

from hardware.printer.dots import from_packed, turned
from hardware.printer.strip import Strip

ESC, GS, FS, DLE = 0x1B, 0x1D, 0x1C, 0x10

ARGUMENTS: dict[bytes, int] = {
    **{b"\x1b" + bytes((code,)): 0 for code in b"@2iml<SL\x0c"},
    **{b"\x1b" + bytes((code,)): 1 for code in b"!aEG-3dJtRMV{ =rTUeCK%"},
    **{b"\x1b" + bytes((code,)): 2 for code in b"$\\c"},
    b"\x1bp": 3,
    b"\x1bW": 8,
    **{b"\x1d" + bytes((code,)): 1 for code in b"!BHfhwaIrbE/T"},
    **{b"\x1d" + bytes((code,)): 2 for code in b"LWP$\\"},
    b"\x1d:": 0,
    b"\x1d^": 3,
    **{b"\x1c" + bytes((code,)): 0 for code in b"&."},
    **{b"\x1c" + bytes((code,)): 1 for code in b"!C-W"},
    b"\x1cS": 2,
    b"\x1cp": 2,
}
"""How many bytes follow each command of fixed length."""

CODE_PAGES = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
ESC_STAR_COLUMN_BYTES = {0: 1, 1: 1, 32: 3, 33: 3}
MAX_COMMAND = 4 * 1024 * 1024


class Body(Protocol):
    """The printer around the interpreter: its sensors and its cutter."""

    def can_print(self) -> bool:
        """Whether paper can move now."""

    def cut(self) -> None:
        """Cut the paper; may leave the printer unable to print."""

    def paper_byte(self) -> int | None:
        """The answer to GS r 1, None for none."""

    def drawer_byte(self) -> int:
        """The answer to GS r 2."""

    def kick(self) -> None:
        """A pulse to the cash drawer's connector."""


class Interpreter:
    """Reads one connection's bytes; stops where the printer cannot print and goes on from there later."""

    def __init__(
        self, strip: Strip, body: Body, answer: Callable[[bytes], None], watch: Callable[[bool], None]
    ) -> None:
        self._strip, self._body, self._answer, self._watch = strip, body, answer, watch
        self._buffer = bytearray()
        self._running = False
        self._decoder = codecs.getincrementaldecoder("gb18030")("replace")
        self._chinese = True
        self._code_page = "cp437"
        self._qr_text, self._qr_module = "", 4
        self._actions: dict[bytes, Callable[[bytes], None]] = {
            b"\x1b@": lambda _: self._reset(),
            b"\x1b!": self._mode,
            b"\x1ba": lambda rest: self._strip.restyle(align=rest[0] & 3),
            b"\x1bE": lambda rest: self._strip.restyle(bold=bool(rest[0] & 1)),
            b"\x1bd": self._feed_lines,
            b"\x1bJ": self._feed_dots,
            b"\x1bt": self._set_code_page,
            b"\x1bp": lambda _: self._body.kick(),
            b"\x1bi": lambda _: self._cut(),
            b"\x1bm": lambda _: self._cut(),
            b"\x1d!": lambda rest: self._strip.restyle(wide=(rest[0] >> 4 & 7) + 1, high=(rest[0] & 7) + 1),
            b"\x1da": lambda rest: self._watch(bool(rest[0])),
            b"\x1dr": self._transmit,
            b"\x1dI": lambda _: self._answer(b"_EMULATED\x00"),
            b"\x1c&": lambda _: self._set_chinese(True),
            b"\x1c.": lambda _: self._set_chinese(False),
        }

    @property
    def waiting(self) -> int:
        """Bytes taken but not yet printed."""
        return len(self._buffer)

    def feed(self, part: bytes) -> None:
        """Take bytes and print as far as possible."""
        self._buffer += part
        self.go_on()

    def go_on(self) -> None:
        """Print what waits, after paper came back or the cover was closed."""
        if self._running:
            return  # a cut told the printer's listeners, and one of them came back here
        self._running = True
        try:
            self._run()
        finally:
            self._running = False

    def _run(self) -> None:
        while self._buffer and self._body.can_print():
            used = self._step(self._buffer)
            if used == 0:
                if len(self._buffer) > MAX_COMMAND:
                    self._buffer.clear()
                return
            del self._buffer[:used]

    def _step(self, b: bytearray) -> int:
        """Carry out one command or run of text: how many bytes it took, 0 when it is not all here yet."""
        if b[0] not in (ESC, GS, FS, DLE):
            return self._text(b)
        if len(b) < 2:
            return 0
        if b[0] == DLE:
            return self._skip_realtime(b)
        head = bytes(b[:2])
        length = ARGUMENTS.get(head)
        if length is None:
            return self._long(head, b)
        if len(b) < 2 + length:
            return 0
        action = self._actions.get(head)
        if action is not None:
            action(bytes(b[2 : 2 + length]))
        return 2 + length

    def _skip_realtime(self, b: bytearray) -> int:
        """Real-time commands were carried out on arrival; here they only take their room."""
        size = 3 if b[1] in (0x04, 0x05) else 5 if b[1] == 0x14 else 1
        return size if len(b) >= size else 0

    def _text(self, b: bytearray) -> int:
        stops = (at for at, byte in enumerate(b) if byte < 0x20)
        end = next(stops, len(b))
        if end:
            run = bytes(b[:end])
            text = self._decoder.decode(run) if self._chinese else run.decode(self._code_page, "replace")
            self._strip.write(text)
            return end
        if b[0] == 0x0A:
            self._strip.end_line()
        elif b[0] == 0x09:
            self._strip.write("    ")
        return 1

    def _long(self, head: bytes, b: bytearray) -> int:
        """Commands that say their own length."""
        if head in (b"\x1d(", b"\x1c("):
            return self._function(b)
        if head == b"\x1dv":
            return self._raster(b)
        if head == b"\x1dV":
            return self._cut_command(b)
        if head == b"\x1b*":
            return self._columns(b)
        if head == b"\x1dk":
            return self._barcode(b)
        if head == b"\x1bD":
            end = b.find(0, 2)
            return end + 1 if end >= 0 else 0
        return 2  # unknown: real printers drop it too

    def _raster(self, b: bytearray) -> int:
        if len(b) < 8:
            return 0
        stride, rows = b[4] | b[5] << 8, b[6] | b[7] << 8
        total = 8 + stride * rows
        if len(b) < total:
            return 0
        if stride and rows:
            self._strip.dots(from_packed(bytes(b[8:total]), 8 * stride, rows))
        return total

    def _columns(self, b: bytearray) -> int:
        """ESC *: a picture eight or twenty-four dots high, column by column."""
        if len(b) < 5:
            return 0
        deep, count = ESC_STAR_COLUMN_BYTES.get(b[2], 1), b[3] | b[4] << 8
        total = 5 + deep * count
        if len(b) < total:
            return 0
        if count:
            self._strip.dots(turned(from_packed(bytes(b[5:total]), 8 * deep, count)))
        return total

    def _barcode(self, b: bytearray) -> int:
        """GS k: only its length matters here; bars are not drawn."""
        if len(b) < 4:
            return 0
        if b[2] <= 6:
            end = b.find(0, 3)
            return end + 1 if end >= 0 else 0
        return 4 + b[3] if len(b) >= 4 + b[3] else 0

    def _cut_command(self, b: bytearray) -> int:
        if len(b) < 3:
            return 0
        size = 3 if b[2] in (0, 1, 48, 49) else 4
        if len(b) < size:
            return 0
        if size == 4:
            self._strip.end_line(feed=False)
            self._strip.feed(b[3])
        self._cut()
        return size

    def _function(self, b: bytearray) -> int:
        """GS ( X and FS ( X: two length bytes, then the function."""
        if len(b) < 5:
            return 0
        total = 5 + (b[3] | b[4] << 8)
        if len(b) < total:
            return 0
        body = bytes(b[5:total])
        if bytes(b[:3]) == b"\x1d(k" and body[:1] == b"1":
            self._native_qr(body[1:])
        elif bytes(b[:3]) == b"\x1d(H" and body[:2] == b"00" and len(body) == 6:
            self._answer(b"\x37\x22" + body[2:] + b"\x00")
        return total

    def _native_qr(self, body: bytes) -> None:
        function, rest = body[:1], body[1:]
        if function == b"C" and rest:
            self._qr_module = max(1, min(rest[0], 16))
        elif function == b"P":
            self._qr_text = rest[1:].decode("utf-8", "replace")
        elif function == b"Q" and self._qr_text:
            self._strip.qr(self._qr_text, self._qr_module)

    def _reset(self) -> None:
        self._strip.end_line(feed=False)
        self._strip.restyle(bold=False, wide=1, high=1, align=0)
        self._code_page = "cp437"

    def _mode(self, rest: bytes) -> None:
        self._strip.restyle(bold=bool(rest[0] & 8), high=2 if rest[0] & 16 else 1, wide=2 if rest[0] & 32 else 1)

    def _feed_lines(self, rest: bytes) -> None:
        self._strip.end_line(feed=False)
        self._strip.feed(30 * rest[0])

    def _feed_dots(self, rest: bytes) -> None:
        self._strip.end_line(feed=False)
        self._strip.feed(rest[0])

    def _set_code_page(self, rest: bytes) -> None:
        self._code_page = CODE_PAGES.get(rest[0], "cp437")

    def _set_chinese(self, on: bool) -> None:
        self._chinese = on

    def _transmit(self, rest: bytes) -> None:
        if rest[0] in (1, 49):
            paper = self._body.paper_byte()
            self._answer(b"" if paper is None else bytes((paper,)))
        elif rest[0] in (2, 50):
            self._answer(bytes((self._body.drawer_byte(),)))

    def _cut(self) -> None:
        self._strip.end_line(feed=False)
        self._body.cut()
