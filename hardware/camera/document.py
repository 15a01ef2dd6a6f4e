"""Find the paper or card on the plain tray, say what is wrong with the picture, and flatten it.

Made for a matte tray plainly darker or lighter than what lies on it; on wood or a patterned table it may say
`no_paper`, and the way on without a verdict must stay open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.measure import Grey, edge_width, grey, scaled
from hardware.camera.sheet import find_sheet
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Code = Literal["ready", "too_dark", "glare", "blurred", "no_paper", "cut_off"]
VERDICT_CODES: tuple[Code, ...] = ("ready", "too_dark", "glare", "blurred", "no_paper", "cut_off")
"""Every verdict; each needs a text `document.<code>` in every language."""

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left, in pixels of the frame they were found in."""

WORKING_SIDE = 640
DARK_FRAME_MEAN = 18
DARK_FRAME_P997 = 70
GLARE_SHARE = 0.003
GLARE_STEP = 243
ALL_WHITE = 0.6
SOFT_EDGE = 0.48
MAX_CAPTURE_SIDE = 2480


@dataclass(frozen=True)
class DocumentVerdict:
    """The one thing to say now, and where the sheet lies if it was found."""

    code: Code
    corners: Corners | None = None


def assess(image: Image) -> DocumentVerdict:
    """Judge a frame, worst trouble first; about 30 ms for 1280 x 720."""
    small = scaled(image, WORKING_SIDE)
    if float(grey(small).mean()) < DARK_FRAME_MEAN:
        return DocumentVerdict("too_dark")
    quad = find_sheet(small)
    if isinstance(quad, str):
        return DocumentVerdict(quad)
    corners = _as_corners(quad * (image.shape[1] / small.shape[1]))
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


def _as_corners(quad: NDArray[np.float32]) -> Corners:
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return a, b, c, d


def _trouble(image: Image, corners: Corners) -> Code:
    """What is wrong with a sheet that was found."""
    sheet = scaled(flatten(image, corners), 800)
    paper = grey(sheet)
    if float(np.percentile(grey(image)[::4, ::4], 99.7)) < DARK_FRAME_P997:
        return "too_dark"
    if _has_glare(sheet, paper):
        return "glare"
    return "blurred" if edge_width(paper) > SOFT_EDGE else "ready"


def _has_glare(sheet: Image, paper: Grey) -> bool:
    """Whether a patch shines: white without colour, and brighter at its edge than what lies round it.

    Paper that a lamp makes evenly whiter towards one side is not glare; a sheet that is nearly all white is.
    """
    cv2 = load_cv2()
    hsv = cv2.cvtColor(sheet, cv2.COLOR_BGR2HSV)
    shine = ((hsv[..., 2] >= 250) & (hsv[..., 1] < 25)).astype(np.uint8)
    if shine.mean() > ALL_WHITE:
        return True
    shine = cv2.morphologyEx(shine, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(shine)
    if count < 2:
        return False
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[largest, cv2.CC_STAT_AREA] <= GLARE_SHARE * paper.size:
        return False
    patch = (labels == largest).astype(np.uint8)
    near, far = (cv2.dilate(patch, np.ones((size, size), np.uint8)) for size in (9, 25))
    round_it = paper[(far > 0) & (near == 0)]
    return round_it.size == 0 or float(np.median(round_it)) < GLARE_STEP
