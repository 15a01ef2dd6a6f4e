"""Keys on curves spelled out as parameters are taken when every parameter is a known curve's, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asn1crypto import algos, core, keys  # type: ignore[import-untyped]

from hardware.cards.emrtd import ec, signatures
from hardware.cards.emrtd.curves import BY_NAME, Curve
from hardware.cards.faults import CardError
from hardware.cards.sim.issuer import Signer

Change = Callable[[keys.SpecifiedECDomain], None]
MESSAGE = b"what a made-up issuer signed"


def spelled_out(curve: Curve, change: Change = lambda domain: None) -> keys.PublicKeyInfo:
    """The curve's generator as a public key, its parameters spelled out and then changed."""
    size = curve.size
    point = ec.encode(curve, ec.generator(curve))
    domain = keys.SpecifiedECDomain(
        {
            "version": "ecdpVer1",
            "field_id": {"field_type": "prime_field", "parameters": core.Integer(curve.p)},
            "curve": {"a": curve.a.to_bytes(size, "big"), "b": curve.b.to_bytes(size, "big")},
            "base": point,
            "order": curve.n,
            "cofactor": 1,
        }
    )
    change(domain)
    algorithm = {"algorithm": "ec", "parameters": keys.ECDomainParameters("specified", domain)}
    return keys.PublicKeyInfo.load(keys.PublicKeyInfo({"algorithm": algorithm, "public_key": point}).dump())


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_known_curve_is_recognised_by_its_parameters(name: str) -> None:
    assert signatures.curve_of(spelled_out(BY_NAME[name])) is BY_NAME[name]


def other_generator(domain: keys.SpecifiedECDomain) -> None:
    curve = BY_NAME["brainpoolP384r1"]
    domain["base"] = ec.encode(curve, ec.multiply(curve, 2, ec.generator(curve)))


def compressed(domain: keys.SpecifiedECDomain) -> None:
    domain["base"] = b"\x02" + BY_NAME["brainpoolP384r1"].gx.to_bytes(48, "big")


def set_order(domain: keys.SpecifiedECDomain) -> None:
    domain["order"] = domain["order"].native - 2


def set_cofactor(domain: keys.SpecifiedECDomain) -> None:
    domain["cofactor"] = 4


def set_coefficient(domain: keys.SpecifiedECDomain) -> None:
    domain["curve"]["b"] = bytes(48)


@pytest.mark.parametrize("change", [other_generator, compressed, set_order, set_cofactor, set_coefficient])
def test_one_parameter_of_another_curve_is_refused(change: Change) -> None:
    """A made-up generator lets anybody sign for any public key (CVE-2020-0601); so all parameters count."""
    with pytest.raises(CardError, match="card_unsupported"):
        signatures.curve_of(spelled_out(BY_NAME["brainpoolP384r1"], change))


@pytest.mark.parametrize("scheme", ["rsa", "rsa_pss", "secp192r1", "secp384r1", "brainpoolP256r1"])
def test_a_signature_holds_for_its_message_alone(scheme: str) -> None:
    signer = Signer.make(scheme)
    signature = signer.sign(MESSAGE)
    assert signatures.verifies(signer.public, signer.algorithm, "sha256", MESSAGE, signature)
    assert not signatures.verifies(signer.public, signer.algorithm, "sha256", MESSAGE + b".", signature)
    assert not signatures.verifies(Signer.make(scheme).public, signer.algorithm, "sha256", MESSAGE, signature)
    other = signature[:-1] + bytes([signature[-1] ^ 1])
    assert not signatures.verifies(signer.public, signer.algorithm, "sha256", MESSAGE, other)


def test_a_hash_documents_do_not_use_is_unsupported() -> None:
    signer = Signer.make("secp256r1")
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha3_256_ecdsa"})
    with pytest.raises(CardError, match="card_unsupported"):
        signatures.verifies(signer.public, algorithm, "sha256", MESSAGE, b"")
    with pytest.raises(CardError, match="card_unsupported"):
        signatures.digest("md5", MESSAGE)
