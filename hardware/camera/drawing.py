"""The booth, the tray and the made-up card that the synthetic camera shows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from hardware.camera.frame import Image, load_cv2
from hardware.late import np
from hardware.likeness import FACES, HEIGHT, WALL, WIDTH, Colour, Look, bust

CJK_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
HK_FACE = 4  # "Noto Sans CJK HK" in the collection

PANEL_LEFT: Colour = (214, 209, 199)
PANEL_RIGHT: Colour = (196, 188, 172)
TRAY: Colour = (67, 57, 38)
TRAY_EDGE: Colour = (51, 43, 28)
CARD: Colour = (232, 238, 236)
CARD_BAND: Colour = (196, 206, 190)
INK: Colour = (52, 44, 30)


@lru_cache(maxsize=1)
def grain() -> Image:
    """The noise of a sensor, a little larger than a frame: each frame adds another part of it."""
    return np.random.default_rng(20).integers(0, 4, (HEIGHT + 32, WIDTH + 32, 3)).astype(np.uint8)


@lru_cache(maxsize=1)
def wall() -> Image:
    """The booth with nobody in it."""
    cv2 = load_cv2()
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    cv2.rectangle(picture, (0, 0), (250, HEIGHT), PANEL_LEFT, -1)
    cv2.rectangle(picture, (1030, 0), (WIDTH, HEIGHT), PANEL_RIGHT, -1)
    return np.asarray(picture, np.uint8)


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


def seated(look: Look, *, eyes_open: bool = True, yaw: int = 0) -> Image:
    """Somebody before the booth's wall."""
    drawn, picture = bust(look, eyes_open, yaw), wall().copy()
    load_cv2().copyTo(drawn.pixels, drawn.mask, picture)
    return picture


def _card_portrait() -> Image:
    return seated(FACES["elder"])[60:680, 408:873]


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
