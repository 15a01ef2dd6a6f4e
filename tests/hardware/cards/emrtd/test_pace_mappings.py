"""Integrated and chip authentication mapping: ICAO 9303-11 appendices H and I byte for byte, and the emulated chip."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from hardware.cards import people
from hardware.cards.emrtd import document, ec, mapping, pace
from hardware.cards.emrtd.curves import BY_NAME, BY_PARAMETER_ID
from hardware.cards.emrtd.mrz import Can, MrzKey
from hardware.cards.emrtd.pace import ECDH_CAM, ECDH_GM, ECDH_IM, PaceInfo
from hardware.cards.emrtd.trust import TrustStore
from hardware.cards.faults import CardError
from hardware.cards.sim import issuer
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.issuer import Issuer, utopia
from tests.hardware.cards.emrtd.test_document import NOW, Contact
from tests.hardware.cards.emrtd.test_worked_examples import Script, fixed

P256 = BY_NAME["brainpoolP256r1"]

# Appendix H.1: integrated mapping, AES-128, brainpoolP256r1
NONCE_S, NONCE_T = "2923BE84E16CD6AE529049F1F1BBE9EB", "5DD4CBFC96F5453B130D890A1CDBAE32"
H_REDUCED = 0xA2F8FF2DF50E52C6599F386ADCB595D229F6A167ADE2BE5F2C3296ADD5B7430E
H_GENERATOR = ec.Point(
    0x8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427,
    0x4C1AE14BD0C3DBAC0C871B7F3608169364437CA30AC243A089D3F266C1E60FAD,
)
H_CHIP, H_TERMINAL = (
    0x107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A,
    0xA73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595,
)
H_INFO = PaceInfo(f"{ECDH_IM}.2", 13)

# Appendix I.1: chip authentication mapping, AES-128, brainpoolP256r1
I_KEY = MrzKey("C11T002JM", "960812", "231031")
I_RANDOM = (
    "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
    "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120",
)
I_PACE = (
    # the example leaves the curve out; we always name it, as §4.4.4.1 allows
    ("0022C1A412800A04007F0007020204060283010184010D", "9000"),
    ("10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000"),
    (
        "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE"
        "1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100",
        "7C43824104A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B3"
        "04F365713A356E65A451E165ECC9AC0AC46E3771342C8FE5AEDD092685338E239000",
    ),
    (
        "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95"
        "5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00",
        "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA9933331"
        "11C3B9B4C2287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000",
    ),
    (
        "008600000C7C0A8508E86BD06018A1CD3B00",
        "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD"
        "10CBA372B42BE0B9B5F28AA8DE2F4F929000",
    ),
)
I_STATIC = ec.Point(
    0x1872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC8,
    0x84D256A40E35EFCB59BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F,
)
I_SCALAR = 0x85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3


def test_h1_the_pseudo_random_function_and_the_point_it_encodes() -> None:
    number = mapping.pseudo_random(P256, H_INFO.suite, bytes.fromhex(NONCE_S), bytes.fromhex(NONCE_T))
    assert number == H_REDUCED
    assert mapping.encode_point(P256, number) == H_GENERATOR


def test_h1_the_whole_conversation_its_session_keys_and_tokens() -> None:
    password = pace.password_key(H_INFO.suite, I_KEY)  # the example's own password plays no part in what is pinned
    mapped = mapping.with_generator(P256, H_GENERATOR)
    chip, terminal = (
        ec.encode(P256, ec.multiply(P256, key, H_GENERATOR)).hex().upper() for key in (H_CHIP, H_TERMINAL)
    )
    script = Script(
        ("0022C1A412800A04007F0007020204040283010184010D", "9000"),
        ("10860000027C0000", f"7C128010{H_INFO.suite.encrypt(password, bytes.fromhex(NONCE_S)).hex()}9000"),
        (f"10860000147C128110{NONCE_T}00", "7C0282009000"),
        (f"10860000457C438341{terminal}00", f"7C438441{chip}9000"),
        ("008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B03089000"),
    )
    opened = pace.establish(script, H_INFO, I_KEY, fixed(NONCE_T, f"{H_TERMINAL:064X}"))
    assert script.exchanges == []
    shared = ec.multiply(mapped, H_TERMINAL, ec.multiply(mapped, H_CHIP, H_GENERATOR))
    assert f"{shared.x:064X}" == "4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713"
    assert opened.channel._keys.enc.hex().upper() == "0D3FEB33251A6370893D62AE8DAAF51B"
    assert opened.channel._keys.mac.hex().upper() == "B01E89E3D9E8719E586B50B4A7506E0B"
    assert opened.proof is None


def test_i1_the_whole_conversation_and_the_proof_of_the_chip() -> None:
    chip = Script(*I_PACE)
    opened = pace.establish(chip, PaceInfo(f"{ECDH_CAM}.2", 13), I_KEY, fixed(*I_RANDOM))
    assert chip.exchanges == []
    assert opened.channel._keys.enc.hex().upper() == "0A9DA4DB03BDDE39FC5202BC44B2E89E"
    assert opened.channel._keys.mac.hex().upper() == "4B1C06491ED5140CA2B537D344C6C0B1"
    assert opened.proof is not None
    assert opened.proof.scalar == I_SCALAR
    assert opened.proof.proves(I_STATIC)


def test_i1_another_key_or_another_scalar_proves_nothing() -> None:
    opened = pace.establish(Script(*I_PACE), PaceInfo(f"{ECDH_CAM}.2", 13), I_KEY, fixed(*I_RANDOM))
    assert opened.proof is not None
    assert not opened.proof.proves(H_GENERATOR)
    for scalar in (0, P256.n, I_SCALAR + 1, I_SCALAR + P256.n):
        assert not replace(opened.proof, scalar=scalar).proves(I_STATIC)


@pytest.mark.parametrize("tail", ["", "8A00", "8A0F" + "00" * 15, "8A10" + "00" * 16])
def test_an_answer_without_good_chip_authentication_data_is_refused(tail: str) -> None:
    last = (I_PACE[4][0], f"7C{10 + len(tail) // 2:02X}86088596CF055C67C1A3{tail}9000")
    with pytest.raises(CardError, match="card_invalid"):
        pace.establish(Script(*I_PACE[:4], last), PaceInfo(f"{ECDH_CAM}.2", 13), I_KEY, fixed(*I_RANDOM))


CURVES = sorted(number for number, curve in BY_PARAMETER_ID.items() if mapping.can_integrate(curve))


@pytest.mark.parametrize("number", CURVES)
def test_every_encoded_point_lies_on_its_curve(number: int) -> None:
    curve = BY_PARAMETER_ID[number]
    for t in (2, 3, curve.p - 2, curve.p // 3, int.from_bytes(os.urandom(curve.size), "big") % curve.p or 5):
        assert ec.on_curve(curve, mapping.encode_point(curve, t))


@pytest.mark.parametrize("t", [0, 1, P256.p - 1])
def test_a_number_that_encodes_no_point_is_a_fault(t: int) -> None:
    with pytest.raises(CardError, match="card_invalid"):
        mapping.encode_point(P256, t)


def test_integrated_mapping_is_not_offered_on_a_curve_it_cannot_encode_to() -> None:
    assert 10 not in CURVES  # P-224: p = 1 modulo 4
    assert not PaceInfo(f"{ECDH_IM}.2", 10).usable
    assert PaceInfo(f"{ECDH_GM}.2", 10).usable
    assert not PaceInfo(f"{ECDH_CAM}.1", 13).usable


def read(card: EmrtdCard, anchor: bytes) -> document.Read:
    contact = Contact(card)
    touched = document.touch(contact)
    assert touched is not None
    return document.read(
        contact, touched, Can(issuer.SPECIMEN_CAN), lambda *_: None, store=TrustStore([anchor]), now=NOW
    )


@pytest.mark.parametrize("oid", [f"{ECDH_IM}.{n}" for n in (1, 2, 3, 4)] + [f"{ECDH_CAM}.{n}" for n in (2, 3, 4)])
def test_every_mapping_and_cipher_reads_a_document(oid: str) -> None:
    found = read(utopia().card(people.ELDER, offer=PaceInfo(oid, 13)), utopia().anchor)
    assert found.document.photo_jpeg == people.ELDER.document().photo_jpeg
    assert found.chip_proved == oid.startswith(ECDH_CAM)


def test_a_copied_chip_that_only_knows_the_signed_file_is_told() -> None:
    card = utopia().card(people.ELDER, offer=PaceInfo(f"{ECDH_CAM}.2", 13))
    card.mapping_key += 1
    with pytest.raises(CardError, match="card_not_genuine") as refused:
        read(card, utopia().anchor)
    assert "chip authentication mapping" in refused.value.fault.detail


def test_a_card_security_file_that_was_altered_is_refused() -> None:
    card = utopia().card(people.ELDER, offer=PaceInfo(f"{ECDH_CAM}.2", 13))
    for position in range(60, len(card.card_security), 97):
        altered = bytearray(card.card_security)
        altered[position] ^= 1
        with pytest.raises(CardError, match=r"card_not_genuine|card_invalid|card_unsupported"):
            read(replace_security(card, bytes(altered)), utopia().anchor)


def test_the_key_of_another_countrys_chip_proves_nothing_here() -> None:
    stranger = Issuer("brainpoolP256r1", explicit=False, country="Stranger")
    card = utopia().card(people.ELDER, offer=PaceInfo(f"{ECDH_CAM}.2", 13))
    card.card_security, card.mapping_key = stranger.card_security(P256)
    with pytest.raises(CardError, match="card_not_genuine") as refused:
        read(card, utopia().anchor)
    assert "another issuer" in refused.value.fault.detail


def replace_security(card: EmrtdCard, file: bytes) -> EmrtdCard:
    card.reset()
    return replace(card, card_security=file)


def test_the_best_offer_proves_the_chip() -> None:
    infos = b"".join(_info(oid) for oid in (f"{ECDH_GM}.4", f"{ECDH_CAM}.2", f"{ECDH_IM}.4"))
    found = pace.offers(b"\x31" + bytes((len(infos),)) + infos)
    assert [info.family for info in found] == [ECDH_CAM, ECDH_GM, ECDH_IM]


def _info(oid: str) -> bytes:
    from asn1crypto import core  # type: ignore[import-untyped]

    body = core.ObjectIdentifier(oid).dump() + b"\x02\x01\x02\x02\x01\x0d"
    return b"\x30" + bytes((len(body),)) + bytes(body)
