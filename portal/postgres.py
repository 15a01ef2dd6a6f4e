"""PostgreSQL behind the portal's one database interface. Imported only where a URL asks for it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql as composed
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import TransactionStatus

from portal.database import Cursor
from portal.prepared import Plain, Prepared, Statement

# A node that hangs must not hold its locks, and no call may wait longer than the kiosk does.
_SETTINGS: Final = (
    "-c synchronous_commit=on -c statement_timeout=20000 -c lock_timeout=10000"
    " -c idle_in_transaction_session_timeout=20000 -c timezone=UTC"
)
_OPTIONS: Final[dict[str, Any]] = {
    "autocommit": True,
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "application_name": "kiosk-portal",
    "options": _SETTINGS,
}


class Postgres:
    """A psycopg connection that reads `?` marks; transactions are made by hand, as on the SQLite side."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection
        self._prepared = Prepared(connection.pgconn)
        self._waiting: list[Statement] = []

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Run one statement, and before it whatever waits for it."""
        self._run_waiting()
        return self._connection.execute(_marked(sql), parameters or None)

    def look_up(self, sql: str, parameters: Sequence[Plain], /) -> "list[tuple[str | bytes | None, ...]]":
        """The rows of a query whose columns are texts and bytes: a few of them, and soon."""
        self._run_waiting()
        return self._prepared.rows(sql, parameters)

    def later(self, sql: str, parameters: Sequence[Plain | None], /) -> None:
        """Run a statement whose result nobody asks for in one trip with the next ones, or with the commit."""
        self._waiting.append((sql, parameters))

    def commit(self) -> None:
        """Run what waits and commit it, in one trip.

        psycopg.Error when a statement before it had failed: the server would say of its rollback that all is well.
        """
        if self._connection.pgconn.transaction_status == TransactionStatus.INERROR:
            raise InFailedSqlTransaction("a statement before the commit had failed")
        self._run_waiting(b"COMMIT")

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each row of parameters, sent together."""
        self._run_waiting()
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(sql), list(parameters))

    def _run_waiting(self, last: bytes = b"") -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._prepared.run(waiting, last)
        elif last:
            self._prepared.command(last)

    def begin_turn(self, name: str) -> None:
        """Begin a transaction that has the `lock` of this name, in one trip."""
        self._prepared.command(_turn(name))

    def roll_back(self) -> None:
        """End whatever transaction is open; nothing when the server is gone."""
        self._waiting.clear()
        if not self._connection.closed:
            self._connection.rollback()

    @property
    def usable(self) -> bool:
        """Whether the connection still stands."""
        return not self._connection.closed and not self._connection.broken

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@cache
def _marked(sql: str) -> composed.SQL:
    """psycopg's spelling of a statement; ours hold no `%` and no `?` inside quotes."""
    return composed.SQL(sql.replace("?", "%s"))


@cache
def _turn(name: str) -> bytes:
    lock = composed.SQL("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended({}, 0))")
    return lock.format(composed.Literal(name)).as_bytes()


def connect(url: str) -> Postgres:
    """One connection; psycopg.OperationalError when the server is not there."""
    return Postgres(psycopg.connect(url, **_OPTIONS))
