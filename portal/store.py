"""The portal's database behind one door: work runs in transactions, and a future tells of its commit."""

import fcntl
import os
import queue
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

from portal.database import Database
from portal.schema import PORTAL_STEPS, migrate

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R", contravariant=True)
DATABASE: Final = "portal.db"
DEPARTMENTS: Final = "departments.db"
_TOGETHER: Final = 64
_LOG_PAGES: Final = 4096  # 32 MiB; the engine counts them, while the log's file never gets shorter


class DatabaseUnavailableError(Exception):
    """The database did not do what it was asked: full, locked, restarting, gone, or too slow to wait for.

    No receipt was given. Whoever asks again hears what has become of it.
    """


PRAGMAS: Final = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"wal_autocheckpoint={_LOG_PAGES}",
    "temp_store=MEMORY",
)
"""What durable commits on SQLite stand on."""


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection with durable commits."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=5.0, cached_statements=512
    )
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5.0)


def make_database(folder: Path) -> None:
    """Make or bring up to date the tables of the SQLite database in a folder."""
    with closing(connect(folder / DATABASE)) as db:
        migrate(db, "portal", PORTAL_STEPS)


Many = Callable[[Database, Sequence[A]], Sequence[T]]
"""Work on several things of one kind at once: one result for each, in their order."""


class Outcome(Protocol[R]):
    """Whoever waits for a job: a `concurrent.futures.Future`, or what an event loop waits for."""

    def set_running_or_notify_cancel(self) -> bool:
        """Whether anybody still waits; asked once, before the job begins."""

    def set_result(self, result: R, /) -> None:
        """What the work gave, once its commit stands."""

    def set_exception(self, error: BaseException, /) -> None:
        """Nothing of it was done."""


@dataclass(eq=False)
class Job(Generic[T]):
    """Work that waits for its transaction; with `many`, what it asks is done together with all that ask the same."""

    work: Callable[[Database], T]
    many: Many[Any, T] | None = None
    asked: Any = None
    done: Outcome[T] = field(default_factory=Future[T])

    def alone(self) -> "Job[T]":
        """The same job by its own work."""
        return Job(self.work, done=self.done)


@dataclass(frozen=True)
class Lot:
    """Jobs that one piece of work does together: all of them or none."""

    jobs: "list[Job[Any]]"

    def run(self, db: Database) -> Callable[[], None]:
        """Do the work; what comes back answers the callers, once the commit stands."""
        first = self.jobs[0]
        results = [first.work(db)] if first.many is None else first.many(db, [job.asked for job in self.jobs])
        answers = [partial(job.done.set_result, result) for job, result in zip(self.jobs, results, strict=True)]
        return lambda: _each(answers)

    def fail(self, error: Exception) -> None:
        """Tell every caller that nothing of it was done."""
        for job in self.jobs:
            job.done.set_exception(error)

    def singly(self, db: Database, *, passing: type[Exception] | tuple[()] = ()) -> Callable[[], None]:
        """After one of them spoilt it for all: each job by its own work."""
        answers = [run_in_savepoint(db, Lot([job.alone()]), passing=passing) for job in self.jobs]
        return lambda: _each(answers)


def _each(answers: "Sequence[Callable[[], None]]") -> None:
    for answer in answers:
        answer()


def lots(jobs: "Sequence[Job[Any]]") -> list[Lot]:
    """Jobs of one kind together, in the order of the first of each."""
    gathered: dict[object, list[Job[Any]]] = {}
    for job in jobs:
        gathered.setdefault(job.many or job, []).append(job)
    return [Lot(together) for together in gathered.values()]


