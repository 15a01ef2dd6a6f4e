from __future__ import annotations

from dataclasses import replace
from typing import get_args

import cv2
import numpy as np
import pytest

from hardware.camera.frame import Image
from hardware.vision import judge
from hardware.vision.judge import Code, Measures
from tests.hardware.vision import heads


def said(frame: Image) -> Code:
    faces = heads.reader.find(frame)
    assert isinstance(faces, list)
    faces[:1] = [heads.refined(frame, face) for face in faces[:1]]
    return judge.verdict(frame, faces, measured(frame) if faces else None)


def measured(frame: Image) -> Measures:
    face = heads.refined(frame, heads.reader.find(frame)[0])  # type: ignore[index]
    return judge.measure(frame, face, heads.reader.eyes(frame, face))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def good() -> Image:
    return heads.portrait()


def test_a_straight_sharp_face_before_a_plain_wall_is_ready(good: Image) -> None:
    assert said(good) == "ready"


def test_the_made_up_face_of_the_demo_is_ready() -> None:
    assert said(heads.drawn()) == "ready"


@pytest.mark.parametrize("gain", [0.75, 0.9, 1.1])
@pytest.mark.parametrize("angle", [-4, 4])
def test_small_differences_of_light_and_tilt_are_still_ready(gain: float, angle: int) -> None:
    frame = heads.portrait(145, angle=angle)
    assert said(np.clip(frame * gain, 0, 255).astype(np.uint8)) == "ready"


@pytest.mark.parametrize("noise", [2, 5, 8])
def test_sensor_noise_does_not_make_a_blurred_face_sharp(good: Image, noise: float) -> None:
    chance = np.random.default_rng(7)
    grain = chance.normal(0, noise, good.shape)
    assert said(np.clip(cv2.GaussianBlur(good, (0, 0), 4) + grain, 0, 255).astype(np.uint8)) == "blurred"


def from_the_side(frame: Image) -> Image:
    nose = heads.only(frame).points[1, 0]
    lamp = np.clip(0.75 + (np.arange(frame.shape[1]) - nose) / 220, 0.3, 1.15)
    return np.clip(frame * lamp[None, :, None], 0, 255).astype(np.uint8)


SPOILED = {
    "too_dark": lambda frame: (frame * 0.35).astype(np.uint8),
    "too_bright": lambda frame: np.minimum(frame.astype(np.float32) * 1.9, 255).astype(np.uint8),
    "uneven": from_the_side,
    "blurred": lambda frame: cv2.GaussianBlur(frame, (0, 0), 3),
    "eyes_shut": heads.eyes_shut,
    "turn_left": lambda frame: heads.turned(frame, -30),
    "turn_right": lambda frame: heads.turned(frame, 30),
    "chin_up": lambda frame: heads.turned(frame, 0, 28),
    "chin_down": lambda frame: heads.turned(frame, 0, -28),
    "covered": lambda frame: heads.masked(frame, (190, 150, 90)),
}


@pytest.mark.parametrize("code", SPOILED)
def test_each_trouble_is_said_by_name(good: Image, code: str) -> None:
    assert said(SPOILED[code](good)) == code  # type: ignore[operator]


PLACED = {
    "too_far": heads.portrait(85),
    "too_near": heads.portrait(300),
    "move_left": heads.portrait(150, (140, 345)),
    "move_right": heads.portrait(150, (1140, 345)),
    "move_down": heads.portrait(150, (640, 190)),
    "move_up": heads.portrait(150, (640, 560)),
    "head_upright": heads.portrait(150, angle=18),
    "mouth_open": heads.mouth_open(heads.portrait(150)),
}


@pytest.mark.parametrize("code", PLACED)
def test_each_place_is_said_by_name(code: str) -> None:
    assert said(PLACED[code]) == code


def test_a_second_face_of_half_the_size_is_said_and_a_small_one_is_not(good: Image) -> None:
    for eyes_px, expected in ((75, "several"), (40, "ready")):
        frame = good.copy()
        other = heads.portrait(eyes_px, (170, 200))[60:340, 40:300]
        frame[60:340, 40:300] = other
        assert (said(frame) == "several") is (expected == "several")


def test_nobody_black_and_white_are_said() -> None:
    assert said(np.full((720, 1280, 3), 170, np.uint8)) == "no_face"
    assert said(np.zeros((720, 1280, 3), np.uint8)) == "too_dark"
    assert said(np.full((720, 1280, 3), 255, np.uint8)) == "too_bright"


def test_a_busy_wall_is_said_last(good: Image) -> None:
    figures = replace(measured(good), background=judge.BACKGROUND + 1)
    faces = heads.reader.find(good)
    assert judge.verdict(good, faces, figures) == "background"  # type: ignore[arg-type]
    assert judge.verdict(good, faces, replace(figures, sharpness=1.0)) == "blurred"  # type: ignore[arg-type]


def test_a_striped_wall_beside_the_head_varies_more_than_a_plain_one(good: Image) -> None:
    striped = good.copy()
    striped[:, 200:480:40] = striped[:, 201:480:40] = (20, 20, 200)
    for column in range(200, 480, 40):
        striped[:, column : column + 20] = (20, 20, 200)
    assert measured(striped).background > judge.BACKGROUND > measured(good).background


def test_a_head_that_moves_is_seen_and_one_that_breathes_is_not() -> None:
    here, near, far = (heads.only(heads.portrait(150, (x, 345))) for x in (640, 643, 670))
    assert not judge.moved(near, here, 0.2)
    assert judge.moved(far, here, 0.2)


def test_the_photo_holds_the_head_as_large_as_departments_ask(good: Image) -> None:
    face = heads.only(good)
    cut = judge.cut_for(face, 38 / 50)
    head = float(np.hypot(*(face.points[152, :2] - face.points[10, :2]))) * judge.CROWN
    assert head / cut.height == pytest.approx(0.68, abs=0.01)
    assert cut.left < face.box[0] < face.box[2] < cut.left + cut.width


def test_every_code_is_one_of_the_declared() -> None:
    assert set(SPOILED) | set(PLACED) <= set(get_args(Code))
