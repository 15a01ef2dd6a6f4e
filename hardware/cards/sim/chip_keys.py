"""Keys of emulated chips: the data groups that publish them, and the secret side that answers for them."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import core, keys  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec as library
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hardware.cards import tlv
from hardware.cards.emrtd import ec
from hardware.cards.emrtd.asn1 import SecurityInfo, SecurityInfos
from hardware.cards.emrtd.chip import AA_HASHES, AA_INFO, CA_PUBLIC_KEY, RECOVERED_HASHES, ChipKey
from hardware.cards.emrtd.curves import BY_NAME, Curve
from hardware.cards.emrtd.ec import LIBRARY_CURVES

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old chips use it
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True)
class ChipSecret:
    """What a chip holds to prove itself: data groups by number, and the answering side of them."""

    groups: dict[int, bytes] = field(default_factory=dict)
    key: ChipKey | None = None
    secret: int = 0
    sign: Callable[[bytes], bytes] | None = None


def _infos(*infos: dict[str, Any]) -> bytes:
    return tlv.encode(0x6E, SecurityInfos([SecurityInfo(info) for info in infos]).dump())


def public_key_info(curve: Curve, secret: int) -> dict[str, Any]:
    """The SecurityInfo that publishes the key of this secret on a named curve."""
    named = keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("named", curve.oid)},
            "public_key": ec.encode(curve, ec.multiply(curve, secret, ec.generator(curve))),
        }
    )
    return {"protocol": CA_PUBLIC_KEY, "required": named}


def chip_authentication(
    oid: str, curve_name: str, reference: int | None = None, *, says_cipher: bool = True
) -> ChipSecret:
    """A chip authentication key on a named curve, with DG14, which on early chips says no cipher."""
    curve = BY_NAME[curve_name]
    secret = secrets.randbelow(curve.n - 1) + 1
    public = ec.multiply(curve, secret, ec.generator(curve))
    number = {} if reference is None else {"optional": core.Integer(reference)}
    cipher = {"protocol": oid, "required": core.Integer(1), **number}
    dg14 = _infos(*([cipher] if says_cipher else []), {**public_key_info(curve, secret), **number})
    return ChipSecret({14: dg14}, ChipKey(oid, curve, public, reference), secret)


def active_ecdsa(curve_name: str, hash_name: str = "sha256") -> ChipSecret:
    """An active authentication key on a named curve, with DG15 and its hash in DG14."""
    private = library.generate_private_key(LIBRARY_CURVES[curve_name])
    size = (BY_NAME[curve_name].n.bit_length() + 7) // 8

    def sign(nonce: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(nonce, library.ECDSA(HASHES[hash_name])))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    oid = next(oid for oid, name in AA_HASHES.items() if name == hash_name)
    dg14 = _infos({"protocol": AA_INFO, "required": core.Integer(1), "optional": core.ObjectIdentifier(oid)})
    return ChipSecret({14: dg14, 15: _dg15(private.public_key())}, sign=sign)


def active_rsa(hash_name: str = "sha1", bits: int = 1024) -> ChipSecret:
    """An RSA active authentication key with message recovery (ISO/IEC 9796-2 scheme 1), with DG15."""
    private = rsa.generate_private_key(65537, bits)
    numbers = private.private_numbers()
    modulus, size = numbers.public_numbers.n, bits // 8

    def sign(nonce: bytes) -> bytes:
        mark = next(mark for mark, name in RECOVERED_HASHES.items() if name == hash_name)
        trailer = b"\xbc" if hash_name == "sha1" else bytes((mark, 0xCC))
        recoverable = os.urandom(size - 1 - hashlib.new(hash_name).digest_size - len(trailer))
        body = b"\x6a" + recoverable + hashlib.new(hash_name, recoverable + nonce).digest() + trailer
        return pow(int.from_bytes(body, "big"), numbers.d, modulus).to_bytes(size, "big")

    return ChipSecret({15: _dg15(private.public_key())}, sign=sign)


def _dg15(public: library.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return tlv.encode(0x6F, encoded)
