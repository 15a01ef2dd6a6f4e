"""The portal's database behind one door: work runs in transactions, and a future tells of its commit."""

import queue
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from portal.database import Database
from portal.schema import PORTAL_STEPS, migrate

T = TypeVar("T")
DATABASE: Final = "portal.db"
DEPARTMENTS: Final = "departments.db"
_TOGETHER: Final = 64
_LONG_LOG_BYTES: Final = 32 * 1024 * 1024


class DatabaseUnavailableError(Exception):
    """The database did not do what it was asked: full, locked, restarting or gone. Nothing was taken."""


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
    """Make or bring up to date the tables of the SQLite database in a folder."""
    with closing(connect(folder / DATABASE)) as db:
        migrate(db, "portal", PORTAL_STEPS)


@dataclass
class Job(Generic[T]):
    """Work that waits for its transaction."""

    work: Callable[[Database], T]
    done: "Future[T]" = field(default_factory=Future)


class Store(ABC):
    """Runs functions in transactions; those that wait at the same time share a commit."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()

    def submit(self, work: Callable[[Database], T]) -> "Future[T]":
        """Run `work` in a transaction; the future is done after the commit. It may run more than once before that."""
        job = Job(work)
        self._jobs.put(job)
        return job.done

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and close."""

    def _gather(self, first: "Job[Any]") -> "tuple[list[Job[Any]], bool]":
        """The job and those that wait behind it; whether more will come."""
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


def run_in_savepoint(db: Database, job: "Job[Any]", *, passing: type[Exception] | tuple[()] = ()) -> Callable[[], None]:
    """Run one of several jobs; its answer waits for the shared commit. Errors of `passing` concern them all."""
    db.execute("SAVEPOINT job")
    try:
        result = job.work(db)
    except passing:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
        db.execute("ROLLBACK TO SAVEPOINT job")
        db.execute("RELEASE SAVEPOINT job")
        kept = unavailable(error)
        return lambda: job.done.set_exception(kept)
    db.execute("RELEASE SAVEPOINT job")
    return lambda: job.done.set_result(result)


def unavailable(error: Exception) -> Exception:
    """The engine's own error as the portal's; any other is a defect and stays what it is."""
    return DatabaseUnavailableError(type(error).__name__) if isinstance(error, sqlite3.Error) else error


class SqliteStore(Store):
    """One file and one writing thread, for a portal of one node."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._db = connect(path)
        self._thread = threading.Thread(target=self._serve, name="portal-store", daemon=True)
        self._thread.start()

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

    def _commit_together(self, jobs: "list[Job[Any]]") -> None:
        answers: list[Callable[[], None]] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            answers.extend(run_in_savepoint(self._db, job) for job in jobs)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon(jobs, error)
            return
        for answer in answers:
            answer()

    def _abandon(self, jobs: "list[Job[Any]]", error: sqlite3.Error) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        for job in jobs:
            job.done.set_exception(unavailable(error))

    def _shorten_log(self) -> None:
        log = self.path.with_name(self.path.name + "-wal")
        if log.exists() and log.stat().st_size > _LONG_LOG_BYTES:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
