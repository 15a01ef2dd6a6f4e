"""The portal's keys as files: the opening keys are the worker's alone, the signing key is the ingest nodes'."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from offline_queue.envelope import Kem, RecipientKey, StatementKey, b64, unb64

PUBLIC_FILE = "portal-public.json"


class NotInitialisedError(Exception):
    """The data folder holds no portal yet; `python -m portal init` makes one."""


@dataclass(frozen=True)
class PublicKeys:
    """What everybody may know: who can open (kids) and the file that kiosks load."""

    recipient_kids: frozenset[str]
    document: dict[str, Any]


def make_keys(folder: Path, *, kem: Kem = Kem.HYBRID) -> Path:
    """Make the keys if they are not there, and `portal-public.json` beside them; the public file's path."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (keys / "opening.json").exists():
        key = RecipientKey.generate(kem)
        replace_private(keys / "opening.json", [{"kem": key.kem.value, "private": b64(key.private)}])
    if not (keys / "signing.json").exists():
        replace_private(keys / "signing.json", {"private": b64(StatementKey.generate().private)})
    return _write_public(folder)


def opening_keys(folder: Path) -> list[RecipientKey]:
    """The private keys that open envelopes, newest first."""
    listed = _read(folder / "keys" / "opening.json")
    return [RecipientKey(Kem(entry["kem"]), unb64(entry["private"])) for entry in listed]


def signing_key(folder: Path) -> StatementKey:
    """The private key that signs answers and receipts."""
    return StatementKey(unb64(_read(folder / "keys" / "signing.json")["private"]))


def public_keys(folder: Path) -> PublicKeys:
    """The public half, without touching any private key."""
    document = _read(folder / PUBLIC_FILE)
    return PublicKeys(frozenset(entry["kid"] for entry in document["recipients"]), document)


def rotate_opening_key(folder: Path, *, kem: Kem = Kem.HYBRID) -> str:
    """Make a new opening key and put it first; old ones stay, since kiosks cannot wrap again. The new kid."""
    key = RecipientKey.generate(kem)
    path = folder / "keys" / "opening.json"
    replace_private(path, [{"kem": key.kem.value, "private": b64(key.private)}, *_read(path)])
    _write_public(folder)
    return key.recipient.kid


def _write_public(folder: Path) -> Path:
    recipients = [key.recipient for key in opening_keys(folder)]
    signer = signing_key(folder)
    document = {
        "recipients": [{"kid": r.kid, "kem": r.kem.value, "public": b64(r.public)} for r in recipients],
        "receipt_keys": [{"kid": signer.key_id, "public": b64(signer.public_bytes)}],
    }
    path = folder / PUBLIC_FILE
    _replace(path, document, 0o644)
    return path


def replace_private(path: Path, content: Any) -> None:
    """Replace a JSON file that only its owner may read, whole or not at all."""
    _replace(path, content, 0o600)


def write_private_text(path: Path, text: str) -> None:
    """Write a text file that only its owner may read, whole or not at all."""
    _replace_text(path, text, 0o600)


def _replace(path: Path, content: Any, mode: int) -> None:
    _replace_text(path, json.dumps(content, indent=1), mode)


def _replace_text(path: Path, text: str, mode: int) -> None:
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise NotInitialisedError(f"{path.name} is missing: run `python -m portal init` first") from missing
