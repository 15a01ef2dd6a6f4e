"""Whole envelopes that arrive together: taken in a handful of statements, each with a receipt of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from offline_queue.envelope import Signer
from portal.database import Database, lock
from portal.intake import (
    TAKING,
    Announced,
    Missing,
    Sender,
    Taken,
    announce,
    chunk_rows,
    envelope_row,
    place_of,
    receipt_of,
    sender_in,
    sender_problem,
)
from portal.problem import Problem

Arrival = tuple[Announced, datetime]
"""An announcement, and when it arrived."""


def announce_all(db: Database, arrivals: Sequence[Arrival], signer: Signer) -> list[Taken | Missing | Problem]:
    """As `announce` for each, in their order.

    Raises what the database raises when a rival on another node was quicker: nothing is done then, and each has to be
    announced alone.
    """
    refusals = _device_problems(db, [asked for asked, _ in arrivals])
    lock(db, TAKING)
    new = _plainly_new(db, {n: arrivals[n] for n, refusal in enumerate(refusals) if refusal is None})
    taken = _take_all(db, new, signer)
    return [refusals[n] or taken.get(n) or announce(db, asked, signer, now) for n, (asked, now) in enumerate(arrivals)]


def _device_problems(db: Database, announced: Sequence[Announced]) -> list[Problem | None]:
    kids = sorted({asked.header.device_kid for asked in announced})
    sql = f"SELECT kid, kiosk_id, public, revoked FROM kiosk WHERE kid IN {_row(len(kids))}"  # noqa: S608 - marks only
    senders = {row[0]: sender_in(row) for row in db.execute(sql, kids)}
    return [_device_problem(senders.get(asked.header.device_kid), asked) for asked in announced]


def _device_problem(sender: Sender | Problem | None, asked: Announced) -> Problem | None:
    if sender is None:
        return Problem(401, "unknown_device")
    return sender if isinstance(sender, Problem) else sender_problem(sender, asked)


def _plainly_new(db: Database, arrivals: Mapping[int, Arrival]) -> dict[int, Arrival]:
    """Those that came whole, whose ids are new here, and that have no rival for their place in this very lot."""
    whole = {n: arrival for n, arrival in arrivals.items() if arrival[0].packet.inline is not None}
    ids = [asked.header.id for asked, _ in whole.values()]
    sql = f"SELECT id FROM envelope WHERE id IN {_row(len(ids))}"  # noqa: S608 - marks only
    seen: set[object] = {row[0] for row in db.execute(sql, ids)} if ids else set()
    new = {}
    for n, (asked, now) in whole.items():
        names = {asked.header.id, place_of(asked.header)}
        if seen.isdisjoint(names):
            new[n] = (asked, now)
        seen |= names
    return new


def _take_all(db: Database, arrivals: Mapping[int, Arrival], signer: Signer) -> dict[int, Taken]:
    """Take them; an envelope whose place is taken makes the database refuse them all."""
    if not arrivals:
        return {}
    seqs = _numbers(db, [asked.header.id for asked, _ in arrivals.values()])
    receipts = {
        n: receipt_of(asked.header.id, asked.packet.sha256, seqs[asked.header.id], now, signer)
        for n, (asked, now) in arrivals.items()
    }
    _insert(db, "envelope", [envelope_row(asked, now, receipts[n]) for n, (asked, now) in arrivals.items()])
    chunks = [row for asked, _ in arrivals.values() for row in chunk_rows(asked)]
    _insert(db, "chunk (envelope_id, n, sha256, data)", chunks)
    return {n: Taken(receipt, again=False) for n, receipt in receipts.items()}


def _numbers(db: Database, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of new deliveries by their envelopes' ids."""
    rows = _rows(len(ids), 1)
    sql = f"INSERT INTO delivery (envelope_id) VALUES {rows} RETURNING envelope_id, seq"  # noqa: S608 - marks only
    return dict(db.execute(sql, ids).fetchall())


def _insert(db: Database, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    sql = f"INSERT INTO {table} VALUES {_rows(len(rows), len(rows[0]))}"  # noqa: S608 - names of ours and marks
    db.execute(sql, [value for row in rows for value in row])


@cache
def _rows(count: int, width: int) -> str:
    return ", ".join([_row(width)] * count)


def _row(width: int) -> str:
    return f"({', '.join('?' * width)})"