class Store(ABC):
    """Runs functions in transactions; those that wait at the same time share a commit."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()

    def submit(self, work: Callable[[Database], T]) -> "Future[T]":
        """Run `work` in a transaction; the future is done after the commit. It may run more than once before that."""
        done = Future[T]()
        self.put(Job(work, done=done))
        return done

    def submit_to(self, many: Many[A, T], asked: A, alone: Callable[[Database], T]) -> "Future[T]":
        """As `submit`: `many` does what is asked together with all that ask it now, or `alone` when that fails."""
        done = Future[T]()
        self.put(Job(alone, many, asked, done))
        return done

    def put(self, job: Job[Any]) -> None:
        """Have a job done; as `submit`, but its outcome says who waits."""
        (self._jobs if job.many is None else self._queue_of_many()).put(job)

    def _queue_of_many(self) -> "queue.SimpleQueue[Job[Any] | None]":
        return self._jobs

    @abstractmethod
    def close(self) -> None:
        """Finish what is queued and close."""


def gather(jobs: "queue.SimpleQueue[Job[Any] | None]", first: "Job[Any]") -> "tuple[list[Job[Any]], bool]":
    """The job and those that wait behind it, apart from any whose caller has gone; whether more will come."""
    gathered = [first]
    more = _gather_behind(jobs, gathered)
    return [job for job in gathered if job.done.set_running_or_notify_cancel()], more


def _gather_behind(jobs: "queue.SimpleQueue[Job[Any] | None]", gathered: "list[Job[Any]]") -> bool:
    while len(gathered) < _TOGETHER:
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            break
        if job is None:
            return False
        gathered.append(job)
    return True


def run_lots(
    db: Database, together: Sequence[Lot], *, anew: Callable[[], None], passing: type[Exception] | tuple[()] = ()
) -> list[Callable[[], None]]:
    """Run lots in a transaction, which `anew` undoes and begins again; their answers wait for its commit.

    One that has the transaction to itself needs no savepoint. Errors of `passing` concern them all.
    """
    if len(together) > 1:
        return [run_in_savepoint(db, lot, passing=passing) for lot in together]
    try:
        return [lot.run(db) for lot in together]
    except passing:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
        anew()
        return [_after_failure(db, together[0], error, passing)]


def run_in_savepoint(db: Database, lot: Lot, *, passing: type[Exception] | tuple[()] = ()) -> Callable[[], None]:
    """Run one of several lots; its answers wait for the shared commit. Errors of `passing` concern them all."""
    db.execute("SAVEPOINT job")
    try:
        answer = lot.run(db)
    except passing:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
        db.execute("ROLLBACK TO SAVEPOINT job")
        db.execute("RELEASE SAVEPOINT job")
        return _after_failure(db, lot, error, passing)
    db.execute("RELEASE SAVEPOINT job")
    return answer


def _after_failure(
    db: Database, lot: Lot, error: Exception, passing: type[Exception] | tuple[()]
) -> Callable[[], None]:
    """Nothing of a lot is done: each job by itself, or the error for its one caller."""
    if lot.jobs[0].many is not None:
        return lot.singly(db, passing=passing)
    kept = unavailable(error)
    return lambda: lot.fail(kept)


def unavailable(error: Exception) -> Exception:
    """The engine's own error as the portal's; any other is a defect and stays what it is."""
    return DatabaseUnavailableError(type(error).__name__) if isinstance(error, sqlite3.Error) else error


class SqliteStore(Store):
    """One file and one writing thread; nodes that share the file take turns, so that only one ever writes to it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._db = connect(path)
        self._turn = os.open(path.with_name(path.name + ".turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._thread = threading.Thread(target=self._serve, name="portal-store", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what is queued, empty the log, close and join."""
        self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        more = True
        while more and (first := self._jobs.get()) is not None:
            with self._my_turn():
                jobs, more = gather(self._jobs, first)
                self._commit_together(jobs)
        with self._my_turn():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._db.close()
        os.close(self._turn)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        """Be the only process that writes. The engine's own waiting sleeps; this one is woken by whoever goes."""
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _commit_together(self, jobs: "list[Job[Any]]") -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            answers = run_lots(self._db, lots(jobs), anew=self._anew)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon(jobs, error)
            return
        _each(answers)

    def _anew(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._db.execute("BEGIN IMMEDIATE")

    def _abandon(self, jobs: "list[Job[Any]]", error: sqlite3.Error) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        for job in jobs:
            job.done.set_exception(unavailable(error))
