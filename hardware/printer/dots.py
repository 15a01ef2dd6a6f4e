"""Dots on paper while they are put together: a picture of one bit each, in which 1 is black.

Pillow's mode "1" can all that a slip needs; it loads with the first slip and not before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from hardware.printer.raster import Raster

if TYPE_CHECKING:
    from PIL.Image import Image

Dots: TypeAlias = "Image"
"""A picture of Pillow's mode "1"."""

INK: Final = 112
"""Grey level of 255 from which a drawn letter's pixel is a dot."""

_BLACK: Final = [0] * INK + [255] * (256 - INK)


def blank(width: int, height: int) -> Dots:
    """Paper without a dot."""
    from PIL import Image

    return Image.new("1", (width, height))


def stamp(paper: Dots, dots: Dots, left: int, top: int) -> None:
    """Add the black dots of one picture to another; what would leave the paper is left out."""
    paper.paste(1, (left, top), dots)


def put(paper: Dots, dots: Dots, left: int, top: int) -> None:
    """Put a picture in place of what is there; what would leave the paper is left out."""
    paper.paste(dots, (left, top))


def stacked(parts: Sequence[Dots], width: int, *, edge: int = 0, most: int | None = None) -> Dots:
    """Pictures below each other, `edge` blank rows and columns around them; no more than `most` rows of them."""
    rows = sum(part.height for part in parts)
    rows = rows if most is None else min(rows, most)
    paper, top = blank(width + 2 * edge, rows + 2 * edge), edge
    for part in parts:
        room = edge + rows - top
        put(paper, part if part.height <= room else part.crop((0, 0, part.width, max(0, room))), edge, top)
        top += part.height
        if top >= edge + rows:
            break
    return paper


def enlarged(dots: Dots, across: int, down: int) -> Dots:
    """Every dot as a block of `across` x `down` dots."""
    from PIL import Image

    return dots.resize((dots.width * across, dots.height * down), Image.Resampling.NEAREST)


def from_grey(grey: bytes, width: int, height: int) -> Dots:
    """A drawn letter: black where its grey, a byte a pixel, reaches `INK`."""
    from PIL import Image

    return Image.frombytes("L", (width, height), grey).point(_BLACK, "1")


def from_modules(rows: Sequence[Iterable[bool]], module: int) -> Dots:
    """A code: every module as a square of `module` dots."""
    grey = bytes(255 * on for row in rows for on in row)
    return enlarged(from_grey(grey, len(grey) // len(rows), len(rows)), module, module)


def from_packed(packed: bytes, width: int, height: int) -> Dots:
    """Rows of packed bits, leftmost dot in the highest one; `width` counts whole bytes."""
    from PIL import Image

    return Image.frombytes("1", (width, height), packed)


def turned(dots: Dots) -> Dots:
    """Rows as columns and columns as rows."""
    from PIL import Image

    return dots.transpose(Image.Transpose.TRANSPOSE)


def raster_of(dots: Dots) -> Raster:
    """The picture as it goes to a printer or a screen."""
    return Raster(dots.width, dots.height, dots.tobytes())
