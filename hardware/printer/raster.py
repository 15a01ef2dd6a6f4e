"""A slip as dots: one bit a dot, and the same dots as PNG or as ESC/POS raster commands."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

BAND_ROWS = 128
"""Rows sent in one GS v 0 command at most: small enough for any printer's buffer."""

LEAST_BAND_ROWS = 4
"""Rows before a band may end where blank and black rows meet: fewer would only send more headers."""

_BLACK_RUN = re.compile("1+")

RESET = b"\x1b@"
FEED_AND_CUT = b"\x1dVB\x00"
"""GS V 66 0: feed to the cutter and cut."""


@dataclass(frozen=True)
class Raster:
    """`width` x `height` dots; `packed` holds rows of `stride` bytes, leftmost dot in the highest bit, 1 is black."""

    width: int
    height: int
    packed: bytes

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or len(self.packed) != self.stride * self.height:
            raise ValueError("raster size and bytes disagree")

    @property
    def stride(self) -> int:
        """Bytes in a row."""
        return (self.width + 7) // 8

    def png(self) -> bytes:
        """The slip as a 1-bit PNG, black on white."""
        return self._file("PNG")

    def svg(self, dpi: int = 203) -> str:
        """The slip as an SVG of its true size: one path, a rectangle for each run of black dots."""
        runs = "".join(
            f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
            for y, row in enumerate(self._rows())
            for run in _BLACK_RUN.finditer(f"{int.from_bytes(row):0{8 * len(row)}b}"[: self.width])
        )
        width_mm, height_mm = self.width * 25.4 / dpi, self.height * 25.4 / dpi
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:.2f}mm" height="{height_mm:.2f}mm" '
            f'viewBox="0 0 {self.width} {self.height}"><path fill="white" d="M0 0h{self.width}v{self.height}H0z"/>'
            f'<path shape-rendering="crispEdges" d="{runs}"/></svg>'
        )

    def pdf(self, dpi: int = 203) -> bytes:
        """The slip as a one-page PDF of its true size; a picture, so for keeping and not for screen readers."""
        return self._file("PDF", resolution=float(dpi))

    def _file(self, kind: str, **how: float) -> bytes:
        from PIL import Image, ImageOps

        picture = ImageOps.invert(Image.frombytes("1", (self.width, self.height), self.packed).convert("L"))
        out = io.BytesIO()
        picture.convert("1", dither=Image.Dither.NONE).save(out, kind, **how)
        return out.getvalue()

    def escpos(self) -> bytes:
        """GS v 0 commands, each band only as wide as its rightmost black dot: blank paper costs almost no bytes."""
        rows = self._rows()
        return b"".join(_band(rows[start:end]) for start, end in _bands([any(row) for row in rows]))

    def _rows(self) -> list[bytes]:
        return [self.packed[at : at + self.stride] for at in range(0, len(self.packed), self.stride)]

    def job(self) -> bytes:
        """The whole slip as a printer takes it: reset, dots, feed and cut."""
        return RESET + self.escpos() + FEED_AND_CUT


def _bands(black: list[bool]) -> Iterator[tuple[int, int]]:
    """Where to cut the rows: at the change between black and blank ones, but not too often and not too rarely."""
    changes = [at for at, (above, below) in enumerate(pairwise(black), 1) if above != below]
    start = 0
    for end in (*changes, len(black)):
        if end - start < LEAST_BAND_ROWS and end != len(black):
            continue
        while end - start > BAND_ROWS:
            yield start, start + BAND_ROWS
            start += BAND_ROWS
        yield start, end
        start = end


def _band(rows: list[bytes]) -> bytes:
    """One GS v 0 command for some rows."""
    used = max(1, *(len(row.rstrip(b"\0")) for row in rows))
    size = bytes((used & 0xFF, used >> 8, len(rows) & 0xFF, len(rows) >> 8))
    return b"\x1dv0\x00" + size + without_realtime_commands(b"".join(row[:used] for row in rows))


def without_realtime_commands(dots: bytes) -> bytes:
    """Set one more dot where dots spell DLE EOT, DLE ENQ or DLE DC4.

    Printers look for these in image bytes too and would answer, recover or kick the drawer (Epson, notes on "DLE EOT").
    """
    for command in (b"\x04", b"\x05", b"\x14"):
        dots = dots.replace(b"\x10" + command, b"\x18" + command)
    return dots
