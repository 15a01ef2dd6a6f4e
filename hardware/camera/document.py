"""Find the paper or card on the plain tray, say what is wrong with the picture, and flatten it.

Made for a matte tray plainly darker or lighter than what lies on it; on wood or a patterned table it may say
`no_paper`, and the way on without a verdict must stay open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.measure import edge_width, grey, scaled

Code = Literal["ready", "too_dark", "glare", "blurred", "no_paper", "cut_off"]
VERDICT_CODES: tuple[Code, ...] = ("ready", "too_dark", "glare", "blurred", "no_paper", "cut_off")
"""Every verdict; each needs a text `document.<code>` in every language."""

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left, in pixels of the frame they were found in."""

WORKING_SIDE = 640
DARK_FRAME_MEAN = 18
DARK_PAPER_MEAN = 70
LEAST_AREA = 0.04
LEAST_FILL = 0.88
GLARE_SHARE = 0.003
SOFT_EDGE = 0.48
EDGE_PIXELS = 3
MAX_CAPTURE_SIDE = 2480


@dataclass(frozen=True)
class DocumentVerdict:
    """The one thing to say now, and where the sheet lies if it was found."""

    code: Code
    corners: Corners | None = None


def assess(image: Image) -> DocumentVerdict:
    """Judge a frame, worst trouble first; about 6 ms for 1280 x 720."""
    small = scaled(image, WORKING_SIDE)
    if float(grey(small).mean()) < DARK_FRAME_MEAN:
        return DocumentVerdict("too_dark")
    outline = _outline(small)
    if outline is None:
        return DocumentVerdict("no_paper")
    if _touches_edge(outline, small.shape[1], small.shape[0]):
        return DocumentVerdict("cut_off")
    quad = _quad(outline)
    if quad is None:
        return DocumentVerdict("no_paper")
    factor = image.shape[1] / small.shape[1]
    corners = _as_corners(quad * factor)
    return DocumentVerdict(_trouble(image, corners), corners)


def capture(image: Image, verdict: DocumentVerdict) -> bytes:
    """The sheet alone, flattened, as a JPEG; the whole frame when no sheet was found."""
    flat = image if verdict.corners is None else flatten(image, verdict.corners)
    return encode_jpeg(flat, quality=92)


def flatten(image: Image, corners: Corners) -> Image:
    """The quadrilateral as a rectangle, as large as its own longer edges (at most 2,480 pixels)."""
    cv2 = load_cv2()
    quad = np.array(corners, np.float32)
    across = max(float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[2] - quad[3])))
    down = max(float(np.linalg.norm(quad[3] - quad[0])), float(np.linalg.norm(quad[2] - quad[1])))
    shrink = min(1.0, MAX_CAPTURE_SIDE / max(across, down, 1.0))
    width, height = max(8, round(across * shrink)), max(8, round(down * shrink))
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC), np.uint8)


def _outline(small: Image) -> NDArray[np.int32] | None:
    """The contour of the largest thing that differs from the tray, None when nothing large enough does."""
    cv2 = load_cv2()
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.int16)
    far = np.abs(lab - _tray_colour(lab)).sum(axis=2).clip(0, 255).astype(np.uint8)
    level, mask = cv2.threshold(far, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if level < 14:
        return None
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < LEAST_AREA * small.shape[0] * small.shape[1]:
        return None
    return np.asarray(largest[:, 0, :], np.int32)


def _tray_colour(lab: Any) -> Any:
    """The tray's colour: the median of a ring a little inside the frame, where papers rarely reach all round."""
    height, width = lab.shape[:2]
    near, far = round(0.05 * height), round(0.09 * height)
    ring = np.concatenate(
        [
            lab[near:far, near : width - near].reshape(-1, 3),
            lab[height - far : height - near, near : width - near].reshape(-1, 3),
            lab[near : height - near, near:far].reshape(-1, 3),
            lab[near : height - near, width - far : width - near].reshape(-1, 3),
        ]
    )
    return np.median(ring if len(ring) else lab.reshape(-1, 3), axis=0)


def _touches_edge(outline: NDArray[np.int32], width: int, height: int) -> bool:
    x, y = outline[:, 0], outline[:, 1]
    before = min(x.min(), y.min()) < EDGE_PIXELS
    return bool(before or x.max() >= width - EDGE_PIXELS or y.max() >= height - EDGE_PIXELS)


def _quad(outline: NDArray[np.int32]) -> NDArray[np.float32] | None:
    """Four corners in reading order from the hull's longest turns, None when the shape is not four-sided."""
    cv2 = load_cv2()
    hull = cv2.convexHull(outline.reshape(-1, 1, 2))
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.04, 0.06, 0.08):
        corners = cv2.approxPolyDP(hull, share * length, True)
        if len(corners) == 4:
            break
    else:
        return None
    quad = corners[:, 0, :].astype(np.float32)
    if cv2.contourArea(quad) <= 0 or cv2.contourArea(outline.reshape(-1, 1, 2)) < LEAST_FILL * cv2.contourArea(quad):
        return None
    return _refined(_ordered(quad), outline.astype(np.float32))


def _ordered(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """Clockwise on the screen from the corner nearest the top left."""
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    ring = quad[np.argsort(angles)]
    return np.asarray(np.roll(ring, -int(np.argmin(ring.sum(axis=1))), axis=0), np.float32)


def _refined(quad: NDArray[np.float32], outline: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corners where lines through the middle of each side meet: rounded card corners do not pull them in."""
    cv2 = load_cv2()
    lines = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        side = end - start
        along = (outline - start) @ side / max(float(side @ side), 1.0)
        away = np.abs(np.cross(np.append(side, 0), np.c_[outline - start, np.zeros(len(outline))])[:, 2])
        near = outline[(along > 0.12) & (along < 0.88) & (away < 8 * np.linalg.norm(side))]
        if len(near) < 8:
            return quad
        lines.append(cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel())
    met = [_meet(lines[number - 1], lines[number]) for number in range(4)]
    if any(point is None or np.linalg.norm(point - corner) > 40 for point, corner in zip(met, quad, strict=True)):
        return quad
    return np.array(met, np.float32)


def _meet(one: Any, other: Any) -> Any:
    """Where two lines (direction and point) cross, None when they are nearly parallel."""
    matrix = np.array([[one[0], -other[0]], [one[1], -other[1]]], np.float64)
    if abs(np.linalg.det(matrix)) < 0.1:
        return None
    along = np.linalg.solve(matrix, np.array([other[2] - one[2], other[3] - one[3]]))[0]
    return np.array([one[2] + along * one[0], one[3] + along * one[1]])


def _as_corners(quad: NDArray[np.float32]) -> Corners:
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return a, b, c, d


def _trouble(image: Image, corners: Corners) -> Code:
    """What is wrong with a sheet that was found."""
    cv2 = load_cv2()
    sheet = scaled(flatten(image, corners), 800)
    paper = grey(sheet)
    if float(np.percentile(paper, 90)) < DARK_PAPER_MEAN:
        return "too_dark"
    hsv = cv2.cvtColor(sheet, cv2.COLOR_BGR2HSV)
    shine = ((hsv[..., 2] >= 250) & (hsv[..., 1] < 25)).astype(np.uint8)
    shine = cv2.morphologyEx(shine, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(shine)
    if len(stats) > 1 and stats[1:, cv2.CC_STAT_AREA].max() > GLARE_SHARE * paper.size:
        return "glare"
    return "blurred" if edge_width(paper) > SOFT_EDGE else "ready"
