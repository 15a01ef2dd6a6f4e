"""What the reader found on a picture: lines of text with their place and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass, field

Corner = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """One line as it was read: `sure` from 0 to 1, corners from its top left, clockwise, in pixels."""

    text: str = field(repr=False)
    sure: float
    corners: tuple[Corner, Corner, Corner, Corner] = field(repr=False)

    @property
    def top(self) -> float:
        """Of the line's middle, in pixels from the picture's top."""
        return sum(y for _, y in self.corners) / 4

    @property
    def left(self) -> float:
        """Of the line, in pixels."""
        return min(x for x, _ in self.corners)

    @property
    def height(self) -> float:
        """Of the letters, about, in pixels."""
        (_, y0), _, _, (_, y3) = self.corners
        return abs(y3 - y0)


@dataclass(frozen=True)
class Page:
    """The lines of one picture from top to bottom; `turned` is how it had to be turned to be read, in degrees."""

    width: int
    height: int
    lines: tuple[Line, ...]
    turned: int = 0

    @property
    def sure(self) -> float:
        """The mean sureness of its letters, 0 without any."""
        letters = sum(len(line.text) for line in self.lines)
        return sum(line.sure * len(line.text) for line in self.lines) / letters if letters else 0.0
