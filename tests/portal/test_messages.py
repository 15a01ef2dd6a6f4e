"""Sending a slip at a real portal process, with its simulated mailbox and telephone behind real gateways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from offline_queue.portal_client import Hello, PortalClient, Trouble
from offline_queue.slip_message import Progress, Way, payload_of
from portal.simulated_post import UNKNOWN_MAILBOX, UNKNOWN_NUMBER
from tests.offline_queue.samples import Bench, eventually
from tests.portal.process import PortalProcess
from tests.portal.test_posting import message, slip_url


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("messages"), "--simulated-messages").start()
    yield process
    process.stop()


@pytest.fixture
def client(portal: PortalProcess) -> Iterator[PortalClient]:
    found = PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys)
    yield found
    found.close()


def send(client: PortalClient, bench: Bench, to: str, way: Way, number: str) -> Progress | Trouble:
    body = message(bench, to, way, slip_url(bench, number))
    sealed = bench.sealed(payload_of(body, "1"), number=number)
    trouble = client.send_slip(sealed)
    if trouble is not None:
        return trouble
    eventually(lambda: client.slip_progress(sealed.head.id) is not Progress.WAITING, within_s=20)
    return client.slip_progress(sealed.head.id)


def arrived(portal: PortalProcess, web: requests.Session, to: str) -> list[dict[str, str]]:
    listed = web.get(f"{portal.url}/simulated-messages.json", timeout=10).json()
    return [each for each in listed if each["to"] == to]


@pytest.mark.parametrize(("way", "to"), [(Way.EMAIL, "chan@example.org"), (Way.SMS, "+85251234567")])
def test_a_slip_arrives_in_the_mailbox_or_on_the_telephone(
    portal: PortalProcess, client: PortalClient, bench: Bench, web: requests.Session, way: Way, to: str
) -> None:
    assert send(client, bench, to, way, f"NUMBER {way}") is Progress.SENT
    [found] = arrived(portal, web, to)
    assert found["text"].splitlines()[0] == "Receipt"
    assert "/verify?c=" in found["text"]
    page = web.get(f"{portal.url}/simulated-messages", timeout=10).text
    assert to in page
    kept = b"".join(path.read_bytes() for path in Path(portal.folder).rglob("*") if path.is_file())
    assert to.encode() not in kept


@pytest.mark.parametrize(("way", "to"), [(Way.EMAIL, UNKNOWN_MAILBOX), (Way.SMS, UNKNOWN_NUMBER)])
def test_where_nobody_is_the_kiosk_hears_that_it_was_refused(
    client: PortalClient, bench: Bench, way: Way, to: str
) -> None:
    assert send(client, bench, to, way, f"NOBODY {way}") is Progress.REFUSED


def test_the_portal_says_by_which_ways_it_sends(client: PortalClient) -> None:
    found = client.hello()
    assert isinstance(found, Hello)
    assert (found.slip_by, found.slip_simulated) == (frozenset(Way), True)


def test_a_portal_without_a_gateway_offers_none_and_takes_nothing(tmp_path: Path) -> None:
    process = PortalProcess.make(tmp_path / "portal").start()
    bench = Bench(recipients=process.trust.seal_to)
    process.enrol(bench.kiosk_id, bench.device)
    client = PortalClient(process.url, receipt_keys=process.trust.receipt_keys)
    try:
        found = client.hello()
        assert isinstance(found, Hello)
        assert (found.slip_by, found.slip_simulated) == (frozenset(), False)
        trouble = client.send_slip(bench.sealed(payload_of(message(bench), "1")))
        assert isinstance(trouble, Trouble)
        assert trouble.code == "not_offered"
    finally:
        client.close()
        process.stop()


def test_a_made_up_message_is_unknown(client: PortalClient) -> None:
    found = client.slip_progress("0193e000-0000-7000-8000-000000000009")
    assert isinstance(found, Trouble)
    assert found.code == "unknown_message"


def test_the_simulated_telephone_takes_messages_of_its_own_portal_only(
    portal: PortalProcess, web: requests.Session
) -> None:
    body = {"to": "+85290001111", "text": "buy now"}
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer \xff"}):
        answer = web.post(f"{portal.url}/simulated-messages/sms", json=body, headers=headers, timeout=10)
        assert answer.status_code == 401
    assert arrived(portal, web, "+85290001111") == []
