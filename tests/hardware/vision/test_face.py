from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import skimage.data

from hardware.vision import face as face_module
from hardware.vision.face import CHIP, TEMPLATE, chip
from tests.hardware.vision import heads


@pytest.mark.parametrize("angle", [-30, -15, 0, 15, 30])
@pytest.mark.parametrize("eyes_px", [60, 100, 180])
def test_a_face_is_found_once_at_any_size_and_tilt(angle: int, eyes_px: int) -> None:
    face = heads.only(heads.portrait(eyes_px, angle=angle))
    assert face.eye_distance == pytest.approx(eyes_px, rel=0.12)
    assert face.roll == pytest.approx(-angle + 2, abs=5)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda frame: cv2.GaussianBlur(frame, (0, 0), 6),
        lambda frame: (frame * 0.25).astype(np.uint8),
        lambda frame: heads.masked(frame, (235, 230, 225)),
        lambda frame: cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR),
        lambda frame: cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 8])[1], cv2.IMREAD_COLOR),
    ],
    ids=["blurred", "dark", "masked", "grey", "crushed"],
)
def test_a_spoiled_face_is_still_a_face(spoil: object) -> None:
    heads.only(spoil(heads.portrait()))  # type: ignore[operator]


def test_faces_of_25_pixels_are_found_and_patches_without_a_face_are_not() -> None:
    found = [bool(heads.reader.find(picture)) for picture in heads.small_faces()[::2]]
    assert sum(found[:50]) >= 48
    assert sum(found[50:]) == 0


@pytest.mark.parametrize("name", ["chelsea", "coffee", "brick", "page", "clock", "hubble_deep_field", "gravel"])
def test_animals_things_and_patterns_are_no_faces(name: str) -> None:
    picture = getattr(skimage.data, name)()
    picture = picture if picture.ndim == 3 else np.stack([picture] * 3, axis=-1)
    assert heads.reader.find(np.ascontiguousarray(picture[..., ::-1])) == []


def test_a_tight_cut_around_a_head_is_found_with_a_margin() -> None:
    whole = heads.only(heads.portrait(180))
    left, top, right, bottom = (round(edge) for edge in whole.box)
    tight = heads.portrait(180)[top:bottom, left:right]
    assert heads.only(np.ascontiguousarray(tight)).eye_distance == pytest.approx(whole.eye_distance, rel=0.1)


def test_two_people_are_two_faces_largest_first() -> None:
    both = np.hstack([heads.portrait(90)[:, 320:960], heads.portrait(150)[:, 320:960]])
    faces = heads.reader.find(np.ascontiguousarray(both))
    assert len(faces) == 2
    assert faces[0].width > faces[1].width


def test_a_turned_head_reads_as_turned_and_to_the_right_side() -> None:
    straight = heads.portrait(150)
    yaws = [heads.only(heads.turned(straight, yaw)).yaw for yaw in (-35, -15, 0, 15, 35)]
    assert yaws == sorted(yaws)
    assert yaws[0] < -15
    assert yaws[-1] > 15


def test_a_lowered_head_reads_as_lowered() -> None:
    straight = heads.portrait(150)
    pitches = [heads.only(heads.turned(straight, 0, pitch)).pitch for pitch in (-20, 0, 20)]
    assert pitches == sorted(pitches)


@pytest.mark.parametrize("shape", [(1, 4000, 3), (4000, 3, 3), (8, 8, 3), (15, 15, 3)])
def test_pictures_of_absurd_shape_have_no_face(shape: tuple[int, int, int]) -> None:
    assert heads.reader.find(np.full(shape, 128, np.uint8)) == []


@pytest.mark.parametrize("fill", [0, 255])
def test_black_and_white_pictures_have_no_face(fill: int) -> None:
    assert heads.reader.find(np.full((720, 1280, 3), fill, np.uint8)) == []


def test_pure_noise_has_no_face() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (720, 1280, 3)).astype(np.uint8)
    assert heads.reader.find(noise) == []


def test_a_chip_puts_the_eyes_where_the_comparison_wants_them() -> None:
    frame = heads.portrait(150, angle=20)
    upright = chip(frame, heads.only(frame), 448)
    face = heads.only(upright)
    wanted = np.array(face_module.TEMPLATE, np.float32) * 4
    assert np.abs(face.five_points() - wanted).max() < 32


def test_what_a_face_looks_like_is_not_in_its_repr() -> None:
    assert repr(heads.only(heads.portrait(150))).startswith("Face(")
    assert "[" not in repr(heads.only(heads.portrait(150)))


@pytest.mark.parametrize("eyes_px", [220, 300])
def test_a_chip_of_a_large_face_is_the_smoothed_picture_made_small(eyes_px: int) -> None:
    face = heads.only(heads.portrait(eyes_px))
    picture = np.random.default_rng(3).integers(0, 256, (720, 1280, 3), np.uint8)
    matrix, _ = cv2.estimateAffinePartial2D(face.five_points(), np.array(TEMPLATE, np.float32), method=cv2.LMEDS)
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    whole = cv2.warpAffine(cv2.GaussianBlur(picture, (0, 0), 0.4 / scale), matrix, (CHIP, CHIP))
    assert int(np.abs(chip(picture, face).astype(int) - whole).max()) <= 1
