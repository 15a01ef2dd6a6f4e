"""What both card readers, the real one and the simulated one, must do."""

from __future__ import annotations

import threading

import pytest

from hardware.cards import (
    FAULT_CODES,
    AccessKeyNeeded,
    Can,
    CardFault,
    CardGone,
    CardPresented,
    CardReading,
    IdentityRead,
    IdentitySeen,
    people,
)
from hardware.cards.emrtd.pace import ECDH_GM, PaceInfo
from hardware.cards.sim import issuer
from hardware.cards.sim.demo_card import BankCard, OtherCard, TransitCard
from hardware.device import State, Status, Supervisor
from tests.hardware.cards.conftest import Bench, Heard, utopia


@pytest.mark.parametrize("name", sorted(people.PEOPLE))
def test_a_card_is_read_byte_for_byte(running: Bench, heard: Heard, name: str) -> None:
    running.present(people.document_of(name))
    assert heard.next(IdentityRead).document == people.document_of(name)


def test_events_come_in_order_with_progress_to_the_end(running: Bench, heard: Heard) -> None:
    running.present(people.ADULT.document())
    heard.next(IdentityRead)
    heard.state(State.READY)
    running.pull_card()
    heard.next(CardGone)
    told = [type(event) for event in heard.of(CardPresented, IdentityRead, CardGone)]
    assert told == [CardPresented, IdentityRead, CardGone]
    steps = [event for event in heard.events if isinstance(event, CardReading)]
    assert len(steps) > 2
    assert [step.done_bytes for step in steps] == sorted(step.done_bytes for step in steps)
    assert steps[-1].done_bytes == steps[-1].total_bytes
    assert heard.of(Status)[-2:] == [Status("card", State.BUSY), Status("card", State.READY)]


def test_a_card_that_is_no_identity_document_is_said_so(running: Bench, heard: Heard) -> None:
    running.present("unknown")
    assert heard.next(CardFault).fault.code == "card_unknown"
    running.pull_card()
    heard.next(CardGone)
    running.present(people.ELDER.document())
    heard.next(IdentityRead)


@pytest.mark.parametrize(("card", "code", "most"), [(BankCard(), "card_payment", 6), (TransitCard(), "card_transit", 0),
                                                     (OtherCard(), "card_unknown", 6)])  # fmt: skip
def test_bank_and_transit_cards_are_told_apart_without_a_storm_of_commands(
    running: Bench, heard: Heard, card: OtherCard, code: str, most: int
) -> None:
    card.commands = 0
    running.present(card)
    assert heard.next(CardFault).fault.code == code
    assert card.commands <= most


def test_a_card_pulled_in_mid_read_is_said_so_and_read_when_it_is_back(running: Bench, heard: Heard) -> None:
    running.present("torn")
    assert heard.next(CardFault).fault.code == "card_removed"
    running.pull_card()
    heard.next(CardGone)
    running.present(people.ELDER.document())
    assert heard.next(IdentityRead).document == people.ELDER.document()
    assert len(heard.of(IdentityRead)) == 1


def test_a_lost_reader_is_a_fault_until_it_is_back(running: Bench, heard: Heard) -> None:
    running.unplug()
    lost = heard.state(State.FAULT)
    assert lost.fault is not None
    assert lost.fault.code == "reader_lost"
    running.plug()
    heard.state(State.READY)
    running.present(people.RARE.document())
    assert heard.next(IdentityRead).document == people.RARE.document()


def test_losing_the_reader_takes_its_card_away(running: Bench, heard: Heard) -> None:
    running.present(people.ELDER.document())
    heard.next(IdentityRead)
    running.unplug()
    heard.next(CardGone)
    heard.state(State.FAULT)


def test_one_card_after_another_is_read(running: Bench, heard: Heard) -> None:
    for person in people.PEOPLE.values():
        running.present(person.document())
        assert heard.next(IdentityRead).document == person.document()
        running.pull_card()
        heard.next(CardGone)


def test_a_swapped_card_is_read_as_the_new_one(running: Bench, heard: Heard) -> None:
    running.present(people.ELDER.document())
    assert heard.next(IdentityRead).document == people.ELDER.document()
    running.present(people.ADULT.document())
    heard.next(CardGone)
    assert heard.next(IdentityRead).document == people.ADULT.document()


def test_a_card_left_on_the_reader_is_read_again_when_asked(running: Bench, heard: Heard) -> None:
    running.present(people.ELDER.document())
    heard.next(IdentityRead)
    heard.state(State.READY)
    running.device.look_again()
    heard.next(CardGone)
    heard.next(CardPresented)
    assert heard.next(IdentityRead).document == people.ELDER.document()


