"""Sealing: a submission becomes an envelope that its own kiosk cannot open; and the device's signing key."""

import os
import queue
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from offline_queue.envelope import (
    TAG_BYTES,
    Attachment,
    Header,
    Payload,
    Recipient,
    SealedEnvelope,
    Signer,
    StatementKey,
    WrappedKey,
    encode_payload,
    encrypt_body,
    envelope_digest,
    envelope_message,
    instant,
    uuid7,
)

__all__ = ["Attachment", "DeviceKey", "FileDeviceKey", "KeysAhead", "Payload", "Recipient", "SealedEnvelope", "seal"]

DeviceKey = Signer


@dataclass(frozen=True)
class FileDeviceKey:
    """The device key as a file of 32 raw bytes, mode 0600, made on the box; it never leaves it."""

    path: Path
    _key: StatementKey = field(repr=False)

    @classmethod
    def load_or_create(cls, path: Path) -> "FileDeviceKey":
        """The key at `path`, made if absent; PermissionError if others may read it, ValueError if it is no key."""
        if not path.exists():
            write_private(path, StatementKey.generate().private)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise PermissionError(f"{path.name}: the device key may be readable by its owner only (chmod 600)")
        raw = path.read_bytes()
        if len(raw) != 32:
            raise ValueError(f"{path.name}: not a device key of 32 bytes")
        return cls(path, StatementKey(raw))

    @property
    def key_id(self) -> str:
        """Short name of the key."""
        return self._key.key_id

    @property
    def public_bytes(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes: what enrolment hands to the portal."""
        return self._key.public_bytes

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return self._key.sign(message)


def write_private(path: Path, raw: bytes) -> None:
    """Write a file for its owner only, whole or not at all: aside, synced, then renamed."""
    aside = path.with_name(path.name + ".new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, raw)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    aside.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class KeysAhead:
    """A kiosk's content keys, wrapped before the submission is there; each seals one envelope. From any thread."""

    def __init__(self, recipients: Sequence[Recipient], kiosk_id: str, device_kid: str) -> None:
        self._recipients = recipients
        self._kiosk_id = kiosk_id
        self._device_kid = device_kid
        self._ready: queue.SimpleQueue[WrappedKey] = queue.SimpleQueue()

    @property
    def is_ready(self) -> bool:
        """Whether the next one need not be made first."""
        return not self._ready.empty()

    def make_ready(self) -> None:
        """Have one ready: when a visit begins, so that nobody waits for it at the end. ValueError: no recipient."""
        if not self.is_ready:
            self._ready.put(self._make())

    def take(self) -> WrappedKey:
        """One that was ready, or a fresh one. ValueError: no recipient."""
        try:
            return self._ready.get_nowait()
        except queue.Empty:
            return self._make()

    def _make(self) -> WrappedKey:
        return WrappedKey.make(self._recipients, self._kiosk_id, self._device_kid)


def seal(
    payload: Payload,
    *,
    kiosk_id: str,
    case_id: str,
    case_seq: int,
    receipt_number: str,
    device_key: DeviceKey,
    now: datetime,
    key: WrappedKey,
) -> SealedEnvelope:
    """Seal a submission to the recipients of `key` and sign it, all in memory.

    The key was wrapped for this kiosk and this device key, and is used for nothing else.
    """
    clear = encode_payload(payload)
    header = Header.of_key(
        key,
        id=uuid7(now),
        kiosk_id=kiosk_id,
        case_id=case_id,
        case_seq=case_seq,
        service=payload.service,
        receipt_number=receipt_number,
        created=instant(now),
        device_kid=device_key.key_id,
        size=len(clear) + TAG_BYTES,
    )
    encoded = header.encode()
    ciphertext = encrypt_body(clear, key.content_key, key.nonce, encoded)
    digest = envelope_digest(encoded, ciphertext)
    sealed = SealedEnvelope(encoded, ciphertext, digest, device_key.sign(envelope_message(digest)))
    sealed.__dict__["head"] = header  # known here: not worth reading back
    return sealed
