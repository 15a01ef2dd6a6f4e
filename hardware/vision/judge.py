"""Is this a portrait a department will take? One thing to say at a time, in the order a photographer would say it.

Gates after the measurements in docs/decisions/0021; none is a refusal: whoever a model cannot see goes on without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hardware.camera.frame import Image, load_cv2
from hardware.camera.measure import grey, scaled
from hardware.late import np
from hardware.vision.face import Face, chip

Code = Literal[
    "ready", "no_face", "several", "too_far", "too_near", "move_left", "move_right", "move_up", "move_down",
    "turn_left", "turn_right", "chin_up", "chin_down", "head_upright", "eyes_shut", "mouth_open", "covered",
    "too_dark", "too_bright", "uneven", "blurred", "hold_still", "background",
]  # fmt: skip
"""Left and right are the resident's own, as in a mirror."""

SECOND_FACE = 0.4  # of the width of the first
LEAST_EYES_PX = 120.0
YAW, ROLL, PITCH = 12.0, 8.0, 12.0  # degrees
PITCH_ZERO = 11.0  # what the mesh reads when somebody looks straight ahead, see `mesh.pose`
EYES_OPEN = 0.08
MOUTH_SHUT = 0.20  # a smile reads 0.15 to 0.19, a laugh more
SHARP = 70.0
DARK, BRIGHT = 70.0, 205.0
BURNT_SHARE = 0.04
UNEVEN = 0.30
MOVED = 0.035  # of the distance between the eyes, per tenth of a second
COVERED = 17.0
BACKGROUND = 22.0
CHIP = 224


@dataclass(frozen=True)
class Zero:
    """How this kiosk's camera sees somebody who looks straight at it: the pitch and yaw it reads then, in degrees."""

    pitch: float = PITCH_ZERO
    yaw: float = 0.0


STRAIGHT_AHEAD = Zero()


@dataclass(frozen=True)
class Measures:
    """The figures of one face that the verdict rests on; none tells who somebody is."""

    eye_distance: float
    yaw: float
    pitch: float
    roll: float
    eyes: tuple[float, float]
    mouth: float
    light: float
    burnt: float
    unevenness: float
    sharpness: float
    lower_difference: float
    background: float

    @property
    def quality(self) -> float:
        """Of two good pictures, the one with the larger figure is the better: straighter, wider eyes, sharper."""
        crooked = abs(self.yaw) / YAW + abs(self.pitch) / PITCH + abs(self.roll) / ROLL + self.mouth / MOUTH_SHUT
        return min(self.sharpness, 400.0) / 200.0 + min(*self.eyes, 0.25) * 8.0 - crooked


@dataclass(frozen=True)
class Cut:
    """A rectangle of the picture in pixels; it may reach out of the picture."""

    left: float
    top: float
    width: float
    height: float


HEAD_SHARE = 0.68
"""Crown to chin as a share of the photo's height: 34 of 50 mm, in the middle of what both sides' departments ask."""

CROWN = 1.34
"""Crown with hair to chin, as a multiple of the mesh's own height, which begins high on the forehead."""


def cut_for(face: Face, aspect: float) -> Cut:
    """The photo around a face, `aspect` wide for 1 high: the head as large and as high as departments ask."""
    top, chin = face.points[10, :2], face.points[152, :2]
    axis = chin - top
    head = float(np.hypot(*axis)) * CROWN
    crown = chin - axis * CROWN
    height = head / HEAD_SHARE
    centre_x = float(face.points[[234, 454], 0].mean())
    head_top = float(min(crown[1], chin[1]))
    return Cut(centre_x - height * aspect / 2, head_top - height * 0.09, height * aspect, height)


