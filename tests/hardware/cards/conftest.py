"""The private PC/SC service of the card tests: the real pcscd, the real vpcd, our emulated cards.

Without the packages these tests fail, they do not skip: a kiosk that was not tried on PC/SC was not tried.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from hardware.cards import people
from hardware.cards.documents import IdentityDocument
from hardware.cards.identify import card_reading
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.demo_card import DemoCard, OtherCard
from hardware.cards.sim.issuer import utopia
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.cards.simulated import SimulatedCardReader
from hardware.device import State, Status, Supervisor

DEADLINE_S = 60.0
ELDER_DOCUMENT = people.ELDER.document()
__all__ = ["utopia"]  # the made-up country whose passports the benches trust
Event = TypeVar("Event")


class Heard:
    """Every event told so far, and ways to wait for the next."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self._changed = threading.Condition()
        self._read_to = 0

    def __call__(self, event: object) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def next(self, kind: type[Event], matches: Callable[[Event], bool] = lambda event: True) -> Event:
        """Wait for the next such event after the last one asked for."""
        with self._changed:
            found: list[Event] = []

            def look() -> bool:
                while self._read_to < len(self.events):
                    event = self.events[self._read_to]
                    self._read_to += 1
                    if isinstance(event, kind) and matches(event):
                        found.append(event)
                        return True
                return False

            assert self._changed.wait_for(look, DEADLINE_S), f"no {kind.__name__} in {self.events}"
            return found[0]

    def state(self, state: State) -> Status:
        """Wait for the device to be in this state next."""
        return self.next(Status, lambda status: status.state is state)

    def of(self, *kinds: type[object]) -> list[object]:
        """The events of these kinds so far."""
        return [event for event in self.events if isinstance(event, kinds)]


@pytest.fixture(scope="session")
def shared_lab() -> Iterator[CardLab]:
    with CardLab() as lab:
        yield lab


@pytest.fixture
def lab(shared_lab: CardLab) -> Iterator[CardLab]:
    """The lab with a service just started, its readers empty and every knob turned back."""
    for slot in shared_lab.slots:
        slot.calm()
    if not shared_lab.running:
        shared_lab.start()
    yield shared_lab
    shared_lab.kill()  # the next test must not meet a card this service has not yet seen go


class PcscBench:
    """The knobs of the contract tests on the real PC/SC service."""

    def __init__(self, lab: CardLab) -> None:
        self.lab = lab
        self.device = PcscCardReader("00 00", read=card_reading((utopia().anchor,)))

    def present(self, card: IdentityDocument | EmulatedCard | str) -> None:
        slot = self.lab.slots[0]
        slot.calm()
        if card == "torn":
            slot.tear_at = 5
        if isinstance(card, IdentityDocument):
            slot.insert(DemoCard(card))
        elif isinstance(card, str):
            slot.insert(OtherCard() if card == "unknown" else DemoCard(ELDER_DOCUMENT))
        else:
            slot.insert(card)

    def pull_card(self) -> None:
        self.lab.slots[0].remove()

    def unplug(self) -> None:
        self.lab.kill()

    def plug(self) -> None:
        self.lab.start()


class SimulatedBench(SimulatedCardReader):
    """The simulated reader has these knobs itself."""

    @property
    def device(self) -> SimulatedCardReader:
        return self


Bench = PcscBench | SimulatedBench


@pytest.fixture(params=["pcsc", "simulated"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "simulated":
        return SimulatedBench(pace_s=0.0, read=card_reading((utopia().anchor,)))
    return PcscBench(request.getfixturevalue("lab"))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def running(bench: Bench, heard: Heard) -> Iterator[Bench]:
    """The bench with its device under a supervisor, ready."""
    supervisor = Supervisor(bench.device, heard)
    supervisor.start()
    heard.state(State.READY)
    yield bench
    assert supervisor.stop()
