"""The made-up staff of the demonstration: one authority a process, and a card for each role."""

from __future__ import annotations

from functools import cache

from hardware.cards.sim.piv import PivCard, StaffOffice
from hardware.cards.staff_roots import TECHNICIAN


@cache
def made_up_office() -> StaffOffice:
    """The authority that certifies the made-up staff; nobody outside this process can sign in its name."""
    return StaffOffice()


def made_up_roots() -> tuple[bytes, ...]:
    """What a demonstration's kiosk trusts."""
    return (made_up_office().root,)


def staff_card(role: str = TECHNICIAN, name: str = "LEE, Made Up") -> PivCard:
    """A new card of a made-up member of staff; its PIN is piv.MADE_UP_PIN."""
    return made_up_office().card(name, role)
