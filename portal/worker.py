"""The worker, the only part of the portal that can open an envelope: it feeds departments from the ingest's outbox.

Its database is its own (how far it got, what each simulated department noted): each database has one writer.
"""

import hashlib
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from offline_queue.envelope import Malformed, Payload, RecipientKey, open_envelope
from portal.database import Database, begin
from portal.departments import Delivery, Department, SimulatedDepartment, department_of
from portal.desks import SimulatedDesk
from portal.gateways import load_gateways
from portal.intake import body_of
from portal.keys import opening_keys
from portal.objects import Objects, ObjectsUnavailableError
from portal.place import Place, database_errors
from portal.posting import Posting
from portal.questions import Questions, note_booking
from portal.store import DEPARTMENTS

log = logging.getLogger("portal.worker")
_OFFER_AGAIN_S: Final = 5.0


@dataclass(frozen=True)
class _Due:
    """One accepted envelope on its way to its department."""

    seq: int
    envelope_id: str
    case_id: str


class Worker:
    """Delivers in the order of acceptance. A department that cannot take one now is owed it, and its case waits."""

    def __init__(self, place: Place, *, departments: Callable[[Database], Department] | None = None) -> None:
        self._place = place
        self._keys = opening_keys(place.folder)
        self._objects = place.open_objects()
        self._departments = departments or SimulatedDepartment
        place.open_store().close()  # the tables, should no node have run yet
        self._open()
        self._posting = Posting(self._db, self._keys, load_gateways(place.folder))

    def _open(self) -> None:
        self._db = self._place.connect_worker()
        self._leads = False
        self._department = self._departments(self._db)
        self._questions = Questions(self._db, self._keys, SimulatedDesk())

    def close(self) -> None:
        """Wait for the messages under way, empty the log and close."""
        self._posting.close()
        if isinstance(self._db, sqlite3.Connection):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()

    def work(self) -> int:
        """Offer what is owed, then all that has come in since the last time; how many were delivered."""
        if not self._lead():
            return 0
        with self._place.reading() as portal:
            return self._offer(portal, self._owed(), held=set()) + self._look(portal)

    def _lead(self) -> bool:
        """Whether this is the worker that delivers: on PostgreSQL others stand by, and one follows when it ends."""
        if not self._leads:
            sql = "SELECT pg_try_advisory_lock(hashtextextended('worker', 0))"
            self._leads = isinstance(self._db, sqlite3.Connection) or bool(self._db.execute(sql).fetchone()[0])
        return self._leads

    def _look(self, portal: Database) -> int:
        """Answer who waits, post slips, then deliver what has come in, behind what is owed of the same cases."""
        now = datetime.now(UTC)
        answered = self._questions.work(portal, now.date()) + self._posting.work(portal, now)
        return answered + self._offer(portal, self._arrived(portal), held={due.case_id for due in self._owed()})

    def _offer(self, portal: Database, dues: list[_Due], *, held: set[str]) -> int:
        delivered, known = 0, {due.seq for due in self._owed()}
        for due in dues:
            if due.case_id not in held and self._deliver(portal, due):
                delivered += 1
                continue
            held.add(due.case_id)
            if due.seq not in known:
                self._owe(due)
        return delivered

    def _owed(self) -> list[_Due]:
        return [_Due(*row) for row in self._db.execute("SELECT seq, envelope_id, case_id FROM owed ORDER BY seq")]

    def _arrived(self, portal: Database) -> list[_Due]:
        (done,) = self._db.execute("SELECT seq FROM progress").fetchone()
        sql = (
            "SELECT d.seq, e.id, e.kiosk_id || ' ' || e.case_id FROM delivery d JOIN envelope e ON e.id = d.envelope_id"
            " WHERE d.seq > ? ORDER BY d.seq"
        )
        return [_Due(*row) for row in portal.execute(sql, (done,))]

    def _deliver(self, portal: Database, due: _Due) -> bool:
        try:
            payload = _open(portal, due.envelope_id, self._keys, self._objects)
        except ObjectsUnavailableError as error:
            log.error("envelope %s cannot be fetched: %s", due.envelope_id, error)
            return False
        begin(self._db)
        if isinstance(payload, Malformed):
            log.error("envelope %s cannot be opened: %s", due.envelope_id, payload.code)
            self._db.execute(
                "INSERT INTO refused VALUES (?, ?) ON CONFLICT DO NOTHING", (due.envelope_id, payload.code)
            )
        elif not self._department.deliver(_delivery(due, payload)):
            self._db.execute("ROLLBACK")
            return False
        else:
            note_booking(self._db, payload)
        self._db.execute("DELETE FROM owed WHERE seq = ?", (due.seq,))
        self._move_on(due.seq)
        return True

    def _owe(self, due: _Due) -> None:
        begin(self._db)
        values = (due.seq, due.envelope_id, due.case_id)
        self._db.execute("INSERT INTO owed VALUES (?, ?, ?) ON CONFLICT DO NOTHING", values)
        self._move_on(due.seq)

    def _move_on(self, seq: int) -> None:
        self._db.execute("UPDATE progress SET seq = ? WHERE seq < ?", (seq, seq))
        self._db.execute("COMMIT")

    def serve(self, stop: threading.Event, *, period_s: float = 0.2) -> None:
        """Work until `stop` is set."""
        again_at = 0.0
        while not stop.is_set():
            everything = time.monotonic() >= again_at
            if everything:
                again_at = time.monotonic() + _OFFER_AGAIN_S
            if self._try_to_work(everything) == 0:
                stop.wait(period_s)

    def _try_to_work(self, everything: bool) -> int:
        try:
            if everything:
                return self.work()
            if not self._lead():
                return 0
            with self._place.reading() as portal:
                return self._look(portal)
        except database_errors() as error:
            log.error("database: %s", type(error).__name__)
            self._open_again()
            return 0

    def _open_again(self) -> None:
        """Begin anew after trouble; whoever has taken the lead meanwhile keeps it."""
        with suppress(*database_errors()):
            self._db.close()
        with suppress(*database_errors()):
            self._open()
            self._posting.write_to(self._db)


