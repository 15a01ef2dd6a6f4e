"""Both databases keep the same promises: what commits stays, what fails leaves nothing, many at once do not mix."""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from psycopg.errors import LockNotAvailable, NotNullViolation

from offline_queue.bundle import whole_packet
from offline_queue.envelope import Packet, chunk_digests, chunks_of
from portal import intake
from portal.database import Database, begin, lock
from portal.intake import Announced, Taken
from portal.keys import PublicKeys
from portal.node import Limits, Node
from portal.place import Place
from portal.problem import Problem
from portal.schema import PORTAL_STEPS, migrate
from portal.store import DatabaseUnavailableError, Store
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually, payload
from tests.portal.postgres_server import PostgresServer


def announced(bench: Bench, *, note: str = CANARY, **options: object) -> Announced:
    sealed = bench.sealed(payload(note=note), **options)  # type: ignore[arg-type]
    kids = frozenset(recipient.kid for recipient in bench.recipients)
    asked = intake.read_announcement(sealed.head.id, whole_packet(sealed).encode(), kids)
    assert isinstance(asked, Announced)
    return asked


def known(store: Store, bench: Bench | None = None) -> Bench:
    bench = bench or Bench()
    store.submit(lambda db: intake.enrol(db, "kiosk-1", bench.device.key_id, bench.device.public_bytes, NOON)).result()
    return bench


def count(store: Store, table: str) -> int:
    return int(store.submit(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]).result())  # noqa: S608


def node_on(store: Store, bench: Bench, limits: Limits | None = None) -> Node:
    return Node(store, bench.portal, PublicKeys(frozenset(), {}), limits or Limits(), lambda: NOON)


def hold(db: Database, name: str) -> str:
    db.execute("INSERT INTO hold VALUES (?, 's', 'u')", (name,))
    return name


@contextmanager
def turn_of_another(folder: Path) -> Iterator[None]:
    """As while another node writes that shares the SQLite file."""
    with (folder / "portal.db.turn").open("rb") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def test_a_failing_job_leaves_nothing_and_takes_nobody_along(store: Store) -> None:
    def bad(db: Database) -> None:
        db.execute("INSERT INTO hold VALUES ('bad', 's', 'u')")
        raise RuntimeError("a defect")

    futures = [store.submit(bad if n % 3 == 0 else lambda db, n=n: hold(db, str(n))) for n in range(30)]
    wait(futures, timeout=10)
    assert [isinstance(future.exception(), RuntimeError) for future in futures] == [n % 3 == 0 for n in range(30)]
    assert count(store, "hold") == 20


def test_a_statement_that_the_database_refuses_is_the_databases_trouble(store: Store) -> None:
    future = store.submit(lambda db: db.execute("INSERT INTO nowhere VALUES (1)"))
    assert isinstance(future.exception(timeout=10), DatabaseUnavailableError)
    assert count(store, "hold") == 0


def test_the_same_envelope_sent_many_times_at_once_has_one_effect_and_one_receipt(store: Store) -> None:
    bench = known(store)
    asked = announced(bench)
    futures = [store.submit(lambda db: intake.announce(db, asked, bench.portal, NOON)) for _ in range(24)]
    answers = [future.result(timeout=20) for future in futures]
    assert all(isinstance(answer, Taken) for answer in answers)
    assert len({answer.receipt for answer in answers if isinstance(answer, Taken)}) == 1
    assert [answer.again for answer in answers if isinstance(answer, Taken)].count(False) == 1
    assert count(store, "delivery") == 1


def test_rivals_for_one_place_in_a_case_get_it_once(store: Store) -> None:
    bench = known(store)
    rivals = [announced(bench, case_id="one") for _ in range(8)]
    futures = [store.submit(lambda db, r=rival: intake.announce(db, r, bench.portal, NOON)) for rival in rivals]
    answers = [future.result(timeout=20) for future in futures]
    assert [isinstance(answer, Taken) for answer in answers].count(True) == 1
    assert [answer for answer in answers if isinstance(answer, Problem)] == [Problem(409, "conflict", "case")] * 7


def test_numbers_are_given_in_the_order_of_the_commits(tmp_path: Path, postgres: PostgresServer) -> None:
    """The worker reads on from the last number it saw: one that appeared late below it would be lost."""
    place = Place(tmp_path, postgres.database())
    store = place.open_store()
    bench = known(store)
    store.close()
    with closing(place.connect()) as first, closing(place.connect()) as second:
        second.execute("SET lock_timeout = 100")
        begin(first)
        assert isinstance(intake.announce(first, announced(bench), bench.portal, NOON), Taken)
        begin(second)
        with pytest.raises(LockNotAvailable):
            intake.announce(second, announced(bench), bench.portal, NOON)
        second.execute("ROLLBACK")
        first.execute("COMMIT")
        begin(second)
        assert isinstance(intake.announce(second, announced(bench), bench.portal, NOON), Taken)
        second.execute("COMMIT")


