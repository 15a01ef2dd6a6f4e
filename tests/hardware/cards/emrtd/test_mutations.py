"""Whatever a chip sends, only typed faults come out: mutations over every parser of a travel document."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from hardware.cards import people
from hardware.cards.emrtd import lds, mrz, pace, trust
from hardware.cards.faults import FAULT_CODES, CardError
from hardware.cards.sim import issuer
from hardware.cards.sim.emrtd import card_access

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROUNDS = 600
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
    chosen["dg11"] = (lds.parse_dg11, files[lds.DG11])
    chosen["card-access"] = (pace.offers, card_access(pace.PaceInfo(f"{pace.ECDH_GM}.2", 13)))
    chosen["zone"] = (read_zone, files[lds.DG1][5:])
    return chosen


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
    parser(base)
    for _ in range(rounds):
        try:
            parser(mutate(base, chance))
        except CardError as error:
            assert error.fault.code in FAULT_CODES  # noqa: PT017 - either outcome is right


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
