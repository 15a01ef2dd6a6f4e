"""The portal's database on PostgreSQL, for any number of nodes at once."""

import logging
import queue
import threading
from contextlib import suppress
from typing import Any, Final

import psycopg

from portal.database import TAKING
from portal.postgres import Postgres, connect
from portal.store import DatabaseUnavailableError, Job, Store, gather, lots, run_lots

log = logging.getLogger("portal")
THREADS: Final = 4
_TRIES: Final = 4


class PostgresStore(Store):
    """A few threads, each with a connection of its own that it makes anew when it breaks.

    Jobs that wait together share a commit. What is done for many at once has a thread to itself, so that it meets, and
    the lock `TAKING`: nodes take turns, and what comes in the meantime goes along.
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
            if jobs is self._many:
                session.wait_for_turn()
            together, more = gather(jobs, first)
            session.commit_together(together)
        session.end()


class _Session:
    """One thread's connection, and the transactions on it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db: Postgres | None = None
        self._begins = False

    def wait_for_turn(self) -> None:
        """Begin the next transaction with the lock `TAKING`; when that fails, `commit_together` says so."""
        try:
            self._begun(turn=True)
        except psycopg.Error:
            self._give_up()

    def commit_together(self, jobs: "list[Job[Any]]") -> None:
        """All jobs in one transaction, or each in one of its own when that fails."""
        if not jobs:
            self._give_up()
            return
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
            db = self._begun(turn=jobs[0].many is not None)
            answers = run_lots(db, lots(jobs), anew=self._anew, passing=psycopg.Error)
            db.commit()
        except psycopg.Error as error:
            self._give_up()
            return error
        self._begins = False
        for answer in answers:
            answer()
        return None

    def _begun(self, *, turn: bool) -> Postgres:
        """The connection, in a transaction."""
        self._db = self._db or connect(self._url)
        if not self._begins:
            self._db.begin_turn(TAKING) if turn else self._db.execute("BEGIN")
            self._begins = True
        return self._db

    def _anew(self) -> None:
        if self._db is not None:
            self._db.roll_back()
            self._db.execute("BEGIN")

    def _give_up(self) -> None:
        """Leave nothing of a transaction, and no connection that no longer stands."""
        self._begins = False
        if self._db is not None:
            with suppress(psycopg.Error):
                self._db.roll_back()
            if not self._db.usable:
                self.end()
