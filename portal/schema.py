"""The portal's tables, as numbered steps that a database is brought through in order, on either engine."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from portal.database import Database, begin, lock

# `delivery` is the transactional outbox: its row is written in the commit that takes an envelope, and the worker reads
# it in order. The partial index makes a place in a case good for one effect only.
_FIRST: Final = """
CREATE TABLE IF NOT EXISTS kiosk (
    kid TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, public {bytes} NOT NULL, enrolled TEXT NOT NULL, revoked TEXT
);
CREATE TABLE IF NOT EXISTS envelope (
    id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, case_id TEXT NOT NULL, case_seq INTEGER NOT NULL,
    service TEXT NOT NULL, receipt_number TEXT NOT NULL, header {bytes} NOT NULL, sha256 {bytes} NOT NULL,
    size INTEGER NOT NULL, arrived TEXT NOT NULL, receipt TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS envelope_once ON envelope (kiosk_id, case_id, case_seq) WHERE receipt IS NOT NULL;
CREATE INDEX IF NOT EXISTS envelope_number ON envelope (receipt_number);
CREATE TABLE IF NOT EXISTS chunk (
    envelope_id TEXT NOT NULL REFERENCES envelope (id), n INTEGER NOT NULL, sha256 {bytes} NOT NULL, data {bytes},
    UNIQUE (envelope_id, n)
);
CREATE TABLE IF NOT EXISTS delivery (seq {counted}, envelope_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS enrol_code (
    hash TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, until TEXT NOT NULL, kid TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS heartbeat (
    kiosk_id TEXT PRIMARY KEY, at TEXT NOT NULL, body TEXT NOT NULL, alarm TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS enquiry (
    id TEXT PRIMARY KEY, header {bytes} NOT NULL, body {bytes} NOT NULL, arrived TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS hold (id TEXT PRIMARY KEY, slot TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payment (
    bill TEXT PRIMARY KEY, reference TEXT NOT NULL, cents INTEGER NOT NULL, kiosk_id TEXT NOT NULL, at TEXT NOT NULL
)
"""
# A chunk has arrived when its bytes are in the row or its object's name is. What is sealed does not compress: trying
# costs PostgreSQL a third of its speed (reference figures: 81 and 135 envelopes of 0.9 MB a second).
_ON_POSTGRES: Final = "-- PostgreSQL only\n"
_OBJECTS: Final = f"""
ALTER TABLE chunk ADD COLUMN object TEXT;
{_ON_POSTGRES}ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL
"""

_SIGN_IN: Final = """
CREATE TABLE IF NOT EXISTS sign_in (
    id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, token TEXT NOT NULL UNIQUE, number TEXT NOT NULL,
    language TEXT NOT NULL, reply_key TEXT NOT NULL, state TEXT NOT NULL, sealed TEXT NOT NULL, until TEXT NOT NULL
)
"""

_CARD_READING: Final = """
CREATE TABLE IF NOT EXISTS card_reading (
    id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, token TEXT NOT NULL, reply_key TEXT NOT NULL,
    artifact TEXT NOT NULL, sealed TEXT NOT NULL, until TEXT NOT NULL
)
"""

# `header` and `body` are what was sealed; they go when the message has gone, and the rest after a day.
_MESSAGES: Final = """
CREATE TABLE IF NOT EXISTS slip_message (
    id TEXT PRIMARY KEY, kiosk_id TEXT NOT NULL, number TEXT NOT NULL, way TEXT NOT NULL, arrived TEXT NOT NULL,
    header {bytes}, body {bytes}
);
CREATE INDEX IF NOT EXISTS slip_message_number ON slip_message (kiosk_id, number)
"""

# Whoever reads the table learns no session: it holds digests.
_OPERATOR_SESSIONS: Final = """
CREATE TABLE IF NOT EXISTS operator_session (digest TEXT PRIMARY KEY, until TEXT NOT NULL)
"""

# The bytes of an envelope that came whole lie in its own row: no chunk of it is announced, and none looked up. Rows of
# a few kilobytes stay where they are: PostgreSQL would try to compress what does not compress, and then move it.
_WHOLE: Final = f"""
ALTER TABLE envelope ADD COLUMN body {{bytes}};
{_ON_POSTGRES}ALTER TABLE envelope ALTER COLUMN body SET STORAGE EXTERNAL;
{_ON_POSTGRES}ALTER TABLE envelope SET (toast_tuple_target = 8160)
"""

# Numbers are given by whoever has the lock of the deliveries, on both engines alike: the next one is one more than the
# newest. A node of before, whose numbers were the server's, is refused instead of crossing with them.
_NUMBERS: Final = f"""
{_ON_POSTGRES}ALTER TABLE delivery ALTER COLUMN seq DROP IDENTITY IF EXISTS
"""

PORTAL_STEPS: Final = (_FIRST, _OBJECTS, _SIGN_IN, _CARD_READING, _MESSAGES, _OPERATOR_SESSIONS, _WHOLE, _NUMBERS)

_WORKER_FIRST: Final = """
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL);
INSERT INTO progress VALUES (1, 0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS owed (seq INTEGER PRIMARY KEY, envelope_id TEXT NOT NULL, case_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (envelope_id TEXT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (
    envelope_id TEXT PRIMARY KEY, department TEXT NOT NULL, reference TEXT NOT NULL, service TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE IF NOT EXISTS answered (id TEXT PRIMARY KEY, sealed TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bill (reference TEXT PRIMARY KEY, cents INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS booked (hold TEXT PRIMARY KEY, slot TEXT NOT NULL)
"""

_WORKER_MESSAGES: Final = "CREATE TABLE IF NOT EXISTS messaged (id TEXT PRIMARY KEY, state TEXT NOT NULL)"

WORKER_STEPS: Final = (_WORKER_FIRST, _WORKER_MESSAGES)


def migrate(db: Database, name: str, steps: Sequence[str]) -> int:
    """Bring a database through the steps it has not seen; the version it stands at. All or nothing.

    `name` tells the ingest's tables from the worker's, which on PostgreSQL share a database. Nodes that start at the
    same time wait for each other. ValueError when the database is of a later version than these steps.
    """
    if _version(db, name) == len(steps):
        return len(steps)  # nothing is written at an ordinary start
    begin(db)
    try:
        version = _migrate(db, name, steps)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return version


def _version(db: Database, name: str) -> int:
    """The version the tables of this name stand at; 0 when they are not there, or older than versions."""
    there = "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'"
    if not isinstance(db, sqlite3.Connection):
        there = "SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL"
    if db.execute(there).fetchone() is None:
        return 0
    row = db.execute("SELECT version FROM schema_version WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _migrate(db: Database, name: str, steps: Sequence[str]) -> int:
    lock(db, "schema")
    db.execute("CREATE TABLE IF NOT EXISTS schema_version (name TEXT PRIMARY KEY, version INTEGER NOT NULL)")
    version = _version(db, name)
    if version > len(steps):
        raise ValueError(f"the {name} tables are of version {version}; this program knows {len(steps)}")
    for step in steps[version:]:
        for statement in _spelt_for(db, step):
            db.execute(statement)
    sql = "INSERT INTO schema_version VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version"
    db.execute(sql, (name, len(steps)))
    return len(steps)


def _spelt_for(db: Database, step: str) -> list[str]:
    """The statements of a step in one engine's words."""
    if isinstance(db, sqlite3.Connection):
        step = step.format(bytes="BLOB", counted="INTEGER PRIMARY KEY")
        return [each for each in step.split(";\n") if _ON_POSTGRES not in each]
    return step.format(bytes="BYTEA", counted="BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY").split(";\n")