def _delivery(due: _Due, payload: Payload) -> Delivery:
    return Delivery(due.envelope_id, department_of(payload.service), f"P{due.seq:08d}", payload)


def _open(portal: Database, envelope_id: str, keys: list[RecipientKey], objects: Objects | None) -> Payload | Malformed:
    (header,) = portal.execute("SELECT header FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    return open_envelope(bytes(header), body_of(portal, envelope_id, objects), keys)


def received(place: Place) -> list[dict[str, Any]]:
    """What each department got, opened for the one who asks with the worker's keys; nothing is kept in clear."""
    keys, objects = opening_keys(place.folder), place.open_objects()
    with place.reading() as portal, place.reading(DEPARTMENTS) as departments:
        rows = departments.execute("SELECT envelope_id, department, reference, times FROM received ORDER BY reference")
        return [_shown(portal, keys, objects, row) for row in rows.fetchall()]


def _shown(portal: Database, keys: list[RecipientKey], objects: Objects | None, row: Any) -> dict[str, Any]:
    envelope_id, department, reference, times = row
    header = json.loads(portal.execute("SELECT header FROM envelope WHERE id = ?", (envelope_id,)).fetchone()[0])
    shown = {"envelope_id": envelope_id, "department": department, "reference": reference, "deliveries": times}
    names = ("service", "receipt_number", "kiosk_id", "case_id", "case_seq", "created")
    payload = _open(portal, envelope_id, keys, objects)
    return {**shown, **{name: header[name] for name in names}, **_contents(payload)}


def _contents(payload: Payload | Malformed) -> dict[str, Any]:
    if isinstance(payload, Malformed):
        return {"refused": payload.code}
    return {
        "language": payload.language,
        "catalogue_version": payload.catalogue_version,
        "answers": payload.answers,
        "consent": payload.consent,
        "attachments": [
            {
                "name": attachment.name,
                "media_type": attachment.media_type,
                "size": len(attachment.data),
                "sha256": hashlib.sha256(attachment.data).hexdigest(),
            }
            for attachment in payload.attachments
        ],
    }
