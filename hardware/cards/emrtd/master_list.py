"""Master lists of country signing certificates (ICAO 9303-12 §9), as countries publish them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, x509  # type: ignore[import-untyped]

from hardware.cards.emrtd.asn1 import NOT_DER
from hardware.cards.emrtd.signed_data import not_genuine, open_signed_data
from hardware.cards.emrtd.trust import TrustStore

MASTER_LIST = "2.23.136.1.1.2"
MAX_BYTES = 16 << 20


class _Certificates(core.SetOf):  # type: ignore[misc]
    _child_spec = x509.Certificate


class CscaMasterList(core.Sequence):  # type: ignore[misc]
    """The signed content."""

    _fields = [("version", core.Integer), ("certificates", _Certificates)]  # noqa: RUF012 - asn1crypto's own form


@dataclass(frozen=True)
class MasterList:
    """The certificates of a list in DER, who signed it and when, and whether a certificate we trust vouches for it."""

    certificates: tuple[bytes, ...]
    publisher: str
    signed_at: datetime | None
    vouched: bool

    @property
    def countries(self) -> dict[str, int]:
        """How many certificates each country has in it, by its code as the certificates write it."""
        found: Counter[str] = Counter()
        for der in self.certificates:
            subject = x509.Certificate.load(der).subject.native
            found[str(subject.get("country_name", "")).upper()] += 1
        return dict(sorted(found.items()))


def load(data: bytes, publishers: TrustStore) -> MasterList:
    """Open a master list whose signature holds; raises CardError("card_not_genuine") for anything else.

    `publishers` are the country certificates the site trusts to publish lists. A list signed under none of them is
    opened too, but not `vouched`: whoever imports it decides.
    """
    if len(data) > MAX_BYTES:
        raise not_genuine("master list too long")
    try:
        signed = open_signed_data(data, MASTER_LIST)
        listed = CscaMasterList.load(signed.content, strict=True)
        certificates = tuple(certificate.dump() for certificate in listed["certificates"])
        publisher = str(signed.signer.subject.native.get("country_name", ""))
        vouched = publishers.issuer_of(signed.signer) is not None
    except NOT_DER as error:
        raise not_genuine(f"master list: {type(error).__name__}") from None
    return MasterList(certificates, publisher, signed.signed_at, vouched)
