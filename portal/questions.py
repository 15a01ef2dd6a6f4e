"""The worker's part of an enquiry: open it, ask the department, seal the answer to the one who asked.

Only the kiosk that asked can read the answer: the question carries the public half of a key made for it alone.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date

from offline_queue.envelope import Json, Kem, Malformed, Payload, Recipient, RecipientKey, b64, open_envelope, unb64
from portal.database import Database, begin
from portal.desks import Answer, Desk, Question

log = logging.getLogger("portal.worker")


class Questions:
    """Answers what waits at the ingest node, in the worker's database; an answer leaves with its question."""

    def __init__(self, db: Database, keys: list[RecipientKey], desk: Desk) -> None:
        self._db = db
        self._keys = keys
        self._desk = desk

    def work(self, portal: Database, today: date) -> int:
        """Answer all that wait; how many."""
        asked = {row[0]: row[1:] for row in portal.execute("SELECT id, header, body FROM enquiry").fetchall()}
        done = {row[0] for row in self._db.execute("SELECT id FROM answered").fetchall()}
        self._db.executemany("DELETE FROM answered WHERE id = ?", [(old,) for old in done - asked.keys()])
        waiting = asked.keys() - done
        for enquiry_id in waiting:
            header, body = asked[enquiry_id]
            self._answer(enquiry_id, bytes(header), bytes(body), today)
        return len(waiting)

    def _answer(self, enquiry_id: str, header: bytes, body: bytes, today: date) -> None:
        payload = open_envelope(header, body, self._keys)
        sealed, answer = "", None
        if isinstance(payload, Malformed):
            log.error("enquiry %s cannot be opened: %s", enquiry_id, payload.code)
        else:
            sealed, answer = self._sealed(enquiry_id, payload, today)
        begin(self._db)
        self._db.execute("INSERT INTO answered VALUES (?, ?) ON CONFLICT DO NOTHING", (enquiry_id, sealed))
        if answer is not None and answer.bill is not None:
            bill = (answer.bill.reference, answer.bill.cents)
            self._db.execute("INSERT INTO bill VALUES (?, ?) ON CONFLICT DO NOTHING", bill)
        self._db.execute("COMMIT")

    def _sealed(self, enquiry_id: str, payload: Payload, today: date) -> tuple[str, Answer | None]:
        try:
            reply_to = Recipient(Kem.X25519, unb64(str(payload.answers["reply_key"])))
            given = payload.answers["answers"]
            question = Question(
                enquiry_id, payload.service, payload.answers["bill"] is True, given if isinstance(given, dict) else {}
            )
            answer = self._desk.answer(question, today)
            clear = json.dumps(asdict(answer), ensure_ascii=False).encode()
            return b64(reply_to.wrap_key(clear, enquiry_id.encode())), answer
        except (KeyError, ValueError, TypeError) as error:
            log.error("enquiry %s is not in the contract's form: %s", enquiry_id, type(error).__name__)
            return "", None


def note_booking(db: Database, payload: Payload) -> None:
    """A submission that holds a time makes the booking stand."""
    for value in _every_answer(payload.answers):
        hold = _hold_in(value)
        if hold:
            slot = hold.partition("/")[0]
            db.execute("INSERT INTO booked VALUES (?, ?) ON CONFLICT DO NOTHING", (hold, slot))


def _every_answer(answers: Mapping[str, Json]) -> Iterator[Json]:
    """The answers of one matter, or of each of several (`{"matters": {service: answers}}`)."""
    matters = answers.get("matters")
    for table in matters.values() if isinstance(matters, dict) else (answers,):
        yield from table.values() if isinstance(table, Mapping) else ()


def _hold_in(value: Json) -> str:
    if isinstance(value, dict) and value.keys() == {"id", "office", "starts"}:
        return str(value["id"])
    return ""