def test_two_nodes_that_commit_one_envelope_at_once_give_one_receipt(tmp_path: Path, postgres: PostgresServer) -> None:
    place = Place(tmp_path, postgres.database())
    store = place.open_store()
    bench = known(store)
    sealed = bench.sealed(payload(pictures=1))
    kids = frozenset(recipient.kid for recipient in bench.recipients)
    bare = Packet(sealed.header, sealed.sha256, sealed.signature, chunk_digests(sealed.ciphertext))
    asked = intake.read_announcement(sealed.head.id, bare.encode(), kids)
    assert isinstance(asked, Announced)
    store.submit(lambda db: intake.announce(db, asked, bench.portal, NOON)).result()
    for n, piece in enumerate(chunks_of(sealed.ciphertext)):
        store.submit(lambda db, n=n, piece=piece: intake.take_chunk(db, sealed.head.id, n, piece)).result()
    with closing(place.connect()) as other:
        begin(other)
        first = intake.commit(other, sealed.head.id, bench.portal, NOON)
        second = store.submit(lambda db: intake.commit(db, sealed.head.id, bench.portal, NOON))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        eventually(lambda: other.execute(waiting).fetchone()[0] == 1)
        other.execute("COMMIT")
    answer = second.result(timeout=10)
    assert isinstance(first, Taken)
    assert isinstance(answer, Taken)
    assert (answer.receipt, answer.again) == (first.receipt, True)
    store.close()


def test_a_lock_lets_one_through_at_a_time(store: Store) -> None:
    def add(db: Database) -> None:
        lock(db, "slot")
        (held,) = db.execute("SELECT count(*) FROM hold").fetchone()
        if held < 3:
            db.execute("INSERT INTO hold VALUES (?, 's', 'u')", (f"h{held}",))

    wait([store.submit(add) for _ in range(20)], timeout=20)
    assert count(store, "hold") == 3


def test_a_database_of_an_earlier_version_is_brought_forward_and_a_later_one_is_left_alone(place: Place) -> None:
    with closing(place.connect()) as db:
        assert migrate(db, "portal", PORTAL_STEPS[:1]) == 1
        db.execute("INSERT INTO kiosk VALUES ('kid', 'kiosk', ?, 'then', NULL)", (b"key",))
        assert migrate(db, "portal", PORTAL_STEPS) == len(PORTAL_STEPS)
        assert db.execute("SELECT kiosk_id FROM kiosk").fetchone()[0] == "kiosk"
        assert db.execute("SELECT object FROM chunk").fetchall() == []
        with pytest.raises(ValueError, match="this program knows 1"):
            migrate(db, "portal", PORTAL_STEPS[:1])


def test_what_came_whole_before_its_bytes_lay_in_its_row_is_still_read(place: Place) -> None:
    columns = "id, kiosk_id, case_id, case_seq, service, receipt_number, header, sha256, size, arrived, receipt"
    with closing(place.connect()) as db:
        migrate(db, "portal", PORTAL_STEPS[:6])
        values = ("old", "k", "c", 1, "s", "n", b"h", b"d", 5, "then", "receipt")
        db.execute(f"INSERT INTO envelope ({columns}) VALUES ({', '.join('?' * 11)})", values)  # noqa: S608
        db.execute("INSERT INTO chunk (envelope_id, n, sha256, data) VALUES ('old', 0, ?, ?)", (b"d", b"bytes"))
        migrate(db, "portal", PORTAL_STEPS)
        assert intake.body_of(db, "old") == b"bytes"
        assert intake.look(db, "old") == Taken("receipt", again=True)


