"""The writer keeps its log short, and does so when it is long: not after every commit from then on."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from offline_queue.schema import PAGE_BYTES, connect_read_only, prepare
from offline_queue.writer import Writer
from tests.offline_queue.samples import eventually

LONG = 20 * PAGE_BYTES


class Watched(sqlite3.Connection):
    """Remembers which checkpoints were asked for."""

    checkpoints: list[str]
    at_checkpoint: Callable[[], None] | None = None

    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        if "wal_checkpoint" in sql:
            self.checkpoints.append(sql)
            at_checkpoint, self.at_checkpoint = self.at_checkpoint, None
            if at_checkpoint:
                at_checkpoint()
        return super().execute(sql, *rest)


@pytest.fixture
def db(tmp_path: Path) -> Watched:
    made = sqlite3.connect(tmp_path / "q.db", isolation_level=None, check_same_thread=False, factory=Watched)
    made.checkpoints = []
    prepare(made, quota_bytes=2**30)
    made.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, data BLOB)")
    return made


@pytest.fixture
def writer(tmp_path: Path, db: Watched) -> Iterator[Writer]:
    made = Writer(db, tmp_path / "q.db-wal", idle_s=3600.0, long_log=LONG)
    yield made
    made.close()


def write(writer: Writer, pages: int) -> None:
    writer.run(lambda db: db.execute("INSERT INTO t (data) VALUES (zeroblob(?))", (pages * PAGE_BYTES,)))


def asked_for(writer: Writer, db: Watched) -> int:
    """Checkpoints so far; asking comes after whatever a job before has left to do."""
    writer.run(lambda _: None)
    return len(db.checkpoints)


def test_a_long_log_is_moved_once_and_short_commits_after_it_move_nothing(writer: Writer, db: Watched) -> None:
    write(writer, 30)
    assert asked_for(writer, db) == 1
    before = len(db.checkpoints)
    for _ in range(5):
        write(writer, 1)
    assert asked_for(writer, db) == before


def test_a_log_that_gets_long_again_is_moved_again(writer: Writer, db: Watched) -> None:
    for _ in range(30):
        write(writer, 3)
    assert 3 <= asked_for(writer, db) <= 8  # some 130 pages, and twenty make it long


def test_a_log_that_a_reader_holds_is_moved_when_the_reader_has_gone(
    tmp_path: Path, writer: Writer, db: Watched
) -> None:
    write(writer, 1)
    with closing(connect_read_only(tmp_path / "q.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchone()
        for _ in range(30):
            write(writer, 3)
        held = asked_for(writer, db)
        assert 3 <= held <= 8, "not after each commit, though the log could not be begun anew"
    for _ in range(30):
        write(writer, 3)
    assert held + 3 <= asked_for(writer, db) <= held + 8
    assert (tmp_path / "q.db-wal").stat().st_size < 200 * PAGE_BYTES


def test_a_quiet_moment_lays_the_log_out_behind_what_only_the_log_holds(tmp_path: Path, db: Watched) -> None:
    log, left = tmp_path / "q.db-wal", tmp_path / "left"
    with closing(connect_read_only(tmp_path / "q.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM t").fetchone()  # from here on nothing can be moved
        writer = Writer(db, log, idle_s=0.01, long_log=LONG)
        writer.run(lambda db: db.execute("INSERT INTO t (data) VALUES ('saved')"))
        eventually(lambda: log.stat().st_size == LONG // 2)
        writer.run(lambda db: db.execute("INSERT INTO t (data) VALUES ('saved later')"))
        left.mkdir()
        for name in ("q.db", "q.db-wal"):  # as a kill leaves them
            shutil.copy(tmp_path / name, left / name)
    writer.close()
    with closing(sqlite3.connect(left / "q.db")) as after:
        assert after.execute("SELECT data FROM t").fetchall() == [("saved",), ("saved later",)]
        assert after.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_disk_that_has_no_room_to_spare_keeps_what_it_has(
    tmp_path: Path, db: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_queue.writer._ROOMY_BYTES", 2**60)
    writer = Writer(db, tmp_path / "q.db-wal", idle_s=0.01, long_log=LONG)
    write(writer, 1)
    eventually(lambda: "PRAGMA wal_checkpoint(PASSIVE)" in db.checkpoints)
    writer.run(lambda _: None)  # after all that the quiet moment did
    assert 0 < (tmp_path / "q.db-wal").stat().st_size < LONG // 2
    writer.close()


def test_a_log_that_cannot_be_read_stops_nobody(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> bytes:
        raise OSError(errno.EIO, "made up")

    monkeypatch.setattr(os, "pread", failing)
    write(writer, 1)
    write(writer, 1)
    assert writer.run(lambda db: db.execute("SELECT count(*) FROM t").fetchone()) == (2,)


def test_a_connection_is_replaced_between_two_jobs(tmp_path: Path, writer: Writer) -> None:
    write(writer, 30)

    def make() -> sqlite3.Connection:
        other = sqlite3.connect(tmp_path / "other.db", isolation_level=None, check_same_thread=False)
        other.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, data BLOB)")
        return other

    writer.replace(make)
    write(writer, 1)
    assert writer.run(lambda db: db.execute("SELECT count(*) FROM t").fetchone()) == (1,)


def test_a_wipe_that_is_asked_for_while_the_log_is_being_moved_is_not_forgotten(tmp_path: Path, db: Watched) -> None:
    writer = Writer(db, tmp_path / "q.db-wal", idle_s=0.01, long_log=LONG)
    db.at_checkpoint = writer.wipe_soon
    write(writer, 2)
    eventually(lambda: "PRAGMA wal_checkpoint(TRUNCATE)" in db.checkpoints)
    eventually(lambda: not any((tmp_path / "q.db-wal").read_bytes()))
    assert db.checkpoints[0] == "PRAGMA wal_checkpoint(PASSIVE)"
    writer.close()
