"""PostgreSQL behind the portal's one database interface. Imported only where a URL asks for it."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql as composed

from portal.database import Cursor

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

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor:
        """Run one statement."""
        return self._connection.execute(_marked(sql), parameters or None)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> None:
        """Run one statement for each row of parameters, sent together."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_marked(sql), list(parameters))

    def roll_back(self) -> None:
        """End whatever transaction is open; nothing when the server is gone."""
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


def connect(url: str) -> Postgres:
    """One connection; psycopg.OperationalError when the server is not there."""
    return Postgres(psycopg.connect(url, **_OPTIONS))
