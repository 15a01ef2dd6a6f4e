"""Enquiries, bookings and payments through a real portal: sealed both ways, counted by quota, paid once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from kiosk.app import ASSETS
from kiosk.catalogue import load_catalogue
from kiosk.catalogue.model import Payment, Slot
from kiosk.desk import Answer, Bill, Desk
from kiosk.flow import engine
from kiosk.flow.journeys import pages
from kiosk.flow.state import FlowState
from kiosk.submission import Sender
from offline_queue.envelope import Payload, uuid7
from offline_queue.portal_client import Kind, PortalClient, Trouble
from portal.counter import Counter
from portal.desks import SimulatedDesk
from portal.place import Place
from portal.problem import Problem
from portal.questions import note_booking
from portal.store import DEPARTMENTS
from tests.offline_queue.samples import Bench, eventually
from tests.portal.process import PortalProcess

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("counter")).start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def desk(portal: PortalProcess) -> Desk:
    bench = Bench(recipients=portal.trust.seal_to)
    portal.enrol(bench.kiosk_id, bench.device)
    sender = Sender(bench.kiosk_id, bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    return Desk(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))


def journey(service: str) -> FlowState:
    """A journey that stands at its result."""
    catalogue = load_catalogue(ASSETS)
    (result,) = (step.id for step in catalogue.services[service].steps if step.kind == "result")
    return pages(catalogue, service, today=date(2026, 11, 20))[result]


def test_a_question_is_answered_and_nothing_of_it_lies_in_clear(desk: Desk, portal: PortalProcess) -> None:
    flow = journey("HK-TAX-13")
    answer = desk.enquire(flow, "en", NOON)
    assert isinstance(answer, Answer)
    assert answer.simulated
    assert set(answer.lines) == {"en", "zh_Hant", "zh_Hans"}
    assert answer.bill is not None
    kept = b"".join(path.read_bytes() for path in Path(portal.folder).iterdir() if path.is_file())
    for value in engine.payload(flow).values():
        if isinstance(value, str) and len(value) > 6:
            assert value.encode() not in kept
    assert answer.lines["en"][0].encode() not in kept


def test_a_question_without_a_payment_brings_no_bill(desk: Desk) -> None:
    answer = desk.enquire(journey("HK-WEL-03"), "zh_Hant", NOON)
    assert isinstance(answer, Answer)
    assert answer.bill is None


def test_a_bill_is_paid_once_and_only_in_full(desk: Desk) -> None:
    answer = desk.enquire(journey("HK-IDD-20"), "en", NOON)
    assert isinstance(answer, Answer)
    assert answer.bill is not None
    short = desk.pay(replace(answer.bill, cents=1), "simulated")
    assert short == Trouble(Kind.POISON, "wrong_amount")
    assert desk.bill(answer.bill) == answer.bill
    first = desk.pay(answer.bill, "simulated")
    assert isinstance(first, Payment)
    assert desk.pay(answer.bill, "simulated") == first
    assert isinstance(desk.pay(Bill("B-unknown", 1), "simulated"), Trouble)


def test_the_last_place_goes_to_one_resident_only(desk: Desk) -> None:
    offers = desk.offers("HK-IDD-03")
    assert not isinstance(offers, Trouble)
    first = offers[0]
    held = [desk.hold("HK-IDD-03", first, "office", datetime.now(UTC)) for _ in range(first.free + 1)]
    assert [isinstance(slot, Slot) for slot in held] == [True] * first.free + [False]
    assert held[-1] == Trouble(Kind.POISON, "slot_full")
    again = desk.offers("HK-IDD-03")
    assert not isinstance(again, Trouble)
    assert first.id not in [offer.id for offer in again]


def test_holds_of_one_service_take_nothing_from_another(desk: Desk) -> None:
    offers = desk.offers("HK-IDD-05")
    assert not isinstance(offers, Trouble)
    assert len(offers) == 20
    assert isinstance(desk.hold("HK-IDD-06", offers[0], "office", NOON), Trouble), "a slot of another service"


def test_a_kiosk_that_is_not_enrolled_is_refused(desk: Desk, portal: PortalProcess) -> None:
    stranger = Bench(recipients=portal.trust.seal_to)
    sender = replace(desk.sender, device_key=stranger.device)
    outcome = replace(desk, sender=sender).offers("HK-IDD-03")
    assert isinstance(outcome, Trouble)
    assert outcome.kind is Kind.REFUSED
    asked = replace(desk, sender=sender).enquire(journey("HK-WEL-03"), "en", NOON)
    assert isinstance(asked, Trouble)
    assert asked.kind is Kind.REFUSED


def test_an_unknown_question_has_no_answer(desk: Desk) -> None:
    found = desk.client.another().enquiry_answer(uuid7(NOON))
    assert isinstance(found, Trouble)
    assert found.code == "unknown_enquiry"


def test_an_answer_is_handed_out_once_and_then_forgotten(desk: Desk, portal: PortalProcess) -> None:
    assert isinstance(desk.enquire(journey("HK-VOT-02"), "zh_Hans", NOON), Answer)

    with (
        closing(sqlite3.connect(portal.folder / "portal.db")) as asked,
        closing(sqlite3.connect(portal.folder / "departments.db")) as answered,
    ):
        assert asked.execute("SELECT id FROM enquiry").fetchall() == []
        eventually(lambda: answered.execute("SELECT id FROM answered").fetchall() == [])


def test_a_hold_lapses_unless_a_submission_has_booked_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.open_store().close()
    counter = Counter(SimulatedDesk(), partial(place.reading, DEPARTMENTS))
    slot = SimulatedDesk().offers("HK-IDD-03", NOON.date())[0].id
    with closing(place.connect()) as db, closing(place.connect_worker()) as worker:
        holds = [counter.hold(db, {"service": "HK-IDD-03", "slot": slot, "hold": uuid7(NOON)}, NOON) for _ in range(3)]
        assert counter.hold(db, {"service": "HK-IDD-03", "slot": slot, "hold": uuid7(NOON)}, NOON) == Problem(
            409, "slot_full"
        )
        first = holds[0]
        assert not isinstance(first, Problem)
        answer = {"id": first["hold"], "office": "x", "starts": "y"}
        note_booking(worker, Payload("HK-IDD-03", "1", "en", {"appointment": answer}, {}))
        later = counter.slots(db, {"service": "HK-IDD-03"}, NOON + timedelta(minutes=31))
    assert not isinstance(later, Problem)
    assert {row["id"]: row["free"] for row in later["slots"]}[slot] == 2


def test_without_a_worker_the_kiosk_stops_waiting(tmp_path: Path) -> None:
    portal = PortalProcess.make(tmp_path / "portal", "--without-worker").start()
    try:
        bench = Bench(recipients=portal.trust.seal_to)
        portal.enrol(bench.kiosk_id, bench.device)
        sender = Sender(bench.kiosk_id, bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
        client = PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys)
        found = Desk(sender, client, within_s=0.5).enquire(journey("HK-WEL-03"), "en", NOON)
        assert found == Trouble(Kind.BUSY, "no_answer")
    finally:
        portal.stop()


def test_without_a_portal_the_line_is_what_is_missing(desk: Desk) -> None:
    nowhere = PortalClient("http://127.0.0.1:1", receipt_keys={})
    found = replace(desk, client=nowhere).offers("HK-IDD-03")
    assert isinstance(found, Trouble)
    assert found.kind is Kind.OFFLINE
