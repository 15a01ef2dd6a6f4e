"""The words PC/SC's results become."""

from __future__ import annotations

import queue

import pytest
from smartcard import scard

from hardware.cards import demo_card, pcsc, people
from hardware.cards.faults import FAULT_CODES, CardError
from hardware.cards.monitor import Monitor, Picture
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.lab import CardLab


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (0x80100069, "card_removed"),
        (0x80100016, "card_removed"),
        (0x80100068, "card_removed"),
        (0x8010000C, "card_removed"),
        (0x8010000F, "card_unreadable"),
        (0x80100066, "card_unreadable"),
        (0x8010000B, "reader_busy"),
        (0x8010001D, "reader_lost"),
        (0x80100013, "reader_lost"),
        (0x80100009, "reader_lost"),
        (0x80100017, "reader_lost"),
        (0x8010FFFF, "card_unreadable"),
        (0x80100069 - (1 << 32), "card_removed"),
    ],
)
def test_each_result_is_a_fault_of_the_list(result: int, code: str) -> None:
    assert pcsc.fault_code(result) == code
    assert code in FAULT_CODES
    with pytest.raises(CardError, match=code):
        pcsc.check(result, "Transmit")


def test_readers_are_listed_by_name(lab: CardLab) -> None:
    assert pcsc.list_readers() == ("Virtual PCD 00 00", "Virtual PCD 00 01")


def test_without_readers_the_list_is_empty(lab: CardLab) -> None:
    lab.kill()
    lab.start(readers=False)
    assert pcsc.list_readers() == ()


def test_without_a_service_the_reader_is_lost(lab: CardLab) -> None:
    lab.kill()
    with pytest.raises(CardError, match="reader_lost"):
        pcsc.list_readers()


def test_an_empty_reader_gives_no_session(lab: CardLab) -> None:
    with pytest.raises(CardError, match="card_removed"), pcsc.Session("Virtual PCD 00 00"):
        pass


def inserted(lab: CardLab) -> None:
    lab.slots[0].insert(DemoCard(people.ELDER.document()))
    seen: queue.SimpleQueue[Picture] = queue.SimpleQueue()
    monitor = Monitor(seen.put)
    monitor.start()
    while not any(slot.present for slot in seen.get(timeout=60.0).slots):
        pass
    assert monitor.stop()


def test_a_card_pulled_between_two_commands_is_removed(lab: CardLab) -> None:
    inserted(lab)
    select = bytes.fromhex("00A404000A") + demo_card.AID + b"\0"
    with pcsc.Session("Virtual PCD 00 00") as session:
        assert session.transmit(select)[-2:] == b"\x90\x00"
        lab.slots[0].remove()
        for _ in range(3):  # the first finds out, the next meet the dead handle
            with pytest.raises(CardError, match="card_removed"):
                session.transmit(select)


def test_a_card_in_a_session_is_out_of_reach_of_other_programs(lab: CardLab) -> None:
    inserted(lab)
    with pcsc.Session("Virtual PCD 00 00") as session, pcsc.Context() as other:
        for mode in (scard.SCARD_SHARE_SHARED, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_SHARE_DIRECT):
            result, _, _ = scard.SCardConnect(other.handle, "Virtual PCD 00 00", mode, pcsc.PROTOCOLS)
            assert result == scard.SCARD_E_SHARING_VIOLATION
        assert session.transmit(bytes.fromhex("00A404000A") + demo_card.AID + b"\0")[-2:] == b"\x90\x00"


def test_an_unknown_reader_gives_no_session(lab: CardLab) -> None:
    with pytest.raises(CardError, match="reader_lost"), pcsc.Session("Some other reader"):
        pass


def test_a_failed_session_leaves_nothing_open(lab: CardLab) -> None:
    for _ in range(250):  # more than the service's limit of handles
        with pytest.raises(CardError, match="card_removed"), pcsc.Session("Virtual PCD 00 00"):
            pass
    lab.slots[0].insert(DemoCard(people.ELDER.document()))


def test_whatever_a_dying_service_answers_it_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scard, "SCardEstablishContext", lambda scope: (0x8010006A, 0))
    with pytest.raises(CardError, match="reader_lost"):
        pcsc.list_readers()
