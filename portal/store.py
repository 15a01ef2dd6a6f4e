"""The portal's database: one writing thread per node, several requests to one commit."""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
DATABASE: Final = "portal.db"
DEPARTMENTS: Final = "departments.db"
_TOGETHER: Final = 64
_LONG_LOG_BYTES: Final = 32 * 1024 * 1024

# `delivery` is the transactional outbox: its row is written in the commit that takes an envelope, and the worker reads
# it in order. The partial index makes a place in a case good for one effect only.
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS kiosk (
    kid TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, public BLOB NOT NULL, enrolled TEXT NOT NULL, revoked TEXT
);
CREATE TABLE IF NOT EXISTS envelope (
    id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, case_id TEXT NOT NULL, case_seq INTEGER NOT NULL,
    service TEXT NOT NULL, receipt_number TEXT NOT NULL, header BLOB NOT NULL, sha256 BLOB NOT NULL,
    size INTEGER NOT NULL, arrived TEXT NOT NULL, receipt TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS envelope_once ON envelope (kiosk_id, case_id, case_seq) WHERE receipt IS NOT NULL;
CREATE INDEX IF NOT EXISTS envelope_number ON envelope (receipt_number);
CREATE TABLE IF NOT EXISTS chunk (
    envelope_id TEXT NOT NULL REFERENCES envelope (id), n INTEGER NOT NULL, sha256 BLOB NOT NULL, data BLOB,
    UNIQUE (envelope_id, n)
);
CREATE TABLE IF NOT EXISTS delivery (seq INTEGER PRIMARY KEY, envelope_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS enrol_code (
    hash TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, until TEXT NOT NULL, kid TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS heartbeat (
    kiosk_id TEXT PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL, alarm TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS enquiry (
    id TEXT PRIMARY KEY, header BLOB NOT NULL, body BLOB NOT NULL, arrived TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS hold (id TEXT PRIMARY KEY, slot TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payment (
    bill TEXT PRIMARY KEY, reference TEXT NOT NULL, cents INTEGER NOT NULL, kiosk_id TEXT NOT NULL, at TEXT NOT NULL
);
"""


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection with durable commits."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
    for pragma in (
        "page_size=8192",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=0",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5.0)


def make_database(folder: Path) -> None:
    """Make the tables if they are not there."""
    with closing(connect(folder / DATABASE)) as db:
        db.executescript(_TABLES)


@dataclass
class _Job(Generic[T]):
    work: Callable[[sqlite3.Connection], T]
    done: "Future[T]" = field(default_factory=Future)


class Store:
    """Runs functions on the one writing connection; those that wait at the same time share a commit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = connect(path)
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="portal-store", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> "Future[T]":
        """Run `work` in a transaction; the future is done after the commit."""
        job = _Job(work)
        self._jobs.put(job)
        return job.done

    def close(self) -> None:
        """Finish what is queued, empty the log, close and join."""
        self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, more = self._gather(first)
            self._commit_together(jobs)
            self._shorten_log()
            if not more:
                break
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._db.close()

    def _gather(self, first: "_Job[Any]") -> "tuple[list[_Job[Any]], bool]":
        jobs = [first]
        while len(jobs) < _TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, False
            jobs.append(job)
        return jobs, True

    def _commit_together(self, jobs: "list[_Job[Any]]") -> None:
        answers: list[Callable[[], None]] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            answers.extend(self._run(job) for job in jobs)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon(jobs, error)
            return
        for answer in answers:
            answer()

    def _run(self, job: "_Job[Any]") -> Callable[[], None]:
        """Run one job in a savepoint of its own; its answer is held back until the shared commit."""
        self._db.execute("SAVEPOINT job")
        try:
            result = job.work(self._db)
        except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
            self._db.execute("ROLLBACK TO job")
            self._db.execute("RELEASE job")
            kept = error
            return lambda: job.done.set_exception(kept)
        self._db.execute("RELEASE job")
        return lambda: job.done.set_result(result)

    def _abandon(self, jobs: "list[_Job[Any]]", error: sqlite3.Error) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        for job in jobs:
            job.done.set_exception(error)

    def _shorten_log(self) -> None:
        log = self.path.with_name(self.path.name + "-wal")
        if log.exists() and log.stat().st_size > _LONG_LOG_BYTES:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
