"""The words PC/SC's results become."""

from __future__ import annotations

import pytest
from smartcard import scard

from hardware.cards import pcsc, people
from hardware.cards.faults import FAULT_CODES, CardError
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
