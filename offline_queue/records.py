"""What the outbox tells about itself: frozen values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from offline_queue.envelope import Json, SealedEnvelope


class State(StrEnum):
    """Where an envelope stands. Only the first of a case that is not settled is anything but WAITING."""

    WAITING = "WAITING"
    READY = "READY"
    SENDING = "SENDING"
    ACKED = "ACKED"
    PURGED = "PURGED"
    QUARANTINED = "QUARANTINED"
    EXPORTED = "EXPORTED"
    ABANDONED = "ABANDONED"


PENDING: Final = frozenset({State.WAITING, State.READY, State.SENDING, State.QUARANTINED, State.EXPORTED})
SETTLED: Final = frozenset({State.ACKED, State.PURGED, State.ABANDONED})


@dataclass(frozen=True)
class Saved:
    """The envelope is on the disk; `again` when these very bytes were there before."""

    id: str
    receipt_number: str
    again: bool = False


@dataclass(frozen=True)
class Claim:
    """An envelope lent to a sender until its lease ends; `attempt` counts from 1 and names this very loan."""

    id: str
    attempt: int
    envelope: SealedEnvelope = field(repr=False)


@dataclass(frozen=True)
class Why:
    """Why an item stands where it stands: a text id `queue.why.<code>` and the values its sentence needs."""

    text_id: str
    values: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class OutboxItem:
    """One envelope as diagnostics show it; nothing personal. `next_at` is when it will be tried next, if known."""

    id: str
    receipt_number: str
    service: str
    case_id: str
    case_seq: int
    state: State
    created: str
    size: int
    attempts: int
    last_code: str
    why: Why
    next_at: datetime | None = None


@dataclass(frozen=True)
class OutboxStatus:
    """The queue at a glance. `bytes` is what pending envelopes hold, `frozen` asks for no new visit to begin."""

    counts: Mapping[State, int]
    oldest_created: datetime | None
    oldest_age_s: float
    bytes: int
    disk_bytes: int
    quota_bytes: int
    frozen: bool
    audit_seq: int
    audit_hash: str

    @property
    def pending(self) -> int:
        """How many envelopes the portal has not receipted yet."""
        return sum(n for state, n in self.counts.items() if state in PENDING)


@dataclass(frozen=True)
class Line:
    """What the sync thread last knew of the line: code "up", "unknown", or why not; `next_at` is the next probe."""

    code: str = "unknown"
    since: str = ""
    next_at: str = ""
