"""Whatever a chip, a card or a module sends, only typed faults come out, soon and in little memory.

Mutations over every parser of this room: TLV, the files of a travel document, what signs them, zones, protected
answers, PACE, Mainland frames and records, the demonstration card, staff certificates, revocation lists.
"""

from __future__ import annotations

import os
import random
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from hardware.cards import demo_card, people, staff, tlv
from hardware.cards.apdu import read_binary, select_application
from hardware.cards.emrtd import (
    card_security,
    chip,
    ec,
    lds,
    master_list,
    mrz,
    pace,
    secure_messaging,
    trust,
    trust_folder,
)
from hardware.cards.emrtd.mrz import Can
from hardware.cards.emrtd.secure_messaging import Keys
from hardware.cards.emrtd.suites import AES_128
from hardware.cards.faults import FAULT_CODES, CardError
from hardware.cards.mainland import frames, pages, record
from hardware.cards.sim import chip_keys, issuer
from hardware.cards.sim.emrtd import card_access, cover
from hardware.cards.sim.piv import StaffOffice
from hardware.cards.sim.sam import MAINLANDERS
from hardware.cards.sim.vpcd import EmulatedCard

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUNDS = 400
LONGEST_S = 1.0  # of our own computing, for one answer
MOST_BYTES = 16 << 20
INTERESTING = (0x00, 0x01, 0x30, 0x7F, 0x80, 0x81, 0x84, 0xFF)
Parser = Callable[[bytes], object]


def judge_whole(store: trust.TrustStore, dg1: bytes) -> Parser:
    def judge(data: bytes) -> object:
        security = trust.open_security_object(data)
        security.check(1, dg1)
        return trust.judge(security, store, NOW)

    return judge


def read_zone(data: bytes) -> object:
    return mrz.parse(data.decode("latin-1")).birth_date(NOW.date())


def targets() -> dict[str, tuple[Parser, bytes]]:
    chosen: dict[str, tuple[Parser, bytes]] = {}
    for scheme, explicit in (("brainpoolP384r1", True), ("secp256r1", False), ("rsa_pss", False)):
        country = issuer.Issuer(scheme, explicit=explicit)
        files = country.files(people.RARE, b"\xff\xd8\xff" + bytes(40))
        store = trust.TrustStore([country.anchor])
        chosen[f"sod-{scheme}"] = (judge_whole(store, files[lds.DG1]), files[lds.SOD])
    chosen["dg1"] = (lds.parse_dg1, files[lds.DG1])
    chosen["dg2"] = (lds.parse_dg2, files[lds.DG2])
    chosen["dg12"] = (lds.parse_dg12, files[lds.DG12])
    chosen["com"] = (lds.parse_com, files[lds.COM])
    chosen["dg11"] = (lds.parse_dg11, files[lds.DG11])
    chosen["card-access"] = (pace.offers, card_access(pace.PaceInfo(f"{pace.ECDH_GM}.2", 13)))
    chosen["zone"] = (read_zone, files[lds.DG1][5:])
    return chosen | signed_targets() | conversation_targets() | other_targets()


def signed_targets() -> dict[str, tuple[Parser, bytes]]:
    """Lists and files that countries sign, beside EF.SOD."""
    country = issuer.Issuer("secp256r1", explicit=False)
    store = trust.TrustStore([country.anchor])
    info = pace.PaceInfo(f"{pace.ECDH_CAM}.2", 13)
    file, secret = country.card_security(info.curve)
    public = ec.multiply(info.curve, secret, ec.generator(info.curve))
    proof = pace.ChipProof(info.curve, public, 1)
    authentication = chip_keys.chip_authentication(f"{chip.CA_ECDH}.2", "brainpoolP256r1")
    return {
        "master-list": (lambda data: master_list.load(data, store).countries, country.master_list([country.anchor])),
        "revocations": (trust_folder.parse_revocations, country.revocations(2, 3)),
        "card-security": (lambda data: card_security.prove(data, proof), file),
        "dg14": (chip.chip_key, authentication.groups[14]),
    }


