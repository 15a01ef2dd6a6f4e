"""Three stateless nodes on one PostgreSQL and one object store: whichever is asked, whichever dies, one effect each."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests

from offline_queue.backoff import Backoff
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import State
from offline_queue.sync import Pace, Sync
from portal.place import Place
from portal.worker import Worker
from tests.offline_queue.bad_servers import serving
from tests.offline_queue.samples import NO_BALLAST, Bench, eventually, payload
from tests.portal.postgres_server import PostgresServer
from tests.portal.process import PortalProcess
from tests.portal.s3_server import s3_server
from tests.portal.spray import Spray

NODES = 3


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(scope="module")
def nodes(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, bucket: str
) -> Iterator[list[PortalProcess]]:
    """Three nodes, started at the same time."""
    folder = tmp_path_factory.mktemp("nodes")
    first = PortalProcess.make(folder / "data", "--without-worker", database=postgres.database(), objects=bucket)
    made = [
        PortalProcess(first.folder, options=first.options, database=first.database, objects=bucket)
        for _ in range(NODES)
    ]
    with ThreadPoolExecutor() as at_once:
        list(at_once.map(PortalProcess.start, made))
    yield made
    for node in made:
        node.stop()


def effects(nodes: list[PortalProcess], envelope_id: str) -> tuple[int, int]:
    """Receipts and deliveries of one envelope."""
    with Place(nodes[0].folder, nodes[0].database).reading() as db:
        receipts = db.execute("SELECT 1 FROM envelope WHERE receipt IS NOT NULL AND id = ?", (envelope_id,)).fetchall()
        deliveries = db.execute("SELECT 1 FROM delivery WHERE envelope_id = ?", (envelope_id,)).fetchall()
    return len(receipts), len(deliveries)


def test_chunks_sprayed_over_three_nodes_one_killed_in_the_middle_have_one_effect_each(
    nodes: list[PortalProcess], tmp_path: Path
) -> None:
    trust = nodes[0].trust
    bench = Bench(recipients=trust.seal_to)
    nodes[0].enrol(bench.kiosk_id, bench.device)
    outbox = Outbox.open(tmp_path / "outbox.db", receipt_keys=trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    envelopes = [bench.sealed(payload(pictures=3 * (n % 2))) for n in range(8)]
    for sealed in envelopes:
        outbox.save(sealed)

    def kill_one(turn: int) -> None:
        if turn == 9:  # in the middle of the first large envelope's chunks
            nodes[1].stop(signal.SIGKILL)

    spray = Spray([node.port for node in nodes], kill_one)
    with serving(spray) as url:
        client = PortalClient(url, receipt_keys=trust.receipt_keys)
        sync = Sync(outbox, client, pace=Pace(period_s=5, backoff=Backoff(least_s=0.01, most_s=0.05)))
        sync.start()
        eventually(lambda: outbox.status().pending == 0, within_s=30)
        sync.stop()
    assert outbox.status().counts[State.PURGED] == len(envelopes)
    outbox.close()
    assert {effects(nodes, sealed.head.id) for sealed in envelopes} == {(1, 1)}
    assert min(spray.seen[port] for port in spray.ports) > 0, "each node has answered something"
    nodes[1].start()
    ours = {sealed.head.id for sealed in envelopes}
    got = [entry for entry in nodes[0].received() if entry["envelope_id"] in ours]
    assert [entry["deliveries"] for entry in got] == [1] * len(envelopes)
    assert sorted(len(entry["attachments"]) for entry in got) == [0] * 4 + [3] * 4


def test_what_one_node_announced_another_takes_and_a_third_receipts(nodes: list[PortalProcess]) -> None:
    from offline_queue.envelope import chunks_of
    from tests.portal.test_serving import packet_of, put

    bench = Bench(recipients=nodes[0].trust.seal_to)
    nodes[0].enrol(bench.kiosk_id, bench.device)
    sealed = bench.sealed(payload(pictures=2))
    with requests.Session() as web:
        web.trust_env = False
        assert put(web, nodes[0], sealed, packet_of(sealed, whole=False)).status_code == 202
        for n, piece in enumerate(chunks_of(sealed.ciphertext)):
            node = nodes[(n + 1) % NODES]
            address = f"{node.url}/v1/envelopes/{sealed.head.id}"
            assert web.put(f"{address}/chunks/{n}", data=piece, timeout=10).status_code == 200
        answers = [web.post(f"{node.url}/v1/envelopes/{sealed.head.id}/commit", timeout=10) for node in nodes]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["receipt"] for answer in answers}) == 1


def test_a_second_worker_stands_by_until_the_first_ends(nodes: list[PortalProcess]) -> None:
    from tests.portal.test_serving import packet_of, put

    bench = Bench(recipients=nodes[0].trust.seal_to)
    nodes[0].enrol(bench.kiosk_id, bench.device)
    place = Place(nodes[0].folder, nodes[0].database, nodes[0].objects)
    with closing(Worker(place)) as second, requests.Session() as web:
        with closing(Worker(place)) as first:
            first.work()
            sealed = bench.sealed()
            assert put(web, nodes[2], sealed, packet_of(sealed)).status_code == 201
            assert second.work() == 0
        eventually(lambda: second.work() == 1)
