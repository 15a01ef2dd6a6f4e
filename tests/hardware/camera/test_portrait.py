"""One plain verdict on a portrait, and the photo cut from it."""

from typing import get_args

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera import document, portrait
from hardware.camera.drawing import wall
from hardware.camera.frame import Frame
from hardware.camera.jpeg import decode_jpeg
from hardware.camera.synthetic import SyntheticSource
from hardware.device import Fault
from hardware.likeness import FACES, bust


def shot(look: str, now_s: float = 1.0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    clock = [now_s]
    source = SyntheticSource(sleep=lambda _: None, monotonic=lambda: clock[0])
    assert source.open() is None
    getattr(source, look)()
    frame = source.read(1.0)
    assert isinstance(frame, Frame)
    return frame.image


@pytest.mark.parametrize(
    ("look", "code"),
    [
        ("restore", "ready"),
        ("go_dark", "too_dark"),
        ("overexpose", "too_bright"),
        ("defocus", "blurred"),
        ("leave", "no_one"),
    ],
)
def test_each_picture_gets_its_verdict(look: str, code: str) -> None:
    assert portrait.assess(shot(look)).code == code


def test_every_drawn_moment_of_the_face_is_ready() -> None:
    for moment in range(60):
        now, before = shot("restore", moment * 0.37), shot("restore", moment * 0.37 - 0.2)
        assert portrait.assess(now, before).code == "ready"


def test_movement_between_two_frames_asks_to_hold_still() -> None:
    assert portrait.assess(shot("fidget", 1.17), shot("fidget", 1.0)).code == "hold_still"


def test_all_skin_tones_are_seen() -> None:
    for shade in (0.35, 0.5, 0.7, 0.9, 1.1):
        drawn = bust(FACES["elder"])
        toned = np.clip(drawn.pixels * shade, 0, 255).astype(np.uint8)
        image = np.where(drawn.mask[..., None] > 0, toned, wall())
        assert portrait.assess(image).code == "ready", shade


@pytest.mark.parametrize("noise", [2, 5])
def test_noise_of_a_real_sensor_changes_nothing(noise: int) -> None:
    grain = np.random.default_rng(3).normal(0, noise, (720, 1280, 3))
    for look, code in (("restore", "ready"), ("leave", "no_one")):
        noisy = np.clip(shot(look) + grain, 0, 255).astype(np.uint8)
        assert portrait.assess(noisy).code == code


@pytest.mark.parametrize("size", [(640, 480), (1920, 1080), (720, 1280), (320, 240)])
def test_other_frame_sizes_are_judged_alike(size: tuple[int, int]) -> None:
    image = cv2.resize(shot("restore"), size, interpolation=cv2.INTER_AREA)
    assert portrait.assess(np.asarray(image, np.uint8)).code == "ready"


@pytest.mark.parametrize(("width_mm", "height_mm", "dpi"), [(38, 50, 300), (40, 50, 300), (33, 48, 350), (50, 50, 200)])
def test_the_photo_has_exactly_the_asked_size(width_mm: float, height_mm: float, dpi: int) -> None:
    photo = decode_jpeg(portrait.crop(shot("restore"), width_mm, height_mm, dpi))
    assert not isinstance(photo, Fault)
    assert photo.shape[:2] == (round(height_mm / 25.4 * dpi), round(width_mm / 25.4 * dpi))


def test_the_whole_head_is_in_the_photo() -> None:
    photo = decode_jpeg(portrait.crop(shot("restore"), 38, 50, 300))
    assert not isinstance(photo, Fault)
    assert abs(int(photo[2, 224].mean()) - int(wall()[5, 640].mean())) < 12  # wall above the hair
    hair = np.flatnonzero(photo[:, 224].mean(axis=1) < 160)
    assert 30 < hair[0] < 150


@pytest.mark.parametrize("size", [(0, 50, 300), (38, 0, 300), (38, 50, 9), (38, 5000, 300)])
def test_an_impossible_photo_size_is_refused(size: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="photo size"):
        portrait.crop(wall(), *size)


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 3), (1, 1), (6000, 8000)])
def test_absurd_shapes_are_judged_in_bounded_time(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 128, np.uint8)
    assert portrait.assess(image).code in get_args(portrait.Code)
    assert document.assess(image).code in get_args(document.Code)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2**32))
def test_any_picture_gets_a_verdict_and_a_photo(width: int, height: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 255, (height, width, 3)).astype(np.uint8)
    assert portrait.assess(image).code in get_args(portrait.Code)
    assert portrait.crop(image, 38, 50, 100)[:2] == b"\xff\xd8"
