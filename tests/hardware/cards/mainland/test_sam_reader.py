"""The SAM reader on an emulated module behind a pseudo-terminal: good days and bad lines."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from io import BytesIO

import pytest
import serial
from PIL import Image

from hardware.cards import CardFault, CardGone, CardPresented, CardReading, IdentityRead
from hardware.cards.mainland import photo
from hardware.cards.mainland.reader import SamCardReader
from hardware.cards.sim.sam import MAINLANDERS, PHOTO, SamModule
from hardware.device import State, Supervisor
from tests.hardware.cards.conftest import Heard

RESIDENT = MAINLANDERS["resident"]


@pytest.fixture
def module() -> Iterator[SamModule]:
    emulated = SamModule()
    yield emulated
    emulated.close()


@pytest.fixture
def running(module: SamModule, heard: Heard) -> Iterator[SamModule]:
    supervisor = Supervisor(SamCardReader(module.path, poll_s=0.01, reply_s=0.2), heard, backoff_s=(0.01, 0.02))
    supervisor.start()
    heard.state(State.READY)
    yield module
    assert supervisor.stop()


@pytest.mark.parametrize("name", sorted(MAINLANDERS))
def test_every_layout_is_read(running: SamModule, heard: Heard, name: str) -> None:
    person = MAINLANDERS[name]
    running.present(person)
    document = heard.next(IdentityRead).document
    assert (document.number, document.name_zh, document.name_en) == (person.number, person.name_zh, person.name_en)
    assert (document.birth_date, document.sex) == (person.birth, {"1": "M", "2": "F"}[person.sex])
    kinds = {"": "resident_id", "J": "residence_permit", "I": "foreigner_permit", "Y": "foreigner_permit"}
    assert document.kind == kinds[person.kind]


def test_a_card_comes_is_read_with_progress_and_goes(running: SamModule, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(CardPresented)
    heard.next(IdentityRead)
    running.pull_card()
    heard.next(CardGone)
    steps = [event for event in heard.events if isinstance(event, CardReading)]
    assert steps[-1].done_bytes == steps[-1].total_bytes == 1295
    running.present(MAINLANDERS["permit"])
    assert heard.next(IdentityRead).document.kind == "residence_permit"


def test_noise_and_a_false_preamble_before_each_answer_are_skipped(running: SamModule, heard: Heard) -> None:
    running.noise = b"\x00\xaa\xaa\xaa\x96\x00\xaa\xaa"
    running.present(RESIDENT)
    assert heard.next(IdentityRead).document.number == RESIDENT.number


def test_a_wrong_check_byte_is_asked_for_again(running: SamModule, heard: Heard) -> None:
    running.wrong_check = 2
    running.present(RESIDENT)
    assert heard.next(IdentityRead).document.number == RESIDENT.number
    assert not heard.of(CardFault)


def test_a_line_that_always_garbles_is_a_fault_and_the_next_card_is_read(running: SamModule, heard: Heard) -> None:
    running.wrong_check = 99
    running.present(RESIDENT)
    assert heard.next(CardFault).fault.code == "card_unreadable"
    running.pull_card()
    heard.next(CardGone)
    running.calm()
    running.present(RESIDENT)
    heard.next(IdentityRead)


def test_an_answer_cut_short_is_a_fault(running: SamModule, heard: Heard) -> None:
    running.cut_at = 700
    running.present(RESIDENT)
    fault = heard.next(CardFault).fault
    assert (fault.code, fault.detail) == ("card_unreadable", "cut")


def test_a_silent_module_is_a_lost_reader_until_it_speaks(running: SamModule, heard: Heard) -> None:
    running.mute = True
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert (fault.code, fault.detail) == ("reader_lost", "silent")
    running.calm()
    running.present(RESIDENT)
    heard.next(IdentityRead)


def test_a_pulled_cable_is_a_lost_reader(running: SamModule, heard: Heard) -> None:
    running.present(RESIDENT)
    heard.next(IdentityRead)
    running.unplug()
    heard.next(CardGone)
    fault = heard.state(State.FAULT).fault
    assert fault is not None
    assert fault.code == "reader_lost"


def test_a_line_that_is_not_there_or_taken_is_a_lost_reader(module: SamModule) -> None:
    for path in ("/dev/no-such-line", module.path):
        with serial.Serial(module.path, exclusive=True):
            fault = SamCardReader(path).open()
        assert fault is not None
        assert fault.code == "reader_lost"


def test_stopping_in_the_middle_of_an_answer_does_not_wait_for_it(module: SamModule, heard: Heard) -> None:
    supervisor = Supervisor(SamCardReader(module.path, poll_s=0.01, reply_s=60.0), heard)
    module.cut_at = 700
    module.present(RESIDENT)
    supervisor.start()
    heard.next(CardReading)
    assert supervisor.stop(2.0)
    assert not [thread for thread in threading.enumerate() if thread.name == "device-mainland_card"]


def drawing() -> str:
    return (
        "import sys; from io import BytesIO; from PIL import Image\n"
        "data = sys.stdin.buffer.read(); image = Image.new('L', (32, 32)); image.putdata(list(data))\n"
        "image.save(sys.stdout.buffer, 'BMP')"
    )


def test_the_sites_decoder_gives_the_photo() -> None:
    jpeg = photo.decode((sys.executable, "-c", drawing()), PHOTO)
    assert jpeg is not None
    assert Image.open(BytesIO(jpeg)).size == (32, 32)


@pytest.mark.parametrize(
    "program",
    [
        ("/no/such/decoder",),
        (sys.executable, "-c", "raise SystemExit(3)"),
        (sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'BMnonsense')"),
        (sys.executable, "-c", "x = bytearray(1 << 30)"),
        (sys.executable, "-c", "import time; time.sleep(60)"),
        (sys.executable, "-c", "import sys; sys.stdout.buffer.write(bytes(1 << 22))"),
    ],
)
def test_a_decoder_that_fails_leaves_the_photo_out(program: tuple[str, ...]) -> None:
    assert photo.decode(program, PHOTO, timeout_s=0.5) is None


def test_the_decoder_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_SECRET", "1")
    spy = "import os, sys; sys.exit(0 if 'KIOSK_SECRET' in os.environ else 5)"
    assert photo.decode((sys.executable, "-c", spy), PHOTO) is None
