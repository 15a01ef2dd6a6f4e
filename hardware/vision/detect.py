"""Where faces may be: the BlazeFace "back" detector of MediaPipe, decoded here.

Bazarevsky et al., "BlazeFace" (2019); anchors and decoding after MediaPipe's SSD calculators. What it finds is a guess:
`face.FaceReader` lets the mesh model say whether it is a face.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from hardware.camera.frame import Image, load_cv2
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Points: TypeAlias = "NDArray[np.float32]"

SIDE = 256
STRIDES = (16, 32, 32, 32)
ANCHORS_A_CELL = 2
LEAST_SCORE = 0.55
OVERLAP = 0.3
MOST_FACES = 6


@dataclass(frozen=True, eq=False)
class Spot:
    """A guess at a face: its box (left, top, right, bottom), two eyes and four more points, in pixels."""

    score: float
    box: tuple[float, float, float, float]
    points: Points


def find(session: Any, image: Image) -> list[Spot]:
    """The best guesses, surest first; about 8 ms whatever the size of the picture."""
    tensor, scale, left, top = _letterboxed(image)
    regressors, scores = session.run(None, {session.get_inputs()[0].name: tensor})
    chances = 1.0 / (1.0 + np.exp(-np.clip(scores[0, :, 0], -80, 80)))
    sure = np.flatnonzero(chances >= LEAST_SCORE)
    if not sure.size:
        return []
    places = regressors[0, sure].reshape(-1, 8, 2) / SIDE
    centre = anchors()[sure]
    middle, size, points = places[:, 0] + centre, places[:, 1], places[:, 2:] + centre[:, None]
    offset = np.array([left, top], np.float32)
    boxes = (np.concatenate([middle - size / 2, middle + size / 2], axis=1) * SIDE - np.tile(offset, 2)) / scale
    points = (points * SIDE - offset) / scale
    kept = _apart(boxes, chances[sure])
    return [
        Spot(float(chances[sure][at]), tuple(float(v) for v in boxes[at]), points[at].astype(np.float32))  # type: ignore[arg-type]
        for at in kept[:MOST_FACES]
    ]


@lru_cache(maxsize=1)
def anchors() -> Points:
    """The 896 anchor centres, as shares of the picture: two a cell of the first layer, six of the other three."""
    centres: list[tuple[float, float]] = []
    for stride, layers in ((16, 1), (32, 3)):
        cells = SIDE // stride
        for y in range(cells):
            for x in range(cells):
                centres += [((x + 0.5) / cells, (y + 0.5) / cells)] * (ANCHORS_A_CELL * layers)
    return np.array(centres, np.float32)


def _letterboxed(image: Image) -> tuple[NDArray[np.float32], float, float, float]:
    """The picture in a square of the model's size (RGB, -1 to 1), and how to come back from it."""
    cv2 = load_cv2()
    rows, columns = image.shape[:2]
    scale = SIDE / max(rows, columns)
    width, height = max(1, round(columns * scale)), max(1, round(rows * scale))
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    square = np.zeros((SIDE, SIDE, 3), np.uint8)
    square[top : top + height, left : left + width] = small
    return tensor(square, 127.5, 127.5), scale, left, top


def tensor(square: Image, mean: float, scale: float) -> NDArray[np.float32]:
    """A picture as a model takes it: one batch, RGB planes."""
    planes = square[..., ::-1].astype(np.float32).transpose(2, 0, 1)
    return np.ascontiguousarray((planes - mean) / scale, np.float32)[None]


def _apart(boxes: NDArray[np.floating[Any]], scores: NDArray[np.floating[Any]]) -> list[int]:
    """The surest of each heap of overlapping boxes."""
    areas = np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
    kept: list[int] = []
    for at in np.argsort(-scores):
        overlaps = False
        for other in kept:
            shared = np.prod(
                np.maximum(np.minimum(boxes[at, 2:], boxes[other, 2:]) - np.maximum(boxes[at, :2], boxes[other, :2]), 0)
            )
            overlaps = overlaps or shared > OVERLAP * max(areas[at] + areas[other] - shared, 1e-6)
        if not overlaps:
            kept.append(int(at))
    return kept
