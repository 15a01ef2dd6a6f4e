"""Is this picture good enough to take as a portrait, and the photo cut from it.

Classical measures only: light, focus, structure and movement inside the oval guide. `no_one` means "nothing stands out
from a plain background inside the oval"; it does not recognise a face, so a coat on the chair passes and a person must
always be able to go on without it. Face checks by model are not part of this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.measure import Grey, edge_width, grey, movement, scaled
from hardware.late import np

Code = Literal["ready", "too_dark", "too_bright", "blurred", "no_one", "hold_still"]
VERDICT_CODES: tuple[Code, ...] = ("ready", "too_dark", "too_bright", "blurred", "no_one", "hold_still")
"""Every verdict; each needs a text `portrait.<code>` in every language."""

WORKING_SIDE = 640
DARK_MEAN = 55
BRIGHT_MEAN = 215
BRIGHT_SHARE = 0.35
STRUCTURE = 14.0
SOFT_EDGE = 0.55
MOVING = 9.0

GUIDE_CENTRE = (0.5, 0.46)
"""Centre of the oval guide as a share of the frame's width and height."""

GUIDE_RADII = (0.303, 0.39)
"""Its half width and half height, both as a share of the frame's height."""


@dataclass(frozen=True)
class PortraitVerdict:
    """The one thing to say now."""

    code: Code


def assess(image: Image, previous: Image | None = None) -> PortraitVerdict:
    """Judge a frame, worst trouble first; with the frame before it (about 0.1 to 0.5 s) also movement.

    About 3 ms for 1280 x 720. Any 8-bit BGR picture gets a verdict.
    """
    small = grey(scaled(image, WORKING_SIDE))
    oval = _oval(small.shape[1], small.shape[0])
    inside = small[oval]
    light = float(inside.mean())
    if light < DARK_MEAN:
        return PortraitVerdict("too_dark")
    if light > BRIGHT_MEAN or float(np.mean(inside >= 250)) > BRIGHT_SHARE:
        return PortraitVerdict("too_bright")
    if _structure(small, oval) < STRUCTURE:
        return PortraitVerdict("no_one")
    if previous is not None and movement(small, grey(scaled(previous, WORKING_SIDE))) > MOVING:
        return PortraitVerdict("hold_still")
    if edge_width(_box(small, oval)) > SOFT_EDGE:
        return PortraitVerdict("blurred")
    return PortraitVerdict("ready")


def crop(image: Image, width_mm: float, height_mm: float, dpi: int) -> bytes:
    """The photo around the oval guide as a JPEG of exactly the asked size, for example 38 x 50 mm at 300 dpi.

    The head is as large in it as the person made it in the oval; nothing is retouched.
    """
    if not (0 < width_mm <= 200 and 0 < height_mm <= 200 and 50 <= dpi <= 1200):
        raise ValueError("no such photo size")
    cv2 = load_cv2()
    width, height = round(width_mm / 25.4 * dpi), round(height_mm / 25.4 * dpi)
    left, top, across, down = _crop_box(image.shape[1], image.shape[0], width / height)
    part = image[top : top + down, left : left + across]
    shrink = across > width
    photo = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC)
    return encode_jpeg(np.asarray(photo, np.uint8), quality=92, dpi=dpi)


def _crop_box(width: int, height: int, aspect: float) -> tuple[int, int, int, int]:
    """Left, top, width and height of the largest fitting cut a little larger than the oval."""
    down = min(height, 2.3 * GUIDE_RADII[1] * height, width / aspect)
    across = down * aspect
    left = GUIDE_CENTRE[0] * width - across / 2
    top = GUIDE_CENTRE[1] * height - down / 2
    left, top = min(max(0.0, left), width - across), min(max(0.0, top), height - down)
    return round(left), round(top), max(1, int(across)), max(1, int(down))


@lru_cache(maxsize=8)
def _oval(width: int, height: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    y, x = np.ogrid[:height, :width]
    dx = (x - GUIDE_CENTRE[0] * width) / (GUIDE_RADII[0] * height)
    dy = (y - GUIDE_CENTRE[1] * height) / (GUIDE_RADII[1] * height)
    oval = np.asarray(dx * dx + dy * dy <= 1.0, np.bool_)
    return oval if oval.any() else np.ones_like(oval)  # a picture of a few pixels


def _box(small: Grey, oval: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Grey:
    rows, columns = np.flatnonzero(oval.any(axis=1)), np.flatnonzero(oval.any(axis=0))
    return small[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _structure(small: Grey, oval: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> float:
    """How much stands out in the oval, in grey levels: its spread after fine detail and noise are blurred away."""
    return float(np.std(load_cv2().blur(small, (9, 9))[oval]))
