"""What is saved is in the commit log first, and nothing there is lost, doubled, or taken for what it is not."""

import errno
import fcntl
import os
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from offline_queue.audit import AuditHead, verify_chain
from offline_queue.commit_log import CommitLog, DiskFile, Entry, read_records
from offline_queue.envelope import envelope_digest
from offline_queue.faults import QueueFault
from offline_queue.outbox import Outbox
from offline_queue.records import Saved, State
from offline_queue.sealing import SealedEnvelope
from offline_queue.writer import Writer
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, eventually, opened, payload

SIZE = 1024 * 1024
BLOCK = 4096


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.fixture
def never_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer has no quiet moment: what is saved stays in the log until there is other work."""
    monkeypatch.setattr(Writer, "_tidy", lambda writer: setattr(writer, "_dirty", False))


class FailingFile(DiskFile):
    """A log's file on a disk that begins to refuse: nothing of a write is there, or all, and nobody knows which."""

    refuses = ""

    def write(self, parts: Sequence[bytes], at: int) -> None:
        if self.refuses == "before":
            raise OSError(errno.EIO, "made up")
        super().write(parts, at)
        if self.refuses == "after":
            raise OSError(errno.EIO, "made up")


def entry(bench: Bench, *, pictures: int = 0, **options: object) -> Entry:
    body = payload(pictures=pictures, picture_bytes=20_000)
    return Entry(bench.sealed(body, **options), None, NOON)  # type: ignore[arg-type]


def filled(path: Path, records: Sequence[tuple[Entry, ...]]) -> DiskFile:
    file = DiskFile(path)
    log = CommitLog(file, SIZE)
    log.begin()
    for entries in records:
        assert log.room_for(entries)
        log.append(entries)
    return file


def stored(outbox: Outbox) -> dict[str, State]:
    """Ids and states in the database alone."""
    with closing(sqlite3.connect(outbox.path)) as db:
        return {key: State(state) for key, state in db.execute("SELECT id, state FROM envelope ORDER BY seq")}


def in_log(outbox: Outbox) -> list[str]:
    return [head.id for head in outbox._intake.arriving()]


def died(outbox: Outbox, folder: Path) -> Path:
    """Another folder with what the files hold now: what the next process finds when this one dies."""
    folder.mkdir()
    for name in ("outbox.db", "outbox.db-wal", "outbox.db.log"):
        shutil.copy(outbox.path.with_name(name), folder / name)
    return folder / "outbox.db"


# ---- the file ----


def test_what_is_appended_is_read_again_in_order(tmp_path: Path, bench: Bench) -> None:
    late = NOON + timedelta(days=30, milliseconds=7)
    first = (replace(entry(bench), deadline=late),)
    lot = (entry(bench, pictures=1), entry(bench, case_seq=2))
    found = list(read_records(filled(tmp_path / "log", [first, lot])))
    assert [record.entries for record in found] == [first, lot]
    assert found[0].entries[0].deadline == late


def test_a_file_that_is_not_there_or_empty_holds_nothing(tmp_path: Path) -> None:
    assert list(read_records(DiskFile(tmp_path / "none"))) == []
    assert list(read_records(filled(tmp_path / "log", []))) == []


def test_a_record_with_any_byte_changed_or_cut_off_does_not_count_and_those_beside_it_do(
    tmp_path: Path, bench: Bench
) -> None:
    records = [(entry(bench),), (entry(bench, pictures=1), entry(bench)), (entry(bench),)]
    file = filled(tmp_path / "log", records)
    ends = [record.end for record in read_records(file)]
    raw, chance = bytearray(file.read()[: ends[-1]]), random.Random(5)
    told = sum(
        map(len, (records[1][0].sealed.ciphertext, records[1][1].sealed.ciphertext, records[1][0].sealed.header))
    )
    for at in (ends[0], ends[0] + 5, ends[0] + 40, *(ends[0] + chance.randrange(told) for _ in range(150))):
        changed = bytearray(raw)
        changed[at] ^= 1 << chance.randrange(8)
        (tmp_path / "log").write_bytes(changed)
        assert [record.entries for record in read_records(file)] == [records[0], records[2]], at
    for _ in range(50):
        (tmp_path / "log").write_bytes(raw[: chance.randrange(ends[1], ends[2])])
        assert [record.entries for record in read_records(file)] == records[:2]


