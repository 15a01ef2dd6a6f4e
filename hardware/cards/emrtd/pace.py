"""PACE over elliptic curves (ICAO 9303-11 §4.4, TR-03110): a printed password opens a strong channel.

Generic, integrated and chip authentication mapping; the last also proves the chip (§4.4.3.3.3).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from asn1crypto import core  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.apdu import Command, Transport, exchange
from hardware.cards.emrtd import ec, mapping
from hardware.cards.emrtd.asn1 import NOT_DER, SecurityInfos
from hardware.cards.emrtd.bac import DENIED, Random
from hardware.cards.emrtd.curves import BY_PARAMETER_ID, Curve
from hardware.cards.emrtd.mrz import AccessKey, MrzKey
from hardware.cards.emrtd.secure_messaging import Keys, SecureChannel
from hardware.cards.emrtd.suites import (
    AES_128,
    AES_192,
    AES_256,
    FOR_ENC,
    FOR_MAC,
    FOR_PASSWORD,
    TRIPLE_DES,
    Suite,
    pad,
    unpad,
)
from hardware.cards.faults import CardError

ECDH_GM, ECDH_IM, ECDH_CAM = (f"0.4.0.127.0.7.2.2.4.{n}" for n in (2, 4, 6))
PREFERENCE = (ECDH_IM, ECDH_GM, ECDH_CAM)
"""The last is taken first: it proves the chip with the channel."""
_BY_NUMBER: dict[int, Suite] = {1: TRIPLE_DES, 2: AES_128, 3: AES_192, 4: AES_256}
SUITES: dict[str, Suite] = {
    f"{family}.{number}": suite
    for family in PREFERENCE
    for number, suite in _BY_NUMBER.items()
    if (family, number) != (ECDH_CAM, 1)  # chip authentication mapping comes with AES alone
}
NONCE_BYTES = 16
MRZ_PASSWORD, CAN_PASSWORD = 1, 2


@dataclass(frozen=True)
class PaceInfo:
    """One offer of EF.CardAccess that we can take: the protocol's identifier and the curve's number."""

    oid: str
    parameter_id: int

    @property
    def family(self) -> str:
        """How it maps: ECDH_GM, ECDH_IM or ECDH_CAM."""
        return self.oid.rpartition(".")[0]

    @property
    def suite(self) -> Suite:
        """Its cipher."""
        return SUITES[self.oid]

    @property
    def usable(self) -> bool:
        """Whether we know its cipher and curve, and can map to that curve."""
        known = self.oid in SUITES and self.parameter_id in BY_PARAMETER_ID
        return known and (self.family != ECDH_IM or mapping.can_integrate(self.curve))

    @property
    def nonce_bytes(self) -> int:
        """The bytes of the chip's nonce."""
        return mapping.nonce_bytes(self.suite) if self.family == ECDH_IM else NONCE_BYTES

    @property
    def curve(self) -> Curve:
        """Its curve."""
        return BY_PARAMETER_ID[self.parameter_id]


def offers(card_access: bytes) -> tuple[PaceInfo, ...]:
    """The offers of EF.CardAccess we can take, strongest first; raises CardError if it is no SecurityInfos."""
    try:
        listed = [
            (info["protocol"].dotted, info["optional"].native) for info in SecurityInfos.load(card_access, strict=True)
        ]
    except NOT_DER as error:
        raise CardError("card_invalid", "EF.CardAccess") from error
    usable = [info for info in (PaceInfo(oid, number) for oid, number in listed) if info.usable]
    return tuple(sorted(usable, key=_strength, reverse=True))


def _strength(info: PaceInfo) -> tuple[int, str, int]:
    return PREFERENCE.index(info.family), info.oid, info.curve.p.bit_length()


def password_key(suite: Suite, key: AccessKey) -> bytes:
    """The key that hides the nonce, from the zone or the card access number (§9.7.3)."""
    if isinstance(key, MrzKey):
        secret = hashlib.sha1(key.information, usedforsecurity=False).digest()
    else:
        secret = key.digits.encode("ascii")
    return suite.derive(secret, FOR_PASSWORD)


def token(info: PaceInfo, mac_key: bytes, public: ec.Point) -> bytes:
    """The authentication token over the other side's public key (§4.4.3.4)."""
    oid = core.ObjectIdentifier(info.oid).dump()
    template = tlv.encode(0x7F49, oid + tlv.encode(0x86, ec.encode(info.curve, public)))
    suite = info.suite
    return suite.mac(mac_key, pad(template, suite.block) if suite == TRIPLE_DES else template)


def private_key(curve: Curve, random: Random) -> int:
    """A scalar between 1 and n - 1, taken anew until it is one."""
    while True:
        scalar = int.from_bytes(random(curve.size), "big")
        if 0 < scalar < curve.n:
            return scalar


def session_keys(info: PaceInfo, shared: ec.Point) -> Keys:
    """The session keys from the last agreement; the counter starts at zero."""
    secret = shared.x.to_bytes(info.curve.size, "big")
    return Keys(info.suite, info.suite.derive(secret, FOR_ENC), info.suite.derive(secret, FOR_MAC))


