"""The real reader on a bad day: clumsy hands, a dying service, other programs, bad cards."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from smartcard import scard

from hardware.cards import CardFault, CardGone, CardPresented, CardReading, IdentityRead, people
from hardware.cards.documents import IdentityDocument
from hardware.cards.pcsc import PROTOCOLS, Context, unstick
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.demo_card import DemoCard, MuteCard, OtherCard
from hardware.cards.sim.lab import CardLab
from hardware.device import State, Status, Supervisor
from tests.hardware.cards.conftest import Heard

READER = "Virtual PCD 00 00"
ELDER = people.ELDER.document()


@pytest.fixture
def start(lab: CardLab, heard: Heard) -> Iterator[Callable[..., PcscCardReader]]:
    running: list[Supervisor] = []

    def starter(match: str = "00 00", **options: float) -> PcscCardReader:
        reader = PcscCardReader(match, **options)  # type: ignore[arg-type]
        running.append(Supervisor(reader, heard))
        running[-1].start()
        heard.next(Status, lambda status: status.state in (State.READY, State.FAULT))
        return reader

    yield starter
    for supervisor in running:
        assert supervisor.stop()


def test_a_card_pulled_and_put_back_faster_than_the_service_looks_is_read(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    slot = lab.slots[0]
    slot.tear_at = 5
    slot.insert(DemoCard(ELDER))
    assert slot.torn.wait(4)
    slot.calm()
    slot.insert(DemoCard(ELDER))
    assert heard.next(CardFault).fault.code == "card_removed"
    heard.next(CardGone)
    heard.next(CardPresented)
    assert heard.next(IdentityRead).document == ELDER


def test_another_card_put_in_faster_than_the_service_looks_is_read_as_itself(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    slot = lab.slots[0]
    slot.tear_at = 5
    slot.insert(DemoCard(ELDER))
    assert slot.torn.wait(4)
    slot.calm()
    slot.swap(DemoCard(people.ADULT.document()))
    heard.next(CardGone)
    assert heard.next(IdentityRead).document == people.ADULT.document()
    assert len(heard.of(IdentityRead)) == 1


def stick(lab: CardLab) -> None:
    """Bring the reader into the state where the service does not see the card on it."""
    with Context() as context:
        lab.slots[0].insert(DemoCard(ELDER))
        await_state(context, scard.SCARD_STATE_PRESENT)
        result, card, _ = scard.SCardConnect(context.handle, READER, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS)
        assert result == 0
        lab.slots[0].remove()
        scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
        lab.slots[0].insert(DemoCard(ELDER))
        await_state(context, scard.SCARD_STATE_EMPTY)


def await_state(context: Context, wanted: int) -> None:
    state = scard.SCARD_STATE_UNAWARE
    for _ in range(10):
        result, seen = scard.SCardGetStatusChange(context.handle, 2000, [(READER, state)])
        assert result == 0, f"{result:08X}"
        state = seen[0][1]
        if state & wanted:
            return
    raise AssertionError(f"state {state:X}")


def test_a_stuck_reader_is_cured_without_lifting_the_card(lab: CardLab) -> None:
    stick(lab)
    with Context() as context:
        result, _, _ = scard.SCardConnect(context.handle, READER, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS)
        assert result == scard.SCARD_E_NO_SMARTCARD
    assert unstick(READER)
    with Context() as context:
        result, card, _ = scard.SCardConnect(context.handle, READER, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS)
        assert result == 0
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)


def test_looking_under_an_empty_reader_finds_nothing(lab: CardLab) -> None:
    assert not unstick(READER)


def test_the_service_killed_in_mid_read_and_restarted_is_recovered_from(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    lab.slots[0].slow_s = 0.05
    lab.slots[0].insert(DemoCard(ELDER))
    heard.next(CardReading)
    lab.kill(signal.SIGKILL)
    heard.next(CardGone)
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert fault.code == "reader_lost"
    lab.slots[0].calm()
    lab.start()
    heard.state(State.READY)
    lab.slots[0].insert(DemoCard(ELDER))
    assert heard.next(IdentityRead).document == ELDER
    assert not heard.of(CardFault)


def test_a_service_that_takes_no_new_callers_is_a_lost_reader_until_it_does(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    path = Path(lab.environment["PCSCLITE_CSOCK_NAME"])
    aside = path.with_suffix(".aside")
    path.rename(aside)  # the monitor's own connection lives on
    lab.slots[0].insert(DemoCard(ELDER))
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert fault.code == "reader_lost"
    aside.rename(path)
    assert heard.next(IdentityRead).document == ELDER
    heard.state(State.READY)


def test_a_kiosk_started_before_its_service_waits_for_it(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    lab.kill()
    start()
    heard.state(State.FAULT)
    lab.start()
    heard.state(State.READY)


def test_a_service_without_a_reader_is_a_lost_reader(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    lab.kill()
    lab.start(readers=False)
    start()
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert (fault.code, fault.detail) == ("reader_lost", "no reader")


def test_a_reader_of_another_role_is_left_alone(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start("00 01")
    lab.slots[0].insert(DemoCard(people.ADULT.document()))
    lab.slots[1].insert(DemoCard(ELDER))
    assert heard.next(IdentityRead).document == ELDER
    assert lab.slots[0].commands == 0
    assert heard.of(CardPresented) == [CardPresented("Virtual PCD 00 01")]


def test_without_a_name_whichever_reader_gets_a_card_first_is_read(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start("")
    lab.slots[1].insert(DemoCard(ELDER))
    assert heard.next(IdentityRead).document == ELDER
    lab.slots[0].insert(DemoCard(people.ADULT.document()))
    assert heard.next(IdentityRead).document == people.ADULT.document()


def test_something_that_does_not_answer_like_a_card_is_unreadable(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    lab.slots[0].insert(MuteCard())
    assert heard.next(CardFault).fault.code == "card_unreadable"


def test_something_without_an_answer_to_reset_is_no_card(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    nothing = MuteCard()
    nothing.atr = b""
    lab.slots[0].insert(nothing)
    lab.slots[1].insert(DemoCard(ELDER))  # the service has looked at both readers when it knows of this one
    await_present("Virtual PCD 00 01")
    lab.slots[0].remove()
    lab.slots[0].insert(DemoCard(ELDER))
    assert heard.next(IdentityRead).document == ELDER
    assert not heard.of(CardFault)
    assert nothing.commands == 0


def await_present(reader: str) -> None:
    with Context() as context:
        state = scard.SCARD_STATE_UNAWARE
        while not state & scard.SCARD_STATE_PRESENT:
            result, seen = scard.SCardGetStatusChange(context.handle, 4000, [(reader, state)])
            assert result == 0, f"{result:08X}"
            state = seen[0][1]


def test_a_reader_held_by_another_program_is_read_when_it_is_free(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    with Context() as context:
        lab.slots[0].insert(DemoCard(ELDER))
        await_state(context, scard.SCARD_STATE_PRESENT)
        result, card, _ = scard.SCardConnect(context.handle, READER, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS)
        assert result == 0
        start()
        assert heard.next(CardFault).fault.code == "reader_busy"
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    assert heard.next(IdentityRead).document == ELDER
    assert len(heard.of(CardPresented)) == 1


def test_an_unknown_card_is_asked_only_once(lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]) -> None:
    start()
    lab.slots[0].insert(OtherCard())
    heard.next(CardFault)
    heard.state(State.READY)
    assert lab.slots[0].commands <= 6  # ours, the documents' and the two payment directories, each once


@pytest.mark.parametrize("position", range(2, 40, 6))
def test_a_wrong_byte_anywhere_is_a_fault_and_never_a_crash(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader], position: int
) -> None:
    start()
    lab.slots[0].alter = lambda count, answer: bytes((answer[0] ^ 0xFF,)) + answer[1:] if count == position else answer
    lab.slots[0].insert(DemoCard(ELDER))
    event = heard.next(object, lambda event: isinstance(event, IdentityRead | CardFault))
    if isinstance(event, CardFault):
        assert event.fault.code == "card_invalid"
    assert not [e for e in heard.of(Status) if isinstance(e, Status) and e.fault]


def test_a_card_too_slow_to_finish_is_given_up(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start(deadline_s=0.1)
    lab.slots[0].slow_s = 0.05
    lab.slots[0].insert(DemoCard(ELDER))
    assert heard.next(CardFault).fault.code == "card_timeout"


def test_stopping_in_mid_read_does_not_wait_for_the_whole_card(lab: CardLab, heard: Heard) -> None:
    supervisor = Supervisor(PcscCardReader("00 00"), heard)
    supervisor.start()
    heard.state(State.READY)
    lab.slots[0].slow_s = 0.1
    lab.slots[0].insert(DemoCard(ELDER))
    heard.next(CardReading)
    assert supervisor.stop(2.0)
    assert not heard.of(IdentityRead)
    assert not heard.of(CardFault)


def test_a_card_that_hangs_in_one_command_is_given_up_and_a_stop_does_not_wait_for_it(
    lab: CardLab, heard: Heard
) -> None:
    supervisor = Supervisor(PcscCardReader("00 00", deadline_s=0.1), heard)
    supervisor.start()
    heard.state(State.READY)
    lab.slots[0].slow_s = 60.0
    lab.slots[0].insert(DemoCard(ELDER))
    fault = heard.next(CardFault).fault
    assert (fault.code, fault.detail) == ("card_timeout", "one command")
    heard.state(State.READY)
    assert supervisor.stop(), "the command still hangs"
    lab.slots[0].remove()


def test_a_stop_in_the_middle_of_a_command_that_hangs_does_not_wait_for_it(lab: CardLab, heard: Heard) -> None:
    supervisor = Supervisor(PcscCardReader("00 00"), heard)
    supervisor.start()
    heard.state(State.READY)
    lab.slots[0].slow_s = 60.0
    lab.slots[0].insert(DemoCard(ELDER))
    heard.next(CardPresented)
    assert supervisor.stop()
    lab.slots[0].remove()
    assert not heard.of(CardFault, IdentityRead)


def test_a_card_asked_for_again_while_it_is_read_is_read_once_more(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    reader = start()
    lab.slots[0].slow_s = 0.02
    lab.slots[0].insert(DemoCard(ELDER))
    heard.next(CardReading)
    reader.look_again()
    heard.next(IdentityRead)
    heard.next(CardGone)
    assert heard.next(IdentityRead).document == ELDER


def test_a_slow_card_makes_no_other_reader_wait(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start("")
    lab.slots[0].slow_s = 60.0
    lab.slots[0].insert(DemoCard(people.ADULT.document()))
    heard.next(CardPresented, lambda event: event.reader.endswith("00 00"))
    lab.slots[1].insert(DemoCard(ELDER))
    assert heard.next(IdentityRead).document == ELDER
    lab.slots[1].remove()
    heard.next(CardGone, lambda event: event.reader.endswith("00 01"))
    lab.slots[0].remove()
    heard.next(CardGone, lambda event: event.reader.endswith("00 00"))


def test_a_defect_in_a_reading_reaches_the_supervisor(lab: CardLab, heard: Heard) -> None:
    def broken(_transport: object, _key: object, _tell: object) -> IdentityDocument:
        raise ZeroDivisionError

    supervisor = Supervisor(PcscCardReader("00 00", read=broken), heard)
    supervisor.start()
    heard.state(State.READY)
    lab.slots[0].insert(DemoCard(ELDER))
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert fault.code == "device_crashed"
    assert supervisor.stop()


def test_extended_commands_are_used_where_the_card_offers_them(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    lab.slots[0].insert(DemoCard(ELDER, extended=4096))
    assert heard.next(IdentityRead).document == ELDER
    assert lab.slots[0].commands <= 6


def handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_many_cards_leave_no_thread_and_no_handle(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    slot = lab.slots[0]

    def one_round() -> None:
        slot.insert(DemoCard(ELDER))
        heard.next(IdentityRead)
        slot.remove()
        heard.next(CardGone)

    one_round()
    before = threading.active_count(), handles()
    for _ in range(3):
        one_round()
    assert (threading.active_count(), handles()) == before


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_a_hundred_cards_leave_no_thread_and_no_handle(
    lab: CardLab, heard: Heard, start: Callable[..., PcscCardReader]
) -> None:
    start()
    slot = lab.slots[0]
    counts: set[tuple[int, int]] = set()
    for _ in range(100):
        slot.insert(DemoCard(ELDER))
        heard.next(IdentityRead)
        slot.remove()
        heard.next(CardGone)
        counts.add((threading.active_count(), handles()))
    assert len(counts) == 1


@pytest.mark.parametrize("cycles", [4, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(300)])])
def test_cold_cycles_never_fail(lab: CardLab, cycles: int) -> None:
    lab.kill()
    for _ in range(cycles):
        heard = Heard()
        lab.start()
        supervisor = Supervisor(PcscCardReader("00 00"), heard)
        supervisor.start()
        lab.slots[0].insert(DemoCard(ELDER))
        assert heard.next(IdentityRead).document == ELDER
        assert supervisor.stop()
        lab.kill(signal.SIGTERM)
    lab.start()
