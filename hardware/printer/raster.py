"""A slip as dots: one bit a dot, and the same dots as PNG or as ESC/POS raster commands."""

from __future__ import annotations

import io
from dataclasses import dataclass

BAND_ROWS = 128
"""Rows sent in one GS v 0 command: small enough for any printer's buffer, large enough to keep the motor running."""

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
        from PIL import Image, ImageOps

        picture = ImageOps.invert(Image.frombytes("1", (self.width, self.height), self.packed).convert("L"))
        out = io.BytesIO()
        picture.convert("1", dither=Image.Dither.NONE).save(out, "PNG")
        return out.getvalue()

    def escpos(self) -> bytes:
        """GS v 0 commands, each band only as wide as its rightmost black dot: blank paper costs almost no bytes."""
        bands = (
            self.packed[at : at + BAND_ROWS * self.stride] for at in range(0, len(self.packed), BAND_ROWS * self.stride)
        )
        return b"".join(_band(band, self.stride) for band in bands)

    def job(self) -> bytes:
        """The whole slip as a printer takes it: reset, dots, feed and cut."""
        return RESET + self.escpos() + FEED_AND_CUT


def _band(band: bytes, stride: int) -> bytes:
    """One GS v 0 command for some rows of `stride` bytes."""
    rows = len(band) // stride
    used = next((n for n in range(stride, 1, -1) if any(band[n - 1 :: stride])), 1)
    dots = band if used == stride else b"".join(band[at : at + used] for at in range(0, len(band), stride))
    size = bytes((used & 0xFF, used >> 8, rows & 0xFF, rows >> 8))
    return b"\x1dv0\x00" + size + without_realtime_commands(dots)


def without_realtime_commands(dots: bytes) -> bytes:
    """Set one more dot where dots spell DLE EOT, DLE ENQ or DLE DC4.

    Printers look for these in image bytes too and would answer, recover or kick the drawer (Epson, notes on "DLE EOT").
    """
    for command in (b"\x04", b"\x05", b"\x14"):
        dots = dots.replace(b"\x10" + command, b"\x18" + command)
    return dots
