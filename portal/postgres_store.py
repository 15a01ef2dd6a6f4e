"""The portal's database on PostgreSQL, for any number of nodes at once."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import psycopg

from portal.postgres import Postgres, connect
from portal.store import DatabaseUnavailableError, Job, Store, run_in_savepoint

log = logging.getLogger("portal")
THREADS: Final = 4
_TRIES: Final = 4


class PostgresStore(Store):
    """A few threads, each with a connection of its own that it makes anew when it breaks.

    Jobs that wait together share a commit. While the server is away every job fails at once, and the next one asks it
    again: a kiosk keeps what it has and comes back.
    """

    def __init__(self, url: str, *, threads: int = THREADS) -> None:
        super().__init__()
        self._url = url
        self._threads = [
            threading.Thread(target=self._serve, name=f"portal-store-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Finish what is queued, close the connections and join."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        session, more = _Session(self._url), True
        while more and (first := self._jobs.get()) is not None:
            jobs, more = self._gather(first)
            session.commit_together(jobs)
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
        if len(jobs) > 1 and self._db is not None:
            for job in jobs:
                self.commit_together([job])
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
    """Run jobs and commit; a job that has the transaction to itself saves the two trips for a savepoint."""
    try:
        db.execute("BEGIN")
        if len(jobs) == 1:
            answers = [_run_alone(db, jobs[0])]
        else:
            answers = [run_in_savepoint(db, job, passing=psycopg.Error) for job in jobs]
        db.execute("COMMIT")
    except BaseException:
        with suppress(psycopg.Error):
            db.roll_back()
        raise
    return answers


def _run_alone(db: Postgres, job: "Job[Any]") -> Callable[[], None]:
    """Run a job without a savepoint; when it fails, its transaction is begun anew and stays empty."""
    try:
        result = job.work(db)
    except psycopg.Error:
        raise
    except Exception as error:  # noqa: BLE001 - it belongs to the request that waits, not to this thread
        kept = error
        db.roll_back()
        db.execute("BEGIN")
        return lambda: job.done.set_exception(kept)
    return lambda: job.done.set_result(result)