def conversation_targets() -> dict[str, tuple[Parser, bytes]]:
    """One answer of a conversation, the rest of it as it should be."""

    def reveal(data: bytes) -> object:
        keys = Keys(AES_128, bytes(16), bytes(16))
        return secure_messaging.SecureChannel(Fixed(data), keys).transmit(read_binary(0, 0).encode())

    def pace_nonce(data: bytes) -> object:
        return pace.establish(
            Fixed(b"\x90\x00", data), pace.PaceInfo(f"{pace.ECDH_GM}.2", 13), Can("123456"), os.urandom
        )

    protected = cover(Keys(AES_128, bytes(16), bytes(16), 1), bytes(100), 0x9000, odd=False)
    office = StaffOffice()
    contact = Remembering(office.card())
    contact.transmit(select_application(staff.AID).encode())
    staff.read_certificate(contact)
    return {
        "protected-answer": (reveal, protected),
        "pace-nonce": (pace_nonce, bytes.fromhex("7C128010") + bytes(16) + b"\x90\x00"),
        "staff-certificate": (lambda data: staff.read_certificate(Fixed(data)), contact.answers[-1]),
    }


def other_targets() -> dict[str, tuple[Parser, bytes]]:
    """Cards that are no travel documents, and the layer under all of them."""
    resident = MAINLANDERS["resident"]
    answer = frames.encode(b"\x00\x00\x90\x01\x00\x04\x00" + resident.text() + bytes(1024))
    page = pages.SIZES + resident.text() + b"\x90\x00"
    return {
        "tlv": (lambda data: list(tlv.walk(data)), tlv.encode(0x7F4E, tlv.encode(0x5F20, bytes(300))) * 3),
        "mainland-frame": (lambda data: frames.FrameReader().feed(data), answer),
        "mainland-record": (record.parse, resident.text()),
        "mainland-page": (lambda data: pages.read(Fixed(data), pages.page_command(pages.COMMAND), ignore), page),
        "demo-card": (demo_card.decode, demo_card.encode(people.RARE.document())),
    }


def ignore(_done: int, _total: int) -> None:
    """Nobody looks at the progress here."""


class Fixed:
    """A card that gives these answers and then nothing."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)

    def transmit(self, _command: bytes) -> bytes:
        return self.answers.pop(0) if self.answers else b""


class Remembering:
    """A card in the hand whose answers are kept."""

    def __init__(self, card: EmulatedCard) -> None:
        self.card = card
        self.answers: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.answers.append(self.card.respond(command))
        return self.answers[-1]


TARGETS = targets()


def mutate(base: bytes, chance: random.Random) -> bytes:
    data = bytearray(base)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(data))
        match chance.randrange(8):
            case 0 | 1 | 2:
                data[at] ^= 1 << chance.randrange(8)
            case 3 | 4:
                data[at] = chance.choice(INTERESTING)
            case 5:
                del data[at : at + chance.randrange(1, 20)]
            case 6:
                data[at:at] = chance.randbytes(chance.randrange(1, 9))
            case _:
                del data[at:]
        data = data or bytearray(b"\0")
    return bytes(data)


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(20_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", sorted(TARGETS))
def test_mutated_bytes_give_a_value_or_a_typed_fault(name: str, rounds: int) -> None:
    parser, base = TARGETS[name]
    chance = random.Random(name)
    tried(parser, base)
    longest_s = 0.0
    for _ in range(rounds):
        began_s = time.thread_time()
        tried(parser, mutate(base, chance))
        longest_s = max(longest_s, time.thread_time() - began_s)
    assert longest_s < LONGEST_S


def tried(parser: Parser, data: bytes) -> None:
    try:
        parser(data)
    except CardError as error:
        assert error.fault.code in FAULT_CODES  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_mutated_bytes_take_little_memory(name: str) -> None:
    parser, base = TARGETS[name]
    chance = random.Random(f"{name} in memory")
    tracemalloc.start()
    try:
        for _ in range(25):
            tried(parser, mutate(base, chance))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", [name for name in sorted(TARGETS) if name.startswith("sod")])
def test_every_single_flipped_bit_of_a_signed_list_is_noticed_or_harmless(name: str) -> None:
    parser, base = TARGETS[name]
    genuine = parser(base)
    assert isinstance(genuine, trust.Verdict)
    assert genuine.origin == "genuine"
    clean = trust.open_security_object(base)
    for at in range(0, len(base), 3):
        broken = base[:at] + bytes((base[at] ^ 0x20,)) + base[at + 1 :]
        try:
            security = trust.open_security_object(broken)
        except CardError:
            continue
        assert security.hashes == clean.hashes
