"""The made-up face and the made-up card that the synthetic camera shows. Nobody real is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from hardware.camera.frame import Image, load_cv2

WIDTH, HEIGHT = 1280, 720
SCALE = 2  # drawn at twice the size, then reduced: smooth edges
CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
HK_FACE = 4  # "Noto Sans CJK HK" in the collection

Colour = tuple[int, int, int]  # blue, green, red
WALL: Colour = (200, 194, 182)
PANEL_LEFT: Colour = (214, 209, 199)
PANEL_RIGHT: Colour = (196, 188, 172)
SKIN: Colour = (130, 167, 224)
SKIN_SHADE: Colour = (106, 142, 201)
HAIR: Colour = (34, 36, 44)
JACKET: Colour = (110, 96, 66)
SHIRT: Colour = (240, 240, 236)
LIP: Colour = (62, 74, 150)
TRAY: Colour = (67, 57, 38)
TRAY_EDGE: Colour = (51, 43, 28)
CARD: Colour = (232, 238, 236)
CARD_BAND: Colour = (196, 206, 190)
INK: Colour = (52, 44, 30)


@lru_cache(maxsize=1)
def grain() -> Image:
    """The noise of a sensor, a little larger than a frame: each frame adds another part of it."""
    return np.random.default_rng(20).integers(0, 4, (HEIGHT + 32, WIDTH + 32, 3)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Bust:
    """A drawn bust: its pixels, and where they cover the wall (255)."""

    pixels: Image
    mask: Image


@lru_cache(maxsize=1)
def wall() -> Image:
    """The booth with nobody in it."""
    cv2 = load_cv2()
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    cv2.rectangle(picture, (0, 0), (250, HEIGHT), PANEL_LEFT, -1)
    cv2.rectangle(picture, (1030, 0), (WIDTH, HEIGHT), PANEL_RIGHT, -1)
    return np.asarray(picture, np.uint8)


@lru_cache(maxsize=2)
def bust(eyes_open: bool) -> Bust:
    """A friendly face, hair, neck and jacket, looking into the camera."""
    cv2 = load_cv2()
    size = (HEIGHT * SCALE, WIDTH * SCALE)
    pixels = np.full((*size, 3), WALL, np.uint8)
    mask = np.zeros(size, np.uint8)
    for points, colour in _body():
        shape = np.array([[(int(x * SCALE), int(y * SCALE)) for x, y in points]], np.int32)
        cv2.fillPoly(pixels, shape, colour, cv2.LINE_AA)
        cv2.fillPoly(mask, shape, 255)
    _features(pixels, eyes_open)
    mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    return Bust(_reduced(pixels), (_reduced(mask) > 127).astype(np.uint8) * 255)


def _reduced(picture: Image) -> Image:
    cv2 = load_cv2()
    return np.asarray(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


Points = list[tuple[float, float]]


def _ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Points:
    angles = np.radians(np.linspace(start, end, 90))
    return [(cx + rx * float(np.cos(a)), cy + ry * float(np.sin(a))) for a in angles]


def _rounded(points: Points) -> Points:
    """The closed shape with its corners cut three times (Chaikin), so that it reads as a curve."""
    for _ in range(3):
        ring = zip(points, [*points[1:], points[0]], strict=True)
        points = [
            (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in ring for share in (0.25, 0.75)
        ]
    return points


def _body() -> list[tuple[Points, Colour]]:
    """Filled shapes, back to front, in frame pixels."""
    jaw = [(640 + dx, y) for dx, y in ((-142, 300), (-138, 400), (-118, 470), (-78, 530), (-34, 558))]
    chin = [(1280 - x, y) for x, y in jaw]
    return [
        (
            _rounded(
                [
                    (280, 900),
                    (300, 690),
                    (400, 628),
                    (566, 590),
                    (640, 600),
                    (714, 590),
                    (880, 628),
                    (980, 690),
                    (1000, 900),
                ]
            ),
            JACKET,
        ),
        ([(570, 480), (710, 480), (722, 596), (640, 668), (558, 596)], SKIN_SHADE),
        ([(560, 588), (640, 662), (598, 724), (536, 640)], SHIRT),
        ([(720, 588), (640, 662), (682, 724), (744, 640)], SHIRT),
        (_ellipse(640, 300, 168, 200), HAIR),
        (_ellipse(494, 372, 20, 40), SKIN_SHADE),
        (_ellipse(786, 372, 20, 40), SKIN_SHADE),
        (_rounded([*_ellipse(640, 290, 142, 118, 180, 360), *chin, *reversed(jaw)]), SKIN),
        ([(498, 300), *_ellipse(640, 262, 160, 150, 180, 360), (782, 300), (740, 236), (560, 228)], HAIR),
    ]


def _features(pixels: Image, eyes_open: bool) -> None:
    cv2 = load_cv2()

    def curve(points: Points, colour: Colour, thick: float) -> None:
        shape = np.array([[(int(x * SCALE), int(y * SCALE)) for x, y in points]], np.int32)
        cv2.polylines(pixels, shape, False, colour, int(thick * SCALE), cv2.LINE_AA)

    for side in (-1, 1):
        x = 640 + side * 62
        curve(_ellipse(x, 330, 36, 20, 205, 335), HAIR, 8)
        if eyes_open:
            cv2.ellipse(pixels, (x * SCALE, 362 * SCALE), (26 * SCALE, 14 * SCALE), 0, 0, 360, SHIRT, -1, cv2.LINE_AA)
            cv2.circle(pixels, (x * SCALE, 362 * SCALE), 12 * SCALE, HAIR, -1, cv2.LINE_AA)
            cv2.circle(pixels, ((x - 4) * SCALE, 357 * SCALE), 4 * SCALE, (255, 255, 255), -1, cv2.LINE_AA)
        else:
            curve(_ellipse(x, 356, 26, 12, 20, 160), HAIR, 5)
    curve([(642, 372), (632, 424), (630, 432), (646, 438), (658, 434)], SKIN_SHADE, 7)
    curve(_ellipse(640, 462, 58, 34, 25, 155), LIP, 9)


@lru_cache(maxsize=1)
def tray() -> Image:
    """The document tray with nothing on it."""
    cv2 = load_cv2()
    picture = np.full((HEIGHT, WIDTH, 3), TRAY_EDGE, np.uint8)
    cv2.rectangle(picture, (24, 24), (WIDTH - 24, HEIGHT - 24), TRAY, -1)
    return np.asarray(picture, np.uint8)


CARD_CORNERS = ((262.0, 150.0), (1004.0, 124.0), (1022.0, 590.0), (272.0, 604.0))
"""Where the card lies on the tray: top left, top right, bottom right, bottom left."""


@lru_cache(maxsize=1)
def tray_with_card() -> Image:
    """The tray with the made-up card on it, a little turned and in perspective."""
    cv2 = load_cv2()
    card = specimen_card()
    height, width = card.shape[:2]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, np.array(CARD_CORNERS, np.float32))
    warped = cv2.warpPerspective(card, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (WIDTH, HEIGHT))
    share = (mask.astype(np.float32) / 255.0)[..., None]
    return np.asarray(np.rint(warped * share + tray() * (1 - share)), np.uint8)


def specimen_card() -> Image:
    """A made-up identity card of ID-1 shape, 1284 x 810, that says SPECIMEN and 樣本 across it."""
    cv2 = load_cv2()
    card = np.full((810, 1284, 3), CARD, np.uint8)
    cv2.rectangle(card, (0, 0), (1284, 130), CARD_BAND, -1)
    cv2.rectangle(card, (0, 0), (1283, 809), (150, 160, 150), 6)
    face = cv2.resize(_card_portrait(), (330, 440), interpolation=cv2.INTER_AREA)
    card[250:690, 60:390] = face
    lines = (
        ("樣本身份證  SPECIMEN IDENTITY CARD", (60, 30), 56),
        ("陳大文", (440, 190), 78),
        ("CHAN, Tai Man", (440, 300), 58),
        ("出生日期 Date of birth", (440, 400), 34),
        ("08-03-1951", (440, 444), 58),
        ("男 M", (980, 444), 58),
        ("A123456(3)", (780, 680), 74),
    )
    written = _write(card, lines)
    return _watermark(written)


def _card_portrait() -> Image:
    return np.where(bust(True).mask[..., None] > 0, bust(True).pixels, wall())[60:680, 408:873]


def _write(card: Image, lines: tuple[tuple[str, tuple[int, int], int], ...], colour: Colour = INK) -> Image:
    """Letters of the CJK face where it is installed, of PIL's own small face otherwise."""
    from PIL import Image as Pictures
    from PIL import ImageDraw, ImageFont

    picture = Pictures.fromarray(card)
    pen = ImageDraw.Draw(picture)
    for text, place, size in lines:
        if CJK_FONT.is_file():
            pen.text(place, text, fill=colour, font=ImageFont.truetype(CJK_FONT, size, index=HK_FACE))
        else:
            pen.text(place, text.encode("ascii", "ignore").decode(), fill=colour, font=ImageFont.load_default(size))
    return np.array(picture, np.uint8)


def _watermark(card: Image) -> Image:
    cv2 = load_cv2()
    blank = np.zeros_like(card)
    text = _write(blank, (("SPECIMEN 樣本", (250, 330), 140),), (255, 255, 255))
    turn = cv2.getRotationMatrix2D((642, 405), 24, 1.0)
    share = cv2.warpAffine(text, turn, (card.shape[1], card.shape[0])).astype(np.float32) / 255 * 0.28
    return np.asarray(card * (1 - share) + np.array((70, 70, 190), np.float32) * share, np.uint8)
