"""Which operators' sessions are open: in the database, so that one that ends has ended on every node."""

from datetime import datetime

from offline_queue.envelope import instant
from portal.database import Database
from portal.operators import Session


def begin_session(db: Database, session: Session, now: datetime) -> None:
    """Open a session; those whose hours are over are forgotten."""
    db.execute("DELETE FROM operator_session WHERE until < ?", (instant(now),))
    db.execute("INSERT INTO operator_session VALUES (?, ?)", (session.digest, instant(session.until)))


def end_session(db: Database, session: Session) -> None:
    """Close a session for good, on every node."""
    db.execute("DELETE FROM operator_session WHERE digest = ?", (session.digest,))


def is_open(db: Database, session: Session) -> bool:
    """Whether a session was begun here and has not been ended."""
    return db.execute("SELECT 1 FROM operator_session WHERE digest = ?", (session.digest,)).fetchone() is not None
