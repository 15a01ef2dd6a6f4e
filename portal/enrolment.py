"""Letting a kiosk in: a one-time code and a signing request bring it a short-lived client certificate; renewal too.

The device key signs both requests, so a code that was overheard is worth nothing without the box, and a kiosk whose
certificate has run out can still ask for the next one.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from offline_queue.envelope import Json, Malformed, instant, key_id, read_statement, unb64
from portal import intake
from portal.database import Database
from portal.keys import NotInitialisedError, write_private_text
from portal.problem import Problem

CERTIFICATE_DAYS: Final = 90
CODE_HOURS: Final = 24
CA_DAYS: Final = 3650
CA_FILE: Final = "client-ca.pem"
_CODE_SIGNS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Authority:
    """Signs kiosks' client certificates."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The authority's own certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def issue(self, kiosk_id: str, request: x509.CertificateSigningRequest, now: datetime) -> x509.Certificate:
        """A client certificate for the key in the request; whatever name the request asks for, it gets the kiosk's."""
        builder = _builder(kiosk_id, request.public_key(), now, CERTIFICATE_DAYS)
        builder = builder.issuer_name(self.certificate.subject)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        return builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())


def _builder(name: str, public: object, now: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # a kiosk's clock may be behind
        .not_valid_after(now + timedelta(days=days))
    )


def make_authority(folder: Path, now: datetime) -> None:
    """Make the authority's key and certificate if they are not there."""
    if (folder / CA_FILE).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Kiosk portal client authority")])
    builder = _builder("Kiosk portal client authority", key.public_key(), now, CA_DAYS).issuer_name(name)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
        key, hashes.SHA256()
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private_text(folder / "keys" / "client-ca-key.pem", private.decode("ascii"))
    (folder / CA_FILE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def load_authority(folder: Path) -> Authority:
    """The authority in a portal's folder."""
    try:
        raw = (folder / "keys" / "client-ca-key.pem").read_bytes()
        certificate = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    except FileNotFoundError as missing:
        raise NotInitialisedError(f"{CA_FILE} is missing: run `python -m portal init` first") from missing
    key = serialization.load_pem_private_key(raw, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NotInitialisedError("client-ca-key.pem is not the authority's key")
    return Authority(certificate, key)


def make_code(db: Database, kiosk_id: str, now: datetime) -> str:
    """A code good once, for this kiosk, for a day; only its hash is kept."""
    code = "-".join("".join(secrets.choice(_CODE_SIGNS) for _ in range(4)) for _ in range(4))
    until = instant(now + timedelta(hours=CODE_HOURS))
    db.execute("INSERT INTO enrol_code VALUES (?, ?, ?, '')", (_code_hash(code), kiosk_id, until))
    return code


def _code_hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode("utf-8")).hexdigest()


def enrol_by_code(db: Database, text: str, authority: Authority, now: datetime) -> Mapping[str, str] | Problem:
    """Enrol the device key that signed a statement of kind "enrol", and give it a certificate.

    The body holds kiosk_id, code, public (the device key) and csr (PEM). The same code by the same key again, because
    the answer was lost, gives another certificate.
    """
    body, public = _own_statement(text)
    if body is None:
        return Problem(400, "malformed")
    request = _request(body)
    if request is None:
        return Problem(422, "bad_request_for_certificate")
    kiosk_id, kid = str(body.get("kiosk_id")), key_id(public)
    if not _use_code(db, str(body.get("code")), kiosk_id, kid, now):
        return Problem(403, "wrong_code")
    intake.enrol(db, kiosk_id, kid, public, now)
    return _answer(authority.issue(kiosk_id, request, now), authority)


def _own_statement(text: str) -> tuple[Mapping[str, Json] | None, bytes]:
    """The body of a statement signed by the very key that it brings."""
    from json import loads

    try:
        public = unb64(loads(text)["body"]["public"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None, b""
    body = read_statement("enrol", text, {key_id(public): public})
    return (None, b"") if isinstance(body, Malformed) else (body, public)


def _use_code(db: Database, code: str, kiosk_id: str, kid: str, now: datetime) -> bool:
    """Give a code to the first key that brings it in time; the one statement decides, whatever node asks."""
    sql = "UPDATE enrol_code SET kid = ? WHERE hash = ? AND kiosk_id = ? AND until >= ? AND kid IN (?, ?)"
    named = kiosk_id if kiosk_id.isprintable() else ""
    return db.execute(sql, (kid, _code_hash(code), named, instant(now), "", kid)).rowcount == 1


def renew(db: Database, text: str, authority: Authority, now: datetime) -> Mapping[str, str] | Problem:
    """Give an enrolled device its next certificate, for a statement of kind "renew" with kiosk_id and csr (PEM)."""
    sender = intake.sender_of(db, text)
    if isinstance(sender, Problem):
        return sender
    body = read_statement("renew", text, {sender.kid: sender.public})
    if isinstance(body, Malformed) or body.get("kiosk_id") != sender.kiosk_id:
        return Problem(422, "bad_signature")
    request = _request(body)
    if request is None:
        return Problem(422, "bad_request_for_certificate")
    return _answer(authority.issue(sender.kiosk_id, request, now), authority)


def _request(body: Mapping[str, Json]) -> x509.CertificateSigningRequest | None:
    try:
        request = x509.load_pem_x509_csr(str(body.get("csr")).encode("utf-8"))
        proven = request.is_signature_valid
    except (ValueError, TypeError):
        return None
    return request if proven and isinstance(request.public_key(), ec.EllipticCurvePublicKey) else None


def _answer(certificate: x509.Certificate, authority: Authority) -> Mapping[str, str]:
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
    return {"certificate": pem, "not_after": instant(certificate.not_valid_after_utc), "authority": authority.pem}
