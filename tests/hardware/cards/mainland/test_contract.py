"""What both ways to a Mainland card must do: the SAM module on its serial line, and the pseudo-APDUs of PC/SC."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from hardware.cards import FAULT_CODES, CardFault, CardGone, CardPresented, CardReading, IdentityRead
from hardware.cards.identify import card_reading
from hardware.cards.mainland.pages import COMMAND, page_command, with_mainland
from hardware.cards.mainland.reader import SamCardReader
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.mainland_pages import MainlandPages
from hardware.cards.sim.sam import MAINLANDERS, MadeUpMainlander, SamModule
from hardware.device import State, Status, Supervisor
from tests.hardware.cards.conftest import Heard

RESIDENT, PERMIT = MAINLANDERS["resident"], MAINLANDERS["permit"]
DRAWING = (
    "import sys; from PIL import Image\n"
    "data = sys.stdin.buffer.read(); image = Image.new('L', (32, 32)); image.putdata(list(data))\n"
    "image.save(sys.stdout.buffer, 'BMP')"
)
DECODER = (sys.executable, "-c", DRAWING)  # stands for the site's program; a real photo's form is not public


class SamBench:
    """The knobs on the emulated module; a lost one is silent."""

    def __init__(self) -> None:
        self.module = SamModule()
        self.device = SamCardReader(self.module.path, poll_s=0.01, reply_s=0.2, decoder=DECODER)

    def present(self, holder: MadeUpMainlander) -> None:
        self.module.present(holder)

    def present_torn(self, holder: MadeUpMainlander) -> None:
        self.module.pulled_when_read = True
        self.module.present(holder)

    def pull_card(self) -> None:
        self.module.pull_card()
        self.module.pulled_when_read = False

    def unplug(self) -> None:
        self.module.mute = True

    def plug(self) -> None:
        self.module.mute = False

    def close(self) -> None:
        self.module.close()


class PagesBench:
    """The same on the real PC/SC service, behind an emulated reader of the other kind."""

    def __init__(self, lab: CardLab) -> None:
        self.lab = lab
        self.device = PcscCardReader("00 00", read=with_mainland(card_reading(), page_command(COMMAND), DECODER))

    def present(self, holder: MadeUpMainlander) -> None:
        self.lab.slots[0].calm()
        self.lab.slots[0].insert(MainlandPages(holder))

    def present_torn(self, holder: MadeUpMainlander) -> None:
        self.lab.slots[0].tear_at = 3
        self.lab.slots[0].insert(MainlandPages(holder))

    def pull_card(self) -> None:
        self.lab.slots[0].remove()

    def unplug(self) -> None:
        self.lab.kill()

    def plug(self) -> None:
        self.lab.start()

    def close(self) -> None:
        self.lab.slots[0].remove()


Bench = SamBench | PagesBench


@pytest.fixture(params=["sam", "pcsc"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made: Bench = SamBench() if request.param == "sam" else PagesBench(request.getfixturevalue("lab"))
    yield made
    made.close()


@pytest.fixture
def running(bench: Bench, heard: Heard) -> Iterator[Bench]:
    supervisor = Supervisor(bench.device, heard, backoff_s=(0.01, 0.02))
    supervisor.start()
    heard.state(State.READY)
    yield bench
    assert supervisor.stop()


@pytest.mark.parametrize("name", sorted(MAINLANDERS))
def test_every_layout_is_read_with_its_photo(running: Bench, heard: Heard, name: str) -> None:
    person = MAINLANDERS[name]
    running.present(person)
    document = heard.next(IdentityRead).document
    assert (document.number, document.name_zh, document.name_en) == (person.number, person.name_zh, person.name_en)
    assert (document.birth_date, document.sex) == (person.birth, {"1": "M", "2": "F"}[person.sex])
    assert document.origin == "unsigned"
    assert document.photo_jpeg is not None
    assert Image.open(BytesIO(document.photo_jpeg)).size == (32, 32)


def test_events_come_in_order_with_progress_to_the_end(running: Bench, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(IdentityRead)
    heard.state(State.READY)
    running.pull_card()
    heard.next(CardGone)
    told = [type(event) for event in heard.of(CardPresented, IdentityRead, CardGone)]
    assert told == [CardPresented, IdentityRead, CardGone]
    steps = [event for event in heard.events if isinstance(event, CardReading)]
    assert [step.done_bytes for step in steps] == sorted(step.done_bytes for step in steps)
    assert steps[-1].done_bytes == steps[-1].total_bytes
    assert Status("card", State.BUSY) in heard.of(Status)


def test_one_card_after_another_is_read(running: Bench, heard: Heard) -> None:
    for person in MAINLANDERS.values():
        running.present(person)
        assert heard.next(IdentityRead).document.number == person.number
        running.pull_card()
        heard.next(CardGone)


def test_a_card_pulled_in_mid_read_is_said_so_and_read_when_it_is_back(running: Bench, heard: Heard) -> None:
    running.present_torn(RESIDENT)
    assert heard.next(CardFault).fault.code == "card_removed"
    running.pull_card()
    heard.next(CardGone)
    running.present(RESIDENT)
    assert heard.next(IdentityRead).document.number == RESIDENT.number
    assert len(heard.of(IdentityRead)) == 1


def test_a_type_nobody_knows_is_an_unknown_card(running: Bench, heard: Heard) -> None:
    running.present(MadeUpMainlander("1", "某", RESIDENT.birth, "1", "Z"))
    fault = heard.next(CardFault).fault
    assert fault.code in FAULT_CODES
    assert (fault.code, fault.detail) == ("card_unknown", "card type")


def test_a_text_outside_its_format_is_a_fault_of_the_card(running: Bench, heard: Heard) -> None:
    running.present(MadeUpMainlander("110101１", "某", RESIDENT.birth, "1"))
    assert heard.next(CardFault).fault.code == "card_invalid"


def test_a_lost_reader_is_a_fault_until_it_is_back(running: Bench, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(IdentityRead)
    running.unplug()
    heard.next(CardGone)
    lost = heard.state(State.FAULT).fault
    assert lost is not None
    assert lost.code == "reader_lost"
    running.plug()
    running.present(PERMIT)
    assert heard.next(IdentityRead).document.kind == "residence_permit"


def test_a_card_left_on_the_reader_is_read_again_when_asked(running: Bench, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(IdentityRead)
    heard.state(State.READY)
    running.device.look_again()
    heard.next(CardGone)
    heard.next(CardPresented)
    assert heard.next(IdentityRead).document.number == RESIDENT.number


def test_nothing_personal_is_in_any_repr(running: Bench, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(IdentityRead)
    shown = repr(heard.events)
    for secret in (RESIDENT.number, RESIDENT.name_zh, "1951"):
        assert secret not in shown
