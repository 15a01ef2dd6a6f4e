"""Everything pending as one signed file, for the day the line stays down: what a USB stick carries, and its receipts.

A zip without compression (what is sealed does not compress): `bundle.json` is a statement signed by the device over the
ids and digests, then one member per envelope, named by its id, holding the very packet that the wire would carry.
"""

import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from offline_queue.envelope import (
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    Json,
    Malformed,
    Packet,
    SealedEnvelope,
    Signer,
    chunk_digests,
    instant,
    read_statement,
    sign_statement,
)

CONTENTS: Final = "bundle.json"
MOST_ENVELOPES: Final = 100_000
_LONGEST_MEMBER: Final = MAX_BODY_BYTES + 3 * MAX_HEADER_BYTES


@dataclass(frozen=True)
class Contents:
    """What a bundle says it holds: envelope id -> digest in hexadecimal."""

    kiosk_id: str
    at: str
    sha256: Mapping[str, str]


def write_bundle(path: Path, envelopes: Iterable[SealedEnvelope], *, kiosk_id: str, key: Signer, now: datetime) -> int:
    """Write a bundle whole or not at all; how many envelopes it holds. OSError when the stick is full or gone."""
    aside = path.with_name(path.name + ".part")
    try:
        with aside.open("wb") as file:
            count = _fill(file, envelopes, kiosk_id, key, now)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)
    return count


def _fill(file: object, envelopes: Iterable[SealedEnvelope], kiosk_id: str, key: Signer, now: datetime) -> int:
    listed: list[Json] = []
    with zipfile.ZipFile(file, "w") as bundle:  # type: ignore[call-overload]
        for sealed in envelopes:
            listed.append({"id": sealed.head.id, "sha256": sealed.sha256.hex()})
            bundle.writestr(sealed.head.id, whole_packet(sealed).encode())
        body: dict[str, Json] = {"kiosk_id": kiosk_id, "at": instant(now), "envelopes": listed}
        bundle.writestr(CONTENTS, sign_statement("bundle", body, key))
    return len(listed)


def whole_packet(sealed: SealedEnvelope) -> Packet:
    """The packet of an envelope with its body, whatever its size."""
    return Packet(sealed.header, sealed.sha256, sealed.signature, chunk_digests(sealed.ciphertext), sealed.ciphertext)


def signer_of(path: Path) -> str | Malformed:
    """The key id that signed a bundle's contents, still to be checked."""
    text = _contents_text(path)
    if isinstance(text, Malformed):
        return text
    try:
        kid = json.loads(text)["kid"]
    except (ValueError, TypeError, KeyError):
        return Malformed("bundle")
    return kid if isinstance(kid, str) else Malformed("bundle")


def read_contents(path: Path, keys: Mapping[str, bytes]) -> Contents | Malformed:
    """A bundle's contents, once their signature by one of `keys` is checked."""
    text = _contents_text(path)
    if isinstance(text, Malformed):
        return text
    body = read_statement("bundle", text, keys)
    if isinstance(body, Malformed):
        return body
    listed = body.get("envelopes")
    if not isinstance(listed, Sequence) or len(listed) > MOST_ENVELOPES:
        return Malformed("bundle")
    digests = {str(entry["id"]): str(entry["sha256"]) for entry in listed if isinstance(entry, Mapping)}
    return Contents(str(body.get("kiosk_id")), str(body.get("at")), digests)


def packets(path: Path, contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Each listed envelope's id and packet bytes; one that is missing, damaged or too long is left out."""
    with zipfile.ZipFile(path) as bundle:
        for envelope_id in contents.sha256:
            try:
                if bundle.getinfo(envelope_id).file_size <= _LONGEST_MEMBER:
                    yield envelope_id, bundle.read(envelope_id)
            except (KeyError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
                continue


def _contents_text(path: Path) -> str | Malformed:
    try:
        with zipfile.ZipFile(path) as bundle:
            if bundle.getinfo(CONTENTS).file_size > 128 * MOST_ENVELOPES:
                return Malformed("bundle")
            return bundle.read(CONTENTS).decode("utf-8")
    except (KeyError, zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, UnicodeDecodeError):
        return Malformed("bundle")


def receipts_text(receipts: Sequence[str], refused: Mapping[str, str]) -> str:
    """The file that goes back: the portal's signed receipts, and why others were refused (id -> code)."""
    return json.dumps({"receipts": list(receipts), "refused": dict(refused)}, indent=1)


def read_receipts(path: Path) -> tuple[str, ...] | Malformed:
    """The receipts in a file that came back; each still proves itself."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["receipts"]
    except (OSError, ValueError, TypeError, KeyError):
        return Malformed("bundle")
    return tuple(str(text) for text in listed) if isinstance(listed, list) else Malformed("bundle")
