"""PACE with generic mapping over elliptic curves (ICAO 9303-11 §4.4, TR-03110): password to a strong channel."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from asn1crypto import core  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.apdu import Command, Transport, exchange
from hardware.cards.emrtd import ec
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
)
from hardware.cards.faults import CardError

ECDH_GM = "0.4.0.127.0.7.2.2.4.2"
SUITES: dict[str, Suite] = {
    f"{ECDH_GM}.1": TRIPLE_DES,
    f"{ECDH_GM}.2": AES_128,
    f"{ECDH_GM}.3": AES_192,
    f"{ECDH_GM}.4": AES_256,
}
NONCE_BYTES = 16
MRZ_PASSWORD, CAN_PASSWORD = 1, 2


@dataclass(frozen=True)
class PaceInfo:
    """One offer of EF.CardAccess that we can take: the protocol's identifier and the curve's number."""

    oid: str
    parameter_id: int

    @property
    def suite(self) -> Suite:
        """Its cipher."""
        return SUITES[self.oid]

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
    usable = [PaceInfo(oid, number) for oid, number in listed if oid in SUITES and number in BY_PARAMETER_ID]
    return tuple(sorted(usable, key=lambda info: (info.oid, info.curve.p.bit_length()), reverse=True))


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


def map_generator(curve: Curve, nonce: bytes, shared: ec.Point) -> Curve:
    """The curve with the generator both sides agreed on: nonce · G + H (§4.4.3.3.1)."""
    start = ec.multiply(curve, int.from_bytes(nonce, "big"), ec.generator(curve))
    mapped = ec.add(curve, start, shared)
    return Curve(curve.name, curve.oid, curve.p, curve.a, curve.b, mapped.x, mapped.y, curve.n)


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


def establish(transport: Transport, info: PaceInfo, key: AccessKey, random: Random) -> SecureChannel:
    """Open the channel; raises CardError("card_access_denied") when the password is not this document's."""
    _choose(transport, info, key)
    curve = info.curve
    secret = _step(transport, b"", 0x80)
    if len(secret) != NONCE_BYTES:
        raise CardError("card_invalid", "PACE nonce")
    nonce = info.suite.decrypt(password_key(info.suite, key), secret)
    mapped = map_generator(curve, nonce, _agree(transport, curve, 0x81, random)[1])
    chip_public, shared, public = _agree(transport, mapped, 0x83, random)
    keys = session_keys(info, shared)
    expected = token(info, keys.mac, public)
    answer = _step(transport, tlv.encode(0x85, token(info, keys.mac, chip_public)), 0x86, last=True)
    if not hmac.compare_digest(answer, expected):
        raise CardError("card_access_denied", "PACE token")
    return SecureChannel(transport, keys)


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
    theirs = ec.decode(curve, _step(transport, tlv.encode(tag, ec.encode(curve, public)), tag + 1))
    if theirs == public:
        raise CardError("card_invalid", "PACE key echoed")
    return theirs, ec.multiply(curve, private, theirs), public


def _step(transport: Transport, data: bytes, wanted: int, *, last: bool = False) -> bytes:
    """One GENERAL AUTHENTICATE of the chain; the object wanted back (§4.4.4.2)."""
    cla = 0x00 if last else 0x10
    answer = exchange(transport, Command(cla, 0x86, data=tlv.encode(0x7C, data), le=256))
    if answer.sw in DENIED or answer.sw >> 4 == 0x63C:
        raise CardError("card_access_denied", f"{answer.sw:04X}")
    objects = tlv.parse(tlv.unwrap(answer.expect("GENERAL AUTHENTICATE"), 0x7C))
    if wanted not in objects:
        raise CardError("card_invalid", f"PACE {wanted:02X} missing")
    return objects[wanted]
