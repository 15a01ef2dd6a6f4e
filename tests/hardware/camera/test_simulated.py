"""The simulated camera: its knobs reach into its process, and outlive it."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.camera.frame import Frame
from hardware.camera.simulated import SimulatedCamera, camera_process
from hardware.camera.source_process import Glimpse, SourceProcess
from hardware.device import Fault
from hardware.likeness import FACES


@pytest.fixture
def camera() -> Iterator[SimulatedCamera]:
    made = SimulatedCamera("synthetic:document")
    yield made
    made.close()


def wait_for(camera: SourceProcess, true: Callable[[Glimpse | Fault], bool]) -> Glimpse | Fault:
    """Read until something is as it should be; a minute at most."""
    until_s = time.monotonic() + 60
    while not true(came := camera.read(1.0)):
        assert time.monotonic() < until_s
    return came


def code(came: Glimpse | Fault) -> str:
    return came.code if isinstance(came, Fault) else ""


def picture(camera: SourceProcess) -> Frame:
    while True:
        came = camera.read(30.0)
        assert isinstance(came, Glimpse)
        if (frame := camera.picture(came)) is not None:
            return frame


def test_a_knob_turned_while_it_runs_is_seen_in_its_frames(camera: SimulatedCamera) -> None:
    assert camera.open() is None
    light = camera.read(30.0)
    assert isinstance(light, Glimpse)
    camera.go_dark()
    wait_for(camera, lambda came: isinstance(came, Glimpse) and came.light < light.light / 4)
    camera.restore()
    wait_for(camera, lambda came: isinstance(came, Glimpse) and abs(came.light - light.light) < 3)


@pytest.mark.parametrize(("knob", "said"), [("stall", "camera_stalled"), ("corrupt", "image_corrupt")])
def test_a_broken_camera_says_how_it_is_broken(knob: str, said: str, camera: SimulatedCamera) -> None:
    assert camera.open() is None
    getattr(camera, knob)()
    wait_for(camera, lambda came: code(came) == said)
    camera.restore()
    wait_for(camera, lambda came: isinstance(came, Glimpse))


def test_a_knob_turned_before_it_is_opened_or_between_two_openings_counts_too(camera: SimulatedCamera) -> None:
    camera.go_dark()
    for _ in range(2):
        assert camera.open() is None
        came = camera.read(30.0)
        assert isinstance(came, Glimpse)
        assert came.light < 12
        camera.close()
    camera.restore()
    assert camera.open() is None
    came = camera.read(30.0)
    assert isinstance(came, Glimpse)
    assert came.light > 12


def test_a_pulled_cable_is_lost_then_missing_until_it_is_back_and_ends_a_stall(camera: SimulatedCamera) -> None:
    assert camera.open() is None
    camera.stall()
    camera.unplug()
    wait_for(camera, lambda came: code(came) == "camera_lost")
    assert camera.open() == Fault("camera_missing")
    camera.restore()
    assert camera.open() == Fault("camera_missing"), "mending is not plugging in"
    camera.plug()
    assert camera.open() is None
    assert isinstance(camera.read(30.0), Glimpse)


def test_a_paper_laid_on_the_tray_is_in_the_picture_until_the_card_is_back(camera: SimulatedCamera) -> None:
    assert camera.open() is None
    card = picture(camera).image.astype(int)
    camera.lay(np.full((400, 600, 3), 250, np.uint8))
    wait_for(camera, lambda came: _middle(camera, came) > 245)
    camera.lay(None)
    wait_for(camera, lambda came: abs(_middle(camera, came) - card[340:380, 600:680].mean()) < 4)


def _middle(camera: SourceProcess, came: Glimpse | Fault) -> float:
    frame = camera.picture(came) if isinstance(came, Glimpse) else None
    return -99.0 if frame is None else float(frame.image[340:380, 600:680].mean())


def test_another_person_may_sit_down_and_turn_their_head() -> None:
    camera = SimulatedCamera()
    assert camera.open() is None
    first = picture(camera).image.astype(int)
    camera.seat(FACES["english"])
    wait_for(camera, lambda came: _differs(camera, came, first))
    second = picture(camera).image.astype(int)
    camera.do("turn_left")
    wait_for(camera, lambda came: _differs(camera, came, second))
    camera.close()


def _differs(camera: SourceProcess, came: Glimpse | Fault, other: NDArray[np.int_]) -> bool:
    frame = camera.picture(came) if isinstance(came, Glimpse) else None
    middle = (slice(200, 520), slice(480, 800))
    return frame is not None and float(np.abs(frame.image[middle].astype(int) - other[middle]).mean()) > 8


def test_knobs_may_be_turned_by_many_at_once(camera: SimulatedCamera) -> None:
    assert camera.open() is None
    turning = [threading.Thread(target=knob) for knob in (camera.go_dark, camera.restore) * 20]
    for each in turning:
        each.start()
    for each in turning:
        each.join()
    camera.restore()
    wait_for(camera, lambda came: isinstance(came, Glimpse) and came.light > 12)


def test_only_a_drawn_camera_has_knobs() -> None:
    assert isinstance(camera_process("synthetic@90"), SimulatedCamera)
    assert not isinstance(camera_process("v4l2:97"), SimulatedCamera)
    assert camera_process("telescope:1").unusable is not None
