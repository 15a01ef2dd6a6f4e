"""What has arrived is not sent again; what was sealed to yesterday's key still opens."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from offline_queue.envelope import CHUNK_BYTES
from offline_queue.outbox import Outbox
from offline_queue.portal_client import Deadlines, Delivered, PortalClient, Trouble
from offline_queue.trust import PortalTrust
from portal.keys import rotate_opening_key
from tests.offline_queue.bad_servers import _request, serving
from tests.offline_queue.samples import CANARY, NO_BALLAST, Bench, opened, payload
from tests.portal.process import PortalProcess


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("portal"), "--without-worker").start()
    yield process
    process.stop()


class CuttingLine:
    """A line to the portal that breaks for good after so many bytes upward."""

    def __init__(self, target: int, bytes_up: int) -> None:
        self.target = target
        self.left = bytes_up
        self.sent = 0

    def __call__(self, connection: socket.socket) -> None:
        with closing(socket.create_connection(("127.0.0.1", self.target))) as onward, suppress(OSError):
            while request := _request(connection):
                onward.sendall(request[: self.left])
                self.sent += min(len(request), self.left)
                if len(request) > self.left:
                    self.left = 0
                    return
                self.left -= len(request)
                connection.sendall(_request(onward))


@pytest.mark.parametrize("chunks_before_the_cut", [0.5, 1.5, 2.9, 3.2])
def test_after_a_cut_only_what_is_missing_is_sent_again(portal: PortalProcess, chunks_before_the_cut: float) -> None:
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    sealed = bench.sealed(payload(pictures=3))
    keys, deadlines = portal.trust.receipt_keys, Deadlines(call_s=3)
    before = CuttingLine(portal.port, int(chunks_before_the_cut * CHUNK_BYTES))
    with serving(before) as url:
        client = PortalClient(url, receipt_keys=keys, deadlines=deadlines)
        assert isinstance(client.deliver(sealed), Trouble)
        client.close()
    after = CuttingLine(portal.port, 10**9)
    with serving(after) as url:
        client = PortalClient(url, receipt_keys=keys, deadlines=deadlines)
        assert isinstance(client.deliver(sealed), Delivered)
        client.close()
    headers = 12_000  # eight calls and the announcement twice
    assert before.sent + after.sent <= len(sealed.ciphertext) + CHUNK_BYTES + headers


def test_what_was_sealed_before_the_portal_changed_its_key_is_taken_and_opened(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "data", "--without-worker")
    old = portal.trust
    rotate_opening_key(portal.folder)
    new = portal.trust
    assert new.seal_to != old.seal_to
    assert set(old.recipients) < set(new.recipients)
    bench = Bench(recipients=old.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    portal.start()
    client = PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys)
    assert isinstance(client.deliver(bench.sealed()), Delivered)
    bench.recipients = new.seal_to
    assert isinstance(client.deliver(bench.sealed()), Delivered)
    client.close()
    portal.stop()
    assert [entry["answers"]["name"] for entry in portal.received()] == [CANARY, CANARY]


def test_a_case_for_two_departments_opens_for_each_of_them(portal: PortalProcess) -> None:
    from offline_queue.envelope import RecipientKey, open_envelope

    keys = [RecipientKey.generate(), RecipientKey.generate()]
    sealed = Bench(recipients=tuple(key.recipient for key in keys)).sealed(payload())
    assert [open_envelope(sealed.header, sealed.ciphertext, [key]) for key in keys] == [payload(), payload()]


def test_a_log_lost_while_the_power_was_off_opens_and_the_portal_can_see_it(tmp_path: Path) -> None:
    bench = Bench()
    path = tmp_path / "outbox.db"
    outbox = opened(path, bench)
    outbox.save(bench.sealed())
    outbox.close()
    kept = path.read_bytes()
    outbox = opened(path, bench)
    outbox.save(bench.sealed())
    outbox.retry_all()  # the database has it
    head = outbox.status().audit_seq
    outbox.close()
    path.write_bytes(kept)  # as if the log with the second save had been deleted
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    again = Outbox.open(path, receipt_keys=bench.receipt_keys, limits=NO_BALLAST)
    assert isinstance(again, Outbox)
    assert again.status().audit_seq < head  # the heartbeat's head goes back: the portal raises "audit_changed"
    again.close()


def test_trust_is_read_from_the_portals_public_file(portal: PortalProcess) -> None:
    found = PortalTrust.load(portal.folder / "portal-public.json")
    assert isinstance(found, PortalTrust)
    assert len(found.seal_to) == 1
