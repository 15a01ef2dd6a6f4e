"""The photographer in a process of its own: the same judgements, and what happens when it dies, hangs or is wrong."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.camera.drawing import seated
from hardware.camera.frame import Frame
from hardware.camera.jpeg import decode_image, encode_jpeg
from hardware.camera.looker import Looker
from hardware.cards import people
from hardware.device import Fault
from hardware.likeness import FACES
from hardware.vision.models import Sessions, pins
from hardware.vision.photographer import Photographer
from hardware.vision.studio import COMMAND, Compared, Step, Studio
from tests.hardware.vision import heads

SIZE_MM, DPI = (38, 50), 300


@pytest.fixture
def studio() -> Iterator[Studio]:
    made = Studio(Looker())
    yield made
    made.stop()


def portrait(number: int = 1) -> Frame:
    return Frame.of(number, number * 0.2, heads.portrait())


def test_it_judges_as_the_photographer_in_this_process_does(studio: Studio) -> None:
    here = Photographer(Sessions())
    empty = Frame.of(9, 9.0, np.full((720, 1280, 3), 200, np.uint8))
    for frame in (portrait(1), portrait(2), empty):
        assert studio.look(frame) == here.look(frame).code
    assert studio.kept == len(here.best()) > 0


def test_photos_have_exactly_the_size_that_is_asked_for(studio: Studio) -> None:
    studio.look(portrait(1))
    for best in (True, False):
        for data in studio.photos(portrait(2), SIZE_MM, DPI, best=best):
            image = decode_image(data)
            assert not isinstance(image, Fault)
            assert image.shape == (591, 449, 3)


def test_after_forgetting_nothing_is_kept_and_after_stopping_nobody_is_there(studio: Studio) -> None:
    studio.look(portrait(1))
    pid = studio.pid
    studio.forget()
    assert studio.kept == 0
    assert studio.look(Frame.of(2, 0.4, np.zeros((480, 640, 3), np.uint8))) != "ready"
    assert studio.kept == 0
    studio.stop()
    assert not studio.running
    assert not Path(f"/proc/{pid}").exists()


def test_a_killed_one_is_started_again_and_the_frame_is_judged(studio: Studio) -> None:
    first = studio.look(portrait(1))
    pid = studio.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert studio.look(portrait(2)) == first
    assert studio.pid != pid


@pytest.mark.parametrize("code", ["import time; time.sleep(600)", "raise MemoryError", "print('nonsense', flush=True)"])
def test_one_that_hangs_dies_or_babbles_leaves_light_and_focus_to_judge_and_the_photo_to_be_taken(code: str) -> None:
    ready = "print('{\"ready\": true}', flush=True); "
    studio = Studio(Looker(), command=(sys.executable, "-S", "-c", ready + code), look_s=0.3)
    began = time.monotonic()
    assert studio.look(portrait(1)) in ("ready", "hold_still", "too_dark", "too_bright", "blurred", "no_face")
    assert len(studio.photos(portrait(2), SIZE_MM, DPI, best=True)) == 1
    assert time.monotonic() - began < 60, "it would sleep for ten minutes"
    assert not studio.running


def test_without_models_it_judges_by_light_and_focus(tmp_path: Path) -> None:
    studio = Studio(Looker(), command=(*COMMAND, str(tmp_path)))
    assert studio.look(portrait(1)) == Photographer(Sessions(tmp_path)).look(portrait(1)).code
    studio.stop()


def jpeg_of(name: str) -> bytes:
    return people.PEOPLE[name].document().photo_jpeg or b""


@pytest.mark.parametrize(("live", "band"), [("elder", "match"), ("english", "no_match")])
def test_a_photo_is_compared_with_a_documents_and_only_a_band_comes_back(studio: Studio, live: str, band: str) -> None:
    photo = studio.photos(Frame.of(1, 0.2, seated(FACES[live])), SIZE_MM, DPI, best=False)[0]
    found = studio.compare(photo, bytearray(jpeg_of("elder")))
    assert found == Compared(band, "mobilefacenet", pins()["mobilefacenet"].sha256)  # type: ignore[arg-type]
    answer = studio.ask({"task": "compare", "first": len(photo)}, photo + jpeg_of("elder"))
    assert not isinstance(answer, Fault)
    assert set(answer) == {"band", "model", "sha256"}, "a cosine would help to make a face that matches"


def test_what_is_no_picture_or_shows_nobody_is_not_compared(studio: Studio) -> None:
    empty = encode_jpeg(np.full((400, 300, 3), 200, np.uint8))
    for portrait in (b"no picture", b"", empty):
        found = studio.compare(jpeg_of("elder"), portrait)
        assert isinstance(found, Compared)
        assert found.band == "no_face"


def test_a_challenge_is_put_step_by_step(studio: Studio) -> None:
    assert studio.begin_challenge(jpeg_of("elder"), task_s=15.0) is None
    step = studio.step(Frame.of(1, 0.1, seated(FACES["elder"])))
    assert step.outcome == "going"
    assert step.task in ("turn_left", "turn_right", "blink")
    assert studio.step(Frame.of(2, 0.2, seated(FACES["english"]))).outcome == "replaced"


def test_a_challenge_does_not_outlive_its_process_nor_forgetting(studio: Studio) -> None:
    frame = Frame.of(1, 0.1, seated(FACES["elder"]))
    assert studio.begin_challenge(jpeg_of("elder"), task_s=15.0) is None
    studio.forget()
    assert studio.step(frame) == Step("interrupted", None)
    assert studio.begin_challenge(jpeg_of("elder"), task_s=15.0) is None
    assert studio.pid is not None
    os.kill(studio.pid, signal.SIGKILL)
    assert studio.step(frame) == Step("interrupted", None)


def test_without_models_nothing_is_compared_and_no_challenge_put(tmp_path: Path) -> None:
    studio = Studio(Looker(), command=(*COMMAND, str(tmp_path)))
    assert studio.compare(jpeg_of("elder"), jpeg_of("elder")) == Fault("model_missing")
    assert studio.begin_challenge(jpeg_of("elder"), task_s=15.0) == Fault("model_missing")
    studio.stop()


def test_a_frame_whose_bytes_do_not_fit_its_shape_is_no_crash(studio: Studio) -> None:
    found = studio.ask({"task": "look", "aspect": 0.76, "height": 7, "width": 7, "number": 1, "mono_s": 0.0}, b"123")
    assert found == {"fault": "not_asked"}
    assert studio.running
