"""Passive authentication (ICAO 9303-11 §5.1): is the data what its issuer signed, and do we know the issuer?"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from asn1crypto import cms, core, crl, x509  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.emrtd.asn1 import NOT_DER
from hardware.cards.emrtd.signatures import digest, verifies
from hardware.cards.emrtd.signed_data import not_genuine, open_signed_data
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
    """The country signing certificates a site trusts, and the document signers their countries have revoked.

    Names are compared as RFC 5280 §7.1 has it: some countries write theirs in one kind of characters in the certificate
    and in another in those it signs. What proves anything is the signature alone.
    """

    def __init__(self, certificates: Iterable[bytes] = (), revocations: Iterable[bytes] = ()) -> None:
        """Certificates and revocation lists in DER; raises ValueError for bytes that are none.

        A revocation list counts only when a trusted certificate of its issuer signed it.
        """
        self._by_subject: dict[str, list[x509.Certificate]] = {}
        for der in certificates:
            certificate = x509.Certificate.load(der, strict=True)
            self._by_subject.setdefault(_comparable(certificate.subject), []).append(certificate)
        self._revoked: set[tuple[str, int]] = set()
        self.refused_lists = sum(not self._take(crl.CertificateList.load(der, strict=True)) for der in revocations)

    def __len__(self) -> int:
        return sum(len(known) for known in self._by_subject.values())

    def _take(self, listed: crl.CertificateList) -> bool:
        """Take a revocation list; False if nobody we trust signed it."""
        content = listed["tbs_cert_list"]
        issuer = _comparable(content["issuer"])
        if not any(
            _signed_by(listed, "tbs_cert_list", "signature", known) for known in self._by_subject.get(issuer, [])
        ):
            return False
        for entry in content["revoked_certificates"] or ():
            self._revoked.add((issuer, entry["user_certificate"].native))
        return True

    def revoked(self, certificate: x509.Certificate) -> bool:
        """Whether its country has taken this document signer back."""
        return (_comparable(certificate.issuer), certificate.serial_number) in self._revoked

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """The trusted certificate whose key signed this one."""
        for candidate in self._by_subject.get(_comparable(certificate.issuer), []):
            if _signed_by(certificate, "tbs_certificate", "signature_value", candidate):
                return candidate
        return None


def _comparable(name: x509.Name) -> str:
    with suppress(*NOT_DER):  # of a name whose parts are no texts, the bytes
        return str(name.hashable)
    return str(name.dump().hex())


def _signed_by(signed: core.Sequence, content: str, signature: str, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key signed this certificate or list; a key we cannot use has signed nothing."""
    algorithm = signed["signature_algorithm"]
    with suppress(CardError):
        return verifies(issuer.public_key, algorithm, "sha256", signed[content].dump(), signed[signature].native)
    return False


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


def open_security_object(file: bytes) -> SecurityObject:
    """EF.SOD with its signature checked against the certificate it carries; raises CardError("card_not_genuine")."""
    try:
        return _opened(tlv.unwrap(file, 0x77))
    except NOT_DER as error:
        raise not_genuine(f"EF.SOD: {type(error).__name__}") from None


def _opened(der: bytes) -> SecurityObject:
    signed = open_signed_data(der, SECURITY_OBJECT)
    listed = LdsSecurityObject.load(signed.content, strict=True)
    hashes = {item["number"].native: item["value"].native for item in listed["hashes"]}
    return SecurityObject(listed["hash_algorithm"]["algorithm"].native, hashes, signed.signer)


def judge(security: SecurityObject, store: TrustStore, now: datetime) -> Verdict:
    """Whether the signer is one of a country we trust, at the time `now` (UTC, aware)."""
    return judge_signer(security.signer, store, now)


def judge_signer(signer: x509.Certificate, store: TrustStore, now: datetime) -> Verdict:
    """The same of any document signer's certificate."""
    try:
        country = str(signer.subject.native.get("country_name", ""))
        anchor = store.issuer_of(signer)
        if anchor is None:
            return Verdict("no_trust_anchor", country, "issuer not in the master list")
        if store.revoked(signer):
            raise not_genuine("its signer was revoked")
        if not all(_valid_at(certificate, now) for certificate in (signer, anchor)):
            return Verdict("no_trust_anchor", country, "a certificate is not valid today")
    except NOT_DER as error:
        raise not_genuine(f"certificate: {type(error).__name__}") from None
    return Verdict("genuine", country)


def _valid_at(certificate: x509.Certificate, now: datetime) -> bool:
    validity = certificate["tbs_certificate"]["validity"]
    return bool(validity["not_before"].native <= now.astimezone(UTC) <= validity["not_after"].native)
