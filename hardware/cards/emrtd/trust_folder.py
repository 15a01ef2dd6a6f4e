"""What a site trusts, kept in one folder: the master list as it was published, who may publish it, and revocations.

The list is kept signed and its signature is checked again whenever it is read, so that a file that was changed on
the disk is noticed. Nothing here is secret or personal.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import crl  # type: ignore[import-untyped]

from hardware.cards.emrtd import master_list
from hardware.cards.emrtd.asn1 import NOT_DER
from hardware.cards.emrtd.master_list import MasterList
from hardware.cards.emrtd.signed_data import not_genuine
from hardware.cards.emrtd.trust import TrustStore
from hardware.cards.faults import CardError

LIST, PUBLISHERS, REVOCATIONS = "master-list.ml", "publishers", "revocations"
ACCEPTED = "accepted-unvouched"  # the SHA-256 of a list that was taken although nobody trusted vouches for it
MAX_REVOCATION_BYTES = 4 << 20


@dataclass(frozen=True)
class Revocations:
    """One revocation list: whose, from when, until when it counts as fresh, and how many certificates it takes back."""

    issuer: str
    this_update: datetime
    next_update: datetime | None
    entries: int
    der: bytes = field(repr=False)

    def stale(self, now: datetime) -> bool:
        """Whether its country has promised a newer one by now."""
        return self.next_update is not None and self.next_update < now.astimezone(UTC)


@dataclass(frozen=True)
class Trusted:
    """What a folder holds; without a list the store is empty and no document's issuer is known."""

    store: TrustStore
    listed: MasterList | None
    revocations: tuple[Revocations, ...] = ()

    @property
    def refused(self) -> int:
        """How many revocation lists nobody in the master list signed."""
        return self.store.refused_lists


def load(folder: Path) -> Trusted:
    """Read the folder, a missing one as empty; raises CardError("card_not_genuine") for a file that was changed."""
    path = folder / LIST
    if not path.is_file():
        return Trusted(TrustStore(), None)
    data = path.read_bytes()
    listed = master_list.load(data, _store(_ders(folder / PUBLISHERS)))
    accepted = folder / ACCEPTED
    if not listed.vouched and not (accepted.is_file() and accepted.read_bytes() == _digest(data)):
        raise not_genuine("the master list here is not the one that was imported")
    known = tuple(parse_revocations(der) for der in _ders(folder / REVOCATIONS))
    return Trusted(_store(listed.certificates, (one.der for one in known)), listed, known)


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when the folder does: names, sizes and times of its files."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found)


def import_list(
    folder: Path, data: bytes, publishers: Iterable[bytes], *, unvouched: bool = False, older: bool = False
) -> MasterList:
    """Check a published master list and make it the folder's; raises CardError and leaves the folder as it was.

    `publishers` are certificates of countries whose lists the site trusts; they are added to those the folder has.
    Without `unvouched` one of them must vouch for the list, and without `older` it must not be older than the list
    it replaces.
    """
    vouching = {*_ders(folder / PUBLISHERS), *publishers}
    listed = master_list.load(data, _store(vouching))
    if not listed.vouched and not unvouched:
        raise not_genuine("no publisher that this site trusts vouches for the list")
    before = load(folder).listed
    if before is not None and _older(listed, before) and not older:
        raise CardError("card_invalid", f"the list of {before.signed_at:%Y-%m-%d} here is newer", retriable=False)
    for der in vouching:
        _write(folder / PUBLISHERS / f"{_name(der)}.cer", der)
    if not listed.vouched:
        _write(folder / ACCEPTED, _digest(data))
    _write(folder / LIST, data)
    return listed


def import_revocations(folder: Path, data: bytes) -> Revocations:
    """Check a country's revocation list and keep it instead of its former one; raises CardError."""
    found = parse_revocations(data)
    trusted = load(folder)
    if TrustStore(trusted.listed.certificates if trusted.listed else (), [data]).refused_lists:
        raise not_genuine(f"no certificate of {found.issuer} in the master list signed it")
    path = folder / REVOCATIONS / f"{_name(found.issuer.encode())}.crl"
    if path.is_file() and parse_revocations(path.read_bytes()).this_update > found.this_update:
        raise CardError("card_invalid", "the revocation list here is newer", retriable=False)
    _write(path, data)
    return found


def parse_revocations(der: bytes) -> Revocations:
    """What a revocation list says of itself, its signature not yet checked; raises CardError("card_not_genuine")."""
    if len(der) > MAX_REVOCATION_BYTES:
        raise not_genuine("revocation list too long")
    try:
        content = crl.CertificateList.load(der, strict=True)["tbs_cert_list"]
        fresh_until = content["next_update"].native
        return Revocations(
            issuer=str(content["issuer"].human_friendly),
            this_update=content["this_update"].native,
            next_update=fresh_until if isinstance(fresh_until, datetime) else None,
            entries=len(content["revoked_certificates"] or ()),
            der=der,
        )
    except NOT_DER as error:
        raise not_genuine(f"revocation list: {type(error).__name__}") from None


def _store(certificates: Iterable[bytes], revocations: Iterable[bytes] = ()) -> TrustStore:
    try:
        return TrustStore(certificates, revocations)
    except NOT_DER as error:
        raise not_genuine(f"certificate: {type(error).__name__}") from None


def _older(one: MasterList, other: MasterList) -> bool:
    return one.signed_at is not None and other.signed_at is not None and one.signed_at < other.signed_at


def _ders(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file()] if folder.is_dir() else []


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode("ascii")


def _name(content: bytes) -> str:
    return _digest(content)[:16].decode("ascii")


def _write(path: Path, data: bytes) -> None:
    """Replace a file whole: a kiosk that reads it meanwhile sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
