"""Envelopes that are taken together: each as if it had come alone, and no answer before the commit that holds it."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest

from offline_queue.envelope import SealedEnvelope, StatementKey, envelope_message
from portal import intake, postgres_store, together
from portal import store as sqlite_store
from portal.database import TAKING, Database, begin, lock
from portal.intake import Announced, Checked, Missing, Sender, Taken
from portal.node import Node
from portal.place import Place
from portal.postgres import Postgres
from portal.problem import Problem
from portal.store import PRAGMAS, DatabaseUnavailableError, SqliteStore, Store
from tests.offline_queue.recorder import Disk, Recorder, marks
from tests.offline_queue.samples import NOON, Bench, eventually
from tests.portal.process import PortalProcess
from tests.portal.test_serving import packet_of
from tests.portal.test_store import announced, count, known, node_on, turn_of_another


def send_all(node: Node, asked: Sequence[Announced]) -> list[Taken | Missing | Problem]:
    """Send them at once; what each is answered."""
    futures = [node.submit(each, NOON) for each in asked]
    return [future.result(timeout=20) for future in futures]


def test_envelopes_that_arrive_together_get_a_receipt_each_as_if_they_had_come_alone(store: Store) -> None:
    bench, stranger = known(store), Bench(kiosk_id="nobody")
    node = node_on(store, bench)
    early, first = announced(bench), announced(bench, case_id="one")
    (before,) = send_all(node, [early])
    rival, fresh = announced(bench, case_id="one"), [announced(bench) for _ in range(5)]
    answers = send_all(node, [early, first, *fresh, first, rival, announced(stranger)])
    assert isinstance(before, Taken)
    assert answers[0] == Taken(before.receipt, again=True)
    assert [isinstance(each, Taken) and each.again for each in answers[1:8]] == [False] * 6 + [True]
    assert answers[8:] == [Problem(409, "conflict", "case"), Problem(401, "unknown_device")]
    receipts = {each.receipt for each in answers if isinstance(each, Taken)}
    assert len(receipts) == count(store, "delivery") == 7
    assert count(store, "envelope") == 7 + 1  # the rival is announced, and stays without effect


def test_one_that_spoils_the_work_for_all_keeps_nobody_else_from_being_taken(store: Store) -> None:
    bench = known(store)
    node = node_on(store, bench)
    taken, rest = announced(bench, case_id="one"), [announced(bench) for _ in range(4)]
    send_all(node, [taken])
    answers = send_all(node, [rest[0], announced(bench, case_id="one"), *rest[1:]])
    assert answers[1] == Problem(409, "conflict", "case")
    assert [isinstance(each, Taken) for each in answers].count(True) == 4


def test_a_device_that_is_withdrawn_is_refused_in_the_very_next_lot(store: Store) -> None:
    bench = known(store)
    node = node_on(store, bench)
    assert isinstance(send_all(node, [announced(bench)])[0], Taken)
    store.submit(lambda db: intake.revoke(db, "kiosk-1", NOON)).result()
    assert send_all(node, [announced(bench), announced(bench)]) == [Problem(403, "revoked_device")] * 2


def test_the_signature_of_a_device_that_was_here_before_is_checked_outside_the_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = known(store)
    node, where = node_on(store, bench), list[bool]()
    real = intake.device_signed

    def noted(*arguments: bytes) -> bool:
        where.append(threading.current_thread() is threading.main_thread())
        return real(*arguments)

    monkeypatch.setattr(intake, "device_signed", noted)
    for _ in range(2):
        assert isinstance(send_all(node, [announced(bench)])[0], Taken)
    assert where == [False, True]


def test_a_forged_signature_is_refused_the_first_time_and_when_the_device_is_known(store: Store) -> None:
    bench, other = known(store), StatementKey.generate()
    node = node_on(store, bench)
    for _ in range(2):
        good = announced(bench)
        forged = replace(good, packet=replace(good.packet, signature=other.sign(envelope_message(good.packet.sha256))))
        assert send_all(node, [forged, good, forged])[::2] == [Problem(422, "bad_signature")] * 2
    assert count(store, "delivery") == 2


@pytest.mark.parametrize("genuine", [True, False])
def test_a_check_under_another_key_than_the_devices_own_counts_for_nothing(store: Store, genuine: bool) -> None:
    bench, other = known(store), StatementKey.generate()
    good = announced(bench)
    forged = replace(good, packet=replace(good.packet, signature=other.sign(envelope_message(good.packet.sha256))))
    asked = forged if genuine else good
    node = node_on(store, bench)
    node.devices.note(Sender(bench.device.key_id, bench.kiosk_id, other.public_bytes))
    assert node.devices.checked(asked).checked == Checked(other.public_bytes, genuine)
    (answer,) = send_all(node, [asked])
    assert answer == Problem(422, "bad_signature") if genuine else isinstance(answer, Taken)


def test_what_comes_while_a_node_waits_for_its_turn_goes_along(place: Place, store: Store) -> None:
    lots: list[int] = []

    def note(_: Database, asked: Sequence[int]) -> Sequence[int]:
        lots.append(len(asked))
        return asked

    with turn(place):
        futures = [store.submit_to(note, 0, lambda _: 0)]
        eventually(store._queue_of_many().empty)  # it is taken up: the node waits
        futures += [store.submit_to(note, n, lambda _, n=n: n) for n in range(1, 10)]
    assert [future.result(timeout=20) for future in futures] == list(range(10))
    assert lots == [10]


@contextmanager
def turn(place: Place) -> Iterator[None]:
    """As while another node takes envelopes."""
    if not place.database:
        with turn_of_another(place.folder):
            yield
        return
    with closing(place.connect()) as db:
        begin(db)
        lock(db, TAKING)
        yield


def test_a_defect_that_one_of_them_meets_is_its_own(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = known(store)
    asked = [announced(bench) for _ in range(5)]
    real = intake.receipt_of

    def failing(envelope_id: str, *rest: Any) -> str:
        if envelope_id == asked[2].header.id:
            raise RuntimeError("a defect")
        return real(envelope_id, *rest)

    monkeypatch.setattr(intake, "receipt_of", failing)
    monkeypatch.setattr(together, "receipt_of", failing)
    futures = [node.submit(each, NOON) for node in [node_on(store, bench)] for each in asked]
    errors = [future.exception(timeout=20) for future in futures]
    assert [isinstance(error, RuntimeError) for error in errors] == [n == 2 for n in range(5)]
    assert count(store, "delivery") == count(store, "envelope") == 4


# ---- no answer before its commit ----


class _Watched:
    """What happens at a commit: `at_commit` is called first, and may fail it."""

    def __init__(self) -> None:
        self.at_commit: Any = lambda: None

    def connect_sqlite(self, path: Path) -> sqlite3.Connection:
        watched = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
                if sql == "COMMIT":
                    watched.at_commit()
                return super().execute(sql, *rest)

        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Connection)
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        return db

    def connect_postgres(self, url: str) -> Postgres:
        watched = self

        class Connection(Postgres):
            def commit(self) -> None:
                watched.at_commit()
                super().commit()

        return Connection(psycopg.connect(url, autocommit=True))


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> _Watched:
    made = _Watched()
    monkeypatch.setattr(sqlite_store, "connect", made.connect_sqlite)
    monkeypatch.setattr(postgres_store, "connect", made.connect_postgres)
    return made


def test_nobody_is_answered_before_the_commit_that_holds_the_receipt(
    watched: _Watched, place: Place, store: Store
) -> None:
    bench = known(store)
    futures: list[Future[Any]] = []
    seen: list[tuple[int, int]] = []

    def look() -> None:
        answered = sum(future.done() for future in list(futures))
        with place.reading() as db:
            seen.append((answered, db.execute("SELECT count(*) FROM delivery").fetchone()[0]))

    watched.at_commit = look
    node = node_on(store, bench)
    for _ in range(12):
        futures.append(node.submit(announced(bench), NOON))
    assert all(isinstance(future.result(timeout=20), Taken) for future in futures)
    assert seen
    assert all(answered <= committed for answered, committed in seen)


def test_a_commit_that_fails_gives_no_receipt_to_anybody(watched: _Watched, store: Store) -> None:
    bench = known(store)

    def fail() -> None:
        raise (psycopg.OperationalError if not isinstance(store, SqliteStore) else sqlite3.OperationalError)("disk")

    watched.at_commit = fail
    node, asked = node_on(store, bench), [announced(bench) for _ in range(6)]
    futures = [node.submit(each, NOON) for each in asked]
    assert all(isinstance(future.exception(timeout=20), DatabaseUnavailableError) for future in futures)
    watched.at_commit = lambda: None
    assert count(store, "delivery") == count(store, "envelope") == 0
    assert all(isinstance(each, Taken) and not each.again for each in send_all(node, asked))


# ---- power cuts ----


class _Recorded:
    """The store's SQLite connection over a recording file system; for the portal's statements it is sqlite3's own."""

    def __init__(self, path: Path, recorder: Recorder) -> None:
        self._db = apsw.Connection(str(path), vfs=recorder.name)
        # A VFS written in Python has no shared memory; with one connection none is needed.
        for pragma in ("locking_mode=EXCLUSIVE", *PRAGMAS):
            self.execute(f"PRAGMA {pragma}").fetchall()

    __class__ = property(lambda _: sqlite3.Connection)  # type: ignore[assignment]

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        return self._db.cursor().execute(sql, parameters)

    def close(self) -> None:
        self._db.close()

    @property
    def in_transaction(self) -> bool:
        return bool(self._db.in_transaction)


