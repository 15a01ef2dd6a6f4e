"""What an operator or technician can ask of the queue and do to it. Asking never disturbs a running kiosk.

Functions that take a `path` only read, beside the running kiosk if there is one. Those that take an `Outbox` act, and
so need to be the process that owns the queue.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from offline_queue import ledger
from offline_queue.audit import AuditBreak, AuditHead, verify_chain
from offline_queue.bundle import read_receipts, write_bundle
from offline_queue.clocks import Clocks
from offline_queue.diagnosis import find_item, line_of, list_items
from offline_queue.envelope import Malformed, Signer
from offline_queue.faults import QueueFault, fault_of
from offline_queue.opening import DEFAULT_QUOTA_BYTES, FREEZE_AT
from offline_queue.outbox import Outbox
from offline_queue.receipt_numbers import parse_receipt_number
from offline_queue.records import Line, OutboxItem, OutboxStatus
from offline_queue.schema import connect_read_only
from offline_queue.slip_code import SlipCode, read_fleet, read_slip

T = TypeVar("T")


@dataclass(frozen=True)
class Overview:
    """The queue and the line at a glance."""

    status: OutboxStatus
    line: Line


@dataclass(frozen=True)
class AuditEvent:
    """One change of state, as recorded; nothing personal."""

    seq: int
    at: str
    envelope: str
    change: str
    code: str


@dataclass(frozen=True)
class Soundness:
    """Whether what is stored is what was stored: the audit chain, each pending payload, the counters."""

    audit: AuditHead | AuditBreak
    damaged: tuple[str, ...]
    counters_right: bool

    @property
    def sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return isinstance(self.audit, AuditHead) and not self.damaged and self.counters_right


@dataclass(frozen=True)
class Exported:
    """A bundle was written."""

    path: Path
    envelopes: int


@dataclass(frozen=True)
class Imported:
    """Receipts were brought back: how many settled an envelope here, how many did not."""

    settled: int
    ignored: int


def _reading(path: Path, work: Callable[[sqlite3.Connection], T]) -> T | QueueFault:
    if not path.exists():
        return QueueFault("queue_missing", retriable=False, detail=path.name)
    try:
        with closing(connect_read_only(path)) as db:
            return work(db)
    except sqlite3.Error as error:
        return fault_of(error)


def overview(
    path: Path, *, clocks: Clocks | None = None, quota_bytes: int = DEFAULT_QUOTA_BYTES
) -> Overview | QueueFault:
    """`queue status`."""
    now = (clocks or Clocks()).wall()

    def work(db: sqlite3.Connection) -> Overview:
        status = ledger.status(db, now=now, quota_bytes=quota_bytes)
        return Overview(replace(status, frozen=status.disk_bytes >= FREEZE_AT * quota_bytes), line_of(db))

    return _reading(path, work)


def listing(path: Path, *, clocks: Clocks | None = None, limit: int = 1000) -> tuple[OutboxItem, ...] | QueueFault:
    """`queue list`: pending envelopes, first to go first, each with why it has not gone."""
    return _reading(path, lambda db: tuple(list_items(db, clocks=clocks or Clocks(), limit=limit)))


def why(path: Path, key: str, *, clocks: Clocks | None = None) -> OutboxItem | QueueFault:
    """`queue why`: one envelope by its id or its receipt number, delivered ones too. Fault: unknown_item."""
    sought = parse_receipt_number(key) or key.strip()
    found = _reading(path, lambda db: find_item(db, sought, clocks=clocks or Clocks()))
    return QueueFault("unknown_item", retriable=False) if found is None else found


def audit(path: Path, *, after: int = 0, limit: int = 1000) -> tuple[AuditEvent, ...] | QueueFault:
    """`queue audit`: what happened, oldest first."""

    def work(db: sqlite3.Connection) -> tuple[AuditEvent, ...]:
        rows = db.execute("SELECT seq, event FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        return tuple(AuditEvent(seq, **json.loads(event)) for seq, event in rows)

    return _reading(path, work)


def verify_queue(path: Path) -> Soundness | QueueFault:
    """`queue audit --verify`: walk the whole chain, read every pending payload, recount. Reads the whole file."""
    return _reading(path, _soundness)


def _soundness(db: sqlite3.Connection) -> Soundness:
    chain = verify_chain(db.execute("SELECT seq, event, hash FROM audit ORDER BY seq"))
    counted = dict(db.execute("SELECT state, count(*) FROM envelope GROUP BY state").fetchall())
    kept = dict(db.execute("SELECT state, n FROM counter WHERE n <> 0").fetchall())
    return Soundness(chain, tuple(ledger.damaged(db)), counted == kept)


def fleet_keys(path: Path, receipt_keys: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The keys of all kiosks (kid -> public key) as the portal last told this one; empty before it ever did."""
    found = _reading(path, lambda db: db.execute("SELECT value FROM meta WHERE name = 'fleet'").fetchone())
    if found is None or isinstance(found, QueueFault):
        return {}
    keys = read_fleet(found[0], receipt_keys)
    return {} if isinstance(keys, Malformed) else keys


def verify_slip(code: str, keys: Mapping[str, bytes]) -> SlipCode | Malformed:
    """`queue verify`: what a slip's code proves, without the line. `keys` are known kiosks' (kid -> public key).

    Malformed codes: slip_unreadable, slip_forged, slip_unknown_kiosk.
    """
    claimed = read_slip(code)
    if isinstance(claimed, Malformed):
        return claimed
    public = keys.get(claimed.kid)
    return Malformed("slip_unknown_kiosk") if public is None else read_slip(code, public)


def retry(outbox: Outbox) -> int | QueueFault:
    """`queue retry`: try everything that waits now; how many envelopes that is."""
    return outbox.retry_all()


def release(outbox: Outbox, key: str, reason: str) -> QueueFault | None:
    """`queue release`: send a quarantined envelope once more. Faults: unknown_item, wrong_state."""
    found = why(outbox.path, key)
    return found if isinstance(found, QueueFault) else outbox.release(found.id, reason)


def abandon(outbox: Outbox, key: str, reason: str) -> QueueFault | None:
    """`queue abandon`: give up an envelope that was set aside and exported. Faults: unknown_item, wrong_state."""
    found = why(outbox.path, key)
    return found if isinstance(found, QueueFault) else outbox.abandon(found.id, reason)


def export(outbox: Outbox, target: Path, *, kiosk_id: str, key: Signer, now: datetime) -> Exported | QueueFault:
    """`queue export`: everything pending as one signed file at `target`.

    Nothing leaves the queue by it: what is due stays due (the portal tells doubles by their digest), what was in
    quarantine is marked as exported. Only receipts take envelopes out.
    """
    ids: list[str] = []
    try:
        with closing(connect_read_only(outbox.path)) as db:
            envelopes = ledger.pending(db, ids.append)
            count = write_bundle(target, envelopes, kiosk_id=kiosk_id, key=key, now=now)
    except (OSError, sqlite3.Error) as error:
        return fault_of(error)
    fault = outbox.mark_exported(ids, target.name)
    return Exported(target, count) if fault is None else fault


def import_receipts(outbox: Outbox, source: Path) -> Imported | QueueFault:
    """`queue import`: the receipts a portal gave for a bundle. Fault: bundle_damaged."""
    texts = read_receipts(source)
    if isinstance(texts, Malformed):
        return QueueFault("bundle_damaged", retriable=False)
    settled = sum(outbox.acknowledge(text) for text in texts)
    return Imported(settled, len(texts) - settled)
