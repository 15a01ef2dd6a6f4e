"""The sheet on the tray: found, judged, flattened."""

from typing import Any, get_args

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera import document
from hardware.camera.drawing import CARD_CORNERS, specimen_card, tray, tray_with_card
from hardware.camera.jpeg import decode_jpeg
from hardware.device import Fault

CARD = specimen_card()


def laid(corners: Any, table: Any = None) -> Any:
    """The made-up card on a table at the given corners."""
    table = tray() if table is None else table
    height, width = CARD.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (1280, 720))
    card = cv2.warpPerspective(CARD, matrix, (1280, 720))
    return np.where(mask[..., None] > 127, card, table).astype(np.uint8)


def turned(degrees: float, scale: float = 1.0, centre: tuple[float, float] = (640, 360)) -> list[tuple[float, float]]:
    turn = np.radians(degrees)
    across = np.array([np.cos(turn), np.sin(turn)]) * 300 * scale
    down = np.array([-np.sin(turn), np.cos(turn)]) * 189 * scale
    ends = (-across - down, across - down, across + down, -across + down)
    return [(centre[0] + float(end[0]), centre[1] + float(end[1])) for end in ends]


def overlap(found: Any, true: Any) -> float:
    """Intersection over union of two quadrilaterals."""
    one, other = np.array(found, np.float32), np.array(true, np.float32)
    shared, _ = cv2.intersectConvexConvex(one, other)
    return float(shared / (cv2.contourArea(one) + cv2.contourArea(other) - shared))


def test_the_drawn_card_is_found_within_three_pixels() -> None:
    verdict = document.assess(tray_with_card())
    assert verdict.code == "ready"
    assert np.abs(np.array(verdict.corners) - np.array(CARD_CORNERS)).max() < 4


@pytest.mark.parametrize("degrees", [-40, -12, -3, 0, 5, 20, 44])
@pytest.mark.parametrize("scale", [0.6, 1.0])
def test_a_turned_card_is_found(degrees: float, scale: float) -> None:
    corners = turned(degrees, scale)
    verdict = document.assess(laid(corners))
    assert verdict.code == "ready"
    assert overlap(verdict.corners, corners) >= 0.95


@pytest.mark.parametrize("table", [(67, 57, 38), (120, 120, 120), (60, 110, 50), (30, 30, 30)])
def test_plain_tables_of_other_colours_serve_too(table: tuple[int, int, int]) -> None:
    grain = np.random.default_rng(5).normal(0, 3, (720, 1280, 3))
    plain = np.clip(np.full((720, 1280, 3), table) + grain, 0, 255).astype(np.uint8)
    corners = turned(8)
    verdict = document.assess(laid(corners, plain))
    assert verdict.code == "ready"
    assert overlap(verdict.corners, corners) >= 0.95


def test_an_empty_tray_has_no_paper() -> None:
    assert document.assess(tray()).code == "no_paper"


def test_a_black_frame_is_too_dark() -> None:
    assert document.assess(np.full((720, 1280, 3), 3, np.uint8)).code == "too_dark"
    assert document.assess((tray_with_card() // 4).astype(np.uint8)).code == "too_dark"


@pytest.mark.parametrize("centre", [(1180, 360), (100, 360), (640, 690), (640, 20)])
def test_a_card_half_out_of_the_picture_is_cut_off(centre: tuple[float, float]) -> None:
    assert document.assess(laid(turned(4, 1.0, centre))).code == "cut_off"


def test_shine_on_the_card_is_glare() -> None:
    shiny = tray_with_card().copy()
    cv2.ellipse(shiny, (820, 520), (90, 40), 20, 0, 360, (255, 255, 255), -1)
    assert document.assess(shiny).code == "glare"


def test_a_picture_out_of_focus_is_blurred() -> None:
    assert document.assess(np.asarray(cv2.GaussianBlur(tray_with_card(), (0, 0), 5), np.uint8)).code == "blurred"


def test_the_capture_is_the_card_alone_and_upright() -> None:
    picture = laid(turned(12))
    flat = decode_jpeg(document.capture(picture, document.assess(picture)))
    assert not isinstance(flat, Fault)
    assert flat.shape[1] / flat.shape[0] == pytest.approx(85.6 / 54, rel=0.05)
    small = cv2.resize(CARD, (flat.shape[1], flat.shape[0]), interpolation=cv2.INTER_AREA)
    assert np.abs(flat.astype(int) - small).mean() < 12


def test_without_a_verdict_the_whole_frame_is_kept() -> None:
    flat = decode_jpeg(document.capture(tray(), document.DocumentVerdict("no_paper")))
    assert not isinstance(flat, Fault)
    assert flat.shape == tray().shape


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 500), st.integers(1, 500), st.integers(0, 2**32), st.sampled_from([0, 20, 255]))
def test_any_picture_gets_a_verdict_and_a_capture(width: int, height: int, seed: int, spread: int) -> None:
    image = np.random.default_rng(seed).integers(0, spread + 1, (height, width, 3)).astype(np.uint8)
    verdict = document.assess(image)
    assert verdict.code in get_args(document.Code)
    assert document.capture(image, verdict)[:2] == b"\xff\xd8"
