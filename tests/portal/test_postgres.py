"""The PostgreSQL connection: what waits for the next statement runs before it, and never otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from portal.database import TAKING, later
from portal.postgres import Postgres, connect
from tests.portal.postgres_server import PostgresServer


@pytest.fixture
def db(postgres: PostgresServer) -> Iterator[Postgres]:
    with closing(connect(postgres.database())) as opened:
        opened.execute("CREATE TABLE thing (name TEXT PRIMARY KEY)")
        yield opened


def names(db: Postgres) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM thing ORDER BY name").fetchall()]


def test_what_waits_runs_before_the_next_statement_and_in_order(db: Postgres) -> None:
    db.execute("BEGIN")
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    later(db, "UPDATE thing SET name = name || ?", ["b"])
    later(db, "INSERT INTO thing VALUES (?)", ["c"])
    assert db.execute("SELECT count(*) FROM thing WHERE name = ?", ("ab",)).fetchone() == (1,)
    db.execute("COMMIT")
    assert names(db) == ["ab", "c"]


def test_what_waits_for_a_statement_with_many_rows_runs_before_it(db: Postgres) -> None:
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    db.executemany("UPDATE thing SET name = name || ?", [("b",), ("c",)])
    assert names(db) == ["abc"]


def test_what_the_server_says_against_it_comes_with_the_next_and_no_commit_happens(db: Postgres) -> None:
    db.execute("BEGIN")
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    with pytest.raises(psycopg.errors.UniqueViolation):
        db.execute("COMMIT")
    db.roll_back()
    assert names(db) == []


def test_what_failed_and_went_unnoticed_is_not_said_to_be_committed(db: Postgres) -> None:
    db.execute("BEGIN")
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    with pytest.raises(psycopg.errors.DivisionByZero):
        db.execute("SELECT 1 / 0")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        db.commit()
    db.roll_back()
    assert names(db) == []


def test_a_commit_takes_along_what_waits_and_needs_nothing_to(db: Postgres) -> None:
    for waiting in (["a"], []):
        db.execute("BEGIN")
        for name in waiting:
            later(db, "INSERT INTO thing VALUES (?)", [name])
        db.commit()
        assert db._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert names(db) == ["a"]


def test_a_roll_back_forgets_what_waits(db: Postgres) -> None:
    db.execute("BEGIN")
    later(db, "INSERT INTO thing VALUES (?)", ["a"])
    db.roll_back()
    assert names(db) == []


def test_a_turn_is_a_transaction_with_the_lock(db: Postgres, postgres: PostgresServer) -> None:
    db.begin_turn(TAKING)
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
    assert db.execute(held).fetchone() == (1,)
    with closing(connect(db_url(db, postgres))) as other:
        other.execute("SET lock_timeout = 50")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.begin_turn(TAKING)
    db.execute("COMMIT")
    assert db.execute(held).fetchone() == (0,)


def db_url(db: Postgres, postgres: PostgresServer) -> str:
    return postgres.url(db.execute("SELECT current_database()").fetchone()[0])