def test_bytes_that_look_like_a_record_are_none(tmp_path: Path, bench: Bench) -> None:
    chance = random.Random(6)
    raw = b"".join(b"KCL1" + chance.randbytes(chance.choice((3, 60, BLOCK - 4))) for _ in range(300))
    (tmp_path / "log").write_bytes(raw)
    assert list(read_records(DiskFile(tmp_path / "log"))) == []
    forged = entry(bench)
    sealed = replace(forged.sealed, header=b"{}", sha256=envelope_digest(b"{}", forged.sealed.ciphertext))
    sealed.__dict__["head"] = forged.sealed.head
    assert list(read_records(filled(tmp_path / "forged", [(replace(forged, sealed=sealed),)]))) == []


@pytest.mark.parametrize("length", [BLOCK, 1024**2 - 100, 1024**2, 1024**2 + BLOCK, 3 * 1024**2 + 5])
@pytest.mark.parametrize("cached", [False, True])
def test_what_is_written_in_slices_is_all_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int, *, cached: bool
) -> None:
    if cached:  # a file system that cannot write past the cache
        plain = os.open

        def opened_through_the_cache(path: Path, flags: int, mode: int = 0o777) -> int:
            if flags & os.O_DIRECT:
                raise OSError(errno.EINVAL, "made up")
            return plain(path, flags, mode)

        monkeypatch.setattr(os, "open", opened_through_the_cache)
    file = DiskFile(tmp_path / "log")
    assert file.lay_out(4 * 1024**2)
    filling = -length % BLOCK
    parts = [random.Random(7).randbytes(length), bytes(filling)]
    file.write(parts, BLOCK)
    assert file.read()[BLOCK : BLOCK + length + filling] == b"".join(parts)
    assert (tmp_path / "log").stat().st_size == 4 * 1024**2
    file.close()


def test_a_write_returns_when_it_is_on_the_disk(tmp_path: Path) -> None:
    file = DiskFile(tmp_path / "log")
    assert file.lay_out(SIZE)
    assert fcntl.fcntl(file._descriptor, fcntl.F_GETFL) & os.O_DSYNC
    file.close()


def test_what_came_after_the_last_taking_over_is_not_wiped(tmp_path: Path, bench: Bench) -> None:
    file = DiskFile(tmp_path / "log")
    log = CommitLog(file, SIZE)
    log.begin()
    before, late = (entry(bench, pictures=1),), (entry(bench),)
    log.append(before)
    log.taken_over(log.waiting()[-1].end)
    log.append(late)
    log.wipe()
    assert [record.entries for record in read_records(file)] == [late]
    log.taken_over(log.waiting()[-1].end)
    log.wipe()
    assert list(read_records(file)) == []
    assert (tmp_path / "log").read_bytes() == bytes(SIZE)


def test_a_log_is_readable_by_its_owner_only(tmp_path: Path, bench: Bench) -> None:
    filled(tmp_path / "log", [])
    assert (tmp_path / "log").stat().st_mode & 0o077 == 0


# ---- in the outbox ----


