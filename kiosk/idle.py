"""The idle clock of a visit: quiet, warning, over. It is given the monotonic time and never looks at the wall."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Quiet:
    """Somebody is here."""


@dataclass(frozen=True)
class Warning:
    """Nobody has touched the kiosk for a while; `seconds_left` (1 to the whole warning) until the wipe."""

    seconds_left: int


@dataclass(frozen=True)
class Over:
    """The visit is to be wiped."""


Idle = Quiet | Warning | Over


@dataclass
class IdleClock:
    """`idle_s` seconds without a touch, then `warn_s` seconds of warning."""

    idle_s: float
    warn_s: float
    touched_at: float = 0.0

    def touch(self, monotonic: float) -> None:
        """Somebody did something."""
        self.touched_at = monotonic

    def look(self, monotonic: float) -> Idle:
        """What the clock says at this moment."""
        left = self.touched_at + self.idle_s + self.warn_s - monotonic
        if left <= 0:
            return Over()
        return Warning(math.ceil(left)) if left <= self.warn_s else Quiet()
