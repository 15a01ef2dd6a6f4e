"""Line down, line up, exactly one effect: on a real portal process."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from offline_queue.backoff import Backoff
from offline_queue.desk import fleet_keys, verify_slip
from offline_queue.outbox import Outbox
from offline_queue.portal_client import Deadlines, PortalClient
from offline_queue.records import State
from offline_queue.slip_code import SlipCode, sign_slip
from offline_queue.sync import Heartbeat, Pace, Sync, SyncState
from tests.offline_queue import bad_servers
from tests.offline_queue.bad_servers import serving
from tests.offline_queue.samples import CANARY, NOON, Bench, eventually, opened, payload
from tests.portal.process import PortalProcess

QUICK = Pace(period_s=0.2, backoff=Backoff(least_s=0.01, most_s=0.05))


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker").start()
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


@contextmanager
def syncing(outbox: Outbox, portal: PortalProcess, url: str = "", **options: object) -> Iterator[Sync]:
    client = PortalClient(
        url or portal.url, receipt_keys=portal.trust.receipt_keys, deadlines=Deadlines(call_s=3.0, connect_s=1.0)
    )
    sync = Sync(outbox, client, **{"pace": QUICK, **options})  # type: ignore[arg-type]
    sync.start()
    try:
        yield sync
    finally:
        sync.stop()


def taken(portal: PortalProcess, envelope_id: str) -> tuple[int, int]:
    """How many envelope rows and how many deliveries the portal holds for an id."""
    with closing(sqlite3.connect(portal.folder / "portal.db")) as db:
        rows = db.execute("SELECT count(*) FROM envelope WHERE id = ? AND receipt IS NOT NULL", (envelope_id,))
        deliveries = db.execute("SELECT count(*) FROM delivery WHERE envelope_id = ?", (envelope_id,))
        return rows.fetchone()[0], deliveries.fetchone()[0]


def test_saved_while_the_line_is_down_is_delivered_once_when_it_is_back(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    small, big = bench.sealed(), bench.sealed(payload(pictures=3))
    portal.stop()
    states: list[SyncState] = []
    with syncing(outbox, portal, on_change=states.append) as sync:
        outbox.save(small)
        outbox.save(big)
        eventually(lambda: sync.state.line == "line_down")
        eventually(lambda: [item.why.text_id for item in outbox.items()] == ["queue.why.line_down"] * 2)
        portal.start()
        eventually(lambda: outbox.status().pending == 0)
        assert sync.state.online
    assert outbox.status().counts[State.PURGED] == 2
    assert taken(portal, small.head.id) == taken(portal, big.head.id) == (1, 1)
    got = {entry["envelope_id"]: entry for entry in portal.received()}
    assert got[big.head.id]["answers"]["name"] == CANARY
    assert got[big.head.id]["department"] == "Social Welfare Department"
    assert len(got[big.head.id]["attachments"]) == 3
    assert got[small.head.id]["deliveries"] == 1
    with closing(sqlite3.connect(outbox.path)) as db:
        assert db.execute("SELECT count(*) FROM chunk").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM envelope WHERE receipt = ''").fetchone() == (0,)


@pytest.mark.parametrize("behaviour", [bad_servers.CAPTIVE, bad_servers.REDIRECT, bad_servers.garbage])
def test_a_captive_portal_is_offline_and_nothing_leaves_the_queue(
    outbox: Outbox, bench: Bench, portal: PortalProcess, behaviour: bad_servers.Behaviour
) -> None:
    outbox.save(bench.sealed())
    with serving(behaviour) as url, syncing(outbox, portal, url) as sync:
        eventually(lambda: sync.state.line == "line_down")
        assert not sync.state.online
    assert outbox.status().counts[State.READY] == 1


@dataclass
class LossyLine:
    """A line to the portal that loses the answer to some calls after the portal has acted on them."""

    target: int
    lose: frozenset[int]
    calls: int = 0
    lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: socket.socket) -> None:
        with closing(socket.create_connection(("127.0.0.1", self.target))) as onward:
            while request := bad_servers._request(connection):
                onward.sendall(request)
                answer = bad_servers._request(onward)
                if b"GET /v1/hello" not in request and self._loses():
                    return
                connection.sendall(answer)

    def _loses(self) -> bool:
        with self._lock:
            self.calls += 1
            self.lost += self.calls in self.lose
            return self.calls in self.lose


def test_answers_lost_after_the_portal_has_acted_lead_to_one_effect_each(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    envelopes = [bench.sealed(payload(pictures=n % 2)) for n in range(12)]
    for sealed in envelopes:
        outbox.save(sealed)
    line = LossyLine(portal.port, frozenset(range(1, 60, 3)))
    with serving(line) as url, syncing(outbox, portal, url):
        eventually(lambda: outbox.status().pending == 0, within_s=60.0)
    assert line.lost >= 5
    assert [taken(portal, sealed.head.id) for sealed in envelopes] == [(1, 1)] * len(envelopes)


def test_the_matters_of_a_case_arrive_in_their_order(outbox: Outbox, bench: Bench, portal: PortalProcess) -> None:
    envelopes = [bench.sealed(case_id="one-case", case_seq=n) for n in range(1, 7)]
    for sealed in envelopes:
        outbox.save(sealed)
    with syncing(outbox, portal):
        eventually(lambda: outbox.status().pending == 0)
    with closing(sqlite3.connect(portal.folder / "portal.db")) as db:
        order = [row[0] for row in db.execute("SELECT envelope_id FROM delivery ORDER BY seq")]
    assert [one for one in order if one in {sealed.head.id for sealed in envelopes}] == [
        sealed.head.id for sealed in envelopes
    ]


def test_an_envelope_the_portal_will_never_take_is_set_aside_and_the_others_go(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    poison, sound = Bench(kiosk_id=bench.kiosk_id, device=bench.device).sealed(), bench.sealed()
    outbox.save(poison)  # sealed to a key that this portal does not have
    outbox.save(sound)
    with syncing(outbox, portal) as sync:
        eventually(lambda: outbox.status().counts[State.PURGED] == 1)
        eventually(lambda: outbox.status().counts[State.QUARANTINED] == 1)
        assert sync.state.online
    (item,) = outbox.items()
    assert (item.id, item.last_code, item.why.text_id) == (poison.head.id, "unknown_recipient", "queue.why.quarantined")


def test_a_kiosk_the_portal_does_not_know_keeps_everything_and_stops_sending(
    outbox: Outbox, portal: PortalProcess
) -> None:
    stranger = Bench(recipients=portal.trust.seal_to, kiosk_id="stranger")
    for _ in range(4):
        outbox.save(stranger.sealed())
    with syncing(outbox, portal) as sync:
        eventually(lambda: sync.state.line == "kiosk_refused")
    assert outbox.status().counts[State.QUARANTINED] == 0
    assert outbox.status().counts[State.READY] == 4
    assert {item.why.text_id for item in outbox.items()} == {"queue.why.kiosk_refused"}


def test_a_portal_killed_in_the_middle_takes_everything_once_when_it_is_back(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    envelopes = [bench.sealed(payload(pictures=2)) for _ in range(10)]
    for sealed in envelopes:
        outbox.save(sealed)
    with syncing(outbox, portal) as sync:
        eventually(lambda: sync.state.delivered >= 2)
        portal.stop(9)
        portal.start()
        eventually(lambda: outbox.status().pending == 0, within_s=60.0)
    assert [taken(portal, sealed.head.id) for sealed in envelopes] == [(1, 1)] * len(envelopes)


def test_stopping_in_the_middle_of_a_call_leaves_the_envelope_due(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    hello = b"GET /v1/hello"
    reached = threading.Event()

    def answers_only_hello(connection: socket.socket) -> None:
        with closing(socket.create_connection(("127.0.0.1", portal.port))) as onward, suppress(OSError):
            while (request := bad_servers._request(connection)).startswith(hello):
                onward.sendall(request)
                connection.sendall(bad_servers._request(onward))
            reached.set()
            connection.recv(1)

    outbox.save(bench.sealed())
    with serving(answers_only_hello) as url, syncing(outbox, portal, url):
        assert reached.wait(5)
    assert outbox.status().counts[State.READY] == 1
    (item,) = outbox.items()
    assert item.attempts == 0


def test_a_heartbeat_reports_the_queue_and_its_audit_head(outbox: Outbox, bench: Bench, portal: PortalProcess) -> None:
    beat = Heartbeat(bench.kiosk_id, bench.device, lambda: {"printer": "ready"})

    def kept() -> list[tuple[str]]:
        with closing(sqlite3.connect(portal.folder / "portal.db")) as db:
            return db.execute("SELECT body FROM heartbeat WHERE kiosk_id = ?", (bench.kiosk_id,)).fetchall()

    with syncing(outbox, portal, heartbeat=beat):
        eventually(kept)
    assert outbox.status().audit_hash in kept()[0][0]
    assert '"printer": "ready"' in kept()[0][0]


def test_a_kiosk_learns_the_other_kiosks_keys_and_then_proves_their_slips_without_the_line(
    outbox: Outbox, bench: Bench, portal: PortalProcess
) -> None:
    other = Bench(kiosk_id="other-kiosk")
    portal.enrol(other.kiosk_id, other.device)
    trusted = portal.trust.receipt_keys
    assert fleet_keys(outbox.path, trusted) == {}
    with syncing(outbox, portal):
        eventually(lambda: fleet_keys(outbox.path, trusted))
    code = SlipCode(other.device.key_id, "TB2 2611 0001 A", "HK-WEL-01", other.sealed().head.id, bytes(32), NOON, 1)
    url = sign_slip(code, other.device, verify_url="https://portal.example/verify")
    assert verify_slip(url, fleet_keys(outbox.path, trusted)) == code
    assert fleet_keys(outbox.path, bench.receipt_keys) == {}
