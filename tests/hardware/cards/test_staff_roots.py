"""Who certifies staff: the certificates in a folder; and a reader that takes residents' and staff's cards alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hardware.cards import IdentityDocument, Pin, Staff
from hardware.cards.apdu import Transport
from hardware.cards.faults import CardError
from hardware.cards.identify import KeyNeededError, card_reading, staff_login, with_staff
from hardware.cards.people import ELDER
from hardware.cards.sim.demo_card import DemoCard, OtherCard
from hardware.cards.sim.piv import MADE_UP_PIN, StaffOffice
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.cards.staff_roots import ROLES, staff_roots


def test_certificates_of_both_kinds_are_found_and_other_files_left_out(tmp_path: Path) -> None:
    one, two = StaffOffice().root, StaffOffice().root
    (tmp_path / "one.der").write_bytes(one)
    (tmp_path / "two.pem").write_bytes(x509.load_der_x509_certificate(two).public_bytes(Encoding.PEM))
    (tmp_path / "readme.txt").write_text("no certificate", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    assert set(staff_roots(tmp_path)) == {one, two}
    assert staff_roots(tmp_path / "none") == ()


class Contacts:
    """A card in memory."""

    def __init__(self, card: EmulatedCard) -> None:
        self._card = card

    def transmit(self, command: bytes) -> bytes:
        return self._card.respond(command)


def read(card: EmulatedCard, office: StaffOffice, pin: Pin | None = None) -> IdentityDocument | Staff:
    both = with_staff(card_reading(), staff_login((office.root,), ROLES))
    contacts: Transport = Contacts(card)
    return both(contacts, pin, lambda _: None)


def test_one_reader_takes_residents_and_staff() -> None:
    office = StaffOffice()
    document = read(DemoCard(ELDER.document()), office)
    assert isinstance(document, IdentityDocument)
    card = office.card()
    with pytest.raises(KeyNeededError) as needed:
        read(card, office)
    assert needed.value.methods == ("pin",)
    staff = read(card, office, Pin(MADE_UP_PIN))
    assert isinstance(staff, Staff)
    assert staff.role == "technician"


def test_a_card_that_is_neither_is_unknown() -> None:
    with pytest.raises(CardError) as refused:
        read(OtherCard(), StaffOffice())
    assert refused.value.fault.code == "card_unknown"
