"""The three sheets a page is drawn on; the one that suits the glass is fitted to it as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Sheet:
    """A sheet's size in pixels, and the largest text that still leaves room for a question with its answers."""

    name: str
    width: int
    height: int
    largest_text: float = 1.7

    @property
    def landscape(self) -> bool:
        """Whether the bar is a column at the side."""
        return self.width > self.height


PORTRAIT: Final = Sheet("portrait", 1080, 1920)
WIDE: Final = Sheet("wide", 1920, 1080)
LAPTOP: Final = Sheet("laptop", 1280, 800, 1.2)
SHEETS: Final = {sheet.name: sheet for sheet in (PORTRAIT, WIDE, LAPTOP)}
WIDE_FROM: Final = 1600
"""A narrower landscape window would show the wide sheet too small to read."""


def sheet_for(width: int, height: int, wanted: str = "auto") -> Sheet:
    """The sheet of that name; for "auto" the one that suits a window of `width` x `height` pixels."""
    if wanted in SHEETS:
        return SHEETS[wanted]
    if width <= height:
        return PORTRAIT
    return WIDE if width >= WIDE_FROM else LAPTOP
