"""Wrong PINs slow a kiosk down, whichever card they were tried on; the card counts beside this. Pure."""

from __future__ import annotations

from dataclasses import dataclass

FREE_TRIES = 3
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 3600.0


@dataclass(frozen=True)
class Lockout:
    """How many PINs were wrong since the last right one, and until when (monotonic, in seconds) no other is sent."""

    wrong: int = 0
    until_s: float = 0.0

    def left_s(self, now_s: float) -> float:
        """Seconds until the next PIN may be sent; 0 when it may be sent now."""
        return max(0.0, self.until_s - now_s)

    def after_wrong(self, now_s: float) -> Lockout:
        """Another wrong PIN: after the free tries each one doubles the pause."""
        wrong = self.wrong + 1
        if wrong < FREE_TRIES:
            return Lockout(wrong)
        doublings = min(wrong - FREE_TRIES, 20)  # far beyond the longest pause
        return Lockout(wrong, now_s + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**doublings))
