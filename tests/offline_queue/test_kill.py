"""kill -9 of a saving kiosk at random moments: what it said is saved is there, once, and the queue goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from offline_queue.audit import AuditHead, verify_chain
from offline_queue.outbox import Outbox
from tests.offline_queue.samples import NO_BALLAST


class Saver:
    """The saving program: `killed_after` starts one kiosk on a folder and kills it."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.offline_queue.saver"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input: IO[str] = self._process.stdin
        self._output: IO[str] = self._process.stdout
        self._output.readline()

    def killed_after(self, folder: Path, lines: int, seconds: float) -> list[str]:
        """What the kiosk said before it died, so many lines and a moment after it began."""
        self._input.write(f"{folder}\n")
        self._input.flush()
        said: list[str] = []
        while not (line := self._output.readline().strip()).startswith("pid "):
            said.append(line)
        said += [self._output.readline().strip() for _ in range(lines)]
        time.sleep(seconds)  # the random moment itself
        os.kill(int(line.removeprefix("pid ")), signal.SIGKILL)
        while (line := self._output.readline().strip()) != "ended":
            said.append(line)
        return said

    def close(self) -> None:
        self._input.close()
        self._output.close()
        self._process.wait(timeout=10)


@pytest.fixture(scope="module")
def saver() -> Iterator[Saver]:
    running = Saver()
    yield running
    running.close()


def check_after_kill(folder: Path, said: set[str]) -> None:
    outbox = Outbox.open(folder / "outbox.db", limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    outbox.close()
    db = sqlite3.connect(folder / "outbox.db")
    rows = db.execute("SELECT id, state, receipt_number, chunk_count, seq FROM envelope").fetchall()
    stored = {row[0]: row[1] for row in rows}
    saved = {line for line in said if not line.startswith("-")}
    assert saved <= set(stored)
    assert {stored[line[1:]] for line in said if line.startswith("-")} <= {"PURGED"}
    assert len(stored) - len(saved) <= 1 + RUNS_ON_ONE_FOLDER  # one save in flight at each death
    assert not [number for number, n in Counter(row[2] for row in rows).items() if n > 1]
    chunks = dict(db.execute("SELECT place / 1024, count(*) FROM chunk GROUP BY 1"))
    assert all(chunks.get(seq, 0) == (0 if state == "PURGED" else n) for _, state, _, n, seq in rows)
    counters = {state: n for state, n in db.execute("SELECT state, n FROM counter") if n}
    assert counters == Counter(stored.values())
    assert isinstance(verify_chain(db.execute("SELECT seq, event, hash FROM audit ORDER BY seq")), AuditHead)
    db.close()


RUNS_ON_ONE_FOLDER = 5


def kill_many(saver: Saver, root: Path, folders: int, seed: int) -> None:
    rng = random.Random(seed)
    heard = 0
    for n in range(folders):
        folder = root / str(n)
        folder.mkdir()
        said: set[str] = set()
        for _ in range(RUNS_ON_ONE_FOLDER):
            said.update(saver.killed_after(folder, rng.choice((0, 1, 3, 6)), rng.uniform(0, 0.02)))
        check_after_kill(folder, said)
        heard += len(said)
    assert heard >= 3 * folders  # they really were saving


@pytest.mark.parametrize("part", range(2))
def test_killed_at_random_moments_no_answered_save_is_lost_or_doubled(saver: Saver, tmp_path: Path, part: int) -> None:
    kill_many(saver, tmp_path, folders=4, seed=part)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_a_thousand_times(saver: Saver, tmp_path: Path) -> None:
    kill_many(saver, tmp_path, folders=200, seed=99)
