"""The outbox's statements: each function runs inside one transaction and writes its audit rows in it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from offline_queue.audit import AuditHead, chain, event_bytes
from offline_queue.envelope import Header, Receipt, SealedEnvelope, chunks_of, envelope_digest, instant
from offline_queue.faults import QueueFault
from offline_queue.records import Claim, Line, OutboxStatus, Saved, State
from offline_queue.schema import Connection

_NO_DEADLINE: Final = "9999"
CHUNKS_APART: Final = 1024
_OF_ENVELOPE: Final = "place >= ? * 1024 AND place < (? + 1) * 1024"
_PENDING: Final = "state NOT IN ('ACKED', 'PURGED', 'ABANDONED')"
# The digest under this id; whether the case has something here or later; whether it has something unsettled.
_STANDING: Final = (
    "SELECT (SELECT sha256 FROM envelope WHERE id = ?),"  # noqa: S608 - constants
    " EXISTS (SELECT 1 FROM envelope WHERE case_id = ? AND case_seq >= ?),"
    f" EXISTS (SELECT 1 FROM envelope WHERE case_id = ? AND {_PENDING})"
)
_THERE: Final = (
    "SELECT 1 FROM envelope WHERE id = ? UNION ALL SELECT 1 FROM envelope WHERE case_id = ? AND case_seq >= ?"
)
_VOID: Final = "UPDATE envelope INDEXED BY envelope_later SET next_mono = 0 WHERE state = 'READY' AND next_mono > 0"


def record(db: Connection, envelope: str, before: State | None, after: State | None, code: str, when: datetime) -> None:
    """Append one event to the audit chain."""
    head = audit_head(db)
    change = f"{before or ''}>{after or ''}"
    event = event_bytes(at=instant(when), envelope=envelope, change=change, code=code)
    db.execute("INSERT INTO audit VALUES (?, ?, ?)", (head.seq + 1, event, chain(head.hash, event)))


def audit_head(db: Connection) -> AuditHead:
    """The end of the audit chain."""
    row = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return AuditHead(row[0], bytes(row[1])) if row else AuditHead()


def begin_process(db: Connection, *, boot_id: str, mono: float, when: datetime) -> None:
    """A process has taken the queue over: loans of the one before end, and waits of another boot are void."""
    db.execute("DELETE FROM meta WHERE name = 'closed'")
    for seq, envelope, loan_boot in db.execute(
        "SELECT seq, id, boot_id FROM envelope WHERE state = 'SENDING'"
    ).fetchall():
        reason = "process_ended" if loan_boot == boot_id else "boot_ended"
        _move(db, seq, envelope, State.SENDING, State.READY, reason, when)
    db.execute(f"{_VOID} AND boot_id <> ?", (boot_id,))
    db.execute(f"{_VOID} AND next_mono > ?", (mono + 900.0,))


def note_closed(db: Connection, unseen: int) -> None:
    """The queue is closed in good order, so many starts after it was last looked through."""
    keep_note(db, "closed", f"{audit_head(db).hash.hex()} {unseen}")


def starts_unseen(db: Connection) -> int | None:
    """How many starts ago a queue was looked through; None unless it was closed in good order and is as it was then."""
    row = db.execute("SELECT value FROM meta WHERE name = 'closed'").fetchone()
    digest, _, unseen = (row[0] if row else "").partition(" ")
    return int(unseen) if digest == audit_head(db).hash.hex() and unseen.isdecimal() else None


def is_new(db: Connection, head: Header) -> bool:
    """Whether neither this id is here, nor anything at its place in its case or later."""
    return not db.execute(_THERE, (head.id, head.case_id, head.case_seq)).fetchall()


def latest_names(db: Connection) -> tuple[str, str]:
    """The last id and the last case of all that ever came, by the order of their letters; empty when none did."""
    row = db.execute("SELECT (SELECT max(id) FROM envelope), (SELECT max(case_id) FROM envelope)").fetchone()
    return row[0] or "", row[1] or ""


def insert(db: Connection, sealed: SealedEnvelope, deadline: datetime | None, when: datetime) -> Saved | QueueFault:
    """Store an envelope: at the end of its case, and READY if nothing of the case is before it."""
    head = sealed.head
    known, placed, waits = db.execute(_STANDING, (head.id, head.case_id, head.case_seq, head.case_id)).fetchone()
    if known is not None and bytes(known) == sealed.sha256:
        return Saved(head.id, head.receipt_number, again=True)
    if known is not None or placed:
        return QueueFault("queue_conflict", retriable=False)
    state = State.WAITING if waits else State.READY
    _insert_rows(db, sealed, head, state, instant(deadline) if deadline else _NO_DEADLINE)
    record(db, head.id, None, state, "saved", when)
    return Saved(head.id, head.receipt_number)


def _insert_rows(db: Connection, sealed: SealedEnvelope, head: Header, state: State, deadline: str) -> None:
    pieces = chunks_of(sealed.ciphertext)
    (seq,) = db.execute(
        "INSERT INTO envelope (id, case_id, case_seq, service, receipt_number, state, deadline, created, size,"
        " chunk_count, sha256, header, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
        (
            head.id,
            head.case_id,
            head.case_seq,
            head.service,
            head.receipt_number,
            state.value,
            deadline,
            head.created,
            head.size,
            len(pieces),
            sealed.sha256,
            sealed.header,
            sealed.signature,
        ),
    ).fetchone()
    for n, piece in enumerate(pieces):
        row = (seq * CHUNKS_APART + n, hashlib.sha256(piece).digest(), piece)
        db.execute("INSERT INTO chunk (place, sha256, data) VALUES (?, ?, ?)", row)


def _move(db: Connection, seq: int, envelope: str, before: State, after: State, code: str, when: datetime) -> None:
    db.execute("UPDATE envelope SET state = ?, last_code = ? WHERE seq = ?", (after.value, code, seq))
    record(db, envelope, before, after, code, when)


# ---- lending and taking back --------------------------------------------------------------------------------------


def claim(db: Connection, *, mono: float, boot_id: str, lease_s: float, when: datetime) -> Claim | None:
    """Lend the first due envelope: earliest deadline, then oldest; damaged ones on the way are quarantined."""
    db.execute(f"{_VOID} AND next_mono <= ?", (mono,))
    while (row := _first_due(db)) is not None:
        seq, envelope, attempts, header, digest, signature, count = row
        ciphertext = _intact_body(db, seq, bytes(header), bytes(digest), count)
        if ciphertext is None:
            _move(db, seq, envelope, State.READY, State.QUARANTINED, "damaged_on_disk", when)
            continue
        _lend(db, seq, (attempts + 1, mono + lease_s, boot_id))
        record(db, envelope, State.READY, State.SENDING, "claimed", when)
        sealed = SealedEnvelope(bytes(header), ciphertext, bytes(digest), bytes(signature))
        return Claim(envelope, attempts + 1, sealed)
    return None


def _first_due(db: Connection) -> Any:
    return db.execute(
        "SELECT seq, id, attempts, header, sha256, signature, chunk_count FROM envelope INDEXED BY envelope_due"
        " WHERE state = 'READY' AND next_mono = 0 ORDER BY deadline, seq LIMIT 1"
    ).fetchone()


def _lend(db: Connection, seq: int, loan: tuple[int, float, str]) -> None:
    sql = "UPDATE envelope SET state = 'SENDING', last_code = 'claimed', attempts = ?, lease_until = ?, boot_id = ?"
    db.execute(f"{sql} WHERE seq = ?", (*loan, seq))


def _intact_body(db: Connection, seq: int, header: bytes, digest: bytes, count: int) -> bytes | None:
    rows = db.execute(f"SELECT data FROM chunk WHERE {_OF_ENVELOPE} ORDER BY place", (seq, seq)).fetchall()  # noqa: S608
    ciphertext = b"".join(bytes(data) for (data,) in rows)
    intact = len(rows) == count and envelope_digest(header, ciphertext) == digest
    return ciphertext if intact else None


def _lent(db: Connection, loan: Claim) -> int | None:
    sql = "SELECT seq FROM envelope WHERE id = ? AND state = 'SENDING' AND attempts = ?"
    row = db.execute(sql, (loan.id, loan.attempt)).fetchone()
    return int(row[0]) if row else None


def put_back(db: Connection, loan: Claim, code: str, *, due: float, counted: bool, when: datetime) -> bool:
    """End a loan: due again at `due`; false when the loan had ended already."""
    seq = _lent(db, loan)
    if seq is None:
        return False
    attempts = loan.attempt if counted else loan.attempt - 1
    sql = "UPDATE envelope SET state = 'READY', last_code = ?, next_mono = ?, attempts = ? WHERE seq = ?"
    db.execute(sql, (code, max(due, 0.0), attempts, seq))
    record(db, loan.id, State.SENDING, State.READY, code, when)
    return True


def quarantine(db: Connection, loan: Claim, code: str, when: datetime) -> bool:
    """Set a lent envelope aside; false when the loan had ended already."""
    seq = _lent(db, loan)
    if seq is None:
        return False
    _move(db, seq, loan.id, State.SENDING, State.QUARANTINED, code, when)
    return True


def expire_leases(db: Connection, *, mono: float, boot_id: str, when: datetime) -> int:
    """End the loans whose time is over or whose boot is another; how many."""
    sql = "SELECT seq, id FROM envelope WHERE state = 'SENDING' AND (lease_until < ? OR boot_id <> ?)"
    over = db.execute(sql, (mono, boot_id)).fetchall()
    for seq, envelope in over:
        _move(db, seq, envelope, State.SENDING, State.READY, "lease_expired", when)
    return len(over)


def next_due(db: Connection) -> float | None:
    """The monotonic second at which the next READY envelope is due."""
    due = "SELECT 1 FROM envelope INDEXED BY envelope_due WHERE state = 'READY' AND next_mono = 0 LIMIT 1"
    if db.execute(due).fetchone():
        return 0.0
    later = "SELECT next_mono FROM envelope INDEXED BY envelope_later WHERE state = 'READY' AND next_mono > 0"
    row = db.execute(f"{later} ORDER BY next_mono LIMIT 1").fetchone()
    return None if row is None else float(row[0])


def settle(db: Connection, receipt: Receipt, when: datetime) -> bool:
    """Take a receipt whose signature has been checked: the payload goes, the next of the case becomes READY."""
    sql = f"SELECT seq, state, case_id, sha256 FROM envelope WHERE id = ? AND {_PENDING}"  # noqa: S608 - a constant
    row = db.execute(sql, (receipt.id,)).fetchone()
    if row is None or bytes(row[3]).hex() != receipt.sha256:
        return False
    seq, before, case_id = row[0], State(row[1]), row[2]
    db.execute("UPDATE envelope SET receipt = ? WHERE seq = ?", (receipt.text, seq))
    _move(db, seq, receipt.id, before, State.ACKED, "receipt", when)
    db.execute(f"DELETE FROM chunk WHERE {_OF_ENVELOPE}", (seq, seq))  # noqa: S608 - a constant
    _move(db, seq, receipt.id, State.ACKED, State.PURGED, "receipt", when)
    _promote(db, case_id, when)
    return True


def _promote(db: Connection, case_id: str, when: datetime) -> None:
    """Make the head of a case READY if it is waiting."""
    sql = f"SELECT seq, id, state FROM envelope WHERE case_id = ? AND {_PENDING} ORDER BY case_seq LIMIT 1"  # noqa: S608
    row = db.execute(sql, (case_id,)).fetchone()
    if row is not None and row[2] == State.WAITING:
        _move(db, row[0], row[1], State.WAITING, State.READY, "predecessor_settled", when)


# ---- operator -----------------------------------------------------------------------------------------------------

_ALLOWED: Final = {
    State.READY: (State.QUARANTINED, State.EXPORTED),
}


def operator_move(db: Connection, envelope: str, after: State, reason: str, when: datetime) -> QueueFault | None:
    """An operator's act on one envelope, recorded with its reason."""
    row = db.execute("SELECT seq, state FROM envelope WHERE id = ?", (envelope,)).fetchone()
    if row is None:
        return QueueFault("unknown_item", retriable=False)
    seq, before = row[0], State(row[1])
    if before not in _ALLOWED[after]:
        return QueueFault("wrong_state", retriable=False, detail=before.value)
    db.execute("UPDATE envelope SET attempts = 0, next_mono = 0 WHERE seq = ?", (seq,))
    _move(db, seq, envelope, before, after, f"operator:{reason}"[:120], when)
    return None


