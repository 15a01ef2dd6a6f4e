"""What looks at papers and plain portraits in a process of its own says what the functions themselves say."""

import os
import signal
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

from hardware.camera import document, portrait, read_codes
from hardware.camera.device import Camera
from hardware.camera.drawing import seated, tray, tray_with_card
from hardware.camera.frame import Frame, Image
from hardware.camera.jpeg import decode_image, encode_jpeg
from hardware.camera.looker import Looker
from hardware.camera.selftest import CameraReport
from hardware.device import Fault, Supervisor
from hardware.likeness import FACES
from hardware.printer.layout import qr_modules


@pytest.fixture(scope="module")
def looker() -> Iterator[Looker]:
    made = Looker(idle_s=600)
    yield made
    made.stop()


def frame(image: Image, number: int = 1) -> Frame:
    return Frame.of(number, number * 0.2, image)


@pytest.mark.parametrize("image", [tray_with_card(), tray(), np.zeros((720, 1280, 3), np.uint8)])
def test_a_paper_is_judged_and_flattened_as_it_would_be_here(looker: Looker, image: Image) -> None:
    assert looker.paper(frame(image)) == document.assess(image).code
    assert looker.sheet(frame(image)) == document.capture(image, document.assess(image))


def test_a_portrait_is_judged_beside_the_one_before(looker: Looker) -> None:
    still, moved = seated(FACES["elder"]), np.roll(seated(FACES["elder"]), 60, axis=1)
    looker.portrait(frame(still))
    for before, image in ((still, still), (still, moved), (moved, moved)):
        assert looker.portrait(frame(image)) == portrait.assess(image, before).code


def test_a_photo_has_exactly_the_size_that_is_asked_for(looker: Looker) -> None:
    photo = looker.photo(frame(seated(FACES["adult"])), (38, 50), 300)
    assert photo == portrait.crop(seated(FACES["adult"]), 38, 50, 300)
    image = decode_image(photo or b"")
    assert not isinstance(image, Fault)
    assert image.shape == (591, 449, 3)


def test_the_whole_frame_comes_as_a_jpeg(looker: Looker) -> None:
    assert looker.whole(frame(tray_with_card()), 95) == encode_jpeg(tray_with_card(), quality=95)


def code_picture(text: str) -> Image:
    made = np.kron(np.array(qr_modules(text)), np.ones((8, 8), np.uint8))
    page = np.full((720, 1280), 255, np.uint8)
    page[60 : 60 + made.shape[0], 80 : 80 + made.shape[1]] -= 255 * made.astype(np.uint8)
    return np.repeat(page[..., None], 3, axis=2)


def test_codes_are_read_with_their_places(looker: Looker) -> None:
    image = code_picture("HTTPS://EXAMPLE.ORG/1")
    found = looker.codes(frame(image))
    assert found == read_codes(image)
    assert [code.text for code in found] == ["HTTPS://EXAMPLE.ORG/1"]


def test_a_running_camera_is_examined(looker: Looker) -> None:
    camera = Camera("synthetic")
    supervisor = Supervisor(camera, lambda _: None)
    supervisor.start()
    until_s = time.monotonic() + 60
    while camera.latest() is None:
        assert time.monotonic() < until_s
    report = looker.examine(camera, 0.5)
    supervisor.stop()
    assert isinstance(report, CameraReport)
    assert (report.width, report.height, report.fault) == (1280, 720, None)
    assert set(report.findings) <= {"slow"}
    assert looker.examine(camera, 0.05) == Fault("camera_stalled"), "it is closed"


def test_a_killed_one_is_started_again_and_the_frame_is_judged(looker: Looker) -> None:
    first, pid = looker.paper(frame(tray_with_card())), looker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert looker.paper(frame(tray_with_card())) == first
    assert looker.pid != pid


@pytest.mark.parametrize("code", ["import time; time.sleep(600)", "raise MemoryError", "print('nonsense', flush=True)"])
def test_one_that_hangs_dies_or_babbles_has_no_answer(code: str) -> None:
    ready = "print('{\"ready\": true}', flush=True); "
    looker = Looker(command=(sys.executable, "-S", "-c", ready + code), look_s=0.3)
    seen = frame(tray_with_card())
    assert (looker.paper(seen), looker.portrait(seen), looker.codes(seen)) == ("", "", ())
    assert (looker.sheet(seen), looker.photo(seen, (38, 50), 300), looker.whole(seen, 90)) == (None, None, None)
    assert not looker.running
