"""Drawn faces of made-up people: one look, the same person on the card and before the camera. Nobody real is drawn.

The shapes differ enough for the model that compares faces to tell them apart, and the head has a depth, so that it can
be turned: what a comparison and a challenge need to be seen at work without a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hardware.camera.frame import Image, load_cv2
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
SCALE = 2  # drawn at twice the size, then reduced: smooth edges
INSIDE = 250  # of a reduced mask: the soft rim, half of it wall, is left out
MIDDLE = 640.0
AROUND = (slice(40, 620), slice(420, 860))
"""Rows and columns of a frame in which every head lies, however it is turned."""

Colour = tuple[int, int, int]  # blue, green, red
Points = list[tuple[float, float]]
WALL: Colour = (200, 194, 182)
SHIRT: Colour = (240, 240, 236)
DARK: Colour = (34, 36, 44)


@dataclass(frozen=True)
class Look:
    """How one drawn person differs from the next: colours as blue, green, red; shapes as shares of the usual one.

    `brow` and `eye_tilt` are pixels by which the outer end stands higher; `jaw` is 0 for pointed, 1 for square.
    """

    skin: Colour = (130, 167, 224)
    hair: Colour = DARK
    brows: Colour = DARK
    coat: Colour = (110, 96, 66)
    lip: Colour = (62, 74, 150)
    face: float = 1.0
    jaw: float = 0.35
    eyes: float = 1.0
    apart: float = 1.0
    eye_tilt: float = 0.0
    brow: float = 0.0
    brow_thick: float = 8.0
    brow_high: float = 0.0
    nose: float = 1.0
    nose_long: float = 0.0
    mouth: float = 1.0
    smile: float = 1.0
    mouth_low: float = 0.0
    long_hair: bool = False
    fringe: float = 0.0
    beard: bool = False
    lines: bool = False

    @property
    def shade(self) -> Colour:
        """The skin where less light falls."""
        blue, green, red = self.skin
        return blue * 82 // 100, green * 85 // 100, red * 90 // 100


def look_of(values: Mapping[str, Any]) -> Look:
    """A look from its fields as JSON has them."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Look(**fields)


@dataclass(frozen=True, eq=False)
class Bust:
    """A drawn bust: its pixels, and where they cover the wall (255)."""

    pixels: Image
    mask: Image


@lru_cache(maxsize=3)  # eyes open, eyes shut, and one that turns; 3.5 MB each
def bust(look: Look, eyes_open: bool = True, yaw: int = 0) -> Bust:
    """A face, hair, neck and coat in a frame of 1280 x 720; the head turned `yaw` degrees to the picture's right."""
    body, head = _body_drawn(look), _turned(look, eyes_open, yaw)
    pixels, mask = body.pixels.copy(), body.mask.copy()
    load_cv2().copyTo(head.pixels, head.mask, pixels[AROUND])
    mask[AROUND] |= head.mask
    return Bust(pixels, mask)


@lru_cache(maxsize=1)
def _body_drawn(look: Look) -> Bust:
    pen = _Pen()
    for points, colour in _body(look):
        pen.fill(points, colour)
    return pen.done()


@lru_cache(maxsize=2)
def _head_drawn(look: Look, eyes_open: bool) -> Bust:
    pen = _Pen()
    for points, colour in _head(look):
        pen.fill(points, colour)
    _features(pen, look, eyes_open)
    done = pen.done()
    return Bust(done.pixels[AROUND].copy(), done.mask[AROUND].copy())  # a view would keep the whole frame


@lru_cache(maxsize=12)  # a turn to one side and back; 1 MB each
def _turned(look: Look, eyes_open: bool, yaw: int) -> Bust:
    """The part of the frame around the head, seen from the side: each row is moved by how near to the camera it is."""
    head = _head_drawn(look, eyes_open)
    if yaw == 0:
        return head
    cv2 = load_cv2()
    cos, sin = float(np.cos(np.radians(yaw))), float(np.sin(np.radians(yaw)))
    height, width = head.mask.shape
    across = np.arange(width, dtype=np.float32)
    middle = MIDDLE - AROUND[1].start
    moved = middle + (across - middle) * cos + _depth() * sin
    columns = np.array([np.interp(across, row, across) for row in _rising(moved, sin)], np.float32)
    rows = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    pixels = cv2.remap(head.pixels, columns, rows, cv2.INTER_LINEAR)
    mask = cv2.remap(head.mask, columns, rows, cv2.INTER_NEAREST)
    return Bust(np.asarray(pixels, np.uint8), np.asarray(mask, np.uint8))


