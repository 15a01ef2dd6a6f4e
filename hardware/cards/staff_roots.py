"""Who certifies a site's staff: the certificates in one folder, and the roles a kiosk knows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TECHNICIAN: Final = "technician"
FIELD: Final = "field"
ROLES: Final = (TECHNICIAN, FIELD)
"""By the organizational unit in the certificate: technicians mend a kiosk, field staff set it up and put paper in."""


def staff_roots(folder: Path) -> tuple[bytes, ...]:
    """The certificates in the folder, in DER; a file that is none is left out, a missing folder is empty."""
    from cryptography import x509  # loads the ciphers, which only a staff card needs
    from cryptography.hazmat.primitives.serialization import Encoding

    found = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        raw = path.read_bytes() if path.is_file() else b""
        try:
            pem = raw.lstrip().startswith(b"-----BEGIN")
            one = x509.load_pem_x509_certificate(raw) if pem else x509.load_der_x509_certificate(raw)
        except ValueError:
            continue
        found.append(one.public_bytes(Encoding.DER))
    return tuple(found)