def measure(image: Image, face: Face, eyes: tuple[float, float], zero: Zero = STRAIGHT_AHEAD) -> Measures:
    """Everything that is measured of a face; about 3 ms."""
    small = chip(image, face, CHIP)
    light = grey(small).astype(np.float32)
    inner = light[CHIP // 5 : -CHIP // 10, CHIP // 5 : -CHIP // 5]
    mean = float(inner.mean())
    left, right = (float(half.mean()) for half in np.array_split(inner, 2, axis=1))
    burnt = float(np.mean((inner >= 253) | (inner <= 2)))
    return Measures(
        eye_distance=face.eye_distance,
        yaw=face.yaw - zero.yaw,
        pitch=face.pitch - zero.pitch,
        roll=face.roll,
        eyes=eyes,
        mouth=face.mouth,
        light=mean,
        burnt=burnt,
        unevenness=abs(left - right) / max(mean, 1.0),
        sharpness=sharpness(light),
        lower_difference=_lower_difference(small),
        background=_background(image, face),
    )


def sharpness(light: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    """The variance of the Laplacian, less what the sensor's noise adds to it (Immerkaer 1996, by the median)."""
    cv2 = load_cv2()
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    noise = float(np.median(np.abs(cv2.filter2D(light, -1, kernel)))) / 0.6745 / 6
    return max(0.0, float(cv2.Laplacian(light, cv2.CV_32F).var()) - 20.0 * noise * noise)


def verdict(image: Image, faces: list[Face], figures: Measures | None, aspect: float = 0.76) -> Code:
    """The one thing to say about a picture with these faces, `figures` being those of the largest."""
    if not faces or figures is None:
        return _without_face(image)
    first = faces[0]
    if any(other.width > SECOND_FACE * first.width for other in faces[1:]):
        return "several"
    checks = (_light(figures), _place(image, first, figures, aspect), _pose(figures), _face(figures))
    said = next((code for code in checks if code is not None), None)
    if said is not None:
        return said
    if figures.sharpness < SHARP:
        return "blurred"
    return "background" if figures.background > BACKGROUND else "ready"


def moved(face: Face, before: Face, seconds: float) -> bool:
    """Whether a head moves too fast to be photographed sharply."""
    if not 0 < seconds < 1:
        return False
    way = float(np.hypot(*(face.points[1, :2] - before.points[1, :2])))
    return way / max(face.eye_distance, 1.0) > MOVED * max(seconds, 0.05) * 10


def _without_face(image: Image) -> Code:
    light = float(grey(scaled(image, 320)).mean())
    if light < 35:
        return "too_dark"
    return "too_bright" if light > 235 else "no_face"


def _light(figures: Measures) -> Code | None:
    if figures.light < DARK:
        return "too_dark"
    if figures.light > BRIGHT or figures.burnt > BURNT_SHARE:
        return "too_bright" if figures.light > 100 else "too_dark"
    return "uneven" if figures.unevenness > UNEVEN and abs(figures.yaw) <= YAW else None


def _place(image: Image, face: Face, figures: Measures, aspect: float) -> Code | None:
    if figures.eye_distance < LEAST_EYES_PX * max(0.2, float(np.cos(np.radians(figures.yaw)))):
        return "too_far"
    rows, columns = image.shape[:2]
    cut = cut_for(face, aspect)
    if cut.height > rows * 1.02 or cut.width > columns:
        return "too_near"
    slack = 0.04 * cut.height
    if cut.left < -slack:
        return "move_left"  # the picture's left is the resident's right
    if cut.left + cut.width > columns + slack:
        return "move_right"
    if cut.top < -slack:
        return "move_down"
    return "move_up" if cut.top + cut.height > rows + slack else None


def _pose(figures: Measures) -> Code | None:
    if abs(figures.roll) > ROLL:
        return "head_upright"
    if abs(figures.yaw) > YAW:
        return "turn_left" if figures.yaw < 0 else "turn_right"
    if abs(figures.pitch) > PITCH:
        return "chin_up" if figures.pitch > 0 else "chin_down"
    return None


def _face(figures: Measures) -> Code | None:
    if figures.lower_difference > COVERED:
        return "covered"
    if min(figures.eyes) < EYES_OPEN:
        return "eyes_shut"
    return "mouth_open" if figures.mouth > MOUTH_SHUT else None


PATCHES = {"brow": (0.37, 0.45, 0.46, 0.54), "left": (0.64, 0.71, 0.29, 0.37), "right": (0.64, 0.71, 0.63, 0.71),
           "chin": (0.91, 0.98, 0.44, 0.56)}  # fmt: skip
"""Patches of skin in a chip: top, bottom, left and right as shares of its side."""


def _lower_difference(small: Image) -> float:
    """How differently coloured both cheeks and the chin are from the skin between the brows: a mask (Lab a and b).

    The least of the three differences: a beard leaves the cheeks, a lamp from the side one of them. Brightness is left
    out for the shadow under a nose, so a skin-coloured mask passes: the screen asks for it to be taken off.
    """
    cv2 = load_cv2()
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float32)
    colour = {
        name: np.median(
            lab[round(top * CHIP) : round(bottom * CHIP), round(left * CHIP) : round(right * CHIP), 1:], axis=(0, 1)
        )
        for name, (top, bottom, left, right) in PATCHES.items()
    }
    return min(float(np.abs(colour[name] - colour["brow"]).sum()) for name in ("left", "right", "chin"))


def _background(image: Image, face: Face) -> float:
    """How much the wall beside the head varies (Lab), at the height of the face, clear of hair and ears."""
    cv2 = load_cv2()
    left, top, right, bottom = face.box
    width, height = right - left, bottom - top
    rows, columns = image.shape[:2]
    upper, lower = max(0, round(top - 0.3 * height)), min(rows, round(bottom - 0.3 * height))
    sides = (
        (max(0, round(left - 1.0 * width)), max(0, round(left - 0.5 * width))),
        (min(columns, round(right + 0.5 * width)), min(columns, round(right + 1.0 * width))),
    )
    spreads = []
    for start, end in sides:
        if end - start < 8 or lower - upper < 8:
            continue
        strip = cv2.cvtColor(cv2.GaussianBlur(image[upper:lower, start:end], (9, 9), 0), cv2.COLOR_BGR2LAB)
        spreads.append(float(strip.reshape(-1, 3).astype(np.float32).std(axis=0).sum()))
    return max(spreads, default=0.0)
