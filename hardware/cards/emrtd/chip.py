"""Is the chip the one its data was issued for? Chip authentication and active authentication (ICAO 9303-11 §6).

Passive authentication proves the data; a copied chip carries the same data. Only the private key in the real chip
answers here, to a public key that the issuer signed along with the data (DG14 or DG15).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from asn1crypto import core, keys  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.apdu import Command, exchange
from hardware.cards.emrtd import ec
from hardware.cards.emrtd.asn1 import NOT_DER, SecurityInfos
from hardware.cards.emrtd.bac import Random
from hardware.cards.emrtd.curves import Curve
from hardware.cards.emrtd.pace import private_key
from hardware.cards.emrtd.secure_messaging import Keys, SecureChannel
from hardware.cards.emrtd.signatures import curve_of, digest
from hardware.cards.emrtd.suites import AES_128, AES_192, AES_256, FOR_ENC, FOR_MAC, TRIPLE_DES, Suite
from hardware.cards.faults import CardError

CA_ECDH = "0.4.0.127.0.7.2.2.3.2"
CA_SUITES: dict[str, Suite] = {
    f"{CA_ECDH}.1": TRIPLE_DES,
    f"{CA_ECDH}.2": AES_128,
    f"{CA_ECDH}.3": AES_192,
    f"{CA_ECDH}.4": AES_256,
}
CA_PUBLIC_KEY = "0.4.0.127.0.7.2.2.1.2"
AA_INFO = "2.23.136.1.1.5"
AA_HASHES = {
    f"0.4.0.127.0.7.1.1.4.1.{n}": name for n, name in enumerate(("sha1", "sha224", "sha256", "sha384", "sha512"), 1)
}
RECOVERED_HASHES = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}  # ISO/IEC 10118
NONCE_BYTES = 8
SHORT_SIGNATURE = 224  # the longest that fits a protected short answer


@dataclass(frozen=True)
class ChipKey:
    """A key of DG14 for chip authentication: its protocol, curve and point, and its reference if there are several."""

    oid: str
    curve: Curve
    public: ec.Point
    reference: int | None

    @property
    def suite(self) -> Suite:
        """The cipher of the channel it makes."""
        return CA_SUITES[self.oid]


def copied(why: str) -> CardError:
    """The fault of a chip that does not hold the key of its own data."""
    return CardError("card_not_genuine", f"chip: {why}", retriable=False)


def chip_key(dg14: bytes) -> ChipKey | None:
    """The strongest chip authentication DG14 offers that we can take; raises CardError for bytes that are no DG14."""
    try:
        infos = SecurityInfos.load(tlv.unwrap(dg14, 0x6E), strict=True)
        points = {_reference(info): info["required"] for info in infos if info["protocol"].dotted == CA_PUBLIC_KEY}
        offers = sorted(
            ((info["protocol"].dotted, _reference(info)) for info in infos if info["protocol"].dotted in CA_SUITES),
            key=lambda offer: offer[0],
        ) or [(f"{CA_ECDH}.1", reference) for reference in points]  # early chips name no cipher: 3DES is meant
        for oid, reference in reversed(offers):
            if reference in points:
                public = keys.PublicKeyInfo.load(points[reference].dump(), strict=True)
                curve = curve_of(public)
                return ChipKey(oid, curve, ec.decode(curve, public["public_key"].native), reference)
    except NOT_DER as error:
        raise CardError("card_invalid", f"DG14: {type(error).__name__}") from None
    return None


def _reference(info: core.Sequence) -> int | None:
    value = info["optional"].native
    return value if isinstance(value, int) else None


def authenticate_chip(channel: SecureChannel, key: ChipKey, random: Random) -> SecureChannel:
    """A new channel that only the real chip can follow: the first answer through it is the proof (§6.2)."""
    private = private_key(key.curve, random)
    public = ec.encode(key.curve, ec.multiply(key.curve, private, ec.generator(key.curve)))
    reference = b"" if key.reference is None else tlv.encode(0x84, core.Integer(key.reference).contents)
    if key.suite == TRIPLE_DES:
        data = tlv.encode(0x91, public) + reference
        exchange(channel, Command(0x00, 0x22, 0x41, 0xA6, data)).expect("MSE:Set KAT")
    else:
        data = tlv.encode(0x80, core.ObjectIdentifier(key.oid).contents) + reference
        exchange(channel, Command(0x00, 0x22, 0x41, 0xA4, data)).expect("MSE:Set AT")
        wrapped = tlv.encode(0x7C, tlv.encode(0x80, public))
        exchange(channel, Command(0x00, 0x86, data=wrapped, le=256)).expect("GENERAL AUTHENTICATE")
    return channel.restart(session_keys(key, ec.multiply(key.curve, private, key.public)))


def session_keys(key: ChipKey, shared: ec.Point) -> Keys:
    """The session keys of the agreement; the counter starts at zero."""
    secret = shared.x.to_bytes(key.curve.size, "big")
    return Keys(key.suite, key.suite.derive(secret, FOR_ENC), key.suite.derive(secret, FOR_MAC))


def prove_actively(channel: SecureChannel, dg15: bytes, dg14: bytes | None, random: Random) -> None:
    """Have the chip sign a nonce under DG15's key (§6.1); raises CardError("card_not_genuine") if it cannot."""
    try:
        public = keys.PublicKeyInfo.load(tlv.unwrap(dg15, 0x6F), strict=True)
        long = public.algorithm == "rsa" and public.bit_size > 8 * SHORT_SIGNATURE
        nonce = random(NONCE_BYTES)
        answer = exchange(channel, Command(0x00, 0x88, data=nonce, le=65536 if long else 256))
        signature = answer.expect("INTERNAL AUTHENTICATE")
        right = (
            _signed_ec(public, signature, nonce, _hash_of(dg14))
            if public.algorithm == "ec"
            else (_signed_rsa(public, signature, nonce))
        )
    except NOT_DER as error:
        raise CardError("card_invalid", f"DG15: {type(error).__name__}") from None
    if not right:
        raise copied("active authentication")


