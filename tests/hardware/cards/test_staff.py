"""Staff log in with a PIV card, and nobody else does."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from hardware.cards import AccessKeyNeeded, CardFault, CardGone, Pin, Staff, StaffRead, people, staff
from hardware.cards.faults import FAULT_CODES, CardError
from hardware.cards.identify import KeyNeededError, staff_login
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.demo_card import DemoCard, OtherCard
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.piv import MADE_UP_PIN, PivCard, StaffOffice
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.cards.simulated import SimulatedCardReader
from hardware.device import State, Supervisor
from tests.hardware.cards.conftest import Heard

ROLES = ("technician", "officer")


@cache
def office() -> StaffOffice:
    return StaffOffice()


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def trust() -> staff.StaffTrust:
    return staff.StaffTrust((office().root,), ROLES)


class Contact:
    """A card in the hand that remembers what it was sent."""

    def __init__(self, card: EmulatedCard) -> None:
        self.card = card
        self.sent: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.sent.append(command)
        return self.card.respond(command)


def log_in(card: EmulatedCard, pin: str | None = MADE_UP_PIN, now: datetime | None = None) -> Staff:
    return staff.log_in(Contact(card), Pin(pin) if pin else None, trust(), now or datetime.now(UTC))


def refusal(card: EmulatedCard, pin: str | None = MADE_UP_PIN, now: datetime | None = None) -> CardError:
    with pytest.raises(CardError) as caught:
        log_in(card, pin, now)
    assert isinstance(caught.value, KeyNeededError) or caught.value.fault.code in FAULT_CODES
    return caught.value


@pytest.mark.parametrize(
    "make",
    [
        lambda: ec.generate_private_key(ec.SECP256R1()),
        lambda: ec.generate_private_key(ec.SECP384R1()),
        rsa_key,
    ],
)
def test_the_holder_of_card_and_pin_is_let_in(make: Callable[[], ec.EllipticCurvePrivateKey]) -> None:
    found = log_in(office().card("CHEUNG, Made Up", "officer", key=make()))
    assert (found.name, found.role) == ("CHEUNG, Made Up", "officer")
    assert found.expires > datetime.now(UTC)


def test_a_login_takes_few_commands_and_each_challenge_is_new() -> None:
    card = office().card()
    seen = set()
    for _ in range(3):
        contact = Contact(card)
        staff.log_in(contact, Pin(MADE_UP_PIN), trust(), datetime.now(UTC))
        assert len(contact.sent) <= 7
        seen.add(contact.sent[-1])
    assert len(seen) == 3


def test_the_card_is_judged_before_the_pin_is_asked_for() -> None:
    error = refusal(office().card(), pin=None)
    assert isinstance(error, KeyNeededError)
    assert error.methods == ("pin",)
    assert refusal(StaffOffice().card(), pin=None).fault.code == "staff_card_foreign"


def test_wrong_pins_are_counted_down_to_blocked() -> None:
    card = office().card()
    codes = [refusal(card, "000000").fault for _ in range(4)]
    assert [fault.code for fault in codes] == ["pin_wrong", "pin_last_try", "pin_blocked", "pin_blocked"]
    assert codes[0].detail == "2 tries left"
    assert refusal(card).fault.code == "pin_blocked"


@pytest.mark.parametrize("pin", ["", "12345", "123456789", "１２３４５６"])
def test_a_pin_that_cannot_be_right_costs_no_try(pin: str) -> None:
    card = office().card()
    with pytest.raises(CardError, match="pin_wrong"):
        staff.verify_pin(Contact(card), Pin(pin))
    assert card.tries == 3


def test_a_card_of_another_house_is_foreign_even_under_the_same_name() -> None:
    card = StaffOffice().card()
    assert refusal(card).fault.code == "staff_card_foreign"
    assert card.tries == 3


def test_a_role_the_kiosk_does_not_know_is_foreign() -> None:
    assert refusal(office().card(role="cleaner")).fault.code == "staff_card_foreign"


def test_an_expired_card_is_said_so() -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    assert refusal(office().card(), now=later).fault.code == "staff_card_expired"


def test_a_copied_certificate_without_its_key_is_a_clone() -> None:
    real = office().card()
    clone = PivCard(real.certificate, ec.generate_private_key(ec.SECP256R1()))
    assert refusal(clone).fault.code == "staff_card_cloned"


def test_a_card_without_a_certificate_is_foreign() -> None:
    class Blank(PivCard):
        def _get_data(self, command: object) -> tuple[bytes, int]:
            return b"", 0x6A82

    card = office().card()
    assert refusal(Blank(card.certificate, card.key)).fault.code == "staff_card_foreign"


@pytest.mark.parametrize("card", [OtherCard(), DemoCard(people.ELDER.document())])
def test_a_card_that_is_no_staff_card_is_unknown(card: EmulatedCard) -> None:
    assert refusal(card).fault.code == "card_unknown"


@pytest.mark.parametrize("position", range(2, 6))
def test_a_garbled_answer_is_a_typed_fault(position: int) -> None:
    class Garbled(Contact):
        def transmit(self, command: bytes) -> bytes:
            answer = super().transmit(command)
            return bytes((answer[0] ^ 0xFF,)) + answer[1:] if len(self.sent) == position else answer

    with pytest.raises(CardError) as caught:
        staff.log_in(Garbled(office().card()), Pin(MADE_UP_PIN), trust(), datetime.now(UTC))
    assert caught.value.fault.code in FAULT_CODES


def test_a_pin_does_not_show() -> None:
    assert MADE_UP_PIN not in repr(Pin(MADE_UP_PIN))


Put = Callable[[EmulatedCard], None]


@pytest.fixture(params=["pcsc", "simulated"])
def reader(request: pytest.FixtureRequest, heard: Heard) -> Iterator[tuple[PcscCardReader | SimulatedCardReader, Put]]:
    """A staff reader of either kind, running, and the way to put a card on it."""
    read = staff_login((office().root,), ROLES)
    device: PcscCardReader | SimulatedCardReader
    if request.param == "simulated":
        device = SimulatedCardReader(name="staff", read=read, pace_s=0.0)
        put: Put = device.present
    else:
        lab: CardLab = request.getfixturevalue("lab")
        device, put = PcscCardReader("00 01", name="staff", read=read), lab.slots[1].insert
    supervisor = Supervisor(device, heard)
    supervisor.start()
    heard.state(State.READY)
    yield device, put
    assert supervisor.stop()


def test_the_reader_asks_for_the_pin_and_tells_who_came(
    reader: tuple[PcscCardReader | SimulatedCardReader, Put], heard: Heard
) -> None:
    device, put = reader
    put(office().card("CHEUNG, Made Up"))
    assert heard.next(AccessKeyNeeded).methods == ("pin",)
    device.unlock(Pin(MADE_UP_PIN))
    assert heard.next(StaffRead).staff.name == "CHEUNG, Made Up"


def test_a_wrong_pin_is_sent_once_and_not_again_by_itself(
    reader: tuple[PcscCardReader | SimulatedCardReader, Put], heard: Heard
) -> None:
    device, put = reader
    card = office().card()
    put(card)
    heard.next(AccessKeyNeeded)
    device.unlock(Pin("000000"))
    assert heard.next(CardFault).fault.code == "pin_wrong"
    device.look_again()
    heard.next(CardGone)
    heard.next(AccessKeyNeeded)
    assert card.tries == 2
    device.unlock(Pin(MADE_UP_PIN))
    heard.next(StaffRead)
    assert card.tries == 3


def test_opensc_accepts_the_emulated_card_and_its_signature(lab: CardLab, tmp_path: Path) -> None:
    card = office().card()
    digest, signature = tmp_path / "digest", tmp_path / "signature"
    digest.write_bytes(bytes(range(32)))
    lab.slots[0].insert(card)
    command = ["pkcs11-tool", "--login", "--pin", MADE_UP_PIN, "--sign", "--mechanism", "ECDSA"]
    command += ["--id", "01", "--signature-format", "openssl"]
    command += ["--input-file", str(digest), "--output-file", str(signature)]
    heard = Heard()
    waiting = Supervisor(PcscCardReader("00 00"), heard)
    waiting.start()
    heard.next(CardFault)  # our own reader has seen the card, so OpenSC will
    assert waiting.stop()
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    public = x509.load_der_x509_certificate(card.certificate).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature.read_bytes(), digest.read_bytes(), ec.ECDSA(Prehashed(hashes.SHA256())))