def test_a_save_is_in_the_log_and_then_in_the_database(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = bench.sealed()
    assert outbox.save(sealed) == Saved(sealed.head.id, sealed.head.receipt_number)
    assert outbox.status().counts[State.READY] == 1
    eventually(lambda: stored(outbox) == {sealed.head.id: State.READY})
    assert in_log(outbox) == []
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_what_waits_in_the_log_is_seen_as_if_it_were_in_the_database(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    one, two, other = (bench.sealed(case_id=case, case_seq=n) for case, n in (("a", 1), ("a", 2), ("b", 1)))
    for sealed in (one, two, other):
        outbox.save(sealed)
    assert stored(outbox) == {}
    seen = [(item.id, item.state, item.size, item.why, item.case_seq) for item in outbox.items()]
    status, found = outbox.status(), outbox.find(two.head.id)
    outbox.retry_all()  # other work: it comes after what was saved before
    assert list(stored(outbox)) == [one.head.id, two.head.id, other.head.id]
    assert sorted(seen) == sorted((i.id, i.state, i.size, i.why, i.case_seq) for i in outbox.items())
    after = outbox.status()
    assert (status.pending, status.bytes, status.counts[State.WAITING]) == (3, after.bytes, 1)
    assert status.oldest_created == after.oldest_created
    assert found == outbox.find(two.head.id)
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_the_same_again_and_a_conflict_are_told_while_it_waits_in_the_log(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed, rival = bench.sealed(case_id="a", case_seq=2), bench.sealed(case_id="a", case_seq=1)
    outbox.save(sealed)
    assert in_log(outbox) == [sealed.head.id]
    assert outbox.save(sealed) == Saved(sealed.head.id, sealed.head.receipt_number, again=True)
    outbox.save(bench.sealed(case_id="b", case_seq=1))
    for wrong in (rival, bench.sealed(case_id="b", case_seq=1)):
        fault = outbox.save(wrong)
        assert isinstance(fault, QueueFault)
        assert fault.code == "queue_conflict"
    assert outbox.status().pending == 2
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_a_process_that_dies_leaves_its_saves_to_the_next_each_once(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    case = [bench.sealed(case_id="a", case_seq=n) for n in (1, 2, 3)]
    assert isinstance(outbox.save_all(case), Saved)
    single = bench.sealed()
    outbox.save(single)
    path = died(outbox, tmp_path / "0")
    for n in (1, 2):
        following = opened(path, bench)
        path = died(following, tmp_path / str(n))
        assert list(stored(following)) == [sealed.head.id for sealed in (*case, single)]
        assert following.status().counts[State.READY] == 2
        assert in_log(following) == []
        following.close()
        with closing(sqlite3.connect(following.path)) as db:
            assert isinstance(verify_chain(db.execute("SELECT seq, event, hash FROM audit ORDER BY seq")), AuditHead)
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_what_was_taken_over_and_not_wiped_yet_is_not_taken_over_twice(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = bench.sealed()
    outbox.save(sealed)
    assert outbox.acknowledge(bench.receipt_for(sealed))
    assert list(read_records(DiskFile(tmp_path / "outbox.db.log"))), "it is there still"
    path = died(outbox, tmp_path / "next")
    following = opened(path, bench)
    assert stored(following) == {sealed.head.id: State.PURGED}
    assert following.status().pending == 0
    following.close()
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_a_log_outlives_a_database_that_was_damaged(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    before = bench.sealed(payload(pictures=2))
    outbox.save(before)
    outbox.retry_all()
    sealed = bench.sealed()
    outbox.save(sealed)
    path = died(outbox, tmp_path / "next")
    outbox.close()
    path.with_name("outbox.db-wal").unlink()
    path.write_bytes(b"not a database" * 1000)
    following = opened(path, bench)
    assert following.salvaged is not None
    assert sealed.head.id in stored(following)
    following.close()


@pytest.mark.usefixtures("never_quiet")
def test_a_full_log_goes_on_in_the_database_and_begins_again(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench, limits=replace(NO_BALLAST, commit_log_bytes=5 * BLOCK))
    ids, waited = [], []
    for _ in range(12):
        sealed = bench.sealed()
        assert isinstance(outbox.save(sealed), Saved)
        ids.append(sealed.head.id)
        waited.append(len(in_log(outbox)))
    assert waited.count(0) >= 2, "it was full now and then"
    assert max(waited) >= 2, "and used in between"
    outbox.close()
    assert list(stored(outbox)) == ids


def test_a_save_too_large_for_the_log_goes_into_the_database_at_once(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = bench.sealed(payload(pictures=3))
    outbox.save(sealed)
    assert stored(outbox) == {sealed.head.id: State.READY}
    outbox.close()


@pytest.mark.parametrize("refuses", ["before", "after"])
def test_a_disk_that_refuses_the_log_has_the_database_answer_from_then_on(
    tmp_path: Path, bench: Bench, refuses: str
) -> None:
    files: list[FailingFile] = []

    def open_log(path: Path) -> FailingFile:
        files.append(FailingFile(path))
        return files[0]

    outbox = opened(tmp_path / "outbox.db", bench, open_log=open_log)
    files[0].refuses = refuses
    sealed = [bench.sealed() for _ in range(3)]
    for one in sealed:
        assert isinstance(outbox.save(one), Saved)
        assert stored(outbox)[one.head.id] is State.READY
        files[0].refuses = ""
    assert in_log(outbox) == []
    following = opened(died(outbox, tmp_path / "next"), bench)
    assert list(stored(following)) == [one.head.id for one in sealed]
    following.close()
    outbox.close()


@pytest.mark.parametrize(
    "limits",
    [
        replace(NO_BALLAST, low_disk_bytes=2**62),
        replace(NO_BALLAST, quota_bytes=600 * 1024),
        replace(NO_BALLAST, commit_log_bytes=0),
    ],
    ids=["low_disk", "near_the_quota", "none"],
)
def test_where_the_database_might_not_take_it_over_nothing_waits_in_the_log(
    tmp_path: Path, bench: Bench, limits: object
) -> None:
    outbox = opened(tmp_path / "outbox.db", bench, limits=limits)
    sealed = bench.sealed()
    assert isinstance(outbox.save(sealed), Saved)
    assert stored(outbox) == {sealed.head.id: State.READY}
    outbox.close()


def test_in_a_quiet_moment_nothing_of_a_save_stays_in_the_log(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    log = tmp_path / "outbox.db.log"
    sealed: list[SealedEnvelope] = [bench.sealed(payload(pictures=1, picture_bytes=30_000)) for _ in range(4)]
    for one in sealed:
        outbox.save(one)
    eventually(lambda: not log.read_bytes().strip(b"\0"))
    assert len(stored(outbox)) == 4
    outbox.save(bench.sealed())
    outbox.close()
    assert not log.read_bytes().strip(b"\0"), "nor when it is closed"


def test_a_disk_without_room_for_the_log_saves_as_ever(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offline_queue.commit_log._ROOMY_BYTES", 2**62)
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = bench.sealed()
    assert isinstance(outbox.save(sealed), Saved)
    assert not (tmp_path / "outbox.db.log").exists()
    outbox.close()


@pytest.mark.usefixtures("never_quiet")
def test_a_database_that_is_exchanged_beside_the_work_takes_over_what_waits(tmp_path: Path, bench: Bench) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = [bench.sealed() for _ in range(3)]
    outbox.save(sealed[0])
    outbox._found_damaged()
    assert list(stored(outbox)) == [sealed[0].head.id]
    outbox.save(sealed[1])
    assert in_log(outbox) == [sealed[1].head.id]
    outbox.close()
    outbox = opened(tmp_path / "outbox.db", bench)
    outbox.save(sealed[2])
    outbox.close()
    assert list(stored(outbox)) == [one.head.id for one in sealed]


@pytest.mark.usefixtures("never_quiet")
def test_what_the_database_cannot_take_now_goes_on_waiting(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = opened(tmp_path / "outbox.db", bench)
    sealed = bench.sealed()
    outbox.save(sealed)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def refused(*_: object) -> None:
        raise full

    with monkeypatch.context() as patched:
        patched.setattr("offline_queue.intake.take_in", refused)
        assert outbox.claim(lease_s=30) is None
        assert in_log(outbox) == [sealed.head.id]
        assert outbox.status().pending == 1
    claim = outbox.claim(lease_s=30)
    assert claim is not None
    assert claim.id == sealed.head.id
    outbox.close()
