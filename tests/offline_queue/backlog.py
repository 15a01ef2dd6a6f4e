"""A long queue, quickly made: one sealed envelope under many numbers, each with a digest of its own."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from datetime import datetime

from offline_queue import ledger
from offline_queue.envelope import SealedEnvelope, envelope_digest, uuid7
from offline_queue.outbox import Outbox
from offline_queue.schema import Connection
from tests.offline_queue.samples import Bench


def twins(bench: Bench, count: int, now: datetime) -> Iterator[SealedEnvelope]:
    """So many envelopes of cases of their own; only the first is the one its device signed."""
    first = bench.sealed(case_id=uuid7(now))
    yield first
    names = (first.head.id.encode(), first.head.case_id.encode())
    for _ in range(count - 1):
        header = first.header.replace(names[0], uuid7(now).encode()).replace(names[1], uuid7(now).encode())
        yield SealedEnvelope(header, first.ciphertext, envelope_digest(header, first.ciphertext), first.signature)


def fill(outbox: Outbox, bench: Bench, count: int, now: datetime) -> None:
    """Put them all in, in one commit."""

    def insert(db: Connection) -> None:
        for sealed in twins(bench, count, now):
            ledger.insert(db, sealed, None, now)

    outbox._writer.run(insert)


def lending_steps(outbox: Outbox, times: int) -> float:
    """The steps of the database's virtual machine that lending one takes, each put back far into the future."""
    taken = 0

    def watch(db: Connection) -> None:
        assert isinstance(db, sqlite3.Connection)
        db.set_progress_handler(another, 1)

    def another() -> int:
        nonlocal taken
        taken += 1
        return 0

    outbox._writer.run(watch)
    lending_s(outbox, times)
    return taken / times


def lending_s(outbox: Outbox, times: int) -> float:
    """The median of the seconds that lending one takes, each put back far into the future."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        claim = outbox.claim(lease_s=60.0)
        taken.append(time.perf_counter() - began)
        assert claim is not None
        outbox.put_back(claim, "busy", delay_s=600.0)
    return statistics.median(taken)
