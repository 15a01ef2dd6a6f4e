"""The hash chain over everything that happened to the queue's envelopes."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from offline_queue.envelope import Json, canonical

GENESIS: Final = bytes(32)


@dataclass(frozen=True)
class AuditHead:
    """Where the chain stands: the number of its last event and that event's hash."""

    seq: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True)
class AuditBreak:
    """The first event that does not follow from the one before it."""

    seq: int
    reason: str


def chain(previous: bytes, event: bytes) -> bytes:
    """The hash of an event (canonical JSON bytes) after the hash before it."""
    return hashlib.sha256(previous + event).digest()


def event_bytes(*, at: str, envelope: str, change: str, code: str) -> bytes:
    """One event: when, which envelope, from and to which state, and why; nothing personal."""
    event: dict[str, Json] = {"at": at, "envelope": envelope, "change": change, "code": code}
    return canonical(event)


def verify_chain(rows: Iterable[tuple[int, object, object]]) -> AuditHead | AuditBreak:
    """Walk rows of (seq, event, hash) in order; the head, or the first break (removed, altered or not JSON)."""
    head = AuditHead()
    for seq, event, digest in rows:
        if seq != head.seq + 1:
            return AuditBreak(head.seq + 1, "missing")
        if not isinstance(event, bytes) or chain(head.hash, event) != digest or not _is_json(event):
            return AuditBreak(seq, "altered")
        head = AuditHead(seq, chain(head.hash, event))
    return head


def _is_json(event: bytes) -> bool:
    try:
        json.loads(event)
    except ValueError:
        return False
    return True
