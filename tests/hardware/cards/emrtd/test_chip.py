"""A chip proves that it is the one its data was issued for, and a copy is found out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec as library

from hardware.cards import people
from hardware.cards.emrtd import chip, ec
from hardware.cards.emrtd.curves import BY_NAME
from hardware.cards.faults import CardError
from hardware.cards.sim import chip_keys, issuer
from hardware.cards.sim.chip_keys import ChipSecret
from hardware.cards.sim.emrtd import EmrtdCard
from tests.hardware.cards.emrtd.test_document import OFFERS, Contact, read, utopia

CHIPS: dict[str, Callable[[], ChipSecret]] = {
    "ca-3des": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.1", "secp256r1"),
    "ca-3des-referenced": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.1", "brainpoolP256r1", 7),
    "ca-3des-unsaid": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.1", "secp256r1", says_cipher=False),
    "ca-aes128": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.2", "brainpoolP224r1"),
    "ca-aes192": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.3", "secp384r1", 3),
    "ca-aes256": lambda: chip_keys.chip_authentication(f"{chip.CA_ECDH}.4", "brainpoolP512r1"),
    "aa-rsa-sha1": chip_keys.active_rsa,
    "aa-rsa-sha256": lambda: chip_keys.active_rsa("sha256", 1536),
    "aa-ecdsa": lambda: chip_keys.active_ecdsa("secp256r1"),
    "aa-ecdsa-sha512": lambda: chip_keys.active_ecdsa("brainpoolP512r1", "sha512"),
}


KEY_BYTES = {1: 16, 2: 16, 3: 24, 4: 32}


@cache
def made(name: str) -> ChipSecret:
    return CHIPS[name]()


def card(name: str, **options: object) -> EmrtdCard:
    return utopia().card(people.ELDER, chip=made(name), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("offer", ["bac", "pace-aes128-bp256"])
@pytest.mark.parametrize("name", sorted(CHIPS))
def test_a_chip_with_its_key_is_proved(name: str, offer: str) -> None:
    found = read(Contact(card(name, offer=OFFERS[offer])), issuer.passport_key(people.ELDER))
    assert found.chip_proved
    assert found.verdict.origin == "genuine"
    assert found.document.photo_jpeg == people.ELDER.document().photo_jpeg


def test_a_long_signature_needs_and_gets_an_extended_answer() -> None:
    own = chip_keys.active_rsa("sha256", 2048)
    contact = Contact(utopia().card(people.ELDER, chip=own, extended=4096))
    assert read(contact, issuer.passport_key(people.ELDER)).chip_proved


def test_a_document_without_chip_keys_is_genuine_data_on_a_chip_that_may_be_a_copy() -> None:
    found = read(Contact(utopia().card(people.ELDER)), issuer.passport_key(people.ELDER))
    assert found.verdict.origin == "genuine"
    assert not found.chip_proved


@pytest.mark.parametrize("name", sorted(CHIPS))
def test_a_copy_without_the_key_is_found_out(name: str) -> None:
    copy, other = card(name), CHIPS[name]()
    copy.chip_secret, copy.sign = other.secret, other.sign
    with pytest.raises(CardError) as caught:
        read(Contact(copy), issuer.passport_key(people.ELDER))
    assert (caught.value.fault.code, caught.value.fault.retriable) == ("card_not_genuine", False)


def test_a_copy_cannot_swap_in_a_key_of_its_own() -> None:
    own = chip_keys.active_ecdsa("secp256r1")
    copy = card("aa-ecdsa")
    copy.files, copy.sign = {**copy.files, 0x010F: own.groups[15]}, own.sign
    with pytest.raises(CardError, match="card_not_genuine"):
        read(Contact(copy), issuer.passport_key(people.ELDER))


M1 = bytes.fromhex(
    "9D2784A67F8E7C659973EA1AEA25D95B6C8F91E5002F369F0FBDCE8A3CEC1991B543F1696546C5524CF23A5303CD6C98599F40B79F377B5F"
    "3A1406B3B4D8F96784D23AA88DB7E1032A405E69325FA91A6E86F5C71AEA978264C4A207446DAD4E7292E2DCDA3024B47DA8"
)
HASH = bytes.fromhex("C063AA1E6D22FBD976AB0FE73D94D2D9C6D88127")
NONCE = bytes.fromhex("F173589974BF40C6")


def test_the_worked_example_of_active_authentication() -> None:
    """ICAO 9303-11 appendix F: the opened signature of a 1024-bit key over the example's nonce."""
    opened = b"\x6a" + M1 + HASH + b"\xbc"
    assert len(opened) == 128
    assert chip.recovers(opened, NONCE)
    assert not chip.recovers(opened, NONCE[:-1] + b"\xc7")
    for at in (0, 5, 110, 127):
        assert not chip.recovers(opened[:at] + bytes((opened[at] ^ 1,)) + opened[at + 1 :], NONCE)


@pytest.mark.parametrize("number", sorted(KEY_BYTES))
@pytest.mark.parametrize("name", sorted(ec.LIBRARY_CURVES))
def test_the_session_of_chip_authentication_is_what_another_library_makes_of_it(name: str, number: int) -> None:
    """TR-03110-3 A.2.3: the hash of the shared point's x and a counter, beside OpenSSL's agreement and hashlib."""
    curve, library_curve = BY_NAME[name], ec.LIBRARY_CURVES[name]
    terminal, own = library.generate_private_key(library_curve), library.generate_private_key(library_curve)
    secret = terminal.exchange(library.ECDH(), own.public_key())
    numbers = own.public_key().public_numbers()
    public = ec.Point(numbers.x, numbers.y)
    key = chip.ChipKey(f"{chip.CA_ECDH}.{number}", curve, public, None)
    keys = chip.session_keys(key, ec.multiply(curve, terminal.private_numbers().private_value, public))
    make = hashlib.sha1 if number <= 2 else hashlib.sha256
    enc, mac = (make(secret + bytes((0, 0, 0, count))).digest()[: KEY_BYTES[number]] for count in (1, 2))
    assert keys.ssc == 0
    if number == 1:  # the parity of DES's bytes is set, and means nothing
        assert [byte & 0xFE for byte in keys.enc + keys.mac] == [byte & 0xFE for byte in enc + mac]
    else:
        assert (keys.enc, keys.mac) == (enc, mac)


@pytest.mark.parametrize("opened", [b"", b"\xcc", b"\xbc", b"\x34\xcc", b"\x6b\xbb\xbb" + bytes(40) + b"\xbc"])
def test_an_opened_signature_of_no_form_proves_nothing(opened: bytes) -> None:
    assert not chip.recovers(opened, NONCE)


@pytest.mark.parametrize("data", ["", "6e00", "6e023000", "6e053103020101", "6f00", "6e0431020500"])
def test_a_dg14_of_no_form_is_a_typed_fault_or_offers_nothing(data: str) -> None:
    try:
        assert chip.chip_key(bytes.fromhex(data)) is None
    except CardError as error:
        assert error.fault.code == "card_invalid"  # noqa: PT017 - either outcome is right
