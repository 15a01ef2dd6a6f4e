"""The worker, the only part of the portal that can open an envelope: it feeds departments from the ingest's outbox.

Its database is its own (how far it got, what each simulated department noted): each database has one writer.
"""

import hashlib
import json
import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from offline_queue.envelope import Malformed, Payload, RecipientKey, open_envelope
from portal.departments import Delivery, Department, SimulatedDepartment, department_of
from portal.intake import body_of
from portal.keys import opening_keys
from portal.store import DATABASE, connect, connect_read_only

log = logging.getLogger("portal.worker")
DEPARTMENTS: Final = "departments.db"
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL);
INSERT OR IGNORE INTO progress VALUES (1, 0);
CREATE TABLE IF NOT EXISTS refused (envelope_id TEXT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (
    envelope_id TEXT PRIMARY KEY, department TEXT NOT NULL, reference TEXT NOT NULL, service TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1
);
"""


class Worker:
    """Delivers in the order of acceptance; progress and the simulated department's note share one transaction."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys = opening_keys(folder)
        self._db = connect(folder / DEPARTMENTS)
        self._db.executescript(_TABLES)
        self._department: Department = SimulatedDepartment(self._db)

    def close(self) -> None:
        """Empty the log and close."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()

    def work(self) -> int:
        """Deliver all that has come in since the last time; how many."""
        with closing(connect_read_only(self._folder / DATABASE)) as portal:
            done = self._db.execute("SELECT seq FROM progress").fetchone()[0]
            sql = "SELECT seq, envelope_id FROM delivery WHERE seq > ? ORDER BY seq"
            waiting = portal.execute(sql, (done,)).fetchall()
            return sum(self._deliver(portal, seq, envelope_id) for seq, envelope_id in waiting)

    def _deliver(self, portal: sqlite3.Connection, seq: int, envelope_id: str) -> bool:
        payload = _open(portal, envelope_id, self._keys)
        self._db.execute("BEGIN IMMEDIATE")
        if isinstance(payload, Malformed):
            log.error("envelope %s cannot be opened: %s", envelope_id, payload.code)
            self._db.execute("INSERT OR IGNORE INTO refused VALUES (?, ?)", (envelope_id, payload.code))
        else:
            name = department_of(payload.service)
            self._department.deliver(Delivery(envelope_id, name, f"P{seq:08d}", payload))
        self._db.execute("UPDATE progress SET seq = ?", (seq,))
        self._db.execute("COMMIT")
        return True

    def serve(self, stop: threading.Event, *, period_s: float = 0.2) -> None:
        """Work until `stop` is set."""
        while not stop.is_set():
            if self.work() == 0:
                stop.wait(period_s)


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
