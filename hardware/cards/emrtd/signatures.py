"""Signatures of travel documents: RSA, RSA-PSS and ECDSA, on named curves and on curves spelled out as parameters.

Many issuers, Hong Kong among them, spell their curve out; the cryptography library refuses such keys, so the
parameters are compared with the table of known curves, all of them, and the key is made on the curve that matches.
"""

from __future__ import annotations

import hashlib

from asn1crypto import algos, keys  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec as library
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from hardware.cards.emrtd import ec
from hardware.cards.emrtd.curves import BY_NAME, BY_OID, Curve
from hardware.cards.emrtd.ec import LIBRARY_CURVES
from hardware.cards.faults import CardError

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - old documents carry it
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def unsupported(what: str) -> CardError:
    """The fault of a signature we cannot judge: the document may well be genuine."""
    return CardError("card_unsupported", what, retriable=False)


def digest(name: str, message: bytes) -> bytes:
    """The hash of a message by its ASN.1 name; raises CardError for one documents do not use."""
    if name not in HASHES:
        raise unsupported(f"hash {name}")
    return hashlib.new(name, message, usedforsecurity=name != "sha1").digest()


def verifies(
    public: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm, hash_name: str, message: bytes, signature: bytes
) -> bool:
    """Whether the key signed this message; `hash_name` counts where the algorithm itself names no hash."""
    kind = algorithm["algorithm"].native
    if public.algorithm == "ec":
        return _verify_ec(public, digest(_named_hash(kind, hash_name), message), signature)
    if public.algorithm in ("rsa", "rsassa_pss"):
        return _verify_rsa(public, algorithm, hash_name, message, signature)
    raise unsupported(f"key {public.algorithm}")


def _named_hash(kind: str, otherwise: str) -> str:
    """The hash in an algorithm's name, such as sha256_ecdsa or sha1_rsa; another where it names none."""
    name, _, scheme = kind.rpartition("_")
    return name if scheme in ("ecdsa", "rsa") and name else otherwise


def _verify_rsa(
    public: keys.PublicKeyInfo, algorithm: algos.SignedDigestAlgorithm, hash_name: str, message: bytes, signature: bytes
) -> bool:
    numbers = public["public_key"].parsed
    key = rsa.RSAPublicNumbers(numbers["public_exponent"].native, numbers["modulus"].native).public_key()
    kind = algorithm["algorithm"].native
    if kind == "rsassa_pss":
        parameters = algorithm["parameters"]
        name = parameters["hash_algorithm"]["algorithm"].native
        mask = parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native
        scheme: padding.AsymmetricPadding = padding.PSS(padding.MGF1(_hash(mask)), parameters["salt_length"].native)
    else:
        name = _named_hash(kind, hash_name)
        scheme = padding.PKCS1v15()
    try:
        key.verify(signature, message, scheme, _hash(name))
    except InvalidSignature:
        return False
    return True


def _hash(name: str) -> hashes.HashAlgorithm:
    if name not in HASHES:
        raise unsupported(f"hash {name}")
    return HASHES[name]


def _verify_ec(public: keys.PublicKeyInfo, value: bytes, signature: bytes) -> bool:
    curve = curve_of(public)
    try:
        r, s = decode_dss_signature(signature)
        point = ec.decode(curve, public["public_key"].native)
    except (ValueError, CardError):
        return False
    if curve.name not in LIBRARY_CURVES:
        return ec.verify(curve, point, value, r, s)
    key = library.EllipticCurvePublicNumbers(point.x, point.y, LIBRARY_CURVES[curve.name]).public_key()
    algorithm = next(known for known in HASHES.values() if known.digest_size == len(value))
    try:
        key.verify(signature, value, library.ECDSA(Prehashed(algorithm)))
    except InvalidSignature:
        return False
    return True


def curve_of(public: keys.PublicKeyInfo) -> Curve:
    """The curve of a key, by its name or by all of its spelled-out parameters; raises CardError for another."""
    parameters = public["algorithm"]["parameters"]
    if parameters.name == "named":
        curve = BY_OID.get(parameters.chosen.dotted)
    elif parameters.name == "specified":
        spelled = _spelled_out(parameters.chosen)
        curve = next((known for known in BY_NAME.values() if _numbers(known) == spelled), None)
    else:
        curve = None
    if curve is None:
        raise unsupported("curve")
    return curve


def _numbers(curve: Curve) -> tuple[int, ...]:
    return curve.p, curve.a, curve.b, curve.gx, curve.gy, curve.n


def _spelled_out(domain: keys.SpecifiedECDomain) -> tuple[int, ...]:
    if domain["cofactor"].native not in (1, None):
        raise unsupported("cofactor")
    base = domain["base"].native
    if len(base) % 2 == 0 or base[:1] != b"\x04":
        raise unsupported("compressed generator")
    half = 1 + len(base) // 2
    return (
        int(domain["field_id"]["parameters"].native),
        int.from_bytes(domain["curve"]["a"].native, "big"),
        int.from_bytes(domain["curve"]["b"].native, "big"),
        int.from_bytes(base[1:half], "big"),
        int.from_bytes(base[half:], "big"),
        int(domain["order"].native),
    )
