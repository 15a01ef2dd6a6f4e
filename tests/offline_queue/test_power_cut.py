"""Whatever instant the power goes, every save that was answered is on the disk."""

import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import apsw
import pytest

from offline_queue.outbox import Outbox
from offline_queue.records import Saved
from offline_queue.schema import Connect
from tests.offline_queue.recorder import Disk, Event, RecordedLog, Recorder, marks
from tests.offline_queue.samples import Bench, opened, payload

NAME = "outbox.db"
SAVES = 24


def _through(recorder: Recorder, *, synchronous: str) -> Connect:
    class Recording(apsw.Connection):
        """The outbox's connection over the recording file system."""

        def __init__(self, path: Path) -> None:
            super().__init__(str(path), vfs=recorder.name)
            # A VFS written in Python has no shared memory; with one connection none is needed.
            self.execute("PRAGMA locking_mode=EXCLUSIVE")

        def execute(self, sql: str, *rest: Any) -> Any:  # type: ignore[override]
            if synchronous != "FULL" and sql == "COMMIT":
                super().execute("COMMIT")
                return super().execute(f"PRAGMA synchronous={synchronous}")
            return super().execute(sql, *rest)

    return Recording


def record_saves(
    folder: Path, *, synchronous: str = "FULL", log_synced: bool = True
) -> tuple[Disk, list[Event], set[str]]:
    """Save a mixed lot, with receipts now and then, and log every write; the ids that must survive are marks."""
    bench = Bench()
    path = folder / NAME
    opened(path, bench).close()
    base = {NAME: path.read_bytes()}
    recorder = Recorder(f"recorder-{folder.name}-{synchronous}")
    outbox = opened(
        path,
        bench,
        connect=_through(recorder, synchronous=synchronous),
        open_log=lambda file: RecordedLog(file, recorder, synced=log_synced),
    )
    settled = set()
    for n in range(SAVES):
        sealed = bench.sealed(payload(pictures=n % 3 // 2, picture_bytes=40_000))
        assert isinstance(outbox.save(sealed), Saved)
        recorder.mark(sealed.head.id)
        if n % 5 == 4:
            assert outbox.acknowledge(bench.receipt_for(sealed))
            settled.add(sealed.head.id)
    log = list(recorder.log)
    outbox.close()
    return Disk(base), log, settled


def lost_after_cut(disk: Disk, log: list[Event], settled: set[str], cut: int, seed: int, folder: Path) -> int:
    """How many acknowledged saves a cut after `cut` events loses; a damaged database loses them all."""
    folder.mkdir()
    images = disk.after_cut(log[:cut], random.Random(seed))
    for name, content in images.items():
        (folder / name).write_bytes(content)
    expected = set(marks(log[:cut]))
    outbox = Outbox.open(folder / NAME)
    if not isinstance(outbox, Outbox):
        return max(1, len(expected))
    outbox.close()
    db = sqlite3.connect(folder / NAME)
    found = {row[0] for row in db.execute("SELECT id FROM envelope")}
    whole = "SELECT e.id FROM envelope e WHERE e.state <> 'PURGED' AND e.chunk_count <> (SELECT count(*) FROM chunk"
    torn = {row[0] for row in db.execute(whole + " c WHERE c.place / 1024 = e.seq)")}
    db.close()
    return len(expected - found) + len(torn - settled)


def losses(folder: Path, images: int, *, seed: int = 0, **how: Any) -> int:
    disk, log, settled = record_saves(folder, **how)
    rng = random.Random(seed)
    cuts = [rng.randrange(1, len(log) + 1) for _ in range(images)]
    lost = 0
    for n, cut in enumerate(cuts):
        lost += lost_after_cut(disk, log, settled, cut, 1_000_000 * seed + n, folder / f"cut{n}") > 0
        shutil.rmtree(folder / f"cut{n}")
    return lost


@pytest.mark.parametrize("part", range(4))
def test_no_power_cut_loses_an_answered_save(tmp_path: Path, part: int) -> None:
    assert losses(tmp_path, 250, seed=part) == 0


@pytest.mark.parametrize("how", [{"synchronous": "NORMAL"}, {"log_synced": False}], ids=["database", "log"])
def test_the_recording_disk_shows_the_losses_of_a_queue_that_does_not_sync(tmp_path: Path, how: Any) -> None:
    assert losses(tmp_path, 60, **how) > 5


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_twenty_thousand_power_cuts_lose_nothing(tmp_path: Path) -> None:
    for part in range(20):
        folder = tmp_path / str(part)
        folder.mkdir()
        assert losses(folder, 1000, seed=part) == 0
