"""An operator's orders reach the queue whether its kiosk runs or not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from offline_queue.backoff import Backoff
from offline_queue.faults import QueueFault
from offline_queue.orders import Act, Operator, Order, Outcome, give, place
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import State
from offline_queue.sync import Heartbeat, Pace, Sync
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, opened
from tests.offline_queue.test_desk import quarantined


@pytest.fixture
def bench() -> Bench:
    return Bench()


@contextmanager
def running_kiosk(outbox: Outbox, bench: Bench) -> Iterator[None]:
    """A kiosk whose line is down for good."""
    client = PortalClient("http://127.0.0.1:1", receipt_keys=bench.receipt_keys)
    pace = Pace(period_s=600, backoff=Backoff(least_s=300, most_s=600))
    sync = Sync(outbox, client, heartbeat=Heartbeat(bench.kiosk_id, bench.device), pace=pace)
    sync.start()
    try:
        yield
    finally:
        sync.stop()


def opener(path: Path, bench: Bench) -> Callable[[], Outbox | QueueFault]:
    return lambda: Outbox.open(path, receipt_keys=bench.receipt_keys, limits=NO_BALLAST)


def test_a_running_kiosk_carries_orders_out_and_tells_how_they_went(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    operator = Operator(bench.kiosk_id, bench.device)
    outbox = opened(path, bench)
    envelope = quarantined(outbox, bench)

    def order(*fields: str) -> Outcome:
        return give(path, Order(Act(fields[0]), *fields[1:]), opener(path, bench), operator, now=NOON)

    with running_kiosk(outbox, bench):
        assert order("release", envelope, "mended") == Outcome(count=1)
        assert order("release", envelope, "again") == Outcome("wrong_state", "READY")
        assert order("retry") == Outcome(count=1)
        assert order("export", "", "", str(tmp_path / "stick")) == Outcome(count=1)
        assert order("import", "", "", str(tmp_path / "none")) == Outcome("bundle_damaged")
    assert (tmp_path / "stick").exists()
    assert outbox.status().counts[State.READY] == 1
    assert list((tmp_path / "outbox.db.orders").iterdir()) == []
    outbox.close()


def test_without_a_running_kiosk_the_order_is_carried_out_at_once(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    envelope = quarantined(outbox, bench)
    outbox.close()
    operator = Operator(bench.kiosk_id, bench.device)
    done = give(path, Order(Act.RELEASE, envelope, "mended"), opener(path, bench), operator, now=NOON)
    assert done == Outcome(count=1)


def test_a_kiosk_that_does_not_react_is_said_so_and_the_order_is_taken_back(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    assert place(path, Order(Act.RETRY), within_s=0.2) == Outcome("kiosk_silent")
    assert list((tmp_path / "outbox.db.orders").iterdir()) == []
    outbox.close()


def test_garbage_among_the_orders_is_left_alone(tmp_path: Path, bench: Bench) -> None:
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    folder = tmp_path / "outbox.db.orders"
    folder.mkdir()
    for n, text in enumerate(("", "[]", '{"act": "erase"}', '{"act": "retry", "extra": 1}')):
        (folder / f"{n}.order").write_text(text, encoding="utf-8")
    with running_kiosk(outbox, bench):
        assert place(path, Order(Act.RETRY)) == Outcome(count=0)
    assert len(list(folder.iterdir())) == 4
    outbox.close()
