"""What the portal asks of a database, whichever it is: SQLite in a file, or PostgreSQL by a URL.

The statements are written once, with `?` marks, in the part of SQL that both engines read alike. They run in
READ COMMITTED at least; what must be decided by one caller at a time takes a named `lock` first.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol


class Cursor(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int:
        """How many rows a changing statement touched."""

    def fetchone(self) -> Any:
        """The next row (a tuple) or None."""

    def fetchall(self) -> list[Any]:
        """The rows left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class Database(Protocol):
    """One connection: sqlite3's own, or `portal.postgres.Postgres`."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Any:
        """Run one statement for each row of parameters."""

    def close(self) -> None:
        """Close; an open transaction is rolled back."""


TAKING: Final = "delivery"
"""The lock of whoever gives numbers to deliveries, on any node."""


def lock(db: Database, name: str) -> None:
    """Be the only transaction with this name until the end; SQLite has one writer anyway, so nothing to do there."""
    if not isinstance(db, sqlite3.Connection):
        db.execute("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (name,))


def later(db: Database, sql: str, parameters: Sequence[Any]) -> None:
    """Run a statement that gives nothing back; on PostgreSQL together with the next one, in one trip to the server.

    What the database says against it may be raised by that next one.
    """
    if isinstance(db, sqlite3.Connection):
        db.execute(sql, parameters)
    else:
        db.later(sql, parameters)  # type: ignore[attr-defined]


def look_up(db: Database, sql: str, parameters: Sequence[Any]) -> list[Any]:
    """The rows of a query whose columns are texts and bytes."""
    if isinstance(db, sqlite3.Connection):
        return db.execute(sql, parameters).fetchall()
    return db.look_up(sql, parameters)  # type: ignore[attr-defined, no-any-return]


def begin(db: Database) -> None:
    """Begin a transaction that will write."""
    db.execute("BEGIN IMMEDIATE" if isinstance(db, sqlite3.Connection) else "BEGIN")