def abandon(db: Connection, envelope: str, reason: str, when: datetime) -> QueueFault | None:
    """Give an exported envelope up on an operator's word: its payload goes, its case goes on."""
    row = db.execute("SELECT seq, state, case_id FROM envelope WHERE id = ?", (envelope,)).fetchone()
    if row is None:
        return QueueFault("unknown_item", retriable=False)
    if row[1] != State.EXPORTED:
        return QueueFault("wrong_state", retriable=False, detail=row[1])
    _move(db, row[0], envelope, State.EXPORTED, State.ABANDONED, f"operator:{reason}"[:120], when)
    db.execute(f"DELETE FROM chunk WHERE {_OF_ENVELOPE}", (row[0], row[0]))  # noqa: S608 - a constant
    _promote(db, row[2], when)
    return None


def pending(db: Connection, taken: Callable[[str], object]) -> Iterator[SealedEnvelope]:
    """Every envelope without a receipt whose bytes are intact; `taken` hears the id of each one given out."""
    sql = f"SELECT seq, id, header, sha256, signature, chunk_count FROM envelope WHERE {_PENDING} ORDER BY seq"  # noqa: S608
    for seq, envelope, header, digest, signature, count in db.execute(sql).fetchall():
        ciphertext = _intact_body(db, seq, bytes(header), bytes(digest), count)
        if ciphertext is not None:
            taken(envelope)
            yield SealedEnvelope(bytes(header), ciphertext, bytes(digest), bytes(signature))


