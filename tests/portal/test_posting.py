"""The worker posts slips: only genuine ones, each once, and nobody is written to over and over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offline_queue.envelope import Packet, Payload, chunk_digests
from offline_queue.sealing import SealedEnvelope
from offline_queue.slip_code import SlipCode, sign_slip
from offline_queue.slip_message import Progress, SlipMessage, Way, payload_of
from portal.gateways import Outcome
from portal.messages import COUNTED_FOR, LIFE, MOST_FOR_A_SLIP, MOST_FROM_A_KIOSK, Messages
from portal.place import Place
from portal.posting import MOST_FOR_AN_ADDRESS, Addresses, Posting
from portal.problem import Problem
from portal.store import DEPARTMENTS
from tests.offline_queue.samples import Bench, eventually

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NUMBER = "TB1 2611 0001 J"
BOTH = frozenset(Way)


def slip_url(bench: Bench, number: str = NUMBER) -> str:
    """The signed code of a made-up slip of this kiosk."""
    ids = "0193e000-0000-7000-8000-000000000001"
    code = SlipCode(bench.device.key_id, number, "HK-WEL-01", ids, bytes(32), NOON, 7)
    return sign_slip(code, bench.device, verify_url="https://portal.example/verify")


def message(bench: Bench, to: str = "chan@example.org", way: Way = Way.EMAIL, url: str = "") -> SlipMessage:
    code = url or slip_url(bench)
    return SlipMessage(way, to, "en", "Receipt", f"Receipt\n{code}", (code,))


def raw(sealed: SealedEnvelope) -> bytes:
    digests = chunk_digests(sealed.ciphertext)
    return Packet(sealed.header, sealed.sha256, sealed.signature, digests, sealed.ciphertext).encode()


@dataclass
class Doubtful:
    """A gateway that answers as it is told, and waits as long as `gate` is closed."""

    outcomes: list[Outcome] = field(default_factory=list)
    sent: list[tuple[str, SlipMessage]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    broken: bool = False

    def send(self, message_id: str, message: SlipMessage) -> Outcome:
        self.gate.wait(10)
        if self.broken:
            raise RuntimeError("a made-up defect")
        self.sent.append((message_id, message))
        return self.outcomes.pop(0) if self.outcomes else Outcome.SENT


class Office:
    """An ingest node's calls, a worker's posting and its clock, on one database."""

    def __init__(self, place: Place) -> None:
        self.place, self.store = place, place.open_store()
        self.bench, self.gateway = Bench(), Doubtful()
        self.gateway.gate.set()
        self.messages = Messages(BOTH, lambda: place.reading(DEPARTMENTS))
        self.worker = place.connect_worker()
        self.seconds = 0.0
        self.posting = self.another()
        values = (self.bench.device.key_id, self.bench.kiosk_id, self.bench.device.public_bytes, "2026")
        self.run(lambda db: db.execute("INSERT INTO kiosk VALUES (?, ?, ?, ?, NULL)", values))

    def another(self, **options: object) -> Posting:
        """A worker that has just started."""
        gateways = {way: self.gateway for way in Way}
        return Posting(self.worker, [self.bench.key], gateways, monotonic=lambda: self.seconds, **options)  # type: ignore[arg-type]

    def run(self, work: object) -> object:
        return self.store.submit(work).result()  # type: ignore[arg-type]

    def sealed(self, body: SlipMessage | Payload, number: str = NUMBER) -> SealedEnvelope:
        payload = body if isinstance(body, Payload) else payload_of(body, "1")
        return self.bench.sealed(payload, number=number)

    def take(self, sealed: SealedEnvelope, now: datetime = NOON) -> object:
        kids = frozenset({self.bench.key.recipient.kid})
        return self.run(lambda db: self.messages.take(db, raw(sealed), kids, now))

    def work(self, now: datetime = NOON, posting: Posting | None = None) -> int:
        with self.place.reading() as portal:
            return (posting or self.posting).work(portal, now)

    def progress(self, message_id: object, now: datetime = NOON) -> object:
        return self.run(lambda db: self.messages.progress(db, str(message_id), now))

    def settle(self, message_id: object, wanted: Progress, now: datetime = NOON) -> None:
        eventually(lambda: (self.work(now), self.progress(message_id, now))[1] == wanted)

    def kept(self) -> bytes:
        rows = self.run(lambda db: db.execute("SELECT header, body FROM slip_message").fetchall())
        return b"".join(bytes(part) for row in rows for part in row if part)  # type: ignore[attr-defined]

    def close(self) -> None:
        self.posting.close()
        self.worker.close()
        self.store.close()


@pytest.fixture
def office(tmp_path: Path, database: str) -> Iterator[Office]:
    with closing(Office(Place(tmp_path, database))) as opened:
        yield opened


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Office]:
    """On SQLite alone: what the engines cannot differ in."""
    with closing(Office(Place(tmp_path))) as opened:
        yield opened


def test_a_slip_goes_out_once_and_its_words_are_forgotten(office: Office) -> None:
    sealed = office.sealed(message(office.bench))
    message_id = office.take(sealed)
    assert message_id == sealed.head.id
    assert office.progress(message_id) is Progress.WAITING
    assert office.kept()
    office.settle(message_id, Progress.SENT)
    assert office.kept() == b""
    assert office.take(sealed) == message_id  # the same again, as after an answer that was lost
    office.work()
    assert [each[0] for each in office.gateway.sent] == [message_id]
    assert office.gateway.sent[0][1] == message(office.bench)


def test_what_is_too_often_for_one_slip_is_refused(office: Office) -> None:
    for _ in range(MOST_FOR_A_SLIP):
        assert isinstance(office.take(office.sealed(message(office.bench))), str)
    assert office.take(office.sealed(message(office.bench))) == Problem(409, "slip_sent_enough")
    other = office.sealed(message(office.bench), number="TB1 2611 0002 K")
    assert isinstance(office.take(other), str)
    assert isinstance(office.take(office.sealed(message(office.bench)), NOON + COUNTED_FOR + LIFE), str)


def test_one_kiosk_sends_so_many_in_an_hour_and_no_more(quick: Office) -> None:
    for place in range(MOST_FROM_A_KIOSK):
        assert isinstance(quick.take(quick.sealed(message(quick.bench), number=f"N{place}")), str)
    last = quick.sealed(message(quick.bench), number="LAST")
    assert quick.take(last) == Problem(429, "too_many_messages")
    assert isinstance(quick.take(last, NOON + timedelta(hours=1, seconds=1)), str)


def test_one_address_is_written_to_so_often_and_no_more(quick: Office) -> None:
    last = ""
    for place in range(MOST_FOR_AN_ADDRESS + 1):
        number = f"N{place}"
        to = "Chan@example.org" if place % 2 else "chan@example.org"
        body = message(quick.bench, to, url=slip_url(quick.bench, number))
        last = str(quick.take(quick.sealed(body, number)))
        quick.settle(last, Progress.SENT if place < MOST_FOR_AN_ADDRESS else Progress.TOO_MANY)
    assert len(quick.gateway.sent) == MOST_FOR_AN_ADDRESS


def test_an_address_is_free_again_after_an_hour() -> None:
    addresses = Addresses()
    assert [addresses.allow("a@example.org", NOON) for _ in range(6)] == [True] * 5 + [False]
    assert addresses.allow("b@example.org", NOON)
    assert addresses.allow("a@example.org", NOON + timedelta(hours=1, seconds=1))


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNCERTAIN])
def test_what_a_gateway_says_for_good_is_told_and_not_tried_again(quick: Office, outcome: Outcome) -> None:
    quick.gateway.outcomes = [outcome]
    message_id = quick.take(quick.sealed(message(quick.bench)))
    quick.settle(message_id, Progress(outcome.value))
    quick.seconds += 1000
    quick.work()
    assert len(quick.gateway.sent) == 1
    assert quick.kept() == b""


def test_a_gateway_that_fails_is_tried_again_with_the_same_id_after_a_pause(quick: Office) -> None:
    quick.gateway.outcomes = [Outcome.LATER, Outcome.LATER]
    message_id = quick.take(quick.sealed(message(quick.bench)))
    eventually(lambda: (quick.work(), len(quick.gateway.sent))[1] == 1)
    eventually(lambda: quick.work() == 0)
    assert quick.progress(message_id) is Progress.WAITING
    assert len(quick.gateway.sent) == 1  # not before its pause is over
    quick.seconds += 3.1
    eventually(lambda: (quick.work(), len(quick.gateway.sent))[1] == 2)
    eventually(lambda: quick.work() == 0)
    quick.seconds += 3.1
    quick.work()
    assert len(quick.gateway.sent) == 2  # the second pause is longer
    quick.seconds += 3.1
    quick.settle(message_id, Progress.SENT)
    assert {each[0] for each in quick.gateway.sent} == {message_id}


def test_what_cannot_be_sent_in_its_life_is_given_up_and_forgotten(quick: Office) -> None:
    quick.gateway.outcomes = [Outcome.LATER]
    message_id = quick.take(quick.sealed(message(quick.bench)))
    eventually(lambda: (quick.work(), len(quick.gateway.sent))[1] == 1)
    eventually(lambda: quick.work() == 0)
    quick.seconds += 1000
    late = NOON + LIFE + timedelta(seconds=1)
    quick.work(late)
    assert quick.progress(message_id, late) is Progress.FAILED
    assert quick.kept() == b""


def test_a_message_under_way_when_the_worker_died_is_uncertain_and_not_sent_again(quick: Office) -> None:
    message_id = quick.take(quick.sealed(message(quick.bench)))
    quick.worker.execute("INSERT INTO messaged VALUES (?, 'sending')", (message_id,))
    quick.settle(message_id, Progress.UNCERTAIN)
    assert quick.gateway.sent == []


def test_a_gateway_with_a_defect_leaves_open_what_it_did_and_stops_nobody(quick: Office) -> None:
    quick.gateway.broken = True
    quick.settle(quick.take(quick.sealed(message(quick.bench))), Progress.UNCERTAIN)
    quick.gateway.broken = False
    quick.settle(quick.take(quick.sealed(message(quick.bench))), Progress.SENT)


def test_a_slow_gateway_holds_nobody_else_up(quick: Office) -> None:
    quick.gateway.gate.clear()
    message_id = quick.take(quick.sealed(message(quick.bench)))
    assert quick.work() == 1  # returned while the gateway still waits
    assert quick.work() == 0
    assert quick.progress(message_id) is Progress.WAITING
    quick.gateway.gate.set()
    quick.settle(message_id, Progress.SENT)


def foreign(quick: Office) -> SlipMessage:
    return message(quick.bench, url=slip_url(Bench()))


def of_another_number(quick: Office) -> SlipMessage:
    return message(quick.bench, url=slip_url(quick.bench, "TB1 2611 0009 Z"))


def advertisement(quick: Office) -> SlipMessage:
    return message(quick.bench, url="https://elsewhere.example/?c=buy-now")


@pytest.mark.parametrize("body", [foreign, of_another_number, advertisement])
def test_what_is_no_slip_of_this_kiosk_is_not_sent(quick: Office, body: object) -> None:
    quick.settle(quick.take(quick.sealed(body(quick))), Progress.REFUSED)  # type: ignore[operator]
    assert quick.gateway.sent == []


def test_an_address_with_a_header_in_it_gets_nowhere(quick: Office) -> None:
    body = message(quick.bench, "chan@example.org\r\nBcc: all@example.org")
    quick.settle(quick.take(quick.sealed(body)), Progress.REFUSED)
    assert quick.gateway.sent == []


def test_an_ordinary_envelope_is_no_message(quick: Office) -> None:
    assert quick.take(quick.bench.sealed()) == Problem(422, "malformed")


def test_a_way_without_a_gateway_is_not_offered(quick: Office) -> None:
    quick.messages = Messages(frozenset({Way.SMS}), lambda: quick.place.reading(DEPARTMENTS))
    assert quick.take(quick.sealed(message(quick.bench))) == Problem(404, "not_offered")


def test_an_unknown_message_is_not_known(quick: Office) -> None:
    for message_id in ("0193e000-0000-7000-8000-000000000009", "x", "\x00"):
        assert quick.progress(message_id) == Problem(404, "unknown_message")


def test_nothing_kept_can_be_read(quick: Office, tmp_path: Path) -> None:
    quick.gateway.gate.clear()
    quick.take(quick.sealed(message(quick.bench)))
    quick.work()
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"chan" not in everything
    assert b"Receipt" not in everything
    quick.gateway.gate.set()


def test_the_workers_note_goes_with_the_nodes(quick: Office) -> None:
    message_id = quick.take(quick.sealed(message(quick.bench)))
    quick.settle(message_id, Progress.SENT)
    later = NOON + COUNTED_FOR + timedelta(seconds=1)
    quick.run(lambda db: quick.messages.forget(db, later))
    quick.work(later)
    assert quick.worker.execute("SELECT count(*) FROM messaged").fetchone()[0] == 0
