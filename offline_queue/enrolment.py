"""The kiosk's side of enrolment: its client certificate, asked for with a one-time code and renewed in good time.

Key and certificate lie in one file, so that a power cut leaves the old pair or the new one, never half of each.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from offline_queue.envelope import Json, b64
from offline_queue.portal_client import Kind, PortalClient, Trouble
from offline_queue.sealing import DeviceKey, write_private

RENEW_DAYS_BEFORE: Final = 30


@dataclass(frozen=True)
class Certified:
    """The kiosk holds a client certificate until `not_after`."""

    path: Path
    not_after: datetime


def enrol(client: PortalClient, *, kiosk_id: str, code: str, key: DeviceKey, path: Path) -> Certified | Trouble:
    """Hand in a one-time code; the certificate and its new key are at `path` (mode 0600) when this returns Certified.

    Trouble codes beside the line's: wrong_code (unknown, used by another key, too old, or another kiosk's).
    """
    return _certify(client, "enrol", {"kiosk_id": kiosk_id, "code": code, "public": b64(key.public_bytes)}, key, path)


def renew_if_due(
    client: PortalClient, *, kiosk_id: str, key: DeviceKey, path: Path, now: datetime
) -> Certified | Trouble | None:
    """Ask for the next certificate 30 days before the end, or after it; None while there is time."""
    until = certificate_end(path)
    if until is not None and until - now > timedelta(days=RENEW_DAYS_BEFORE):
        return None
    return _certify(client, "renew", {"kiosk_id": kiosk_id}, key, path)


@dataclass
class Renewal:
    """Keeps a kiosk's certificate fresh; `client` shows none, so that one that has run out can still be renewed."""

    client: PortalClient
    kiosk_id: str
    key: DeviceKey
    path: Path
    every_s: float = 3600.0
    monotonic: Callable[[], float] = time.monotonic
    _not_before: float = 0.0

    @property
    def until(self) -> datetime | None:
        """When the certificate runs out; None when there is none that can be read."""
        return certificate_end(self.path)

    def look(self, now: datetime) -> Certified | Trouble | None:
        """Renew if it is time, at most one try in `every_s`; quick when there is nothing to do."""
        if self.monotonic() < self._not_before:
            return None
        found = renew_if_due(self.client, kiosk_id=self.kiosk_id, key=self.key, path=self.path, now=now)
        if found is not None and not (isinstance(found, Trouble) and found.kind is Kind.OFFLINE):
            self._not_before = self.monotonic() + self.every_s
        return found


def certificate_end(path: Path) -> datetime | None:
    """When the certificate at `path` runs out; None when there is none that can be read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None


def _certify(
    client: PortalClient, kind: str, body: Mapping[str, Json], key: DeviceKey, path: Path
) -> Certified | Trouble:
    fresh = ec.generate_private_key(ec.SECP256R1())
    answer = client.ask(kind, {**body, "csr": _request_for(fresh, str(body["kiosk_id"]))}, key)
    if isinstance(answer, Trouble):
        return answer
    certificate = _certificate_in(answer, fresh)
    if certificate is None:
        return Trouble(Kind.OFFLINE, "unreadable")
    private = fresh.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, private + certificate.public_bytes(serialization.Encoding.PEM))
    return Certified(path, certificate.not_valid_after_utc)


def _request_for(key: ec.EllipticCurvePrivateKey, kiosk_id: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kiosk_id)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _certificate_in(answer: Mapping[str, Any], key: ec.EllipticCurvePrivateKey) -> x509.Certificate | None:
    """The certificate in an answer, if it is for this very key."""
    try:
        certificate = x509.load_pem_x509_certificate(str(answer["certificate"]).encode("utf-8"))
    except (KeyError, ValueError):
        return None
    return certificate if certificate.public_key() == key.public_key() else None
