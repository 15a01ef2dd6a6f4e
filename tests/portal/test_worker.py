"""The worker brings every accepted envelope to its department once, in the order of its case, whoever is down."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from offline_queue.bundle import whole_packet
from offline_queue.envelope import SealedEnvelope
from offline_queue.sealing import Payload
from offline_queue.trust import PortalTrust
from portal import intake
from portal.departments import UNLISTED, Delivery, SimulatedDepartment, department_of, service_of
from portal.intake import Taken
from portal.keys import make_keys, public_keys, signing_key
from portal.problem import Problem
from portal.store import DATABASE, DEPARTMENTS, connect, make_database
from portal.worker import Worker, received
from tests.offline_queue.samples import CANARY, NOON, Bench, payload


class Moody(SimulatedDepartment):
    """Takes only what comes for departments that are up."""

    down: frozenset[str] = frozenset()

    def deliver(self, delivery: Delivery) -> bool:
        return delivery.department not in self.down and super().deliver(delivery)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_keys(tmp_path)
    make_database(tmp_path)
    return tmp_path


@pytest.fixture
def bench(folder: Path) -> Bench:
    trust = PortalTrust.load(folder / "portal-public.json")
    assert isinstance(trust, PortalTrust)
    return Bench(recipients=trust.seal_to)


@pytest.fixture
def worker(folder: Path) -> Iterator[Worker]:
    made = Worker(folder, departments=Moody)
    Moody.down = frozenset()
    yield made
    made.close()


def take(folder: Path, bench: Bench, *envelopes: SealedEnvelope) -> None:
    with closing(connect(folder / DATABASE)) as db:
        intake.enrol(db, bench.kiosk_id, bench.device.key_id, bench.device.public_bytes, NOON)
        for sealed in envelopes:
            kids = public_keys(folder).recipient_kids
            asked = intake.read_announcement(sealed.head.id, whole_packet(sealed).encode(), kids)
            assert not isinstance(asked, Problem)
            assert isinstance(intake.announce(db, asked, signing_key(folder), NOON), Taken)


def tax(note: str = "x") -> Payload:
    return Payload("HK-TAX-01", "1", "en", {"note": note}, {})


def arrived(folder: Path) -> list[str]:
    return [entry["envelope_id"] for entry in received(folder)]


def test_each_envelope_reaches_its_department_once_however_often_the_worker_looks(
    folder: Path, bench: Bench, worker: Worker
) -> None:
    welfare, revenue = bench.sealed(), bench.sealed(tax())
    take(folder, bench, welfare, revenue)
    assert [worker.work() for _ in range(3)] == [2, 0, 0]
    assert [(entry["department"], entry["deliveries"]) for entry in received(folder)] == [
        ("Social Welfare Department", 1),
        ("Inland Revenue Department", 1),
    ]


def test_a_department_that_is_down_holds_up_its_own_cases_only_and_gets_them_in_order_later(
    folder: Path, bench: Bench, worker: Worker
) -> None:
    first = bench.sealed(tax(), case_id="one", case_seq=1)
    second = bench.sealed(payload(), case_id="one", case_seq=2)
    other = bench.sealed()
    take(folder, bench, first, second, other)
    Moody.down = frozenset({"Inland Revenue Department"})
    assert worker.work() == 1
    assert arrived(folder) == [other.head.id]
    assert worker.work() == 0
    Moody.down = frozenset()
    assert worker.work() == 2
    with closing(sqlite3.connect(folder / DEPARTMENTS)) as db:
        assert db.execute("SELECT count(*) FROM owed").fetchone() == (0,)
        order = [row[0] for row in db.execute("SELECT envelope_id FROM received ORDER BY rowid")]
    assert order == [other.head.id, first.head.id, second.head.id]


def test_a_worker_started_anew_goes_on_where_the_last_one_stopped(folder: Path, bench: Bench, worker: Worker) -> None:
    take(folder, bench, bench.sealed())
    worker.work()
    take(folder, bench, late := bench.sealed())
    fresh = Worker(folder)
    assert fresh.work() == 1
    fresh.close()
    assert late.head.id in arrived(folder)


def test_an_envelope_that_cannot_be_opened_is_set_apart_and_holds_up_nobody(
    folder: Path, bench: Bench, worker: Worker
) -> None:
    spoilt, sound = bench.sealed(), bench.sealed()
    take(folder, bench, spoilt, sound)
    with closing(connect(folder / DATABASE)) as db:
        db.execute("UPDATE chunk SET data = zeroblob(9) WHERE envelope_id = ?", (spoilt.head.id,))
    worker.work()
    assert arrived(folder) == [sound.head.id]
    with closing(sqlite3.connect(folder / DEPARTMENTS)) as db:
        assert db.execute("SELECT * FROM refused").fetchall() == [(spoilt.head.id, "body")]


def test_nothing_of_an_applicant_lies_in_clear_in_the_portals_files(folder: Path, bench: Bench, worker: Worker) -> None:
    take(folder, bench, bench.sealed(payload(pictures=1)))
    worker.work()
    assert received(folder)[0]["answers"]["name"] == CANARY
    assert not [file for file in folder.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


def test_every_listed_service_has_a_department_and_names_and_others_go_by_their_id() -> None:
    assert department_of("HK-WEL-01") == "Social Welfare Department"
    assert service_of("HK-WEL-01").name_zh_hant
    assert (department_of("XX-00"), service_of("XX-00").name_en) == (UNLISTED, "XX-00")
