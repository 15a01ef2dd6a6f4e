"""Curve arithmetic, judged by the cryptography library where it knows the curve."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec as library
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cards.emrtd import ec
from hardware.cards.emrtd.curves import BY_NAME, BY_OID, BY_PARAMETER_ID, Curve
from hardware.cards.faults import CardError

KNOWN: dict[str, library.EllipticCurve] = {
    "secp192r1": library.SECP192R1(),
    "secp224r1": library.SECP224R1(),
    "secp256r1": library.SECP256R1(),
    "secp384r1": library.SECP384R1(),
    "secp521r1": library.SECP521R1(),
    "brainpoolP256r1": library.BrainpoolP256R1(),
    "brainpoolP384r1": library.BrainpoolP384R1(),
    "brainpoolP512r1": library.BrainpoolP512R1(),
}
CURVES = sorted(BY_NAME)


@pytest.mark.parametrize("name", CURVES)
def test_the_generator_is_on_the_curve_and_has_its_order(name: str) -> None:
    curve = BY_NAME[name]
    base = ec.generator(curve)
    assert ec.on_curve(curve, base)
    before = ec.multiply(curve, curve.n - 1, base)
    assert before == ec.Point(base.x, curve.p - base.y)
    with pytest.raises(CardError):
        ec.add(curve, before, base)
    with pytest.raises(CardError):
        ec.multiply(curve, curve.n, base)


def test_every_curve_is_found_by_each_of_its_names() -> None:
    assert len(BY_NAME) == len(BY_OID) == len(BY_PARAMETER_ID) == 11


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_public_key_is_the_librarys(name: str) -> None:
    curve = BY_NAME[name]
    scalar = curve.n // 3 + 7
    theirs = library.derive_private_key(scalar, KNOWN[name]).public_key().public_numbers()
    assert ec.multiply(curve, scalar, ec.generator(curve)) == ec.Point(theirs.x, theirs.y)


@pytest.mark.parametrize("name", sorted(KNOWN))
@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_the_librarys_signatures_verify_and_altered_ones_do_not(name: str, digest: str) -> None:
    curve = BY_NAME[name]
    private = library.generate_private_key(KNOWN[name])
    algorithm = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha512": hashes.SHA512()}[digest]  # noqa: S303
    r, s = decode_dss_signature(private.sign(b"message", library.ECDSA(algorithm)))
    numbers = private.public_key().public_numbers()
    public = ec.Point(numbers.x, numbers.y)
    value = hashlib.new(digest, b"message").digest()
    assert ec.verify(curve, public, value, r, s)
    assert not ec.verify(curve, public, hashlib.new(digest, b"massage").digest(), r, s)
    assert not ec.verify(curve, public, value, r, (s + 1) % curve.n)
    assert not ec.verify(curve, public, value, 0, s)
    assert not ec.verify(curve, public, value, r, curve.n)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CURVES), st.integers(1, 2**190), st.integers(1, 2**190))
def test_multiplication_distributes_over_addition(name: str, one: int, other: int) -> None:
    curve = BY_NAME[name]
    base = ec.generator(curve)
    both = ec.add(curve, ec.multiply(curve, one, base), ec.multiply(curve, other, base))
    assert both == ec.multiply(curve, one + other, base)


@pytest.mark.parametrize("name", CURVES)
def test_a_point_comes_back_as_it_was_and_others_are_refused(name: str) -> None:
    curve: Curve = BY_NAME[name]
    data = ec.encode(curve, ec.generator(curve))
    assert ec.decode(curve, data) == ec.generator(curve)
    for broken in (
        b"",
        data[:-1],
        b"\x02" + data[1:],
        data[:-1] + bytes((data[-1] ^ 1,)),
        b"\x04" + b"\xff" * (len(data) - 1),
    ):
        with pytest.raises(CardError, match="card_invalid"):
            ec.decode(curve, broken)