def _rising(moved: NDArray[np.float64], sin: float) -> NDArray[np.float64]:
    """Where each column comes to stand, those that a nearer one hides pushed behind its edge."""
    if sin > 0:
        return np.maximum.accumulate(moved, axis=1)
    return np.minimum.accumulate(moved[:, ::-1], axis=1)[:, ::-1]


@lru_cache(maxsize=1)
def _depth() -> NDArray[np.float64]:
    """How near to the camera each pixel of a head is, in pixels before the ears: an egg with a nose."""
    y, x = np.mgrid[AROUND].astype(np.float64)
    egg = 150 * np.sqrt(np.clip(1 - ((x - MIDDLE) / 165) ** 2 - ((y - 335) / 250) ** 2, 0, 1))
    ridge = np.clip((y - 350) / 80, 0, 1) * np.clip((452 - y) / 20, 0, 1)
    return np.asarray(egg + 46 * ridge * np.exp(-(((x - MIDDLE) / 24) ** 2)), np.float64)


class _Pen:
    """Draws at twice the size, in frame pixels."""

    def __init__(self) -> None:
        self._pixels = np.full((HEIGHT * SCALE, WIDTH * SCALE, 3), WALL, np.uint8)
        self._mask = np.zeros((HEIGHT * SCALE, WIDTH * SCALE), np.uint8)

    def fill(self, points: Points, colour: Colour) -> None:
        """A filled shape."""
        cv2 = load_cv2()
        cv2.fillPoly(self._pixels, _scaled(points), colour, cv2.LINE_AA)
        cv2.fillPoly(self._mask, _scaled(points), 255)

    def line(self, points: Points, colour: Colour, thick: float) -> None:
        """A stroke on what is drawn already."""
        cv2 = load_cv2()
        cv2.polylines(self._pixels, _scaled(points), False, colour, max(1, round(thick * SCALE)), cv2.LINE_AA)

    def done(self) -> Bust:
        """The drawing at its own size."""
        return Bust(_reduced(self._pixels), (_reduced(self._mask) > INSIDE).astype(np.uint8) * 255)


def _scaled(points: Points) -> NDArray[np.int32]:
    return np.array([[(round(x * SCALE), round(y * SCALE)) for x, y in points]], np.int32)


