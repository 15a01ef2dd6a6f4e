"""The portal's database on PostgreSQL, for any number of nodes at once."""

import logging
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import psycopg

from portal.postgres import Postgres, connect
from portal.store import DatabaseUnavailableError, Job, Lot, Store, gather, lots, run_in_savepoint

log = logging.getLogger("portal")
THREADS: Final = 4
_TRIES: Final = 4


class PostgresStore(Store):
    """A few threads, each with a connection of its own that it makes anew when it breaks.

    Jobs that wait together share a commit; what is done for many at once has a thread to itself, so that it meets.
    While the server is away every job fails at once, and the next one asks it again: a kiosk keeps what it has and
    comes back.
    """

    def __init__(self, url: str, *, threads: int = THREADS) -> None:
        super().__init__()
        self._url = url
        self._many: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._queues = [*[self._jobs] * threads, self._many]
        self._threads = [
            threading.Thread(target=self._serve, args=(jobs,), name=f"portal-store-{n}", daemon=True)
            for n, jobs in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Finish what is queued, close the connections and join."""
        for jobs in self._queues:
            jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _queue_of_many(self) -> "queue.SimpleQueue[Job[Any] | None]":
        return self._many

    def _serve(self, jobs: "queue.SimpleQueue[Job[Any] | None]") -> None:
        session, more = _Session(self._url), True
        while more and (first := jobs.get()) is not None:
            together, more = gather(jobs, first)
            if together:
                session.commit_together(together)
        session.end()


class _Session:
    """One thread's connection, and the transactions on it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Postgres | None = None

    def commit_together(self, jobs: "list[Job[Any]]") -> None:
        """All jobs in one transaction, or each in one of its own when that fails."""
        trouble = self._settle(jobs) if len(jobs) == 1 else self._once(jobs)
        if trouble is None:
            return
        if self._db is not None and (len(jobs) > 1 or jobs[0].many is not None):
            for job in jobs:
                self.commit_together([job.alone()])
            return
        log.error("database: %s", type(trouble).__name__)
        for job in jobs:
            job.done.set_exception(DatabaseUnavailableError(type(trouble).__name__))

    def end(self) -> None:
        """Close the connection."""
        if self._db is not None:
            with suppress(psycopg.Error):
                self._db.close()
            self._db = None

    def _settle(self, jobs: "list[Job[Any]]") -> psycopg.Error | None:
        """One job, and again when two transactions crossed or the connection turned out to be dead."""
        trouble = self._once(jobs)
        for _ in range(_TRIES):
            if not isinstance(trouble, psycopg.OperationalError):
                break
            trouble = self._once(jobs)
        return trouble

    def _once(self, jobs: "list[Job[Any]]") -> psycopg.Error | None:
        try:
            self._db = self._db or connect(self._url)
            answers = _transaction(self._db, jobs)
        except psycopg.Error as error:
            if self._db is not None and not self._db.usable:
                self.end()
            return error
        for answer in answers:
            answer()
        return None


def _transaction(db: Postgres, jobs: "list[Job[Any]]") -> list[Callable[[], None]]:
    """Run jobs and commit; a lot that has the transaction to itself saves the two trips for a savepoint."""
    together = lots(jobs)
    try:
        db.execute("BEGIN")
        if len(together) == 1:
            answers = [_run_alone(db, together[0])]
        else:
            answers = [run_in_savepoint(db, lot, passing=psycopg.Error) for lot in together]
        db.execute("COMMIT")
    except BaseException:
        with suppress(psycopg.Error):
            db.roll_back()
        raise
    return answers


def _run_alone(db: Postgres, lot: Lot) -> Callable[[], None]:
    """Run a lot without a savepoint; when it fails, its transaction is begun anew."""
    try:
        return lot.run(db)
    except psycopg.Error:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
        kept = error
        db.roll_back()
        db.execute("BEGIN")
        if lot.jobs[0].many is not None:
            return lot.singly(db, passing=psycopg.Error)
        return lambda: lot.fail(kept)
