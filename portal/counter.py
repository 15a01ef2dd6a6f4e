"""The calls that a resident waits for: enquiries, times to book, payments.

The ingest node opens no enquiry: it keeps it sealed for the worker and hands the worker's sealed answer back.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import FastAPI, Response
from starlette.responses import JSONResponse

from offline_queue.envelope import instant, is_uuid
from portal.contract import answers
from portal.database import Database, lock
from portal.desks import Desk
from portal.kiosk_calls import Body, Call, add_sealed, add_statements, read_sealed
from portal.node import Node
from portal.problem import Problem

ENQUIRY_LIFE: Final = timedelta(minutes=10)
HOLD_LIFE: Final = timedelta(minutes=30)


class Counter:
    """What these calls decide. `departments` opens the worker's tables, which are only read here."""

    def __init__(self, desk: Desk, departments: Callable[[], AbstractContextManager[Database]]) -> None:
        self._desk = desk
        self._departments = departments

    def _known(self, sql: str, value: str) -> list[Any]:
        if not value.isprintable():
            return []
        with self._departments() as db:
            return [row[0] for row in db.execute(sql, (value,)).fetchall()]

    def enquire(self, db: Database, raw: bytes, recipients: frozenset[str], now: datetime) -> str | Problem:
        """Keep an enquiry for the worker; its id."""
        asked = read_sealed(db, raw, recipients)
        if isinstance(asked, Problem):
            return asked
        db.execute("DELETE FROM enquiry WHERE arrived < ?", (instant(now - ENQUIRY_LIFE),))
        values = (asked.header.id, asked.packet.header, asked.packet.inline, instant(now))
        db.execute("INSERT INTO enquiry VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
        return asked.header.id

    def answer(self, db: Database, enquiry_id: str) -> str | Problem | None:
        """The sealed answer, handed out once; None while the department is being asked."""
        if not is_uuid(enquiry_id):
            return Problem(404, "unknown_enquiry")
        found = self._known("SELECT sealed FROM answered WHERE id = ?", enquiry_id)
        if found:
            db.execute("DELETE FROM enquiry WHERE id = ?", (enquiry_id,))  # the worker forgets its answer then
            return str(found[0]) or Problem(422, "malformed")
        waits = db.execute("SELECT 1 FROM enquiry WHERE id = ?", (enquiry_id,)).fetchone()
        return None if waits else Problem(404, "unknown_enquiry")

    def slots(self, db: Database, body: Body, now: datetime) -> Mapping[str, Any] | Problem:
        """The times of a service that still have places."""
        service = body.get("service")
        if not isinstance(service, str) or not 0 < len(service) <= 64 or not service.isprintable():
            return Problem(400, "malformed")
        offers = [
            (offer, offer.quota - self._taken(db, offer.id, now)) for offer in self._desk.offers(service, now.date())
        ]
        return {
            "simulated": self._desk.simulated,
            "slots": [
                {"id": offer.id, "starts": f"{offer.starts:%Y-%m-%dT%H:%M}", "free": free}
                for offer, free in offers
                if free > 0
            ],
        }

    def _taken(self, db: Database, slot: str, now: datetime) -> int:
        held = {row[0] for row in db.execute("SELECT id FROM hold WHERE slot = ? AND until > ?", (slot, instant(now)))}
        return len(held | set(self._known("SELECT hold FROM booked WHERE slot = ?", slot)))

    def hold(self, db: Database, body: Body, now: datetime) -> Mapping[str, Any] | Problem:
        """Keep one place for half an hour; the submission that names the hold books it. Again changes nothing."""
        service, slot, wish = body.get("service"), body.get("slot"), body.get("hold")
        if not (isinstance(service, str) and isinstance(slot, str) and isinstance(wish, str) and is_uuid(wish)):
            return Problem(400, "malformed")
        offer = next((each for each in self._desk.offers(service, now.date()) if each.id == slot), None)
        if offer is None:
            return Problem(409, "slot_full")
        hold = f"{slot}/{wish}"
        lock(db, f"slot {slot}")  # no two residents count the same last place
        known = db.execute("SELECT until FROM hold WHERE id = ?", (hold,)).fetchone()
        if known is None and self._taken(db, slot, now) >= offer.quota:
            return Problem(409, "slot_full")
        until = known[0] if known else instant(now + HOLD_LIFE)
        db.execute("INSERT INTO hold VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (hold, slot, until))
        return {"hold": hold, "starts": f"{offer.starts:%Y-%m-%dT%H:%M}", "until": until}

    def bill(self, db: Database, body: Body, now: datetime) -> Mapping[str, Any] | Problem:
        """What a bill still asks for, in cents."""
        del now
        cents = self._cents(body)
        if isinstance(cents, Problem):
            return cents
        paid = db.execute("SELECT reference FROM payment WHERE bill = ?", (body["bill"],)).fetchone()
        return {"bill": body["bill"], "cents": cents, "paid": paid[0] if paid else ""}

    def _cents(self, body: Body) -> int | Problem:
        bill = body.get("bill")
        found = self._known("SELECT cents FROM bill WHERE reference = ?", bill) if isinstance(bill, str) else []
        return int(found[0]) if found else Problem(404, "unknown_bill")

    def payment(self, db: Database, body: Body, now: datetime) -> Mapping[str, Any] | Problem:
        """Note what the terminal took for a bill; the same bill again gives the first payment."""
        cents = self._cents(body)
        if isinstance(cents, Problem):
            return cents
        if body.get("cents") != cents:
            return Problem(409, "wrong_amount")
        bill, kiosk = body["bill"], body["kiosk_id"]
        lock(db, "payment")
        count = db.execute("SELECT count(*) FROM payment").fetchone()[0]
        values = (bill, f"Y{count + 1:08d}", cents, kiosk, instant(now))
        db.execute("INSERT INTO payment VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
        row = db.execute("SELECT reference, cents, at FROM payment WHERE bill = ?", (bill,)).fetchone()
        return dict(zip(("reference", "cents", "at"), row, strict=True))


def add_counter(app: FastAPI, node: Node, counter: Counter) -> None:
    """Add the calls to an application."""
    _add_enquiry(app, node, counter)
    calls: tuple[Call, ...] = (
        ("slots", "Times of a service that can be booked", counter.slots),
        ("hold", "Keep one time for a resident", counter.hold),
        ("bill", "What a bill asks for", counter.bill),
        ("payment", "Note what a payment terminal took for a bill", counter.payment),
    )
    add_statements(app, node, calls)


def _add_enquiry(app: FastAPI, node: Node, counter: Counter) -> None:
    summary = "A sealed question to a department; its answer is fetched by its id"
    add_sealed(app, node, "/v1/enquiry", "enquire", summary, counter.enquire, s202="kept for the department")

    @app.get(
        "/v1/enquiry/{enquiry_id}",
        summary="The answer to a question, sealed to the kiosk that asked",
        responses=answers(
            s200="the sealed answer", s202="still being asked", s404="unknown", s422="malformed question"
        ),
    )
    async def enquiry_answer(enquiry_id: str) -> Response:
        found = await node.run(lambda db: counter.answer(db, enquiry_id))
        if isinstance(found, Problem):
            return found.response()
        return JSONResponse({"waiting": True}, 202) if found is None else JSONResponse({"answer": found})