def test_a_card_already_there_at_the_start_is_read(bench: Bench, heard: Heard) -> None:
    bench.present(people.ELDER.document())
    supervisor = Supervisor(bench.device, heard)
    supervisor.start()
    assert heard.next(IdentityRead).document == people.ELDER.document()
    assert supervisor.stop()


def test_stopping_ends_every_thread(bench: Bench, heard: Heard) -> None:
    before = threading.active_count()
    for _ in range(3):
        supervisor = Supervisor(bench.device, heard)
        supervisor.start()
        heard.state(State.READY)
        assert supervisor.stop()
    assert threading.active_count() == before


def test_every_fault_told_is_in_the_list_and_nothing_personal_is_in_any_repr(running: Bench, heard: Heard) -> None:
    for card in ("unknown", "torn"):
        running.present(card)
        assert heard.next(CardFault).fault.code in FAULT_CODES
        running.pull_card()
        heard.next(CardGone)
    running.present(people.RARE.document())
    heard.next(IdentityRead)
    shown = repr(heard.events)
    for secret in ("987654", "YEUNG", "䶮", "1948"):
        assert secret not in shown


OFFERS = [None, PaceInfo(f"{ECDH_GM}.2", 13)]


@pytest.mark.parametrize("offer", OFFERS)
def test_a_travel_document_asks_for_its_key_and_is_read_with_it(
    running: Bench, heard: Heard, offer: PaceInfo | None
) -> None:
    running.present(utopia().card(people.RARE, offer=offer))
    methods = heard.next(AccessKeyNeeded).methods
    assert methods == (("mrz", "can") if offer else ("mrz",))
    running.device.unlock(issuer.passport_key(people.RARE))
    document = heard.next(IdentityRead).document
    assert (document.name_zh, document.origin) == (people.RARE.name_zh, "genuine")
    assert document.photo_jpeg == people.RARE.document().photo_jpeg
    assert len(heard.of(CardPresented)) == 1
    assert not heard.of(CardFault)


def test_the_text_of_a_document_is_told_and_checked_before_its_photo_is_read(running: Bench, heard: Heard) -> None:
    running.device.unlock(issuer.passport_key(people.RARE))
    running.present(utopia().card(people.RARE))
    seen = heard.next(IdentitySeen).document
    assert (seen.name_zh, seen.origin, seen.photo_jpeg) == (people.RARE.name_zh, "genuine", None)
    photo_bytes = len(people.RARE.document().photo_jpeg or b"")
    assert heard.next(CardReading).total_bytes > photo_bytes, "the photo comes after it"
    heard.next(IdentityRead)


def test_a_wrong_key_is_denied_and_the_right_one_still_opens_it(running: Bench, heard: Heard) -> None:
    running.present(utopia().card(people.ELDER, offer=OFFERS[1]))
    heard.next(AccessKeyNeeded)
    running.device.unlock(Can("000000"))
    assert heard.next(CardFault).fault.code == "card_access_denied"
    running.device.unlock(Can(issuer.SPECIMEN_CAN))
    assert heard.next(IdentityRead).document.name_zh == people.ELDER.name_zh


def test_a_key_scanned_before_the_document_is_laid_down_opens_it(running: Bench, heard: Heard) -> None:
    running.device.unlock(issuer.passport_key(people.ELDER))
    running.present(utopia().card(people.ELDER))
    assert heard.next(IdentityRead).document.name_zh == people.ELDER.name_zh
    assert not heard.of(AccessKeyNeeded)


def test_a_key_does_not_outlive_its_document(running: Bench, heard: Heard) -> None:
    running.device.unlock(issuer.passport_key(people.ELDER))
    running.present(utopia().card(people.ELDER))
    heard.next(IdentityRead)
    running.pull_card()
    heard.next(CardGone)
    running.present(utopia().card(people.ELDER))
    heard.next(AccessKeyNeeded)


def test_a_forged_document_is_said_to_be_not_genuine(running: Bench, heard: Heard) -> None:
    card = utopia().card(people.ELDER)
    card.files = {**card.files, 0x0101: utopia().files(people.ADULT)[0x0101]}
    running.device.unlock(issuer.passport_key(people.ELDER))
    running.present(card)
    fault = heard.next(CardFault).fault
    assert (fault.code, fault.retriable) == ("card_not_genuine", False)
