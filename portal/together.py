"""Whole envelopes that arrive together: taken in a handful of statements, each with a receipt of its own."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import cache

from offline_queue.envelope import Header, Signer
from portal.database import Database, later, look_up
from portal.intake import (
    Announced,
    Missing,
    Sender,
    Taken,
    announce,
    check_signature,
    envelope_row,
    place_of,
    receipt_of,
    sender_in,
    sender_problem,
)
from portal.problem import Problem

Arrival = tuple[Announced, datetime]
"""An announcement, and when it arrived."""


class DeviceKeys:
    """The public keys by which devices were last known: with one, a signature is checked before its transaction.

    Whether the key is that device's still, the transaction decides: it trusts a check under the key in its own row
    alone. No more keys are kept than have been enrolled.
    """

    def __init__(self) -> None:
        self._by_kid: dict[str, bytes] = {}

    def note(self, sender: Sender) -> None:
        """Keep an enrolled device's key."""
        self._by_kid[sender.kid] = sender.public

    def checked(self, asked: Announced) -> Announced:
        """The same announcement, its signature checked if its device has been here before."""
        public = self._by_kid.get(asked.header.device_kid)
        return asked if public is None else replace(asked, checked=check_signature(asked, public))


def announce_all(
    db: Database, arrivals: Sequence[Arrival], signer: Signer, keys: DeviceKeys
) -> list[Taken | Missing | Problem]:
    """As `announce` for each, in their order; the keys of their devices are noted in `keys`.

    The store holds the lock `TAKING` for what is done for many.

    Raises what the database raises when a rival on another node was quicker: nothing is done then, and each has to be
    announced alone.
    """
    senders, seen, number = _known(db, [asked.header for asked, _ in arrivals])
    for sender in senders.values():
        if isinstance(sender, Sender):
            keys.note(sender)
    refusals = [_device_problem(senders.get(asked.header.device_kid), asked) for asked, _ in arrivals]
    new = _plainly_new(seen, {n: arrivals[n] for n, refusal in enumerate(refusals) if refusal is None})
    taken = _take_all(db, new, signer, number)
    return [refusals[n] or taken.get(n) or announce(db, asked, signer, now) for n, (asked, now) in enumerate(arrivals)]


def _known(db: Database, headers: Sequence[Header]) -> tuple[dict[str, Sender | Problem], set[str], int]:
    """What the database knows of them: the devices by their kids, which ids, the newest number; in one statement."""
    marks = _row(len(headers))
    sql = (
        f"SELECT kid, kiosk_id, public, revoked FROM kiosk WHERE kid IN {marks} UNION ALL"  # noqa: S608 - marks only
        f" SELECT id, NULL, NULL, NULL FROM envelope WHERE id IN {marks} UNION ALL"
        " SELECT NULL, NULL, NULL, CAST(max(seq) AS TEXT) FROM delivery"
    )
    rows = look_up(db, sql, [*(header.device_kid for header in headers), *(header.id for header in headers)])
    senders = {row[0]: sender_in(row) for row in rows if row[1] is not None}
    ids = {row[0] for row in rows if row[0] is not None and row[1] is None}
    return senders, ids, next(int(row[3] or 0) for row in rows if row[0] is None)


def _device_problem(sender: Sender | Problem | None, asked: Announced) -> Problem | None:
    if sender is None:
        return Problem(401, "unknown_device")
    return sender if isinstance(sender, Problem) else sender_problem(sender, asked)


def _plainly_new(ids: Set[str], arrivals: Mapping[int, Arrival]) -> dict[int, Arrival]:
    """Those that came whole, whose ids are new here, and that have no rival for their place in this very lot."""
    seen: set[object] = set(ids)
    new = {}
    for n, (asked, now) in arrivals.items():
        names = {asked.header.id, place_of(asked.header)}
        if asked.packet.inline is not None and seen.isdisjoint(names):
            new[n] = (asked, now)
        seen |= names
    return new


def _take_all(db: Database, arrivals: Mapping[int, Arrival], signer: Signer, number: int) -> dict[int, Taken]:
    """Take them, numbered behind `number`; an envelope whose place is taken makes the database refuse them all."""
    if not arrivals:
        return {}
    envelopes, deliveries, taken = list[object](), list[object](), {}
    for seq, (n, (asked, now)) in enumerate(arrivals.items(), number + 1):
        receipt = receipt_of(asked.header.id, asked.packet.sha256, seq, now, signer)
        deliveries += (seq, asked.header.id)
        envelopes += envelope_row(asked, now, receipt)
        taken[n] = Taken(receipt, again=False)
    count = len(arrivals)
    later(db, f"INSERT INTO delivery VALUES {_rows(count, 2)}", deliveries)  # noqa: S608 - marks only
    later(db, f"INSERT INTO envelope VALUES {_rows(count, len(envelopes) // count)}", envelopes)  # noqa: S608
    return taken


@cache
def _rows(count: int, width: int) -> str:
    return ", ".join([_row(width)] * count)


@cache
def _row(width: int) -> str:
    return f"({', '.join('?' * width)})"
