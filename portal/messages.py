"""Slips on their way to a mailbox or a telephone, as the ingest node sees them: sealed, counted, soon forgotten.

The node opens none of them: the worker does, and hands the words to a gateway. What is kept after that is an id, the
slip's number and the way, for one day, so that nobody is sent the same slip over and over.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from fastapi import FastAPI, Response
from starlette.responses import JSONResponse

from offline_queue.envelope import instant, is_uuid
from offline_queue.slip_message import Progress, Way
from portal.contract import answers
from portal.database import Database, lock
from portal.intake import Announced
from portal.kiosk_calls import add_sealed, read_sealed
from portal.node import Node
from portal.problem import Problem

LIFE: Final = timedelta(minutes=10)
COUNTED_FOR: Final = timedelta(days=1)
MOST_FOR_A_SLIP: Final = 3
MOST_FROM_A_KIOSK: Final = 40
KIOSK_SPAN: Final = timedelta(hours=1)
_WAY_OF: Final = {way.service: way for way in Way}


class Messages:
    """What these calls decide; `ways` are those that a gateway is configured for, `departments` the worker's tables.

    `simulated`: what is sent reaches nobody, and every kiosk says so.
    """

    def __init__(
        self,
        ways: frozenset[Way],
        departments: Callable[[], AbstractContextManager[Database]],
        *,
        simulated: bool = False,
    ) -> None:
        self.ways = ways
        self.simulated = simulated
        self._departments = departments

    def take(self, db: Database, raw: bytes, recipients: frozenset[str], now: datetime) -> str | Problem:
        """Keep a sealed message for the worker, once however often it comes; its id."""
        found = read_sealed(db, raw, recipients)
        if isinstance(found, Problem):
            return found
        way = _WAY_OF.get(found.header.service)
        if way is None:
            return Problem(422, "malformed")
        if way not in self.ways:
            return Problem(404, "not_offered")
        self.forget(db, now)
        return self._keep(db, found, way, now)

    def _keep(self, db: Database, found: Announced, way: Way, now: datetime) -> str | Problem:
        header = found.header
        lock(db, f"slips of {header.kiosk_id}")  # nobody counts the same last place twice
        if db.execute("SELECT 1 FROM slip_message WHERE id = ?", (header.id,)).fetchone():
            return header.id
        refusal = self._too_many(db, header.kiosk_id, header.receipt_number, now)
        if refusal is not None:
            return refusal
        values = (header.id, header.kiosk_id, header.receipt_number, way.value, instant(now))
        sql = "INSERT INTO slip_message VALUES (?, ?, ?, ?, ?, ?, ?)"
        db.execute(sql, (*values, found.packet.header, found.packet.inline))
        return header.id

    def _too_many(self, db: Database, kiosk: str, number: str, now: datetime) -> Problem | None:
        of_slip = "SELECT count(*) FROM slip_message WHERE kiosk_id = ? AND number = ?"
        if db.execute(of_slip, (kiosk, number)).fetchone()[0] >= MOST_FOR_A_SLIP:
            return Problem(409, "slip_sent_enough")
        of_kiosk = "SELECT count(*) FROM slip_message WHERE kiosk_id = ? AND arrived > ?"
        sent = db.execute(of_kiosk, (kiosk, instant(now - KIOSK_SPAN))).fetchone()[0]
        return Problem(429, "too_many_messages") if sent >= MOST_FROM_A_KIOSK else None

    def progress(self, db: Database, message_id: str, now: datetime) -> Progress | Problem:
        """How far a message is; what was sealed is forgotten with its end."""
        unknown = Problem(404, "unknown_message")
        if not is_uuid(message_id):
            return unknown
        if db.execute("SELECT 1 FROM slip_message WHERE id = ?", (message_id,)).fetchone() is None:
            return unknown
        self.forget(db, now)
        return self._states([message_id])[message_id]

    def _states(self, ids: Sequence[str]) -> dict[str, Progress]:
        """What the worker has noted; a message that is with a gateway just now still waits."""
        known = {each.value: each for each in Progress}
        with self._departments() as worker:
            rows = [worker.execute("SELECT state FROM messaged WHERE id = ?", (each,)).fetchone() for each in ids]
        return {each: known.get(row[0] if row else "", Progress.WAITING) for each, row in zip(ids, rows, strict=True)}

    def forget(self, db: Database, now: datetime) -> None:
        """Delete what nobody needs: the sealed words of what has ended or is too old, and all of it after a day."""
        db.execute("DELETE FROM slip_message WHERE arrived < ?", (instant(now - COUNTED_FOR),))
        rows = db.execute("SELECT id, arrived FROM slip_message WHERE body IS NOT NULL").fetchall()
        if not rows:
            return
        states, oldest = self._states([row[0] for row in rows]), instant(now - LIFE)
        ended = [row[0] for row in rows if row[1] < oldest or states[row[0]] is not Progress.WAITING]
        for message_id in ended:
            db.execute("UPDATE slip_message SET header = NULL, body = NULL WHERE id = ?", (message_id,))


def add_messages(app: FastAPI, node: Node, messages: Messages) -> None:
    """Add the calls to an application."""
    add_sealed(
        app,
        node,
        "/v1/slip_message",
        "slip_message",
        "A sealed slip for a resident's mailbox or telephone; how far it is is asked by its id",
        messages.take,
        s202="kept for the gateway",
        s404="no gateway for this way",
        s409="this slip was sent often enough",
    )

    @app.get(
        "/v1/slip_message/{message_id}",
        summary="How far a message is: " + ", ".join(each.value for each in Progress),
        responses=answers(s200="one word", s404="unknown"),
    )
    async def message_progress(message_id: str) -> Response:
        now = node.wall()
        found = await node.run(lambda db: messages.progress(db, message_id, now))
        return found.response() if isinstance(found, Problem) else JSONResponse({"state": found.value})