def test_numbers_go_on_from_those_of_before_and_a_node_of_before_gives_none(place: Place) -> None:
    old = "INSERT INTO delivery (envelope_id) VALUES (?)"
    with closing(place.connect()) as db:
        migrate(db, "portal", PORTAL_STEPS[:7])
        for n in range(3):
            db.execute(old, (f"old {n}",))
    store = place.open_store()
    bench = known(store)
    alone = announced(bench)
    assert isinstance(store.submit(lambda db: intake.announce(db, alone, bench.portal, NOON)).result(), Taken)
    together = [node_on(store, bench).submit(announced(bench), NOON) for _ in range(3)]
    assert all(isinstance(each.result(timeout=20), Taken) for each in together)
    with place.reading() as db:
        assert [seq for (seq,) in db.execute("SELECT seq FROM delivery ORDER BY seq")] == list(range(1, 8))
    store.close()
    with closing(place.connect()) as db:
        if not isinstance(db, sqlite3.Connection):  # nodes on SQLite number alike, old and new
            with pytest.raises(NotNullViolation):
                db.execute(old, ("from a node of before",))


def test_a_row_of_a_few_kilobytes_stays_where_it_is_on_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    """What is sealed does not compress: trying, and moving it, cost the server more than taking it did."""
    place = Place(tmp_path, postgres.database())
    store = place.open_store()
    bench = known(store)
    for _ in range(3):
        asked = announced(bench, note="specimen " * 60)
        assert isinstance(store.submit(lambda db, a=asked: intake.announce(db, a, bench.portal, NOON)).result(), Taken)
    moved = "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE relname = 'envelope'"
    assert store.submit(lambda db: db.execute(moved).fetchone()[0]).result() == 0
    store.close()


def test_a_step_that_fails_is_undone_whole(place: Place) -> None:
    steps = (*PORTAL_STEPS, "CREATE TABLE half (a TEXT);\nINSERT INTO nowhere VALUES (1)")
    with closing(place.connect()) as db:
        migrate(db, "portal", PORTAL_STEPS)
        with pytest.raises(Exception, match="nowhere"):
            migrate(db, "portal", steps)
        assert migrate(db, "portal", PORTAL_STEPS) == len(PORTAL_STEPS)
        with pytest.raises(Exception, match="half"):
            db.execute("SELECT * FROM half")


def test_a_restarted_server_costs_no_answer_and_one_that_is_away_is_said_so(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    store = Place(tmp_path, postgres.database()).open_store()
    assert count(store, "hold") == 0
    postgres.stop()
    futures = [store.submit(lambda db: db.execute("SELECT 1")) for _ in range(20)]
    assert all(isinstance(future.exception(timeout=20), DatabaseUnavailableError) for future in futures)
    postgres.start()
    assert [count(store, "hold") for _ in range(8)] == [0] * 8
    store.close()


def test_nodes_that_share_one_file_take_turns(tmp_path: Path) -> None:
    place = Place(tmp_path)
    stores = [place.open_store() for _ in range(3)]
    bench = known(stores[0])
    nodes = [node_on(store, bench) for store in stores]
    futures = [nodes[n % 3].submit(announced(bench), NOON) for n in range(60)]
    assert all(isinstance(future.result(timeout=30), Taken) for future in futures)
    assert count(stores[0], "delivery") == 60
    for store in stores:
        store.close()


def test_a_node_writes_only_when_it_is_its_turn(tmp_path: Path) -> None:
    store = Place(tmp_path).open_store()
    ran = Event()
    with turn_of_another(tmp_path):
        future = store.submit(lambda _: ran.set())
        assert not ran.wait(0.2)
    future.result(timeout=10)
    assert ran.is_set()
    store.close()


def test_one_who_stops_waiting_takes_nobody_along_and_nothing_of_it_is_done(tmp_path: Path) -> None:
    store = Place(tmp_path).open_store()
    with turn_of_another(tmp_path):
        store.submit(lambda _: None)
        waiting = [store.submit(lambda db, n=n: hold(db, str(n))) for n in range(4)]
        assert waiting[1].cancel()
    assert [future.result(timeout=10) for future in waiting if not future.cancelled()] == ["0", "2", "3"]
    assert count(store, "hold") == 3
    store.close()


def test_who_would_wait_too_long_hears_that_the_portal_is_busy(tmp_path: Path) -> None:
    store = Place(tmp_path).open_store()
    node = node_on(store, Bench(), Limits(database_deadline_s=0.05))
    with turn_of_another(tmp_path):
        store.submit(lambda _: None)
        with pytest.raises(DatabaseUnavailableError):
            asyncio.run(node.run(lambda db: hold(db, "late")))
    assert count(store, "hold") == 0
    store.close()


def test_closing_first_does_what_is_queued(place: Place) -> None:
    store = place.open_store()
    futures = [store.submit(lambda db, n=n: hold(db, str(n))) for n in range(200)]
    store.close()
    assert [future.result(timeout=0) for future in futures] == [str(n) for n in range(200)]
