"""kill -9 of a saving kiosk at random moments: what it said is saved is there, once, and the queue goes on."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from offline_queue.audit import AuditHead, verify_chain
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import Saved
from offline_queue.sync import Sync
from tests.offline_queue.samples import NO_BALLAST, Bench, eventually, opened, payload
from tests.portal.process import PortalProcess


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

    def killed_after(self, order: str, lines: int, seconds: float) -> list[str]:
        """What the kiosk said before it died, so many lines and a moment after it began."""
        self._input.write(f"{order}\n")
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
            said.update(saver.killed_after(f"save {folder}", rng.choice((0, 1, 3, 6)), rng.uniform(0, 0.02)))
        check_after_kill(folder, said)
        heard += len(said)
    assert heard >= 3 * folders  # they really were saving


@pytest.mark.parametrize("part", range(2))
def test_killed_at_random_moments_no_answered_save_is_lost_or_doubled(saver: Saver, tmp_path: Path, part: int) -> None:
    kill_many(saver, tmp_path, folders=50, seed=part)


def test_killed_while_sending_each_submission_still_has_one_effect(saver: Saver, tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "portal", "--without-worker").start()
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    outbox = opened(tmp_path / "outbox.db", bench)
    ids = []
    for n in range(30):
        sealed = bench.sealed(payload(pictures=2 * (n % 2)), case_id=f"case{n % 25}", case_seq=1 + n // 25)
        assert isinstance(outbox.save(sealed), Saved)
        ids.append(sealed.head.id)
    outbox.close()
    rng = random.Random(3)
    order = f"send {tmp_path} {portal.url} {portal.folder / 'portal-public.json'}"
    for _ in range(5):
        saver.killed_after(order, 0, rng.uniform(0.02, 0.08))
    outbox = opened(tmp_path / "outbox.db", bench)
    outbox.trust(portal.trust.receipt_keys)
    sync = Sync(outbox, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))
    sync.start()
    eventually(lambda: outbox.status().pending == 0, within_s=60.0)
    sync.stop()
    outbox.close()
    portal.stop()
    with closing(sqlite3.connect(portal.folder / "portal.db")) as db:
        delivered = [row[0] for row in db.execute("SELECT envelope_id FROM delivery ORDER BY seq")]
    assert sorted(delivered) == sorted(ids)
    assert all(delivered.index(ids[n]) < delivered.index(ids[n + 25]) for n in range(5))


@pytest.mark.skipif(shutil.which("strace") is None, reason="faults are injected with strace")
def test_a_disk_that_refuses_to_sync_gives_no_false_answer(tmp_path: Path) -> None:
    opened(tmp_path / "outbox.db", Bench()).close()
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,pwritev2"]
    inject = ["-e", "inject=fsync,fdatasync,pwritev2:error=EIO:when=9+"]
    program = [sys.executable, "-m", "tests.offline_queue.saver", str(tmp_path), "20"]
    done = subprocess.run([*strace, *inject, *program], capture_output=True, text=True, timeout=60)
    said = done.stdout.split()
    if "open" not in said:
        pytest.skip(f"strace cannot trace here: {done.stderr[-200:]}")
    assert said[-1] == "disk_error"
    saved = {line for line in said if "-" in line}
    assert saved
    outbox = Outbox.open(tmp_path / "outbox.db", limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    assert saved <= {item.id for item in outbox.items()}
    outbox.close()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_a_thousand_times(saver: Saver, tmp_path: Path) -> None:
    kill_many(saver, tmp_path, folders=200, seed=99)
