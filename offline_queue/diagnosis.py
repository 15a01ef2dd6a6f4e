"""Why each pending envelope has not gone, read without touching the writer: also beside a running kiosk.

`arriving` are the headers of what was just saved and may not be in the database yet; read before the database is.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from offline_queue.clocks import Clocks
from offline_queue.envelope import Header, Json
from offline_queue.records import Line, OutboxItem, OutboxStatus, State, Why

_COLUMNS: Final = (
    "id, receipt_number, service, case_id, case_seq, state, created, size, attempts, last_code, next_mono, boot_id"
)
# Words of the queue itself, which are no reason that anybody needs to be told.
_SILENT: Final = frozenset(
    {"", "saved", "claimed", "process_ended", "boot_ended", "lease_expired", "predecessor_settled", "line_lost"}
)
# A look at the line takes seconds; one that is minutes late means that nothing looks any more.
_LATE: Final = timedelta(minutes=2)


def line_of(db: sqlite3.Connection) -> Line:
    """What the sync thread last wrote about the line."""
    known = dict(db.execute("SELECT name, value FROM meta WHERE name LIKE 'line.%'").fetchall())
    return Line(known.get("line.code", "unknown"), known.get("line.since", ""), known.get("line.next_at", ""))


def list_items(
    db: sqlite3.Connection, *, clocks: Clocks, limit: int, arriving: Sequence[Header] = ()
) -> list[OutboxItem]:
    """The pending envelopes, first to go first; those that arrive come last."""
    line = line_of(db)
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM envelope WHERE state NOT IN ('ACKED', 'PURGED', 'ABANDONED')"  # noqa: S608 - constants
        " ORDER BY deadline, seq LIMIT ?",
        (limit,),
    ).fetchall()
    items = [_item(db, row, line, clocks) for row in rows]
    return [*items, *_arriving_items(db, not_there(db, arriving), line, clocks)][:limit]


def find_item(
    db: sqlite3.Connection, key: str, *, clocks: Clocks, arriving: Sequence[Header] = ()
) -> OutboxItem | None:
    """One envelope by its id or receipt number, delivered or not."""
    sql = f"SELECT {_COLUMNS} FROM envelope WHERE id = ? OR receipt_number = ?"  # noqa: S608 - constants
    row = db.execute(sql, (key, key)).fetchone()
    if row is not None:
        return _item(db, row, line_of(db), clocks)
    items = _arriving_items(db, arriving, line_of(db), clocks)
    return next((item for item in items if key in (item.id, item.receipt_number)), None)


def not_there(db: sqlite3.Connection, arriving: Sequence[Header]) -> list[Header]:
    """Those of them that the database has not taken over."""
    sql = "SELECT 1 FROM envelope WHERE id = ?"
    return [head for head in arriving if db.execute(sql, (head.id,)).fetchone() is None]


def state_on_arrival(db: sqlite3.Connection, head: Header, before: Sequence[Header]) -> tuple[State, Why | None]:
    """Where an envelope will stand, and behind which one it has to wait."""
    standing = _case_head(db, head.case_id)
    if standing is None:
        ahead = next((each for each in before if each.case_id == head.case_id), None)
        standing = (ahead.receipt_number, State.READY) if ahead else None
    return (State.READY, None) if standing is None else (State.WAITING, why_waiting(*standing))


def with_arriving(
    db: sqlite3.Connection, status: OutboxStatus, arriving: Sequence[Header], now: datetime
) -> OutboxStatus:
    """The queue at a glance, with what arrives."""
    coming = not_there(db, arriving)
    if not coming:
        return status
    counts = Counter(status.counts)
    counts.update(state_on_arrival(db, head, coming[:n])[0] for n, head in enumerate(coming))
    oldest = status.oldest_created or datetime.fromisoformat(coming[0].created).astimezone(UTC)
    return replace(
        status,
        counts=counts,
        bytes=status.bytes + sum(head.size for head in coming),
        oldest_created=oldest,
        oldest_age_s=max(0.0, (now - oldest).total_seconds()),
    )


def _arriving_items(db: sqlite3.Connection, arriving: Sequence[Header], line: Line, clocks: Clocks) -> list[OutboxItem]:
    return [_arriving_item(db, head, arriving[:n], line, clocks) for n, head in enumerate(arriving)]


def _arriving_item(
    db: sqlite3.Connection, head: Header, before: Sequence[Header], line: Line, clocks: Clocks
) -> OutboxItem:
    state, behind = state_on_arrival(db, head, before)
    return OutboxItem(
        id=head.id,
        receipt_number=head.receipt_number,
        service=head.service,
        case_id=head.case_id,
        case_seq=head.case_seq,
        state=state,
        created=head.created,
        size=head.size,
        attempts=0,
        last_code="",
        why=behind or why_ready("", line, None, clocks.wall()),
    )


def _item(db: sqlite3.Connection, row: Any, line: Line, clocks: Clocks) -> OutboxItem:
    state = State(row[5])
    next_at = _next_at(row[10], row[11], clocks) if state is State.READY else None
    return OutboxItem(
        id=row[0],
        receipt_number=row[1],
        service=row[2],
        case_id=row[3],
        case_seq=row[4],
        state=state,
        created=row[6],
        size=row[7],
        attempts=row[8],
        last_code=row[9],
        why=_why(db, row, state, line, next_at, clocks.wall()),
        next_at=next_at,
    )


def _next_at(next_mono: float, boot_id: str, clocks: Clocks) -> datetime | None:
    left = next_mono - clocks.monotonic()
    return clocks.wall() + timedelta(seconds=left) if left > 0 and boot_id == clocks.boot_id() else None


def _why(db: sqlite3.Connection, row: Any, state: State, line: Line, next_at: datetime | None, now: datetime) -> Why:
    if state is State.WAITING:
        return why_waiting(*(_case_head(db, row[3]) or (row[1], state)))  # it is pending itself: there is a head
    return why_ready(row[9], line, next_at, now) if state is State.READY else why_held(state, row[8], row[9])


def why_held(state: State, attempt: int, last_code: str) -> Why:
    """Why an envelope that is neither ready nor behind another stands where it stands."""
    if state is State.SENDING:
        return Why("queue.why.sending", {"attempt": attempt})
    if state is State.QUARANTINED:
        return _why_set_aside(last_code)
    if state in (State.EXPORTED, State.ABANDONED):
        return Why(f"queue.why.{state.value.lower()}", {})
    return Why("queue.why.delivered", {})


def why_waiting(receipt_number: str, head: State) -> Why:
    """What holds the head of the case holds this one: where an operator or a carrier has it, say so."""
    held = {State.QUARANTINED: "_set_aside", State.EXPORTED: "_exported"}.get(head, "")
    return Why(f"queue.why.waiting_for_earlier{held}", {"receipt_number": receipt_number})


def _why_set_aside(code: str) -> Why:
    if code == "damaged_on_disk":  # found before it was sent: no portal has refused it
        return Why("queue.why.damaged", {})
    return Why("queue.why.quarantined", {"code": code})


def why_ready(last_code: str, line: Line, next_at: datetime | None, now: datetime) -> Why:
    """Why an envelope that may go has not gone; `next_at` is its own wait, the line's stands in `line`."""
    if line.code == "unknown":
        return Why("queue.why.not_looked", {})
    values: dict[str, Json] = {"since": line.since, "next_at": line.next_at}
    if line.code != "up":
        return Why("queue.why.overdue" if _overdue(line.next_at, now) else f"queue.why.{line.code}", values)
    if next_at is not None and last_code not in _SILENT:
        return Why("queue.why.retry_later", {"code": last_code, "next_at": next_at.isoformat(timespec="seconds")})
    return Why("queue.why.next", {})


def _overdue(next_at: str, now: datetime) -> bool:
    """Whether a look at the line was announced and has not been noted long after it was due."""
    return bool(next_at) and datetime.fromisoformat(next_at) + _LATE < now


def _case_head(db: sqlite3.Connection, case_id: str) -> tuple[str, State] | None:
    sql = (
        "SELECT receipt_number, state FROM envelope WHERE case_id = ? AND state NOT IN ('ACKED', 'PURGED', 'ABANDONED')"
        " ORDER BY case_seq LIMIT 1"
    )
    row = db.execute(sql, (case_id,)).fetchone()
    return None if row is None else (str(row[0]), State(row[1]))
