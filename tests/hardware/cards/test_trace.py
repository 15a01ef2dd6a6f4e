"""A trace shows what was said to a card without showing what was said."""

from __future__ import annotations

import pytest

from hardware.cards import people
from hardware.cards.documents import Pin
from hardware.cards.faults import CardError
from hardware.cards.identify import card_reading, staff_login
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.piv import MADE_UP_PIN, StaffOffice
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.cards.trace import Line, traced


class Contact:
    """A card in the hand, pulled at the given command."""

    def __init__(self, card: EmulatedCard, pulled_at: int = 0) -> None:
        self.card = card
        self.count = 0
        self.pulled_at = pulled_at

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        if self.count == self.pulled_at:
            raise CardError("card_removed")
        return self.card.respond(command)


def test_each_exchange_is_one_line_with_its_status_and_time() -> None:
    lines: list[Line] = []
    clock = iter(range(1000))
    read = traced(card_reading(), lines.append, lambda: float(next(clock)))
    contact = Contact(DemoCard(people.ELDER.document()))
    assert read(contact, None, lambda event: None) == people.ELDER.document()
    assert len(lines) == contact.count
    assert lines[0] == Line("00A40400", 16, lines[0].received_bytes, "9000", 1000.0)
    assert {line.header[:4] for line in lines[1:]} == {"00B0"}


def test_a_pulled_card_is_a_line_too() -> None:
    lines: list[Line] = []
    with pytest.raises(CardError):
        traced(card_reading(), lines.append)(Contact(DemoCard(people.ELDER.document()), 3), None, lambda *step: None)
    assert lines[-1].status == "card_removed"


def test_no_pin_and_no_name_is_in_a_trace() -> None:
    office, lines = StaffOffice(), list[Line]()
    read = traced(staff_login((office.root,), ("technician",)), lines.append)
    read(Contact(office.card("CHEUNG, Made Up")), Pin(MADE_UP_PIN), lambda *step: None)
    shown = repr(lines)
    for secret in (MADE_UP_PIN, MADE_UP_PIN.encode().hex(), "CHEUNG", b"CHEUNG".hex().upper()):
        assert secret not in shown