def damaged(db: Connection) -> Iterator[str]:
    """The ids of envelopes without a receipt whose bytes no longer have their digest."""
    intact: set[str] = set()
    for _ in pending(db, intact.add):
        pass
    rows = db.execute(f"SELECT id FROM envelope WHERE {_PENDING} ORDER BY seq").fetchall()  # noqa: S608 - a constant
    return (envelope for (envelope,) in rows if envelope not in intact)


def mark_exported(db: Connection, ids: Sequence[str], bundle: str, when: datetime) -> None:
    """Record that envelopes were copied into a bundle; those in quarantine need no more from this kiosk's line."""
    for envelope in ids:
        row = db.execute("SELECT seq, state FROM envelope WHERE id = ?", (envelope,)).fetchone()
        before = State(row[1])
        if before is State.QUARANTINED:
            _move(db, row[0], envelope, before, State.EXPORTED, "exported", when)
        record(db, envelope, before, before, f"bundle:{bundle}"[:120], when)


def make_due(db: Connection) -> int:
    """Void the waits of READY envelopes; how many are READY."""
    db.execute(_VOID)
    return int(db.execute("SELECT n FROM counter WHERE state = 'READY'").fetchone()[0])


# ---- numbers, line, status ----------------------------------------------------------------------------------------


def reserve_numbers(db: Connection, year_month: str, count: int) -> range:
    """The next `count` receipt counters of a month, starting at 1."""
    row = db.execute("SELECT next FROM receipt_counter WHERE year_month = ?", (year_month,)).fetchone()
    start = int(row[0]) if row else 1
    db.execute("INSERT OR REPLACE INTO receipt_counter VALUES (?, ?)", (year_month, start + count))
    return range(start, start + count)


