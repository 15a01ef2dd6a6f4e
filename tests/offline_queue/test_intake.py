"""A save that must be new by its name is not looked up, and every other one is answered as the database would."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from offline_queue import sealing
from offline_queue.commit_log import CommitLog, DiskFile, Entry
from offline_queue.envelope import uuid7
from offline_queue.intake import Intake
from offline_queue.outbox import Outbox
from offline_queue.records import Saved
from offline_queue.schema import Connection
from offline_queue.sealing import SealedEnvelope
from offline_queue.writer import Writer
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, opened, payload

BENCH: Final = Bench()
IDS: Final = [uuid7(NOON + timedelta(seconds=n)) for n in range(4)]
CASES: Final = [f"case {letter}" for letter in "abc"]


def sealed_as(envelope_id: str, case_id: str, case_seq: int = 1, note: str = "made up") -> SealedEnvelope:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealing, "uuid7", lambda _: envelope_id)
        return BENCH.sealed(payload(note=note), case_id=case_id, case_seq=case_seq)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(opened(tmp_path / "outbox.db", BENCH)) as box:
        yield box


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time the database was asked about a save."""
    seen: list[str] = []
    real = Writer.peek

    def noted(writer: Writer, question: Callable[[Connection], object]) -> object:
        seen.append("asked")
        return real(writer, question)

    monkeypatch.setattr(Writer, "peek", noted)
    return seen


def test_the_next_submission_is_not_looked_up(outbox: Outbox, looks: list[str]) -> None:
    for envelope_id, case in zip(IDS, [*CASES, "case d"], strict=True):
        assert outbox.save(sealed_as(envelope_id, case)) == Saved(envelope_id, "TB1 2611 0001 J")
    assert looks == []
    assert outbox.status().pending == 4


@pytest.mark.parametrize(
    ("second", "again"),
    [
        (sealed_as(IDS[1], CASES[1]), True),
        (sealed_as(IDS[0], CASES[2]), False),  # a clock that was put back
        (sealed_as(IDS[2], CASES[1], 2), False),  # the same case goes on
        (sealed_as(IDS[2], CASES[0]), False),
    ],
)
@pytest.mark.parametrize("reopened", [False, True])
def test_whatever_else_comes_is_looked_up(
    tmp_path: Path, looks: list[str], second: SealedEnvelope, again: bool, reopened: bool
) -> None:
    first = sealed_as(IDS[1], CASES[1]) if not again else second
    with closing(opened(tmp_path / "outbox.db", BENCH)) as box:
        assert box.save(first) == Saved(IDS[1], "TB1 2611 0001 J")
        assert looks == []
        if not reopened:
            assert box.save(second) == Saved(second.head.id, "TB1 2611 0001 J", again=again)
    if reopened:
        with closing(opened(tmp_path / "outbox.db", BENCH)) as box:
            assert box.save(second) == Saved(second.head.id, "TB1 2611 0001 J", again=again)
    assert looks == ["asked"]


def test_what_was_refused_counts_as_come(outbox: Outbox, looks: list[str]) -> None:
    """Nobody knows what is left of it: the next one by that name is looked up."""
    late, rival = sealed_as(IDS[3], CASES[2]), sealed_as(IDS[3], CASES[2], 2)
    assert not isinstance(outbox.save_all([late, rival]), Saved)
    assert isinstance(outbox.save(late), Saved)
    assert looks == ["asked", "asked"]


def test_two_of_one_name_are_not_new_however_late_they_are(tmp_path: Path) -> None:
    first, other = sealed_as(IDS[0], CASES[0]), sealed_as(IDS[1], CASES[0])
    apart, twins = sealed_as(IDS[1], CASES[0], 2), sealed_as(IDS[0], CASES[0], 2)
    for pair, late in (((first, apart), True), ((first, other), False), ((first, twins), False)):
        assert fresh(tmp_path).come_later([Entry(each, None, NOON) for each in pair]) is late


def test_after_the_database_refused_what_waits_it_is_asked_until_it_takes_it(tmp_path: Path) -> None:
    intake = fresh(tmp_path)
    intake.log.begin()
    entries = [Entry(sealed_as(envelope_id, case), None, NOON) for envelope_id, case in zip(IDS, CASES, strict=False)]
    assert intake.come_later(entries[:1])
    intake.log.append((entries[0],))

    def refuses(_: Callable[[Connection], object]) -> Any:
        raise sqlite3.DatabaseError("made up")

    with pytest.raises(sqlite3.DatabaseError):
        intake.take_over(refuses)
    assert not intake.come_later(entries[1:2])
    intake.take_over(lambda _: None)  # type: ignore[arg-type]
    assert intake.come_later(entries[2:])
    intake.log.close()


def fresh(folder: Path) -> Intake:
    return Intake(CommitLog(DiskFile(folder / "a.log"), 64 * 1024), folder, NO_BALLAST, 0, ("", ""))


POOL: Final = [
    sealed_as(envelope_id, case, seq, note)
    for envelope_id, case, seq, note in product(IDS, CASES, (1, 2), ("made up", "other"))
]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.none() | st.integers(0, len(POOL) - 1), max_size=10))
@example([0, 12, 24, 36, 0, 13, None, 36, 25, 47])
@example([47, None, 47, 46, 0])
def test_every_save_is_answered_as_by_a_database_without_a_log(steps: list[int | None]) -> None:
    """None: the process ends and another one goes on."""
    with tempfile.TemporaryDirectory() as name:
        paths = Path(name) / "with.db", Path(name) / "without.db"
        limits = NO_BALLAST, replace(NO_BALLAST, commit_log_bytes=0)
        boxes = [opened(path, BENCH, limits=limit) for path, limit in zip(paths, limits, strict=True)]
        for step in steps:
            if step is None:
                for box in boxes:
                    box.close()
                boxes = [opened(path, BENCH, limits=limit) for path, limit in zip(paths, limits, strict=True)]
            else:
                ours, theirs = (box.save(POOL[step]) for box in boxes)
                assert ours == theirs
        items = [sorted(item.id for item in box.items()) for box in boxes]
        assert items[0] == items[1]
        for box in boxes:
            box.close()
