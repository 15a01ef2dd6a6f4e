"""Every way a line can be bad, against a real portal process: each submission arrives once, and nobody waits for it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from offline_queue.backoff import Backoff
from offline_queue.envelope import CHUNK_BYTES
from offline_queue.outbox import Outbox
from offline_queue.portal_client import Deadlines, PortalClient
from offline_queue.records import State
from offline_queue.sync import Pace, Sync
from tests.offline_queue.bad_servers import says, serving
from tests.offline_queue.fault_proxy import Faults, bad_line
from tests.offline_queue.samples import NO_BALLAST, Bench, eventually, payload
from tests.portal.process import PortalProcess

QUICK = Backoff(least_s=0.01, most_s=0.05)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker", "--rate", "100000").start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def bench(portal: PortalProcess) -> Bench:
    made = Bench(recipients=portal.trust.seal_to)
    portal.enrol(made.kiosk_id, made.device)
    return made


@pytest.fixture
def outbox(portal: PortalProcess, tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox.open(tmp_path / "outbox.db", receipt_keys=portal.trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(opened, Outbox)
    yield opened
    opened.close()


@contextmanager
def syncing(outbox: Outbox, portal: PortalProcess, url: str, *, call_s: float = 1.0) -> Iterator[Sync]:
    deadlines = Deadlines(call_s=call_s, connect_s=call_s)
    client = PortalClient(url, receipt_keys=portal.trust.receipt_keys, deadlines=deadlines)
    sync = Sync(outbox, client, pace=Pace(period_s=5.0, backoff=QUICK))
    sync.start()
    try:
        yield sync
    finally:
        sync.stop()


def all_purged(outbox: Outbox, count: int) -> bool:
    return outbox.status().counts[State.PURGED] == count


@pytest.mark.parametrize("after", [1, 700, 9_000, CHUNK_BYTES + 3_000, 3 * CHUNK_BYTES])
def test_a_reset_at_any_byte_costs_at_most_the_chunks_in_flight(
    outbox: Outbox, portal: PortalProcess, bench: Bench, after: int
) -> None:
    sealed = bench.sealed(payload(pictures=3))
    outbox.save(sealed)
    with bad_line(portal.port, Faults(reset_after=after)) as (proxy, url), syncing(outbox, portal, url):
        eventually(lambda: proxy.resets)
        proxy.faults = Faults()
        eventually(lambda: all_purged(outbox, 1), within_s=60.0)
    assert proxy.bytes_up <= len(sealed.ciphertext) + 2 * CHUNK_BYTES + 40_000


def test_a_line_that_swallows_everything_is_left_at_the_deadline_and_used_again_when_it_is_back(
    outbox: Outbox, portal: PortalProcess, bench: Bench
) -> None:
    with bad_line(portal.port) as (proxy, url), syncing(outbox, portal, url, call_s=0.5) as sync:
        eventually(lambda: sync.state.online)
        proxy.faults = Faults(swallow=True)
        outbox.save(bench.sealed())
        eventually(lambda: sync.state.line == "line_down", within_s=60.0)
        assert sync.state.code == "too_late"
        assert outbox.status().counts[State.READY] == 1
        proxy.faults = Faults()
        eventually(lambda: all_purged(outbox, 1), within_s=60.0)


def test_answers_that_end_before_they_begin_and_answers_lost_after_the_commit_lead_to_one_effect(
    outbox: Outbox, portal: PortalProcess, bench: Bench
) -> None:
    with bad_line(portal.port) as (proxy, url), syncing(outbox, portal, url) as sync:
        eventually(lambda: sync.state.online)
        proxy.faults = Faults(half_close=True)
        for _ in range(4):
            outbox.save(bench.sealed())
        eventually(lambda: not sync.state.online)
        proxy.faults = Faults(drop_answers=5)
        eventually(lambda: all_purged(outbox, 4), within_s=60.0)
        assert proxy.faults.drop_answers == 0
    assert proxy.resets == 5


def test_a_slow_line_that_breaks_again_and_again_still_delivers_everything_without_sending_it_many_times(
    outbox: Outbox, portal: PortalProcess, bench: Bench
) -> None:
    """1 Mbit/s and a reset in one of 100 pieces: what a mobile line at the edge of its cell does to a connection."""
    envelopes = [bench.sealed(payload(pictures=n % 2, picture_bytes=60_000)) for n in range(4)]
    for sealed in envelopes:
        outbox.save(sealed)
    faults = Faults(bytes_per_s=128_000, delay_s=0.001, reset_one_in=100)
    with bad_line(portal.port, faults) as (proxy, url), syncing(outbox, portal, url, call_s=5.0):
        eventually(lambda: all_purged(outbox, 4), within_s=60)
    assert proxy.bytes_up < 4 * sum(len(sealed.ciphertext) for sealed in envelopes) + 100_000


@pytest.fixture
def stalled_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A name server that never answers, until the event is set."""
    answer = threading.Event()
    real = socket.getaddrinfo

    def lookup(host: Any, *rest: Any, **options: Any) -> Any:
        if host == "portal.test":
            answer.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "stalled")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield answer
    answer.set()