def hand_back_numbers(db: Connection, year_month: str, left: Sequence[int]) -> None:
    """Return the unused end of a reservation, if nothing was reserved after it."""
    sql = "UPDATE receipt_counter SET next = ? WHERE year_month = ? AND next = ?"
    db.execute(sql, (left[0], year_month, left[-1] + 1))


def note_line(db: Connection, line: Line) -> None:
    """Keep what is known of the line."""
    for name, value in (("line.code", line.code), ("line.since", line.since), ("line.next_at", line.next_at)):
        keep_note(db, name, value)


def keep_note(db: Connection, name: str, value: str) -> None:
    """Keep a text under a name."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def status(db: Connection, *, now: datetime, quota_bytes: int) -> OutboxStatus:
    """The counters, the oldest pending envelope, and how much of the database is in use."""
    rows = db.execute("SELECT state, n, bytes FROM counter").fetchall()
    counts = {State(state): n for state, n, _ in rows}
    held = sum(size for state, _, size in rows if state not in ("ACKED", "PURGED", "ABANDONED"))
    oldest = db.execute(f"SELECT created FROM envelope WHERE {_PENDING} ORDER BY seq LIMIT 1").fetchone()  # noqa: S608
    created = datetime.fromisoformat(oldest[0]).astimezone(UTC) if oldest else None
    head = audit_head(db)
    return OutboxStatus(
        counts=counts,
        oldest_created=created,
        oldest_age_s=max(0.0, (now - created).total_seconds()) if created else 0.0,
        bytes=held,
        disk_bytes=used_bytes(db),
        quota_bytes=quota_bytes,
        frozen=False,
        audit_seq=head.seq,
        audit_hash=head.hash.hex(),
    )


def used_bytes(db: Connection) -> int:
    """What the database holds of the disk, without what it could give back."""
    pages, free, size = (
        int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size