def _reduced(picture: Image) -> Image:
    cv2 = load_cv2()
    return np.asarray(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def ellipse(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Points:
    """Points along an ellipse, angles in degrees, clockwise from the right."""
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


def _mirrored(points: Points) -> Points:
    return [(2 * MIDDLE - x, y) for x, y in points]


SHOULDERS: Points = [(280, 900), (300, 690), (400, 628), (566, 590), (640, 600),
                     (714, 590), (880, 628), (980, 690), (1000, 900)]  # fmt: skip


def _body(look: Look) -> list[tuple[Points, Colour]]:
    """What does not turn with the head, back to front."""
    collar: Points = [(560, 588), (640, 662), (598, 724), (536, 640)]
    shapes = [(_rounded(SHOULDERS), look.coat)]
    if look.long_hair:
        locks = _rounded([*ellipse(640, 300, 196 * look.face, 210, 180, 360), (860, 620), (420, 620)])
        shapes = [(locks, look.hair), *shapes]
    neck: Points = [(570, 480), (710, 480), (722, 596), (640, 668), (558, 596)]
    return [*shapes, (neck, look.shade), (collar, SHIRT), (_mirrored(collar), SHIRT)]


def _head(look: Look) -> list[tuple[Points, Colour]]:
    """The shapes of the head, back to front."""
    wide = look.face
    half = [(142, 300), (138, 400), (112 + 24 * look.jaw, 470), (60 + 56 * look.jaw, 530), (22 + 44 * look.jaw, 558)]
    left = [(MIDDLE - dx * wide, float(y)) for dx, y in half]
    top = ellipse(640, 290, 142 * wide, 118, 180, 360)
    face = _rounded([*top, *_mirrored(left), *reversed(left)])
    hairline = 236 + look.fringe
    cap = [(MIDDLE - 142 * wide, 300.0), *ellipse(640, 262, 160 * wide, 150, 180, 360), (MIDDLE + 142 * wide, 300.0),
           (MIDDLE + 100 * wide, hairline), (MIDDLE - 80 * wide, hairline - 8)]  # fmt: skip
    shapes = [(ellipse(640, 300, 168 * wide, 200), look.hair)]
    if not look.long_hair:
        shapes += [(ellipse(640 + side * 146 * wide, 372, 20, 40), look.shade) for side in (-1, 1)]
    return [*shapes, (face, look.skin), (cap, look.hair)]


def _features(pen: _Pen, look: Look, eyes_open: bool) -> None:
    for side in (-1, 1):
        _eye(pen, look, side, eyes_open)
    long, wide = look.nose_long, look.nose
    pen.line([(642, 372), (640 - 8 * wide, 424 + long), (640 - 10 * wide, 432 + long), (640 + 6 * wide, 438 + long),
              (640 + 18 * wide, 434 + long)], look.shade, 7)  # fmt: skip
    y, reach = 462 + look.mouth_low, 58 * look.mouth
    if look.beard:
        pen.line(_rounded([(530, 440), (552, 520), (640, 552), (728, 520), (750, 440)]), look.hair, 1)
        pen.fill([*ellipse(640, 440, 118 * look.face, 116, 10, 170)], look.hair)
        pen.fill(ellipse(640, y + 8, reach + 8, 22), look.skin)
        pen.line([(640 - reach, y - 14), (640, y - 26), (640 + reach, y - 14)], look.hair, 12)
    curve = 34 * look.smile
    pen.line(ellipse(640, y + 17 - curve / 2, reach, max(abs(curve), 2), 25, 155), look.lip, 9)
    if look.lines:
        for side in (-1, 1):
            pen.line([(640 + side * 46, 420), (640 + side * 74, 446), (640 + side * 78, 470)], look.shade, 4)
            pen.line([(640 + side * 104, 356), (640 + side * 120, 348)], look.shade, 3)
        pen.line([(590, 272), (640, 268), (690, 272)], look.shade, 3)


def _eye(pen: _Pen, look: Look, side: int, eyes_open: bool) -> None:
    x, y = MIDDLE + side * 62 * look.apart, 362.0
    wide, high = 26 * look.eyes, 14 * look.eyes
    tilt = look.eye_tilt * side

    def leaned(points: Points, by: float) -> Points:
        return [(px, py - by * (px - x) / 36) for px, py in points]

    pen.line(leaned(ellipse(x, 330 - look.brow_high, 36, 20, 205, 335), look.brow * side), look.brows, look.brow_thick)
    if eyes_open:
        pen.fill(leaned(ellipse(x, y, wide, high), tilt), SHIRT)
        pen.line(leaned(ellipse(x, y, wide, high, 180, 360), tilt), DARK, 4)
        pen.fill(ellipse(x, y, 12 * min(1.1, look.eyes), 12 * min(1.1, look.eyes)), DARK)
        pen.fill(ellipse(x - 4, y - 5, 4, 4), (255, 255, 255))
    else:
        pen.line(leaned(ellipse(x, y + 4, wide, 6, 5, 175), tilt), DARK, 3)


FACES: dict[str, Look] = {
    "elder": Look(
        skin=(172, 200, 232),
        hair=(140, 140, 142),
        brows=(200, 200, 202),
        coat=(92, 74, 62),
        face=0.89,
        jaw=0.18,
        eyes=1.16,
        apart=0.99,
        eye_tilt=-7.0,
        brow=-1.0,
        brow_thick=5.0,
        brow_high=-3.0,
        nose=0.64,
        mouth=1.23,
        smile=0.94,
        mouth_low=-7.0,
        fringe=-5.0,
        lines=True,
    ),
    "adult": Look(
        skin=(182, 210, 242),
        hair=(28, 30, 38),
        brows=(28, 30, 38),
        coat=(58, 40, 120),
        lip=(70, 60, 180),
        face=1.12,
        jaw=0.78,
        eyes=1.21,
        apart=0.9,
        eye_tilt=3.0,
        brow=7.0,
        brow_thick=13.0,
        brow_high=-1.0,
        nose=1.38,
        mouth=1.1,
        smile=-0.15,
        mouth_low=8.0,
        long_hair=True,
        fringe=3.0,
    ),
    "rare": Look(
        skin=(176, 204, 236),
        hair=(168, 168, 170),
        brows=(168, 168, 170),
        coat=(84, 92, 46),
        face=0.98,
        jaw=0.58,
        eyes=0.9,
        apart=1.14,
        eye_tilt=-2.0,
        brow=1.0,
        brow_thick=10.0,
        brow_high=-2.0,
        nose=1.98,
        nose_long=10.0,
        mouth=0.79,
        smile=0.32,
        mouth_low=-7.0,
        long_hair=True,
        fringe=8.0,
        lines=True,
    ),
    "english": Look(
        skin=(112, 146, 196),
        hair=(40, 56, 76),
        brows=(40, 56, 76),
        coat=(120, 60, 40),
        face=0.87,
        jaw=0.65,
        eyes=1.28,
        apart=1.08,
        eye_tilt=6.24,
        brow=1.0,
        brow_thick=4.42,
        brow_high=-1.0,
        nose=1.81,
        nose_long=6.0,
        mouth=0.94,
        smile=0.57,
        mouth_low=14.58,
        fringe=39.0,
        beard=True,
    ),
}
"""Four made-up people, by the word the demonstration knows them."""
