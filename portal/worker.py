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
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from offline_queue.envelope import Malformed, Payload, RecipientKey, open_envelope
from portal.departments import Delivery, Department, SimulatedDepartment, department_of
from portal.desks import SimulatedDesk
from portal.intake import body_of
from portal.keys import opening_keys
from portal.questions import Questions, note_booking
from portal.store import DATABASE, DEPARTMENTS, connect, connect_read_only

log = logging.getLogger("portal.worker")
_OFFER_AGAIN_S: Final = 5.0
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL);
INSERT OR IGNORE INTO progress VALUES (1, 0);
CREATE TABLE IF NOT EXISTS owed (seq INTEGER PRIMARY KEY, envelope_id TEXT NOT NULL, case_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (envelope_id TEXT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (
    envelope_id TEXT PRIMARY KEY, department TEXT NOT NULL, reference TEXT NOT NULL, service TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1
);
"""


@dataclass(frozen=True)
class _Due:
    """One accepted envelope on its way to its department."""

    seq: int
    envelope_id: str
    case_id: str


class Worker:
    """Delivers in the order of acceptance. A department that cannot take one now is owed it, and its case waits."""

    def __init__(self, folder: Path, *, departments: Callable[[sqlite3.Connection], Department] | None = None) -> None:
        self._folder = folder
        self._keys = opening_keys(folder)
        self._db = connect(folder / DEPARTMENTS)
        self._db.executescript(_TABLES)
        self._department = (departments or SimulatedDepartment)(self._db)
        self._questions = Questions(self._db, self._keys, SimulatedDesk())

    def close(self) -> None:
        """Empty the log and close."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()

    def work(self) -> int:
        """Offer what is owed, then all that has come in since the last time; how many were delivered."""
        with closing(connect_read_only(self._folder / DATABASE)) as portal:
            return self._offer(portal, self._owed(), held=set()) + self._look(portal)

    def _look(self, portal: sqlite3.Connection) -> int:
        """Answer who waits, then deliver what has come in, behind what is owed of the same cases."""
        answered = self._questions.work(portal, datetime.now(UTC).date())
        return answered + self._offer(portal, self._arrived(portal), held={due.case_id for due in self._owed()})

    def _offer(self, portal: sqlite3.Connection, dues: list[_Due], *, held: set[str]) -> int:
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

    def _arrived(self, portal: sqlite3.Connection) -> list[_Due]:
        (done,) = self._db.execute("SELECT seq FROM progress").fetchone()
        sql = (
            "SELECT d.seq, e.id, e.kiosk_id || ' ' || e.case_id FROM delivery d JOIN envelope e ON e.id = d.envelope_id"
            " WHERE d.seq > ? ORDER BY d.seq"
        )
        return [_Due(*row) for row in portal.execute(sql, (done,))]

    def _deliver(self, portal: sqlite3.Connection, due: _Due) -> bool:
        payload = _open(portal, due.envelope_id, self._keys)
        self._db.execute("BEGIN IMMEDIATE")
        if isinstance(payload, Malformed):
            log.error("envelope %s cannot be opened: %s", due.envelope_id, payload.code)
            self._db.execute("INSERT OR IGNORE INTO refused VALUES (?, ?)", (due.envelope_id, payload.code))
        elif not self._department.deliver(_delivery(due, payload)):
            self._db.execute("ROLLBACK")
            return False
        else:
            note_booking(self._db, payload)
        self._db.execute("DELETE FROM owed WHERE seq = ?", (due.seq,))
        self._move_on(due.seq)
        return True

    def _owe(self, due: _Due) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT OR IGNORE INTO owed VALUES (?, ?, ?)", (due.seq, due.envelope_id, due.case_id))
        self._move_on(due.seq)

    def _move_on(self, seq: int) -> None:
        self._db.execute("UPDATE progress SET seq = max(seq, ?)", (seq,))
        self._db.execute("COMMIT")

    def serve(self, stop: threading.Event, *, period_s: float = 0.2) -> None:
        """Work until `stop` is set."""
        again_at = 0.0
        while not stop.is_set():
            if time.monotonic() >= again_at:
                again_at = time.monotonic() + _OFFER_AGAIN_S
                delivered = self.work()
            else:
                with closing(connect_read_only(self._folder / DATABASE)) as portal:
                    delivered = self._look(portal)
            if delivered == 0:
                stop.wait(period_s)


def _delivery(due: _Due, payload: Payload) -> Delivery:
    return Delivery(due.envelope_id, department_of(payload.service), f"P{due.seq:08d}", payload)


def _open(portal: sqlite3.Connection, envelope_id: str, keys: list[RecipientKey]) -> Payload | Malformed:
    (header,) = portal.execute("SELECT header FROM envelope WHERE id = ?", (envelope_id,)).fetchone()
    return open_envelope(bytes(header), body_of(portal, envelope_id), keys)


def received(folder: Path) -> list[dict[str, Any]]:
    """What each department got, opened for the one who asks with the worker's keys; nothing is kept in clear."""
    keys = opening_keys(folder)
    if not (folder / DEPARTMENTS).exists():
        return []
    with (
        closing(connect_read_only(folder / DATABASE)) as portal,
        closing(connect_read_only(folder / DEPARTMENTS)) as departments,
    ):
        rows = departments.execute("SELECT envelope_id, department, reference, times FROM received ORDER BY reference")
        return [_shown(portal, keys, row) for row in rows.fetchall()]


def _shown(portal: sqlite3.Connection, keys: list[RecipientKey], row: Any) -> dict[str, Any]:
    envelope_id, department, reference, times = row
    header = json.loads(portal.execute("SELECT header FROM envelope WHERE id = ?", (envelope_id,)).fetchone()[0])
    shown = {"envelope_id": envelope_id, "department": department, "reference": reference, "deliveries": times}
    names = ("service", "receipt_number", "kiosk_id", "case_id", "case_seq", "created")
    payload = _open(portal, envelope_id, keys)
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
