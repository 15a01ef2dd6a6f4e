"""Identity cards by a broker at a real portal: token, artifact, resolved there, sealed to one kiosk, kept by none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import CardFault, CardGone, IdentityRead, people
from hardware.cards.documents import IdentityDocument
from hardware.cards.hkic import Artifact, BrokerReader, Token
from hardware.cards.sim.hkic_broker import SimulatedBrokerClient
from hardware.device import Fault, State, Supervisor
from kiosk.identity.card_broker import PortalBackOffice, card_in, card_out
from kiosk.simulated_broker import read_at_broker
from kiosk.submission import Sender
from offline_queue.envelope import Kem, RecipientKey, b64, uuid7
from offline_queue.portal_client import PortalClient
from portal.card_broker import LIFE, CardReadings, Refusal
from portal.card_broker import Token as Issued
from portal.card_broker_simulated import make_simulated
from portal.place import Place
from portal.problem import Problem
from tests.hardware.cards.conftest import Heard
from tests.offline_queue.samples import Bench
from tests.portal.process import PortalProcess

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ELDER, RARE = people.ELDER.document(), people.RARE.document()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PortalProcess]:
    process = PortalProcess.make(tmp_path_factory.mktemp("card_broker")).start()
    yield process
    process.stop()


def office_of(portal: PortalProcess, kiosk_id: str) -> PortalBackOffice:
    bench = Bench(recipients=portal.trust.seal_to, kiosk_id=kiosk_id)
    portal.enrol(kiosk_id, bench.device)
    sender = Sender(kiosk_id, bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    return PortalBackOffice(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys))


@pytest.fixture(scope="module")
def office(portal: PortalProcess) -> PortalBackOffice:
    return office_of(portal, "KIOSK-1")


def token_of(office: PortalBackOffice) -> Token:
    token = office.token()
    assert isinstance(token, Token)
    return token


def artifact_of(token: Token, document: IdentityDocument) -> Artifact:
    artifact = read_at_broker(token, document)
    assert isinstance(artifact, Artifact)
    return artifact


# ---- on a real portal process ----


@pytest.mark.parametrize("name", sorted(people.PEOPLE))
def test_an_artifact_is_resolved_by_the_portal_and_lies_nowhere_in_clear(
    office: PortalBackOffice, portal: PortalProcess, name: str
) -> None:
    document = people.document_of(name)
    artifact = artifact_of(token_of(office), document)
    assert office.resolve(artifact) == document
    kept = b"".join(path.read_bytes() for path in Path(portal.folder).iterdir() if path.is_file())
    for word in (document.number, document.number[:7], document.name_en, document.name_zh, artifact.value):
        assert not word or word.encode() not in kept


def test_the_reader_tells_a_card_resolved_by_the_portal_like_any_other(office: PortalBackOffice, heard: Heard) -> None:
    client = SimulatedBrokerClient(read_at_broker)
    supervisor = Supervisor(BrokerReader(client, office), heard, backoff_s=(0.05, 0.1))
    supervisor.start()
    try:
        heard.state(State.READY)
        for document in (ELDER, RARE):
            client.present(document)
            assert heard.next(IdentityRead).document == document
            client.pull_card()
            heard.next(CardGone)
        client.present("another card")
        assert heard.next(CardFault).fault.code == "card_unknown"
    finally:
        assert supervisor.stop()


def test_a_portal_that_ends_is_a_lost_reader_until_it_is_back(tmp_path: Path, heard: Heard) -> None:
    process = PortalProcess.make(tmp_path).start()
    client = SimulatedBrokerClient(read_at_broker)
    supervisor = Supervisor(BrokerReader(client, office_of(process, "KIOSK-9")), heard, backoff_s=(0.05, 0.1))
    supervisor.start()
    try:
        heard.state(State.READY)
        process.stop()
        client.present(ELDER)
        lost = heard.state(State.FAULT).fault
        assert lost is not None
        assert lost.code == "reader_lost"
        process.start()
        heard.state(State.READY)
        client.present(ELDER)
        assert heard.next(IdentityRead).document == ELDER
    finally:
        assert supervisor.stop()
        process.stop()


def test_a_token_reads_one_card_and_an_artifact_belongs_to_its_kiosk(
    office: PortalBackOffice, portal: PortalProcess
) -> None:
    token = token_of(office)
    artifact_of(token, ELDER)
    again = read_at_broker(token, RARE)
    assert isinstance(again, Fault)
    assert again.code == "card_unreadable"
    assert isinstance(office.resolve(Artifact("made-up")), Fault)
    unasked = office.resolve(Artifact("made-up"))
    assert isinstance(unasked, Fault)
    assert unasked.detail == "artifact without a token"
    other = office_of(portal, "KIOSK-2")
    theirs, _ = artifact_of(token_of(other), RARE), token_of(office)
    refused = office.resolve(theirs)
    assert isinstance(refused, Fault)
    assert (refused.code, refused.detail) == ("card_invalid", "portal: artifact_refused")


def test_a_broker_that_is_out_of_reach_is_a_lost_reader() -> None:
    found = read_at_broker(Token("token", 60.0, "http://127.0.0.1:9"), ELDER)
    assert isinstance(found, Fault)
    assert found.code == "reader_lost"


def test_an_unenrolled_kiosk_gets_no_token(portal: PortalProcess) -> None:
    bench = Bench(recipients=portal.trust.seal_to, kiosk_id="STRANGER")
    sender = Sender("STRANGER", bench.device, portal.trust.seal_to, None)  # type: ignore[arg-type]
    found = PortalBackOffice(sender, PortalClient(portal.url, receipt_keys=portal.trust.receipt_keys)).token()
    assert isinstance(found, Fault)
    assert (found.code, found.detail) == ("portal_unreachable", "unknown_device")


def test_the_simulated_broker_refuses_what_is_no_card(portal: PortalProcess) -> None:
    for body in (b"", b"[]", b'{"token": 1, "card": {}}', b'{"token": "x", "card": []}'):
        answer = requests.post(f"{portal.url}/simulated-card-broker/read", data=body, timeout=10)
        assert answer.status_code == 400


# ---- what decides ----


class Tables:
    """The decisions on a store of their own; `do` runs one in a transaction."""

    def __init__(self, folder: Path) -> None:
        self.broker, key = make_simulated("http://portal", wall=lambda: NOON)
        self.readings = CardReadings(self.broker, key)
        self.store = Place(folder).open_store()
        self.kiosk = RecipientKey.generate(Kem.X25519)

    def do(self, work: object, *given: object) -> object:
        return self.store.submit(lambda db: work(db, *given)).result(10.0)  # type: ignore[operator]

    def body(self, reading: str, **more: str) -> dict[str, str]:
        return {"reading": reading, "kiosk_id": "K", "reply_key": b64(self.kiosk.recipient.public), **more}

    def begun(self) -> tuple[str, Issued]:
        reading = uuid7(NOON)
        token = self.readings.issue()
        assert isinstance(token, Issued)
        assert self.do(self.readings.wish, self.body(reading)) is None
        self.do(self.readings.begin, self.body(reading), token, NOON)
        return reading, token


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    made = Tables(tmp_path)
    yield made
    made.store.close()


def code_of(found: object) -> str:
    assert isinstance(found, Problem)
    return found.code


def test_an_answer_that_was_lost_is_given_again_and_another_artifact_gives_nothing(tables: Tables) -> None:
    reading, token = tables.begun()
    artifact = tables.broker.read(token.value, dict(card_out(ELDER)))
    assert isinstance(artifact, str)
    wish = tables.body(reading, artifact=artifact)
    claim = tables.do(tables.readings.claim, wish, NOON)
    assert code_of(tables.do(tables.readings.claim, wish, NOON)) == "artifact_refused", "it is being resolved"
    sealed = tables.readings.open(claim)  # type: ignore[arg-type]
    assert isinstance(sealed, str)
    assert tables.do(tables.readings.keep, claim, sealed) == {"sealed": sealed}
    assert tables.do(tables.readings.claim, wish, NOON) == {"sealed": sealed}
    other = tables.body(reading, artifact="another")
    assert code_of(tables.do(tables.readings.claim, other, NOON)) == "artifact_refused"
    assert tables.broker.resolve(artifact) == Refusal("refused"), "once"


def test_a_reading_ends_with_its_time_with_the_next_token_and_for_every_other_kiosk(tables: Tables) -> None:
    reading, _ = tables.begun()
    wish = tables.body(reading, artifact="a")
    assert code_of(tables.do(tables.readings.claim, wish | {"kiosk_id": "OTHER"}, NOON)) == "unknown_reading"
    assert code_of(tables.do(tables.readings.claim, wish, NOON + LIFE)) == "unknown_reading"
    tables.begun()
    assert code_of(tables.do(tables.readings.claim, wish, NOON)) == "unknown_reading"


def test_a_broker_that_does_not_answer_may_be_asked_again(tables: Tables) -> None:
    reading, _ = tables.begun()
    wish = tables.body(reading, artifact="a")
    claim = tables.do(tables.readings.claim, wish, NOON)
    assert code_of(tables.do(tables.readings.keep, claim, Refusal("no_answer"))) == "busy"
    assert not isinstance(tables.do(tables.readings.claim, wish, NOON), Problem)


def test_what_the_broker_seals_to_others_or_for_another_artifact_is_refused(tables: Tables) -> None:
    reading, token = tables.begun()
    artifact = tables.broker.read(token.value, dict(card_out(ELDER)))
    assert isinstance(artifact, str)
    sealed = tables.broker.resolve(artifact)
    assert isinstance(sealed, bytes)
    claim = tables.do(tables.readings.claim, tables.body(reading, artifact="another"), NOON)
    tables.broker.resolve = lambda _artifact: sealed  # type: ignore[method-assign]
    assert tables.readings.open(claim) == Refusal("refused")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{}, {"reading": "x"}, {"reading": uuid7(NOON), "reply_key": "AA"}])
def test_a_wish_in_another_form_is_malformed(tables: Tables, wrong: dict[str, str]) -> None:
    assert code_of(tables.do(tables.readings.wish, {"kiosk_id": "K"} | wrong)) == "malformed"


def test_an_artifact_that_nobody_fetched_ends_with_its_token() -> None:
    clock = [NOON]
    broker, _ = make_simulated("http://portal", wall=lambda: clock[0])
    artifact = broker.read(broker.token().value, {})
    assert isinstance(artifact, str)
    clock[0] += LIFE
    assert broker.resolve(artifact) == Refusal("refused")


def test_a_token_of_the_simulated_broker_ends_with_its_reading() -> None:
    clock = [NOON]
    broker, _ = make_simulated("http://portal", wall=lambda: clock[0])
    token = broker.token()
    clock[0] += LIFE + timedelta(seconds=1)
    assert broker.read(token.value, {}) == Refusal("refused")


# ---- what is in an answer ----


WRONG = st.none() | st.integers() | st.text("0-AM\x00é中<", max_size=8) | st.just([]) | st.just("x" * 300)


@given(
    st.dictionaries(st.sampled_from(sorted(card_out(ELDER))), WRONG), st.sets(st.sampled_from(sorted(card_out(ELDER))))
)
def test_any_answer_is_a_card_or_one_of_three_errors(wrong: dict[str, object], missing: set[str]) -> None:
    said = {name: value for name, value in (dict(card_out(ELDER)) | wrong).items() if name not in missing}
    try:
        assert card_in(said).kind == "hkic"
    except (KeyError, TypeError, ValueError):
        return


def test_a_card_goes_out_and_comes_in_whole() -> None:
    for name in people.PEOPLE:
        assert card_in(card_out(people.document_of(name))) == people.document_of(name)
