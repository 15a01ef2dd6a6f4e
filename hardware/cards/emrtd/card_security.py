"""EF.CardSecurity (ICAO 9303-11 §9.2.11): the chip's static key, signed, for chip authentication mapping."""

from __future__ import annotations

from collections.abc import Iterator

from asn1crypto import keys, x509  # type: ignore[import-untyped]

from hardware.cards.emrtd import chip, ec
from hardware.cards.emrtd.asn1 import NOT_DER, SecurityInfos
from hardware.cards.emrtd.curves import Curve
from hardware.cards.emrtd.pace import ChipProof
from hardware.cards.emrtd.signatures import curve_of
from hardware.cards.emrtd.signed_data import not_genuine, open_signed_data
from hardware.cards.faults import CardError

SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


def prove(file: bytes, proof: ChipProof) -> x509.Certificate:
    """Check the chip's proof against the signed file; the certificate that signed it.

    Raises CardError("card_not_genuine") for a file that is not what was signed and for a chip without its key.
    """
    try:
        signed = open_signed_data(file, SECURITY_OBJECT)
        publics = list(_static_keys(signed.content, proof.curve))
    except NOT_DER as error:
        raise not_genuine(f"EF.CardSecurity: {type(error).__name__}") from None
    if not any(_proves(proof, public) for public in publics):
        raise chip.copied("chip authentication mapping")
    return signed.signer


def _static_keys(content: bytes, curve: Curve) -> Iterator[ec.Point]:
    for info in SecurityInfos.load(content, strict=True):
        if info["protocol"].dotted == chip.CA_PUBLIC_KEY:
            public = keys.PublicKeyInfo.load(info["required"].dump(), strict=True)
            if curve_of(public) == curve:
                yield ec.decode(curve, public["public_key"].native)


def _proves(proof: ChipProof, public: ec.Point) -> bool:
    try:
        return proof.proves(public)
    except CardError:
        return False
