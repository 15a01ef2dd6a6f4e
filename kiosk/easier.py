"""What a resident has switched on to use the kiosk more easily; all of it ends with the visit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TEXT_SIZES: Final = (1.0, 1.2, 1.4, 1.7)
CONTRASTS: Final = ("paper", "white", "black")
CARE_SIZE: Final = 1.2
LARGE: Final = 1.4
"""From this size on there is one column, one field a page, and short labels."""


@dataclass(frozen=True)
class EasierUse:
    """The settings as they were touched; what follows from them is asked of the properties."""

    text_size: float = 1.0
    contrast: str = "paper"
    low_reach: bool = False
    still: bool = False
    slow: bool = False
    care: bool = False

    @property
    def scale(self) -> float:
        """How much larger than usual the text is; care mode brings at least 1.2."""
        return max(self.text_size, CARE_SIZE) if self.care else self.text_size

    @property
    def unmoving(self) -> bool:
        """Whether pages change by a cut."""
        return self.still or self.care

    @property
    def unhurried(self) -> bool:
        """Whether the idle clock gives its longer times."""
        return self.slow or self.care

    @property
    def read_aloud(self) -> bool:
        """Whether pages are read aloud unasked."""
        return self.care


def field_room(scale: float, *, cramped: bool) -> int:
    """How many typed fields stand on one page above the keyboard; one where room is short."""
    if cramped or scale >= LARGE:
        return 1
    return 3 if scale == 1.0 else 2
