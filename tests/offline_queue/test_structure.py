"""A long queue is looked through beside the work, not before it opens; in doubt it is looked through first."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue.opening import STARTS_UNSEEN
from offline_queue.records import Saved
from offline_queue.schema import connect_read_only
from tests.offline_queue.samples import NO_BALLAST, Bench, eventually, opened
from tests.offline_queue.test_salvage import filled, overwrite_pages

SOON = replace(NO_BALLAST, short_bytes=0, look_after_s=0.0)
LATER = replace(NO_BALLAST, short_bytes=0, look_after_s=3600.0)
"""Every queue counts as long; what was put off is done at once, or not in this test."""


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def path(tmp_path: Path, bench: Bench) -> Path:
    """A queue of twenty, closed in good order."""
    filled(tmp_path / "outbox.db", bench, 20)
    return tmp_path / "outbox.db"


def damage(path: Path, tree: str) -> None:
    """Overwrite the root of a table or an index."""
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (tree,)).fetchone()
    overwrite_pages(path, [root - 1])


def salvaged_at_start(path: Path, bench: Bench, **options: object) -> bool:
    outbox = opened(path, bench, **{"limits": LATER, **options})
    found = outbox.salvaged is not None
    outbox.close()
    return found


def test_damage_in_a_long_queue_is_found_beside_the_work_and_the_work_goes_on(path: Path, bench: Bench) -> None:
    damage(path, "envelope_pending")
    outbox = opened(path, bench, limits=SOON)
    assert outbox.salvaged is None, "the start did not wait for the look"
    eventually(lambda: outbox.salvaged is not None)
    found = outbox.salvaged
    assert found is not None
    assert (found.kept, found.unreadable) == (20, 0)
    assert isinstance(outbox.save(bench.sealed()), Saved)
    assert outbox.status().pending == 16
    outbox.close()
    assert not salvaged_at_start(path, bench, thorough=True)


def test_a_sound_queue_is_left_as_it_is_and_counts_as_looked_through(path: Path, bench: Bench) -> None:
    for _ in range(STARTS_UNSEEN - 1):
        assert not salvaged_at_start(path, bench)
    outbox = opened(path, bench, limits=SOON)
    eventually(lambda: outbox._unseen == 0)
    outbox.close()
    damage(path, "envelope_pending")
    assert not salvaged_at_start(path, bench), "this is the first start since then"


def test_only_so_many_starts_in_a_row_put_it_off(path: Path, bench: Bench) -> None:
    damage(path, "envelope_pending")
    assert [salvaged_at_start(path, bench) for _ in range(STARTS_UNSEEN + 1)] == [False] * STARTS_UNSEEN + [True]


def test_who_asks_for_it_gets_the_whole_look_before_anything_else(path: Path, bench: Bench) -> None:
    damage(path, "envelope_pending")
    assert salvaged_at_start(path, bench, thorough=True)


def test_a_queue_whose_process_died_is_looked_through_before_anything_else(
    path: Path, tmp_path: Path, bench: Bench
) -> None:
    outbox = opened(path, bench, limits=LATER)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("outbox.db", "outbox.db-wal"):  # as a kill leaves them
        shutil.copy(tmp_path / name, left / name)
    outbox.close()
    damage(left / "outbox.db", "envelope_pending")
    assert salvaged_at_start(left / "outbox.db", bench)


def test_a_queue_that_is_not_as_it_was_closed_is_looked_through_before_anything_else(path: Path, bench: Bench) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        db.commit()
    damage(path, "envelope_pending")
    assert salvaged_at_start(path, bench)


def test_damage_that_the_work_meets_is_not_passed_over_at_the_next_start(path: Path, bench: Bench) -> None:
    damage(path, "envelope_due")
    outbox = opened(path, bench, limits=LATER)
    assert outbox.claim(lease_s=60) is None
    outbox.close()
    assert salvaged_at_start(path, bench)


def test_closing_does_not_wait_for_the_look(path: Path, bench: Bench) -> None:
    outbox = opened(path, bench, limits=LATER)
    outbox.close()  # an hour early
    assert not salvaged_at_start(path, bench, limits=SOON)


def test_whoever_reads_while_a_damaged_queue_is_exchanged_finds_one_or_the_other(path: Path, bench: Bench) -> None:
    damage(path, "envelope_pending")
    outbox = opened(path, bench, limits=SOON)
    with closing(connect_read_only(path)) as reader:
        (before,) = reader.execute("SELECT count(*) FROM chunk").fetchone()
        eventually(lambda: outbox.salvaged is not None)
        assert reader.execute("SELECT count(*) FROM chunk").fetchone() == (before,)
    assert outbox.find(outbox.items()[0].id) is not None
    outbox.close()
