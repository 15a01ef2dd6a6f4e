"""The outbox beside other queues in SQLite, and with a hundred thousand envelopes in it."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.bench_queue import QUIET_S
from benchmarks.row import Row
from offline_queue.opening import Limits
from offline_queue.outbox import Outbox
from tests.offline_queue.backlog import fill, lending_s
from tests.offline_queue.samples import Bench, payload

ROUNDS: Final = 80
LONG: Final = 100_000
ROOMY: Final = Limits(quota_bytes=8 * 1024**3, ballast_bytes=0, low_disk_bytes=0)


def _opened(path: Path, bench: Bench) -> Outbox:
    outbox = Outbox.open(path, receipt_keys=bench.receipt_keys, limits=ROOMY)
    assert isinstance(outbox, Outbox)
    return outbox


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _persist_queue(folder: Path, name: str) -> Callable[[bytes], object]:
    """persist-queue's SQLite queue, told to be as durable as the outbox is."""
    import persistqueue

    queue: Any = persistqueue.SQLiteQueue(str(folder / f"persist-{name}"), auto_commit=True, multithreading=True)
    queue._putter.execute("PRAGMA synchronous=FULL")  # its own default loses what it answered at a power cut
    return partial(queue.put)


def _huey(folder: Path, name: str) -> Callable[[bytes], object]:
    """huey's SQLite storage with its switch for durable commits."""
    from huey.storage import SqliteStorage

    storage: Any = SqliteStorage(filename=str(folder / f"huey-{name}.db"), fsync=True)
    return partial(storage.enqueue)


def _peer_rows(folder: Path, bench: Bench) -> list[Row]:
    """The same sealed bytes into each queue, one after the other in turns."""
    rows = []
    for name, body in (("4 KB", payload(note="specimen " * 400)), ("0.9 MB", payload(pictures=3))):
        outbox = _opened(folder / f"{name}.db", bench)
        peers = {"persist-queue": _persist_queue(folder, name), "huey": _huey(folder, name)}
        time.sleep(QUIET_S)
        own: list[float] = []
        theirs: dict[str, list[float]] = {peer: [] for peer in peers}
        for _ in range(ROUNDS):
            sealed = bench.sealed(body)
            raw = sealed.header + sealed.signature + sealed.ciphertext
            own.append(_timed(partial(outbox.save, sealed)))
            for peer, put in peers.items():
                theirs[peer].append(_timed(partial(put, raw)))
        outbox.close()
        for peer, taken in theirs.items():
            ratio = statistics.median(own[5:]) / statistics.median(taken[5:])
            rows.append(Row(f"unsealed save / {peer}, {name}", ratio, "ratio", "<= 1"))
        rows.append(Row(f"unsealed save, {name}", 1000 * statistics.median(own[5:]), "ms", ""))
    return rows


def _backlog_rows(folder: Path, bench: Bench) -> list[Row]:
    now = datetime.now(UTC)
    short, long = _opened(folder / "short.db", bench), _opened(folder / "long.db", bench)
    fill(short, bench, 100, now)
    fill(long, bench, LONG, now)
    turns = [(lending_s(short, 1), lending_s(long, 1)) for _ in range(60)]  # in turns: the disk's mood changes
    short_s, long_s = (statistics.median(column) for column in zip(*turns, strict=True))
    short.close()
    long.close()
    opened_s = []
    for _ in range(5):
        began = time.perf_counter()
        outbox = _opened(folder / "long.db", bench)
        opened_s.append(time.perf_counter() - began)
        outbox.close()
    return [
        Row("claim with 100,000 waiting / with 100", long_s / short_s, "ratio", "<= 1.5"),
        Row("claim with 100,000 waiting", 1000 * long_s, "ms", ""),
        Row("open with 100,000 waiting", 1000 * statistics.median(opened_s), "ms", "<= 100"),
    ]


def run() -> list[Row]:
    """All rows; the disk is the checkout's, as for every benchmark of the queue."""
    bench = Bench()
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        os.sync()
        return _peer_rows(folder, bench) + _backlog_rows(folder, bench)


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:52} {row.value:9.2f} {row.unit_or_ratio:14} {row.target}")