def _hash_of(dg14: bytes | None) -> str:
    """The hash DG14 names for ECDSA; SHA-256 where it names none."""
    infos = SecurityInfos.load(tlv.unwrap(dg14, 0x6E), strict=True) if dg14 else []
    named = (info["optional"].native for info in infos if info["protocol"].dotted == AA_INFO)
    return next((AA_HASHES[oid] for oid in named if oid in AA_HASHES), "sha256")


def _signed_ec(public: keys.PublicKeyInfo, signature: bytes, nonce: bytes, hash_name: str) -> bool:
    """A plain signature: r and s side by side (TR-03111 §5.2.1)."""
    curve = curve_of(public)
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    return ec.verify(curve, ec.decode(curve, public["public_key"].native), digest(hash_name, nonce), r, s)


def _signed_rsa(public: keys.PublicKeyInfo, signature: bytes, nonce: bytes) -> bool:
    numbers = public["public_key"].parsed
    modulus, exponent = numbers["modulus"].native, numbers["public_exponent"].native
    opened = pow(int.from_bytes(signature, "big"), exponent, modulus)
    size = (modulus.bit_length() + 7) // 8
    return any(recovers(value.to_bytes(size, "big"), nonce) for value in (opened, modulus - opened))


def recovers(opened: bytes, nonce: bytes) -> bool:
    """Whether an opened signature carries the hash of its recoverable part and the nonce (ISO/IEC 9796-2 scheme 1)."""
    if opened[-1:] == b"\xbc":
        name, trailer = "sha1", 1
    elif len(opened) > 1 and opened[-1] == 0xCC and opened[-2] in RECOVERED_HASHES:
        name, trailer = RECOVERED_HASHES[opened[-2]], 2
    else:
        return False
    size = len(digest(name, b""))
    body, found = opened[: -trailer - size], opened[-trailer - size : -trailer]
    start = _start_of_message(body)
    return start is not None and hmac.compare_digest(digest(name, body[start:] + nonce), found)


def _start_of_message(body: bytes) -> int | None:
    """Where the recoverable part begins: after 6A, or after 6B, its BBs and a BA."""
    if body[:1] == b"\x6a":
        return 1
    if body[:1] == b"\x6b":
        rest = body[1:].lstrip(b"\xbb")
        return len(body) - len(rest) + 1 if rest[:1] == b"\xba" else None
    return None
