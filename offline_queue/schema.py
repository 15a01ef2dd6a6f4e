"""The outbox's tables, and how its one writing connection is set up."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

SCHEMA_VERSION: Final = 3
PAGE_BYTES: Final = (
    8 * 1024
)  # a small save dirties nine pages: twice the size costs it a fifth, and large ones gain nothing

# A chunk's place is its envelope's seq times 1024 plus its number: one tree, no index to keep on each save.
# The database itself refuses what must never happen: an envelope changed after its first byte was stored, a payload
# removed before the portal's receipt or an operator's recorded act, and counters that drift from the rows.
_TABLES: Final = """
CREATE TABLE envelope (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    case_id TEXT NOT NULL,
    case_seq INTEGER NOT NULL,
    service TEXT NOT NULL,
    receipt_number TEXT NOT NULL,
    state TEXT NOT NULL,
    deadline TEXT NOT NULL,
    created TEXT NOT NULL,
    size INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    header BLOB NOT NULL,
    signature BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_mono REAL NOT NULL DEFAULT 0,
    lease_until REAL NOT NULL DEFAULT 0,
    boot_id TEXT NOT NULL DEFAULT '',
    last_code TEXT NOT NULL DEFAULT '',
    receipt TEXT NOT NULL DEFAULT '',
    UNIQUE (case_id, case_seq)
);
CREATE INDEX envelope_turn ON envelope (state, deadline, seq);
CREATE INDEX envelope_pending ON envelope (seq) WHERE state NOT IN ('ACKED', 'PURGED', 'ABANDONED');
CREATE TABLE chunk (place INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE counter (state TEXT PRIMARY KEY, n INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('WAITING', 0, 0), ('READY', 0, 0), ('SENDING', 0, 0), ('ACKED', 0, 0), ('PURGED', 0, 0),
    ('QUARANTINED', 0, 0), ('EXPORTED', 0, 0), ('ABANDONED', 0, 0);
CREATE TABLE audit (seq INTEGER PRIMARY KEY, event BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE receipt_counter (year_month TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER envelope_in AFTER INSERT ON envelope BEGIN
    UPDATE counter SET n = n + 1, bytes = bytes + NEW.size WHERE state = NEW.state;
END;
CREATE TRIGGER envelope_move AFTER UPDATE OF state ON envelope WHEN OLD.state <> NEW.state BEGIN
    UPDATE counter SET n = n - 1, bytes = bytes - OLD.size WHERE state = OLD.state;
    UPDATE counter SET n = n + 1, bytes = bytes + NEW.size WHERE state = NEW.state;
END;
CREATE TRIGGER envelope_out AFTER DELETE ON envelope BEGIN
    UPDATE counter SET n = n - 1, bytes = bytes - OLD.size WHERE state = OLD.state;
END;
CREATE TRIGGER envelope_same BEFORE UPDATE OF id, case_id, case_seq, size, sha256, header, signature ON envelope BEGIN
    SELECT RAISE(ABORT, 'a stored envelope never changes');
END;
CREATE TRIGGER chunk_same BEFORE UPDATE ON chunk BEGIN
    SELECT RAISE(ABORT, 'a stored envelope never changes');
END;
CREATE TRIGGER chunk_kept BEFORE DELETE ON chunk
WHEN (SELECT state FROM envelope WHERE seq = OLD.place / 1024) NOT IN ('ACKED', 'ABANDONED') BEGIN
    SELECT RAISE(ABORT, 'a payload goes only after a receipt or an operator');
END;
"""


# What waits for a later moment is few among many: with an index of its own nobody goes through the many to find it.
_LATER: Final = "CREATE INDEX envelope_later ON envelope (next_mono) WHERE state = 'READY' AND next_mono > 0"

# One index over all states and times made the engine walk through what waits for later, and through all that is READY.
_TURNS: Final = """
DROP INDEX envelope_turn;
CREATE INDEX envelope_due ON envelope (deadline, seq) WHERE state = 'READY' AND next_mono = 0;
CREATE INDEX envelope_lent ON envelope (seq) WHERE state = 'SENDING';
"""


class Cursor(Protocol):
    """What a statement gives back."""

    def fetchone(self) -> Any:
        """The next row or None."""

    def fetchall(self) -> list[Any]:
        """The rows left."""

    def __iter__(self) -> Iterator[Any]:
        """Row by row."""


class Connection(Protocol):
    """The little of a database connection that the outbox uses: the standard library's, or a recording one in tests."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Cursor:
        """Run one statement."""

    def close(self) -> None:
        """Close; an open transaction is rolled back."""


Connect = Callable[[Path], Connection]


def connect(path: Path) -> Connection:
    """The standard library's connection with hand-made transactions, usable from the writer thread."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint, for diagnostics beside a running writer."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=5.0)


# What a durable queue stands on. WAL with FULL: each commit is on the disk when it returns. Checkpoints run when idle.
_PRAGMAS: Final = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("secure_delete", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("wal_autocheckpoint", "0", 0),
    ("temp_store", "MEMORY", 2),
)


def prepare(connection: Connection, *, quota_bytes: int) -> None:
    """Set and check what durability stands on; RuntimeError when the database engine does not take a setting."""
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    for name, wanted, reads in _PRAGMAS:
        connection.execute(f"PRAGMA {name}={wanted}").fetchall()
        if connection.execute(f"PRAGMA {name}").fetchone()[0] != reads:
            raise RuntimeError(f"the database engine refuses {name}={wanted}")
    connection.execute(f"PRAGMA max_page_count={max(quota_bytes // PAGE_BYTES, 64)}").fetchall()


def version_of(connection: Connection) -> int:
    """The schema version of an open database; 0 when it is new."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open database to SCHEMA_VERSION."""
    # sqlite-utils takes 0.1 s to import: a start on an up-to-date database does without it.
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    steps = Migrations("outbox")

    @steps()
    def first_tables(db: Database) -> None:
        for statement in split_statements(_TABLES):
            db.execute(statement)

    @steps()
    def index_of_what_waits(db: Database) -> None:
        db.execute(_LATER)

    @steps()
    def index_of_what_is_due_and_of_what_is_lent(db: Database) -> None:
        for statement in split_statements(_TURNS):
            db.execute(statement)

    steps.apply(Database(connection))
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def split_statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, triggers whole."""
    gathered = ""
    for line in script.splitlines():
        gathered += line + "\n"
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""
