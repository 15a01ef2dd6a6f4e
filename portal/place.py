"""Where a portal keeps what it keeps: its folder of keys, its database, its objects."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portal.database import Database
from portal.objects import Objects, open_objects
from portal.schema import PORTAL_STEPS, WORKER_STEPS, migrate
from portal.store import DATABASE, DEPARTMENTS, SqliteStore, Store, connect, connect_read_only

DATABASE_VARIABLE: Final = "PORTAL_DATABASE"
OBJECTS_VARIABLE: Final = "PORTAL_OBJECTS"


@dataclass(frozen=True)
class Place:
    """`database` and `objects` are URLs; empty ones mean SQLite files in the folder, and bytes in its rows."""

    folder: Path
    database: str = ""
    objects: str = ""

    def open_store(self) -> Store:
        """The database for a node's calls, its tables brought up to date."""
        with closing(self.connect()) as db:
            migrate(db, "portal", PORTAL_STEPS)
        with closing(self.connect_worker()) as db:
            migrate(db, "worker", WORKER_STEPS)
        if not self.database:
            return SqliteStore(self.folder / DATABASE)
        from portal.postgres_store import PostgresStore

        return PostgresStore(self.database)

    def open_objects(self) -> Objects | None:
        """The object store, or None when bytes stay in the rows. ValueError for a URL of no known kind."""
        return open_objects(self.objects)

    def connect(self) -> Database:
        """A connection to the ingest's tables."""
        return self._connect(DATABASE)

    def connect_worker(self) -> Database:
        """A connection to the worker's tables: a file of their own, so that each SQLite database has one writer."""
        return self._connect(DEPARTMENTS)

    def _connect(self, name: str) -> Database:
        if not self.database:
            return connect(self.folder / name)
        from portal.postgres import connect as connect_postgres

        return connect_postgres(self.database)

    @contextmanager
    def reading(self, name: str = DATABASE) -> Iterator[Database]:
        """A connection that only reads, for as long as the block runs."""
        if self.database:
            with closing(self._connect(name)) as db:
                db.execute("SET default_transaction_read_only = on")
                yield db
            return
        with closing(connect_read_only(self.folder / name)) as db:
            yield db


def database_errors() -> tuple[type[Exception], ...]:
    """What a connection used by itself raises when the database fails, whichever engines are in use."""
    import sqlite3
    import sys

    loaded: Any = sys.modules.get("psycopg")
    return (sqlite3.Error, loaded.Error) if loaded else (sqlite3.Error,)
