"""A member of staff at the kiosk: the PIN under way, and who came in. Shares nothing with a visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from hardware.cards import Pin, Staff

LONGEST_PIN: Final = 8
SHORTEST_PIN: Final = 6
Place = Literal["pin", "checking", "in", "refused"]
FINAL: Final = frozenset(
    {"pin_blocked", "staff_card_foreign", "staff_card_expired", "staff_card_cloned", "card_unknown", "card_invalid"}
)
"""Faults after which another PIN on this card makes no sense."""


@dataclass(frozen=True)
class StaffEntry:
    """Where a member of staff stands: typing the PIN, waiting for the card, in, or refused for good."""

    place: Place = "pin"
    digits: str = field(default="", repr=False)
    fault: str = ""
    detail: str = ""
    staff: Staff | None = None

    def typed(self, digit: str) -> StaffEntry:
        """One more digit."""
        if self.place != "pin" or not (digit.isascii() and digit.isdigit()):
            return self
        return replace(self, digits=(self.digits + digit)[:LONGEST_PIN], fault="", detail="")

    def erased(self) -> StaffEntry:
        """The last digit taken back."""
        return replace(self, digits=self.digits[:-1])

    @property
    def ready(self) -> bool:
        """Whether a PIN of a possible length stands there."""
        return self.place == "pin" and SHORTEST_PIN <= len(self.digits) <= LONGEST_PIN

    def sent(self) -> tuple[StaffEntry, Pin]:
        """The PIN is on its way to the card, and nowhere else any more."""
        return StaffEntry("checking"), Pin(self.digits)

    def refused(self, code: str, detail: str) -> StaffEntry:
        """The card, or the kiosk, said no."""
        return StaffEntry("refused" if code in FINAL else "pin", fault=code, detail=detail)

    def came_in(self, staff: Staff) -> StaffEntry:
        """The card proved itself."""
        return StaffEntry("in", staff=staff)