def test_whoever_saves_or_looks_never_waits_for_a_name_server_or_a_line_that_hangs(
    outbox: Outbox, portal: PortalProcess, bench: Bench, stalled_resolver: threading.Event
) -> None:
    client = PortalClient("http://portal.test:1", receipt_keys=portal.trust.receipt_keys)
    sync = Sync(outbox, client, pace=Pace(period_s=5.0, backoff=QUICK))
    sync.start()
    longest_s = 0.0
    for sealed in [bench.sealed() for _ in range(30)]:
        began = time.monotonic()
        outbox.save(sealed)
        outbox.status()
        outbox.items(limit=5)
        longest_s = max(longest_s, time.monotonic() - began)
    assert not stalled_resolver.is_set()
    assert sync.state.line == "unknown", "the name server has not answered all the while"
    assert outbox.status().pending == 30
    stalled_resolver.set()
    sync.stop()
    assert longest_s < 10.0, "the stall is 20 s: whoever waited for it would show"


def test_a_fleet_does_not_come_back_all_at_once_after_an_outage(
    outbox: Outbox, portal: PortalProcess, bench: Bench
) -> None:
    """A portal that asks for an hour is asked again within a quarter of one, at a moment drawn for each kiosk."""
    outbox.save(bench.sealed())
    busy = says("503 Service Unavailable", b"{}", "Retry-After: 3600")
    with serving(busy) as url, syncing(outbox, portal, url) as sync:
        eventually(lambda: sync.state.line == "line_down")
        assert sync.state.next_probe_s is not None
        assert sync.state.next_probe_s <= 900
    drawn = {round(Backoff().delay_s(8), 6) for _ in range(50)}
    assert len(drawn) > 40
    assert 1.0 <= min(drawn) <= max(drawn) <= 256.0


def test_a_portal_set_back_to_yesterday_loses_no_receipt_here_and_takes_what_comes_next(
    portal: PortalProcess, tmp_path: Path
) -> None:
    own = PortalProcess.make(tmp_path / "data", "--without-worker")
    bench = Bench(recipients=own.trust.seal_to)
    own.enrol(bench.kiosk_id, bench.device)
    outbox = Outbox.open(tmp_path / "outbox.db", receipt_keys=own.trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    shutil.copytree(own.folder, tmp_path / "yesterday")
    own.start()
    today = bench.sealed(case_id="one", case_seq=1)
    outbox.save(today)
    with syncing(outbox, own, own.url):
        eventually(lambda: all_purged(outbox, 1))
    own.stop()
    shutil.rmtree(own.folder)
    shutil.copytree(tmp_path / "yesterday", own.folder)
    own.start()
    outbox.save(bench.sealed(case_id="one", case_seq=2))
    with syncing(outbox, own, own.url):
        eventually(lambda: all_purged(outbox, 2))
    again = outbox.find(today.head.id)
    assert again is not None
    assert again.state is State.PURGED
    outbox.close()
    own.stop()


def test_a_kiosk_that_was_revoked_keeps_everything_and_says_so(portal: PortalProcess, tmp_path: Path) -> None:
    stolen = Bench(recipients=portal.trust.seal_to, kiosk_id="stolen")
    portal.enrol("stolen", stolen.device)
    portal.command("revoke", "--kiosk-id", "stolen")
    outbox = Outbox.open(tmp_path / "stolen.db", receipt_keys=portal.trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    outbox.save(stolen.sealed())
    with syncing(outbox, portal, portal.url) as sync:
        eventually(lambda: sync.state.line == "kiosk_refused")
        assert sync.state.code == "revoked_device"
    assert outbox.status().counts[State.READY] == 1
    outbox.close()
