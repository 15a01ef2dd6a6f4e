"""Signed data (RFC 5652) as travel documents and master lists use it: one signer, signed attributes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, x509  # type: ignore[import-untyped]

from hardware.cards.emrtd.signatures import digest, verifies
from hardware.cards.faults import CardError


@dataclass(frozen=True)
class SignedData:
    """What was signed, by whose certificate, and when, if it says so."""

    content: bytes
    signer: x509.Certificate
    signed_at: datetime | None


def not_genuine(why: str) -> CardError:
    """The fault of something signed that does not hold."""
    return CardError("card_not_genuine", why, retriable=False)


def open_signed_data(der: bytes, content_type: str) -> SignedData:
    """Check the signature against the certificate it names; raises CardError, or an error of asn1.NOT_DER."""
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise not_genuine("no signed data")
    signed = info["content"]
    inner = signed["encap_content_info"]
    if inner["content_type"].dotted != content_type or len(signed["signer_infos"]) != 1:
        raise not_genuine("something else is signed")
    content = bytes(inner["content"])
    certificates = tuple(choice.chosen for choice in signed["certificates"])
    signer_info = signed["signer_infos"][0]
    signer = _signer(signer_info["sid"], certificates)
    signed_at = _check(signer_info, signer, content, content_type)
    return SignedData(content, signer, signed_at)


def _signer(wanted: cms.SignerIdentifier, certificates: tuple[x509.Certificate, ...]) -> x509.Certificate:
    for certificate in certificates:
        if wanted.name == "issuer_and_serial_number":
            name, serial = wanted.chosen["issuer"], wanted.chosen["serial_number"].native
            if certificate.serial_number == serial and certificate.issuer == name:
                return certificate
        elif certificate.key_identifier == wanted.chosen.native:
            return certificate
    raise not_genuine("its signer's certificate is missing")


def _check(info: cms.SignerInfo, signer: x509.Certificate, content: bytes, content_type: str) -> datetime | None:
    name = info["digest_algorithm"]["algorithm"].native
    attributes = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    if attributes["content_type"][0].dotted != content_type:
        raise not_genuine("content type")
    if not hmac.compare_digest(attributes["message_digest"][0].native, digest(name, content)):
        raise not_genuine("message digest")
    message = b"\x31" + info["signed_attrs"].dump()[1:]  # signed as a SET, stored under a context tag (§5.4)
    if not verifies(signer.public_key, info["signature_algorithm"], name, message, info["signature"].native):
        raise not_genuine("signature")
    moment = attributes["signing_time"][0].native if "signing_time" in attributes else None
    return moment if isinstance(moment, datetime) else None
