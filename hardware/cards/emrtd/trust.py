"""Passive authentication (ICAO 9303-11 §5.1): is the data what its issuer signed, and do we know the issuer?"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from asn1crypto import cms, core, x509  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.emrtd.asn1 import NOT_DER
from hardware.cards.emrtd.signatures import digest, signed_by, verifies
from hardware.cards.faults import CardError

SECURITY_OBJECT = "2.23.136.1.1.1"
Origin = Literal["genuine", "no_trust_anchor"]


@dataclass(frozen=True)
class Verdict:
    """What passive authentication found: the issuer proved, or unknown for the reason in `why` (for technicians).

    Data that is not what was signed has no verdict: it raises CardError("card_not_genuine").
    """

    origin: Origin
    issuer: str
    why: str = ""


class _GroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("value", core.OctetString)]  # noqa: RUF012 - asn1crypto's own form


class _GroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _GroupHash


class LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    """The signed list of data group hashes (9303-10 §4.6.2.3)."""

    _fields = [  # noqa: RUF012 - asn1crypto's own form
        ("version", core.Integer),
        ("hash_algorithm", cms.DigestAlgorithm),
        ("hashes", _GroupHashes),
        ("lds_version", core.Any, {"optional": True}),
    ]


class TrustStore:
    """The country signing certificates a site trusts."""

    def __init__(self, certificates: Iterable[bytes] = ()) -> None:
        """`certificates` in DER; raises ValueError for bytes that are none."""
        self._by_subject: dict[bytes, list[x509.Certificate]] = {}
        for der in certificates:
            certificate = x509.Certificate.load(der, strict=True)
            self._by_subject.setdefault(certificate.subject.dump(), []).append(certificate)

    def __len__(self) -> int:
        return sum(len(known) for known in self._by_subject.values())

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """The trusted certificate whose key signed this one."""
        for candidate in self._by_subject.get(certificate.issuer.dump(), []):
            with suppress(CardError):  # a key we cannot use is no anchor
                if signed_by(certificate, candidate):
                    return candidate
        return None


@dataclass(frozen=True)
class SecurityObject:
    """EF.SOD, its own signature checked: the hashes of the data groups and the certificate that signed them."""

    hash_name: str
    hashes: Mapping[int, bytes]
    signer: x509.Certificate

    def check(self, number: int, file: bytes) -> None:
        """Raise CardError("card_not_genuine") unless this data group is the signed one."""
        if not hmac.compare_digest(self.hashes.get(number, b""), digest(self.hash_name, file)):
            raise CardError("card_not_genuine", f"DG{number} is not what was signed", retriable=False)


def not_genuine(why: str) -> CardError:
    """The fault of a security object that does not hold."""
    return CardError("card_not_genuine", why, retriable=False)


def open_security_object(file: bytes) -> SecurityObject:
    """EF.SOD with its signature checked against the certificate it carries; raises CardError("card_not_genuine")."""
    try:
        return _opened(tlv.unwrap(file, 0x77))
    except NOT_DER as error:
        raise not_genuine(f"EF.SOD: {type(error).__name__}") from None


def _opened(der: bytes) -> SecurityObject:
    info = cms.ContentInfo.load(der, strict=True)
    if info["content_type"].native != "signed_data":
        raise not_genuine("EF.SOD is no signed data")
    signed = info["content"]
    content = signed["encap_content_info"]
    if content["content_type"].dotted != SECURITY_OBJECT or len(signed["signer_infos"]) != 1:
        raise not_genuine("EF.SOD signs something else")
    encoded = bytes(content["content"])
    signer = _signer(signed)
    _check_signature(signed["signer_infos"][0], signer, encoded)
    listed = LdsSecurityObject.load(encoded, strict=True)
    hashes = {item["number"].native: item["value"].native for item in listed["hashes"]}
    return SecurityObject(listed["hash_algorithm"]["algorithm"].native, hashes, signer)


def _signer(signed: cms.SignedData) -> x509.Certificate:
    wanted = signed["signer_infos"][0]["sid"]
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if wanted.name == "issuer_and_serial_number":
            name, serial = wanted.chosen["issuer"], wanted.chosen["serial_number"].native
            if certificate.serial_number == serial and certificate.issuer == name:
                return certificate
        elif certificate.key_identifier == wanted.chosen.native:
            return certificate
    raise not_genuine("EF.SOD without its signer's certificate")


def _check_signature(info: cms.SignerInfo, signer: x509.Certificate, encoded: bytes) -> None:
    name = info["digest_algorithm"]["algorithm"].native
    attributes = {attribute["type"].native: attribute["values"] for attribute in info["signed_attrs"]}
    if attributes["content_type"][0].dotted != SECURITY_OBJECT:
        raise not_genuine("content type")
    if not hmac.compare_digest(attributes["message_digest"][0].native, digest(name, encoded)):
        raise not_genuine("message digest")
    message = b"\x31" + info["signed_attrs"].dump()[1:]  # signed as a SET, stored under a context tag (RFC 5652 §5.4)
    if not verifies(signer.public_key, info["signature_algorithm"], name, message, info["signature"].native):
        raise not_genuine("signature")


def judge(security: SecurityObject, store: TrustStore, now: datetime) -> Verdict:
    """Whether the signer is one of a country we trust, at the time `now` (UTC, aware)."""
    try:
        country = str(security.signer.subject.native.get("country_name", ""))
        anchor = store.issuer_of(security.signer)
        if anchor is None:
            return Verdict("no_trust_anchor", country, "issuer not in the master list")
        if not all(_valid_at(certificate, now) for certificate in (security.signer, anchor)):
            return Verdict("no_trust_anchor", country, "a certificate is not valid today")
    except NOT_DER as error:
        raise not_genuine(f"certificate: {type(error).__name__}") from None
    return Verdict("genuine", country)


def _valid_at(certificate: x509.Certificate, now: datetime) -> bool:
    validity = certificate["tbs_certificate"]["validity"]
    return bool(validity["not_before"].native <= now.astimezone(UTC) <= validity["not_after"].native)