def test_no_power_cut_loses_an_envelope_that_was_receipted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "portal"
    folder.mkdir()
    place, bench = Place(folder), Bench()
    store = place.open_store()
    known(store, bench)
    store.close()
    base = {"portal.db": (folder / "portal.db").read_bytes()}
    recorder = Recorder("portal-recorder")
    monkeypatch.setattr(sqlite_store, "connect", lambda path: _Recorded(path, recorder))
    store = SqliteStore(folder / "portal.db")
    node = node_on(store, bench)
    for lot in (1, 5, 2, 8, 3, 8, 1, 8):
        for future in [node.submit(announced(bench), NOON) for _ in range(lot)]:
            taken = future.result(timeout=20)
            assert isinstance(taken, Taken)
            recorder.mark(taken.receipt)
    log = list(recorder.log)
    store.close()
    rng = random.Random(64)
    for n in range(100):
        cut = rng.randrange(1, len(log) + 1)
        images = Disk(base).after_cut(log[:cut], random.Random(n))
        assert set(marks(log[:cut])) <= receipts_on(tmp_path / str(n), images)


def receipts_on(folder: Path, images: dict[str, bytes]) -> set[str]:
    """The receipts of envelopes that are whole and will be delivered once, after what the power cut left is opened."""
    folder.mkdir()
    for name, content in images.items():
        (folder / name).write_bytes(content)
    sql = (
        "SELECT e.receipt, e.size, length(e.body),"
        " (SELECT count(*) FROM delivery WHERE envelope_id = e.id) FROM envelope e"
    )
    with closing(sqlite3.connect(folder / "portal.db")) as db:
        rows = db.execute(sql).fetchall()
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return {receipt for receipt, size, held, deliveries in rows if size == held and deliveries == 1}


