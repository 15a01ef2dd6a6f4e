"""Finding the sheet on made-up scenes: tables, light, shadow, noise, blur, turn and perspective."""

from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera import document
from hardware.camera.drawing import specimen_card
from tests.hardware.camera.test_document import overlap

TABLES = {"tray": (67, 57, 38), "grey": (120, 122, 120), "green": (60, 110, 50), "black": (40, 38, 36)}
SCENES = 7


def bill(random: np.random.Generator) -> Any:
    """A made-up A4 bill."""
    sheet = np.full((1188, 840, 3), (250, 250, 248), np.uint8)
    cv2.rectangle(sheet, (60, 60), (300, 110), (120, 100, 60), -1)
    for row in range(20):
        text = f"Made-up bill, line {row}   HKD {random.integers(10, 999)}"
        cv2.putText(sheet, text, (60, 200 + row * 45), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (40, 40, 40), 2, cv2.LINE_AA)
    return sheet


def cover(_: np.random.Generator) -> Any:
    """A made-up passport's dark cover."""
    sheet = np.full((880, 1250, 3), (60, 30, 110), np.uint8)
    cv2.putText(sheet, "PASSPORT (SAMPLE)", (250, 450), cv2.FONT_HERSHEY_SIMPLEX, 2, (90, 200, 230), 5, cv2.LINE_AA)
    cv2.circle(sheet, (600, 650), 90, (90, 200, 230), 6)
    return sheet


CARD = specimen_card()
SHEETS = {"card": lambda _: CARD, "bill": bill, "cover": cover}


def place(random: np.random.Generator, aspect: float) -> Any:
    """Corners of a sheet somewhere in the middle, turned up to 30 degrees, in slight perspective, inside the frame."""
    half_down = random.uniform(210, 280)
    half_across = min(420.0, half_down * aspect)
    half_down = half_across / aspect
    turn = np.radians(random.uniform(-30, 30))
    ends = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (half_across, half_down)
    ends = ends @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))]) + random.uniform(
        -14, 14, (4, 2)
    )
    ends *= min(1.0, 600 / np.abs(ends[:, 0]).max(), 330 / np.abs(ends[:, 1]).max())
    return ends + np.array((640, 360))


def scene(random: np.random.Generator, sheet: Any, table: tuple[int, int, int]) -> tuple[Any, Any]:
    """The sheet on the table under uneven light, and its true corners."""
    height, width = sheet.shape[:2]
    corners = place(random, width / height)
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    mask = cv2.warpPerspective(np.full((height, width), 1.0, np.float32), matrix, (1280, 720))[..., None]
    shadow = cv2.GaussianBlur(np.roll(mask[..., 0], (6, 8), (0, 1)), (0, 0), 9)[..., None] * 0.25
    picture = np.array(table, np.float32) * (1 - shadow) * (1 - mask)
    picture = picture + cv2.warpPerspective(sheet, matrix, (1280, 720)) * mask * np.float32(random.uniform(0.75, 0.93))
    across, down = random.uniform(-0.15, 0.15, 2)
    lamp = 1 + np.linspace(-1, 1, 1280)[None, :, None] * across + np.linspace(-1, 1, 720)[:, None, None] * down
    picture = picture * lamp.astype(np.float32)
    picture = cv2.GaussianBlur(picture * random.uniform(0.8, 1.0), (0, 0), random.uniform(0.4, 1.0))
    noise = random.standard_normal((720, 1280, 1), np.float32) * random.uniform(1, 5)
    return np.clip(picture + noise, 0, 255).astype(np.uint8), corners


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", SHEETS)
def test_sheets_are_found_and_judged_ready(table: str, name: str) -> None:
    random = np.random.default_rng([ord(table[0]), ord(name[0]), 6])
    found = ready = 0
    for _ in range(SCENES):
        picture, corners = scene(random, SHEETS[name](random), TABLES[table])
        verdict = document.assess(picture)
        found += verdict.corners is not None and overlap(verdict.corners, corners) >= 0.95
        ready += verdict.code == "ready"
    assert found >= SCENES - 1
    assert ready >= SCENES - 1


def test_print_on_a_pale_sheet_on_a_pale_table_is_not_taken_for_the_sheet() -> None:
    random = np.random.default_rng(8)
    for _ in range(SCENES):
        picture, corners = scene(random, bill(random), (200, 200, 198))
        verdict = document.assess(picture)
        assert verdict.corners is None or overlap(verdict.corners, corners) >= 0.9


def test_glare_on_any_sheet_is_seen() -> None:
    random = np.random.default_rng(9)
    seen = 0
    for number in range(SCENES):
        table = list(TABLES.values())[number % 3]
        picture, corners = scene(random, list(SHEETS.values())[number % 3](random), table)
        x, y = corners.mean(axis=0) + random.uniform(-60, 60, 2)
        shine = np.zeros((720, 1280), np.float32)
        size = (int(random.uniform(30, 90)), int(random.uniform(25, 50)))
        cv2.ellipse(shine, (int(x), int(y)), size, random.uniform(0, 180), 0, 360, 1.0, -1)
        share = cv2.GaussianBlur(shine, (0, 0), 3)[..., None]
        seen += document.assess(np.clip(picture * (1 - share) + 270 * share, 0, 255).astype(np.uint8)).code == "glare"
    assert seen >= SCENES - 1
