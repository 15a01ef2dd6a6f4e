"""The worker brings every accepted envelope to its department once, in the order of its case, whoever is down."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from offline_queue.bundle import whole_packet
from offline_queue.envelope import SealedEnvelope
from offline_queue.sealing import Payload
from offline_queue.trust import PortalTrust
from portal import intake
from portal.departments import UNLISTED, Delivery, SimulatedDepartment, department_of, service_of
from portal.intake import Taken
from portal.keys import make_keys, public_keys, signing_key
from portal.place import Place
from portal.problem import Problem
from portal.worker import Worker, received
from tests.offline_queue.samples import CANARY, NOON, Bench, payload


class Moody(SimulatedDepartment):
    """Takes only what comes for departments that are up."""

    down: frozenset[str] = frozenset()
    order: ClassVar[list[str]] = []

    def deliver(self, delivery: Delivery) -> bool:
        taken = delivery.department not in self.down and super().deliver(delivery)
        self.order.extend([delivery.envelope_id] * taken)
        return taken


@pytest.fixture
def place(tmp_path: Path, database: str) -> Place:
    make_keys(tmp_path)
    made = Place(tmp_path, database)
    made.open_store().close()
    return made


@pytest.fixture
def bench(place: Place) -> Bench:
    trust = PortalTrust.load(place.folder / "portal-public.json")
    assert isinstance(trust, PortalTrust)
    return Bench(recipients=trust.seal_to)


@pytest.fixture
def worker(place: Place) -> Iterator[Worker]:
    made = Worker(place, departments=Moody)
    Moody.down, Moody.order[:] = frozenset(), []
    yield made
    made.close()


def take(place: Place, bench: Bench, *envelopes: SealedEnvelope) -> None:
    with closing(place.connect()) as db:
        intake.enrol(db, bench.kiosk_id, bench.device.key_id, bench.device.public_bytes, NOON)
        for sealed in envelopes:
            kids = public_keys(place.folder).recipient_kids
            asked = intake.read_announcement(sealed.head.id, whole_packet(sealed).encode(), kids)
            assert not isinstance(asked, Problem)
            assert isinstance(intake.announce(db, asked, signing_key(place.folder), NOON), Taken)


def tax(note: str = "x") -> Payload:
    return Payload("HK-TAX-01", "1", "en", {"note": note}, {})


def arrived(place: Place) -> list[str]:
    return [entry["envelope_id"] for entry in received(place)]


def test_each_envelope_reaches_its_department_once_however_often_the_worker_looks(
    place: Place, bench: Bench, worker: Worker
) -> None:
    welfare, revenue = bench.sealed(), bench.sealed(tax())
    take(place, bench, welfare, revenue)
    assert [worker.work() for _ in range(3)] == [2, 0, 0]
    assert [(entry["department"], entry["deliveries"]) for entry in received(place)] == [
        ("Social Welfare Department", 1),
        ("Inland Revenue Department", 1),
    ]


def test_a_department_that_is_down_holds_up_its_own_cases_only_and_gets_them_in_order_later(
    place: Place, bench: Bench, worker: Worker
) -> None:
    first = bench.sealed(tax(), case_id="one", case_seq=1)
    second = bench.sealed(payload(), case_id="one", case_seq=2)
    other = bench.sealed()
    take(place, bench, first, second, other)
    Moody.down = frozenset({"Inland Revenue Department"})
    assert worker.work() == 1
    assert arrived(place) == [other.head.id]
    assert worker.work() == 0
    Moody.down = frozenset()
    assert worker.work() == 2
    with closing(place.connect_worker()) as db:
        assert db.execute("SELECT count(*) FROM owed").fetchone() == (0,)
    assert Moody.order == [other.head.id, first.head.id, second.head.id]


def test_a_worker_started_anew_goes_on_where_the_last_one_stopped(place: Place, bench: Bench) -> None:
    first = Worker(place)
    take(place, bench, bench.sealed())
    first.work()
    first.close()
    take(place, bench, late := bench.sealed())
    fresh = Worker(place)
    assert fresh.work() == 1
    fresh.close()
    assert late.head.id in arrived(place)


def test_an_envelope_that_cannot_be_opened_is_set_apart_and_holds_up_nobody(
    place: Place, bench: Bench, worker: Worker
) -> None:
    spoilt, sound = bench.sealed(), bench.sealed()
    take(place, bench, spoilt, sound)
    with closing(place.connect()) as db:
        db.execute("UPDATE envelope SET body = ? WHERE id = ?", (bytes(9), spoilt.head.id))
    worker.work()
    assert arrived(place) == [sound.head.id]
    with closing(place.connect_worker()) as db:
        assert db.execute("SELECT * FROM refused").fetchall() == [(spoilt.head.id, "body")]


def test_nothing_of_an_applicant_lies_in_clear_in_the_portals_files(place: Place, bench: Bench, worker: Worker) -> None:
    take(place, bench, bench.sealed(payload(pictures=1)))
    worker.work()
    assert received(place)[0]["answers"]["name"] == CANARY
    assert not [file for file in place.folder.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_every_listed_service_has_a_department_and_names_and_others_go_by_their_id() -> None:
    assert department_of("HK-WEL-01") == "Social Welfare Department"
    assert service_of("HK-WEL-01").name_zh_hant
    assert (department_of("XX-00"), service_of("XX-00").name_en) == (UNLISTED, "XX-00")
