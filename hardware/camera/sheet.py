"""Where the sheet lies on the tray: what differs from the empty tray, is four-sided, and ends on all sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from hardware.camera.frame import Image, load_cv2
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Outline: TypeAlias = "NDArray[np.int32]"
Quad: TypeAlias = "NDArray[np.float32]"

LEAST_AREA = 0.04
LEAST_FILL = 0.88
LEAST_STEP = 9.0
FAINT_LEVEL = 11
EDGE_PIXELS = 3
RING_SPREAD = 60.0


def find_sheet(small: Image) -> Quad | Literal["no_paper", "cut_off"]:
    """Four corners, clockwise from the top left, in pixels of `small` (about 640 wide), or why there are none.

    First at the level that parts the picture best; where that found only something printed on a pale sheet, again at
    a level just above the noise.
    """
    cv2 = load_cv2()
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float32)
    far = np.abs(lab - _tray(lab)).sum(axis=2).clip(0, 255).astype(np.uint8)
    best, _ = cv2.threshold(far, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    why: Literal["no_paper", "cut_off"] = "no_paper"
    for level in (max(best, FAINT_LEVEL), FAINT_LEVEL):
        outline = _outline(far, level)
        if outline is None:
            continue
        if _touches_edge(outline, small.shape[1], small.shape[0]):
            why = "cut_off" if level > FAINT_LEVEL else why
            continue
        quad = _quad(outline)
        if quad is not None and _ends_on_all_sides(lab, quad):
            return quad
    return why


def _outline(far: Any, level: float) -> Outline | None:
    """The contour of the largest thing that differs from the tray by more than `level`, None if all are small."""
    cv2 = load_cv2()
    mask = (far > level).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None or cv2.contourArea(largest) < LEAST_AREA * far.size:
        return None
    return np.asarray(largest[:, 0, :], np.int32)


def _ends_on_all_sides(lab: Any, quad: Quad) -> bool:
    """Whether the colour steps at every side: a block of print on a sheet has the same paper inside and outside."""
    height, width = lab.shape[:2]
    centre = quad.mean(axis=0)
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        side = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
        inward = np.array([-side[1], side[0]])
        inward = inward if float(inward @ (centre - start)) > 0 else -inward
        line = start + np.linspace(0.1, 0.9, 60)[:, None] * (end - start)
        colours = []
        for away in (5.0, -5.0):
            x, y = np.rint(line + away * inward).astype(int).T
            seen = lab[y.clip(0, height - 1), x.clip(0, width - 1)]
            paper = np.percentile(seen[:, 0], 85)  # the paper between the letters, not the letters
            colours.append(np.array([paper, *np.median(seen[:, 1:], axis=0)]))
        if float(np.abs(colours[0] - colours[1]).sum()) < LEAST_STEP:
            return False
    return True


def _tray(lab: Any) -> Any:
    """The empty tray as it would look here: a plane through each channel of a ring a little inside the frame.

    A plane, since lamps light one side more; fitted again without what lies far off it, since a paper may cross it.
    """
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    near, far = 0.05 * height, 0.10 * height
    inset = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    ring = (inset >= near) & (inset < far)
    if np.count_nonzero(ring) < 50:
        return np.median(lab.reshape(-1, 3), axis=0)
    places = np.stack([np.ones_like(x), x / width, y / height], axis=-1)
    here, seen = places[ring][::5], lab[ring][::5]
    kept = np.abs(seen - np.median(seen, axis=0)).sum(axis=1) < RING_SPREAD
    for _ in range(2):
        if np.count_nonzero(kept) < 50:
            return np.median(seen, axis=0)
        plane = np.linalg.lstsq(here[kept], seen[kept], rcond=None)[0]
        kept = np.abs(seen - here @ plane).sum(axis=1) < RING_SPREAD / 2
    return places @ plane


def _touches_edge(outline: Outline, width: int, height: int) -> bool:
    x, y = outline[:, 0], outline[:, 1]
    before = min(x.min(), y.min()) < EDGE_PIXELS
    return bool(before or x.max() >= width - EDGE_PIXELS or y.max() >= height - EDGE_PIXELS)


def _quad(outline: Outline) -> Quad | None:
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


def _ordered(quad: Quad) -> Quad:
    """Clockwise on the screen from the corner nearest the top left."""
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    ring = quad[np.argsort(angles)]
    return np.asarray(np.roll(ring, -int(np.argmin(ring.sum(axis=1))), axis=0), np.float32)


def _refined(quad: Quad, outline: Quad) -> Quad:
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
