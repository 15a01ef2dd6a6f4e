"""A lot's statements on libpq: what they give, what they say when they fail, and that nobody is held up meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest

from portal import prepared
from portal.postgres import connect
from portal.prepared import Prepared
from tests.portal.postgres_server import PostgresServer

THING = "CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT, body BYTEA)"
INSERT = "INSERT INTO thing VALUES (?, ?, ?)"
READ = "SELECT id, CAST(n AS TEXT), body FROM thing WHERE id <> ? ORDER BY id"
KILL = "SELECT pg_terminate_backend(?)"


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.database()


@pytest.fixture
def connection(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with closing(psycopg.connect(url, autocommit=True)) as opened:
        opened.execute(THING)
        yield opened


@pytest.fixture
def db(connection: psycopg.Connection[tuple[object, ...]]) -> Prepared:
    return Prepared(connection.pgconn)


def test_texts_numbers_bytes_and_nothing_go_in_and_come_out_as_they_are(db: Prepared) -> None:
    rows = [("a", 2**53, b"\x00\xff"), ("㗎'\\", -1, b""), ("z", None, None)]
    db.run([(INSERT, row) for row in rows])
    assert db.rows(READ, ["a"]) == [("z", None, None), ("㗎'\\", "-1", b"")]
    assert db.rows(READ, [""])[0] == ("a", str(2**53), b"\x00\xff")
    assert db.rows(READ + " LIMIT 0", [""]) == []


def test_what_runs_together_commits_together(db: Prepared, url: str) -> None:
    db.command(b"BEGIN")
    db.run([(INSERT, ("a", 1, b""))])
    with closing(connect(url)) as other:
        count = "SELECT count(*) FROM thing"
        assert other.execute(count).fetchone() == (0,)
        db.run([(INSERT, ("b", 1, b"")), (INSERT, ("c", 1, b""))], b"COMMIT")
        assert other.execute(count).fetchone() == (3,)


def test_nothing_runs_after_one_that_fails_and_the_connection_goes_on(db: Prepared) -> None:
    db.command(b"BEGIN")
    with pytest.raises(psycopg.errors.UniqueViolation, match="thing_pkey"):
        db.run([(INSERT, ("a", 1, b"")), (INSERT, ("a", 2, b"")), (INSERT, ("b", 3, b""))], b"COMMIT")
    db.command(b"ROLLBACK")
    assert db.rows(READ, [""]) == []
    db.run([(INSERT, ("a", 1, b""))])
    assert db.rows(READ, [""]) == [("a", "1", b"")]


@pytest.mark.parametrize(
    "work",
    [
        lambda db: db.command(b"BEGIN; SELECT 1 / 0"),
        lambda db: db.rows("SELECT CAST(1 / CAST(? AS INTEGER) AS TEXT)", [0]),
        lambda db: db.run([("SELECT 1 / CAST(? AS INTEGER)", [0])]),
    ],
)
def test_each_way_says_what_the_server_says(db: Prepared, work: Callable[[Prepared], object]) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        work(db)


@pytest.mark.parametrize(
    "work",
    [
        lambda db: db.command(b"SELECT 1"),
        lambda db: db.rows(READ, [""]),
        lambda db: db.rows(READ + " LIMIT 1", [""]),
        lambda db: db.run([(INSERT, ("x", 1, b""))], b"COMMIT"),
        lambda db: db.run([], b"COMMIT"),
    ],
)
def test_a_connection_that_is_lost_is_said_to_be(
    db: Prepared,
    connection: psycopg.Connection[tuple[object, ...]],
    url: str,
    work: Callable[[Prepared], object],
) -> None:
    db.rows(READ, [""])
    db.run([(INSERT, ("a", 1, b""))])
    with closing(connect(url)) as other:
        other.execute(KILL, (connection.info.backend_pid,)).fetchone()
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError):
            work(db)
    assert connection.broken or connection.closed


def test_a_connection_that_is_lost_in_the_middle_is_said_to_be(
    db: Prepared, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    kill = (KILL, [connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        db.run([(INSERT, ("a", 1, b"")), kill, (INSERT, ("b", 1, b""))], b"COMMIT")


def test_more_than_the_line_holds_at_once_is_sent_whole(db: Prepared) -> None:
    large = bytes(range(256)) * 40_000
    db.run([(INSERT, ("a", 1, large)), (INSERT, ("b", 2, large))])
    assert db.rows(READ, ["a"]) == [("b", "2", large)]


def test_few_statements_stay_prepared_and_the_rest_are_prepared_again(
    db: Prepared, connection: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "_KEPT", 3)
    for n in (1, 2, 3, 1, 4, 1, 2):
        assert db.rows(f"SELECT '{n}' WHERE ? <> 'y'", ["x"]) == [(str(n),)]
    kept = connection.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'lot%'").fetchall()
    assert sorted(kept) == [(f"SELECT '{n}' WHERE $1 <> 'y'",) for n in (1, 2, 4)]


@pytest.mark.parametrize(
    "waits",
    [
        lambda db: db.command(b"SELECT pg_advisory_lock(7)"),
        lambda db: db.rows("SELECT CAST(pg_advisory_lock(CAST(? AS BIGINT)) AS TEXT)", [7]),
        lambda db: db.run([("SELECT pg_advisory_lock(?)", [7])]),
    ],
)
def test_who_waits_for_the_server_holds_up_no_other_thread(
    db: Prepared, url: str, waits: Callable[[Prepared], object]
) -> None:
    """The lock it waits for is given back by this thread: neither would ever go on otherwise."""
    with closing(connect(url)) as other:
        other.execute("SELECT pg_advisory_lock(7)")
        waiter = threading.Thread(target=waits, args=(db,))
        waiter.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while other.execute(waiting).fetchone() == (0,):
            pass
        assert waiter.is_alive()
        other.execute("SELECT pg_advisory_unlock(7)")
        waiter.join(20)
        assert not waiter.is_alive()