@dataclass(frozen=True)
class ChipProof:
    """What chip authentication mapping leaves to be checked against the chip's signed public key (§4.4.3.3.3)."""

    curve: Curve
    mapping_public: ec.Point
    scalar: int

    def proves(self, static_public: ec.Point) -> bool:
        """Whether the chip holds the key of this public one."""
        return 0 < self.scalar < self.curve.n and ec.multiply(self.curve, self.scalar, static_public) == (
            self.mapping_public
        )


@dataclass(frozen=True)
class Established:
    """An open channel; with chip authentication mapping also what proves the chip.

    After PACE the chip `selects` its application anew; after BAC it is in it already.
    """

    channel: SecureChannel
    proof: ChipProof | None = None
    selects: bool = False


def establish(transport: Transport, info: PaceInfo, key: AccessKey, random: Random) -> Established:
    """Open the channel; raises CardError("card_access_denied") when the password is not this document's."""
    _choose(transport, info, key)
    secret = _step(transport, b"", 0x80)[0x80]
    if len(secret) != info.nonce_bytes:
        raise CardError("card_invalid", "PACE nonce")
    nonce = info.suite.decrypt(password_key(info.suite, key), secret)
    mapped, mapping_public = _map(transport, info, nonce, random)
    chip_public, shared, public = _agree(transport, mapped, 0x83, random)
    keys = session_keys(info, shared)
    expected = token(info, keys.mac, public)
    answer = _step(transport, tlv.encode(0x85, token(info, keys.mac, chip_public)), 0x86, last=True)
    if not hmac.compare_digest(answer[0x86], expected):
        raise CardError("card_access_denied", "PACE token")
    proof = None if info.family != ECDH_CAM else _proof(info.curve, keys, mapping_public, answer.get(0x8A, b""))
    return Established(SecureChannel(transport, keys), proof, selects=True)


def _map(transport: Transport, info: PaceInfo, nonce: bytes, random: Random) -> tuple[Curve, ec.Point | None]:
    """The curve with its new generator, and the chip's mapping key where one was exchanged."""
    if info.family == ECDH_IM:
        own = random(mapping.key_bytes(info.suite))
        _step(transport, tlv.encode(0x81, own), 0x82)
        return mapping.integrated(info.curve, info.suite, nonce, own), None
    theirs, shared, _ = _agree(transport, info.curve, 0x81, random)
    return mapping.generic(info.curve, nonce, shared), theirs


def _proof(curve: Curve, keys: Keys, mapping_public: ec.Point | None, encrypted: bytes) -> ChipProof:
    """The proof in the encrypted chip authentication data; its start value is the counter of all ones (§4.4.3.5)."""
    if mapping_public is None or not encrypted or len(encrypted) % keys.suite.block:
        raise CardError("card_invalid", "PACE chip authentication data")
    plain = unpad(keys.suite.decrypt(keys.enc, encrypted, b"\xff" * keys.suite.block))
    if plain is None:
        raise CardError("card_invalid", "PACE chip authentication data")
    return ChipProof(curve, mapping_public, int.from_bytes(plain, "big"))


def _choose(transport: Transport, info: PaceInfo, key: AccessKey) -> None:
    """MSE:Set AT (§4.4.4.1)."""
    oid = core.ObjectIdentifier(info.oid).contents
    password = MRZ_PASSWORD if isinstance(key, MrzKey) else CAN_PASSWORD
    number = tlv.encode(0x84, bytes((info.parameter_id,)))
    data = tlv.encode(0x80, oid) + tlv.encode(0x83, bytes((password,))) + number
    answer = exchange(transport, Command(0x00, 0x22, 0xC1, 0xA4, data))
    if answer.sw >> 4 == 0x63C:  # fewer tries left: still allowed
        return
    answer.expect("MSE:Set AT")


def _agree(transport: Transport, curve: Curve, tag: int, random: Random) -> tuple[ec.Point, ec.Point, ec.Point]:
    """One key agreement: the chip's public key, the shared point, and our public key."""
    private = private_key(curve, random)
    public = ec.multiply(curve, private, ec.generator(curve))
    theirs = ec.decode(curve, _step(transport, tlv.encode(tag, ec.encode(curve, public)), tag + 1)[tag + 1])
    if theirs == public:
        raise CardError("card_invalid", "PACE key echoed")
    return theirs, ec.multiply(curve, private, theirs), public


def _step(transport: Transport, data: bytes, wanted: int, *, last: bool = False) -> dict[int, bytes]:
    """One GENERAL AUTHENTICATE of the chain; the objects that come back, the wanted one among them (§4.4.4.2)."""
    cla = 0x00 if last else 0x10
    answer = exchange(transport, Command(cla, 0x86, data=tlv.encode(0x7C, data), le=256))
    if answer.sw in DENIED or answer.sw >> 4 == 0x63C:
        raise CardError("card_access_denied", f"{answer.sw:04X}")
    objects = tlv.parse(tlv.unwrap(answer.expect("GENERAL AUTHENTICATE"), 0x7C))
    if wanted not in objects:
        raise CardError("card_invalid", f"PACE {wanted:02X} missing")
    return objects
