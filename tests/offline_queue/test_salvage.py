"""A damaged database gives up every envelope whose bytes still prove themselves, and the damage stays at hand."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from offline_queue.desk import verify_queue
from offline_queue.outbox import Outbox
from offline_queue.records import State
from offline_queue.salvage import salvage
from offline_queue.schema import prepare
from tests.offline_queue.samples import NOON, Bench, opened, payload

PAGE = 8192


@pytest.fixture
def bench() -> Bench:
    return Bench()


def filled(path: Path, bench: Bench, envelopes: int = 60) -> list[str]:
    """An outbox with so many pending envelopes, the first five delivered; the ids still pending."""
    outbox = opened(path, bench)
    ids = []
    for n in range(envelopes):
        sealed = bench.sealed(payload(pictures=n % 2, picture_bytes=30_000), number=outbox.next_receipt_number(NOON))
        outbox.save(sealed)
        if n < 5:
            outbox.acknowledge(bench.receipt_for(sealed))
        else:
            ids.append(sealed.head.id)
    outbox.close()
    return ids


def overwrite_pages(path: Path, pages: list[int]) -> None:
    raw = bytearray(path.read_bytes())
    for page in pages:
        raw[page * PAGE : (page + 1) * PAGE] = random.Random(page).randbytes(PAGE)
    path.write_bytes(raw)


def survivors(outbox: Outbox) -> set[str]:
    claimed = set()
    while claim := outbox.claim(lease_s=60):
        claimed.add(claim.id)
    return claimed


def test_pages_lost_in_the_middle_cost_only_the_envelopes_that_lay_in_them(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    ids = filled(path, bench)
    total = path.stat().st_size // PAGE
    overwrite_pages(path, [total // 3, total // 2])
    outbox = opened(path, bench)
    assert outbox.salvaged is not None
    assert outbox.salvaged.aside.exists()
    kept = survivors(outbox)
    assert kept < set(ids)
    assert len(kept) == outbox.salvaged.kept - 5 >= len(ids) // 2
    outbox.close()
    verdict = verify_queue(path)
    assert getattr(verdict, "counters_right", False)


def test_every_tree_in_turn_may_be_lost_and_the_queue_still_opens(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    filled(path, bench, 20)
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as db:
        roots = [row[0] - 1 for row in db.execute("SELECT rootpage FROM sqlite_schema WHERE rootpage > 0")]
    for root in roots:
        for file in tmp_path.iterdir():
            file.unlink()
        path.write_bytes(whole)
        overwrite_pages(path, [root])
        outbox = opened(path, bench)
        assert outbox.salvaged is not None, root
        assert outbox.status().counts[State.SENDING] == 0
        outbox.close()


def test_a_salvage_that_is_cut_off_leaves_all_as_it_was_and_the_next_one_does_it(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "outbox.db"
    filled(path, bench, 20)
    overwrite_pages(path, [path.stat().st_size // PAGE // 2])
    damaged = path.read_bytes()

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("offline_queue.salvage._carry_audit", cut_off)
        with pytest.raises(KeyboardInterrupt):
            salvage(path, lambda db: prepare(db, quota_bytes=2**28), NOON)
    assert path.read_bytes() == damaged
    outbox = opened(path, bench)
    assert outbox.salvaged is not None
    assert outbox.salvaged.aside.read_bytes() == damaged
    assert outbox.status().pending >= 12
    outbox.close()
    assert not list(tmp_path.glob("*.salvaged*"))


def test_what_is_no_database_any_more_is_kept_aside_and_a_new_queue_begins(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    filled(path, bench, 3)
    damage = b"this is no database" * 4000
    path.write_bytes(damage)
    outbox = opened(path, bench)
    assert outbox.salvaged is not None
    assert outbox.salvaged.kept == 0
    assert outbox.salvaged.aside.read_bytes() == damage
    outbox.save(bench.sealed())
    assert outbox.status().pending == 1
    outbox.close()
    assert opened_again_is_sound(path, bench)


def opened_again_is_sound(path: Path, bench: Bench) -> bool:
    outbox = opened(path, bench)
    calm = outbox.salvaged is None
    outbox.close()
    return calm


def test_numbers_already_given_out_are_not_given_again_when_their_counter_is_lost(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    filled(path, bench, 12)
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'receipt_counter'"
        (root,) = db.execute(sql).fetchone()
    overwrite_pages(path, [root - 1])
    outbox = opened(path, bench)
    assert int(outbox.next_receipt_number(NOON).split()[2]) > 12
    outbox.close()