# ---- a node that is killed, and one that ends ----


def put(port: int, sealed: SealedEnvelope) -> tuple[int, bytes]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        connection.request("PUT", f"/v1/envelopes/{sealed.head.id}", packet_of(sealed))
        answer = connection.getresponse()
        return answer.status, answer.read()


def enrolled(folder: Path, database: str) -> tuple[PortalProcess, Bench]:
    process = PortalProcess.make(folder / "data", "--without-worker", "--rate", "100000", database=database).start()
    bench = Bench(recipients=process.trust.seal_to)
    process.enrol(bench.kiosk_id, bench.device)
    return process, bench


def test_a_node_killed_among_many_loses_and_doubles_nothing_that_it_receipted(tmp_path: Path, database: str) -> None:
    process, bench = enrolled(tmp_path, database)
    answered: dict[str, tuple[SealedEnvelope, bytes]] = {}
    sent: list[SealedEnvelope] = []

    def client(until: threading.Event) -> None:
        while not until.is_set():
            sealed = bench.sealed()
            sent.append(sealed)
            try:
                status, body = put(process.port, sealed)
            except (OSError, HTTPException):
                continue  # the node died in between
            assert status == 201
            answered[sealed.head.id] = (sealed, body)

    for goal in (9, 40, 75):
        killed = threading.Event()
        clients = [threading.Thread(target=client, args=(killed,)) for _ in range(6)]
        for thread in clients:
            thread.start()
        eventually(lambda goal=goal: len(answered) >= goal, within_s=30)  # type: ignore[misc]
        process.stop(signal.SIGKILL)
        killed.set()
        for thread in clients:
            thread.join()
        process.start()
    for sealed, receipt in list(answered.values()):
        assert put(process.port, sealed) == (200, receipt)
    assert {put(process.port, sealed)[0] for sealed in sent} <= {200, 201}
    with Place(process.folder, process.database).reading() as db:
        delivered = [row[0] for row in db.execute("SELECT envelope_id FROM delivery").fetchall()]
    assert sorted(delivered) == sorted(sealed.head.id for sealed in sent)
    process.stop()


def test_a_node_that_ends_first_answers_who_waits(tmp_path: Path) -> None:
    process, bench = enrolled(tmp_path, "")
    answers: list[int] = []
    lot = [bench.sealed() for _ in range(5)]
    with turn_of_another(process.folder):
        connections = [HTTPConnection("127.0.0.1", process.port, timeout=20) for _ in lot]
        for connection, sealed in zip(connections, lot, strict=True):
            connection.request("PUT", f"/v1/envelopes/{sealed.head.id}", packet_of(sealed))
        other = HTTPConnection("127.0.0.1", process.port, timeout=20)
        other.request("GET", "/healthz")
        assert other.getresponse().status == 200  # what was sent before this has been read
        other.close()
        assert process.process is not None
        process.process.send_signal(signal.SIGTERM)
        eventually(lambda: refused(process.port))
    answers = [connection.getresponse().status for connection in connections]
    assert process.stop() == 0
    assert answers == [201] * len(lot)
    with Place(process.folder).reading() as db:
        assert len(db.execute("SELECT 1 FROM delivery").fetchall()) == len(lot)


def refused(port: int) -> bool:
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
            connection.connect()
    except OSError:
        return True
    return False
