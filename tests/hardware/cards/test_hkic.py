"""The broker for Hong Kong identity cards: token, wait, artifact, resolved; every end may fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from hardware.cards import CardFault, CardGone, CardPresented, CardReading, IdentityDocument, IdentityRead, people
from hardware.cards.hkic import Artifact, BrokerReader, Token
from hardware.cards.sim.hkic_broker import SimulatedBackOffice, SimulatedBrokerClient
from hardware.device import Fault, State, Supervisor
from tests.hardware.cards.conftest import Heard


@pytest.fixture
def office() -> SimulatedBackOffice:
    return SimulatedBackOffice()


@pytest.fixture
def broker(heard: Heard, office: SimulatedBackOffice) -> Iterator[SimulatedBrokerClient]:
    """A simulated broker under a running device."""
    simulated = SimulatedBrokerClient(office.read_under)
    supervisor = Supervisor(BrokerReader(simulated, office), heard, backoff_s=(0.05, 0.1))
    supervisor.start()
    heard.state(State.READY)
    yield simulated
    assert supervisor.stop()


def test_a_card_is_told_like_any_other_readers(broker: SimulatedBrokerClient, heard: Heard) -> None:
    broker.present(people.ELDER.document())
    assert heard.next(IdentityRead).document == people.ELDER.document()
    broker.pull_card()
    heard.next(CardGone)
    told = [type(event) for event in heard.of(CardPresented, CardReading, IdentityRead, CardGone)]
    assert told == [CardPresented, CardReading, CardReading, CardReading, IdentityRead, CardGone]


def test_each_card_has_a_token_of_its_own(
    broker: SimulatedBrokerClient, office: SimulatedBackOffice, heard: Heard
) -> None:
    for person in people.PEOPLE.values():
        before = office.tokens
        broker.present(person.document())
        assert heard.next(IdentityRead).document == person.document()
        broker.pull_card()
        heard.next(CardGone)
        wait_for(lambda count=before: office.tokens > count)


def test_a_card_the_broker_cannot_read_is_a_fault_of_the_card(broker: SimulatedBrokerClient, heard: Heard) -> None:
    broker.present("another card")
    assert heard.next(CardFault).fault.code == "card_unknown"
    broker.pull_card()
    broker.present(people.RARE.document())
    heard.next(IdentityRead)


def test_a_broker_that_ends_is_a_lost_reader_until_it_is_back(broker: SimulatedBrokerClient, heard: Heard) -> None:
    broker.go_down()
    lost = heard.state(State.FAULT).fault
    assert lost is not None
    assert lost.code == "reader_lost"
    broker.come_up()
    heard.state(State.READY)
    broker.present(people.ADULT.document())
    heard.next(IdentityRead)


def test_a_broker_that_ends_while_a_card_lies_there_takes_it_away(broker: SimulatedBrokerClient, heard: Heard) -> None:
    broker.present(people.ELDER.document())
    heard.next(IdentityRead)
    broker.go_down()
    heard.next(CardGone)


def test_an_artifact_is_resolved_once(office: SimulatedBackOffice) -> None:
    broker = SimulatedBrokerClient(office.read_under)
    token = office.token()
    assert isinstance(token, Token)
    broker.begin(token)
    broker.present(people.ELDER.document())
    broker.wait(1.0)
    artifact = broker.wait(1.0)
    assert isinstance(artifact, Artifact)
    assert office.resolve(artifact) == people.ELDER.document()
    assert isinstance(office.resolve(artifact), Fault)


def test_a_token_reads_one_card(office: SimulatedBackOffice) -> None:
    token = office.token()
    assert isinstance(token, Token)
    assert isinstance(office.read_under(token, people.ELDER.document()), Artifact)
    assert isinstance(office.read_under(token, people.ADULT.document()), Fault)


def test_a_back_office_that_is_out_of_reach_is_a_lost_reader_until_it_is_back(
    broker: SimulatedBrokerClient, office: SimulatedBackOffice, heard: Heard
) -> None:
    office.up = False
    broker.present(people.ELDER.document())
    assert heard.next(CardFault).fault.code == "card_timeout"
    lost = heard.state(State.FAULT).fault
    assert lost is not None
    assert (lost.code, lost.detail) == ("reader_lost", "back office: portal_unreachable")
    office.up = True
    heard.state(State.READY)
    broker.present(people.ADULT.document())
    heard.next(IdentityRead)


def test_tokens_and_artifacts_do_not_show() -> None:
    assert "secret" not in repr((Token("secret", 1.0), Artifact("secret")))


def test_a_token_is_renewed_before_it_ends(heard: Heard) -> None:
    clock = [0.0]
    simulated = SimulatedBackOffice(lasts_s=10.0)
    client = SimulatedBrokerClient(simulated.read_under)
    supervisor = Supervisor(BrokerReader(client, simulated, monotonic=lambda: clock[0]), heard)
    supervisor.start()
    heard.state(State.READY)
    for beats in range(1, 4):
        clock[0] += 8.0
        wait_for(lambda count=beats: simulated.tokens > count)
    assert supervisor.stop()


def test_a_token_is_not_renewed_under_a_card_that_is_being_read(heard: Heard) -> None:
    clock = [0.0]
    office = SimulatedBackOffice(lasts_s=10.0)

    def slow(token: Token, document: IdentityDocument) -> Artifact | Fault:
        clock[0] += 60.0  # the broker takes its time, and the token runs out meanwhile
        return office.read_under(token, document)

    client = SimulatedBrokerClient(slow)
    supervisor = Supervisor(BrokerReader(client, office, monotonic=lambda: clock[0]), heard)
    supervisor.start()
    heard.state(State.READY)
    client.present(people.ELDER.document())
    assert heard.next(IdentityRead).document == people.ELDER.document()
    assert supervisor.stop()


def wait_for(true: Callable[[], bool], deadline_s: float = 60.0) -> None:
    until_s = time.monotonic() + deadline_s
    while not true():
        assert time.monotonic() < until_s
        time.sleep(0.01)
