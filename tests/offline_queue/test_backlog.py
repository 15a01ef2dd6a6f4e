"""A line that was down for long: lending stays quick, the screens never wait, and a month's submissions all arrive."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QTimer

from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import Saved, State
from offline_queue.sync import Pace, Sync
from screens.main import application
from tests.offline_queue.backlog import fill, lending_steps
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, eventually, opened, payload
from tests.portal.process import PortalProcess

LONG = 20_000


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    options = ("--without-worker", "--rate", "100000")
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), *options).start()
    yield process
    process.stop()


def test_lending_from_a_long_queue_is_no_more_work_than_from_a_short_one(tmp_path: Path) -> None:
    """In steps of the database's machine, which other work on this one does not change."""
    bench, steps = Bench(), {}
    for count in (10, LONG):
        outbox = opened(tmp_path / f"{count}.db", bench, limits=replace(NO_BALLAST, quota_bytes=2 * 1024**3))
        fill(outbox, bench, count, NOON)
        steps[count] = lending_steps(outbox, 9)
        outbox.close()
    assert steps[10] > 100, "the steps are counted"
    assert steps[LONG] < 1.5 * steps[10]


def test_the_screens_never_wait_for_the_queue_while_it_empties(tmp_path: Path, portal: PortalProcess) -> None:
    """A real event loop beside a writer that hangs and a queue that empties: nothing the screens ask waits."""
    application()
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    outbox = Outbox.open(tmp_path / "outbox.db", receipt_keys=portal.trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    for _ in range(60):
        outbox.save(bench.sealed())
    held = threading.Event()
    holder = threading.Thread(target=outbox._writer.run, args=(lambda _: held.wait(60.0),))
    sync = Sync(outbox, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys), pace=Pace(period_s=0.05))
    late: list[float] = []
    clock, timer = QElapsedTimer(), QTimer()

    def turn() -> None:
        late.append(max(0.0, clock.restart() - 10) / 1000)
        outbox.items(limit=5)
        outbox.status()
        _ = sync.state

    timer.timeout.connect(turn)
    holder.start()
    sync.start()
    clock.start()
    timer.start(10)
    eventually(lambda: (QCoreApplication.processEvents(), len(late) > 30)[1])  # it turns while the writer hangs
    assert not held.is_set()
    held.set()
    eventually(lambda: (QCoreApplication.processEvents(), outbox.status().pending == 0)[1], within_s=60.0)
    timer.stop()
    sync.stop()
    holder.join()
    outbox.close()
    assert sorted(late)[-3] < 1.0, "who waited for the writer would be late by a minute"


def month(outbox: Outbox, bench: Bench, count: int) -> int:
    """Save so many of mixed size over thirty days; the bytes the process grew by after the first tenth."""
    grown_from = 0
    for n in range(count):
        now = NOON + timedelta(days=30 * n / count)
        body = payload(pictures=n % 10 // 8, picture_bytes=30_000)
        sealed = bench.sealed(body, number=outbox.next_receipt_number(now))
        assert isinstance(outbox.save(sealed, deadline=now + timedelta(days=7)), Saved)
        if n == count // 10:
            grown_from = resident()
    return resident() - grown_from


def resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize(
    "count", [300, pytest.param(9000, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])], ids=["a_day", "a_month"]
)
def test_what_was_saved_while_the_line_was_down_for_long_all_arrives_once(
    tmp_path: Path, portal: PortalProcess, count: int
) -> None:
    bench = Bench(recipients=portal.trust.seal_to, kiosk_id=f"kiosk-{count}")
    portal.enrol(bench.kiosk_id, bench.device)
    limits = replace(NO_BALLAST, quota_bytes=2 * 1024**3)
    outbox = Outbox.open(tmp_path / "outbox.db", receipt_keys=portal.trust.receipt_keys, limits=limits)
    assert isinstance(outbox, Outbox)
    grown = month(outbox, bench, count)
    assert outbox.status().pending == count
    sync = Sync(outbox, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))
    before = resident()
    sync.start()
    eventually(lambda: outbox.status().pending == 0, within_s=60.0 + count / 5)
    sync.stop()
    assert max(grown, resident() - before) < 24 * 1024**2
    assert outbox.status().counts[State.PURGED] == count
    outbox.close()
