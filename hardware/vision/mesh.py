"""The shape of a face: 468 points in space, and how far each eye is open.

MediaPipe FaceMesh (Kartynnik et al., 2019) and Iris (Ablavatski et al., 2020). Point numbers are the mesh's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hardware.camera.frame import Image, load_cv2
from hardware.late import np
from hardware.vision.detect import Points, tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

MESH_SIDE = 192
MESH_REACH = 1.5
IRIS_SIDE = 64
IRIS_REACH = 2.3

# The eye on the left of the picture (the person's right) and the one on the right: outer corner, inner corner.
EYE_LEFT, EYE_RIGHT = (33, 133), (263, 362)
LOWER_LID, UPPER_LID = (3, 4, 5), (11, 12, 13)  # of the iris model's own contour
OUTER, INNER = 0, 8


def mesh(session: Any, image: Image, centre: Points, side: float, angle: float) -> tuple[float, Points]:
    """How sure the model is of a face in a square (0 to 1), and the 468 points (x, y, z) in pixels of the picture.

    `centre`, `side` in pixels and `angle` in radians describe the square around the face.
    """
    matrix = _into_square(centre, side * MESH_REACH, angle, MESH_SIDE)
    chip = load_cv2().warpAffine(image, matrix, (MESH_SIDE, MESH_SIDE), flags=1)
    points, flag = session.run(None, {session.get_inputs()[0].name: tensor(chip, 0, 255)})
    found = points.reshape(468, 3)
    scale = side * MESH_REACH / MESH_SIDE
    flat = _back(matrix, found[:, :2])
    sure = 1.0 / (1.0 + float(np.exp(-np.clip(flag.ravel()[0], -80, 80))))
    return sure, np.column_stack([flat, found[:, 2] * scale]).astype(np.float32)


def eye_opening(session: Any, image: Image, points: Points, corners: tuple[int, int], *, mirrored: bool) -> float:
    """The gap between the lids as a share of the eye's width; near 0 or below when it is shut.

    The model knows one eye only: the other is shown to it in a mirror.
    """
    outer, inner = points[corners[0], :2], points[corners[1], :2]
    left, right = (inner, outer) if mirrored else (outer, inner)
    across = right - left
    width = float(np.hypot(*across))
    if width < 2:
        return 0.0
    matrix = _into_square((outer + inner) / 2, width * IRIS_REACH, float(np.arctan2(across[1], across[0])), IRIS_SIDE)
    chip = load_cv2().warpAffine(image, matrix, (IRIS_SIDE, IRIS_SIDE), flags=1)
    if mirrored:
        chip = chip[:, ::-1]
    contour, _ = session.run(None, {session.get_inputs()[0].name: tensor(chip, 0, 255)})
    lids = contour.reshape(71, 3)[:, :2]
    gap = float(np.mean(lids[list(LOWER_LID), 1] - lids[list(UPPER_LID), 1]))
    return gap / max(float(np.hypot(*(lids[INNER] - lids[OUTER]))), 1e-3)


def pose(points: Points) -> tuple[float, float, float]:
    """Yaw, pitch and roll of a mesh in degrees: positive to the picture's right, downwards, clockwise.

    From the axes ear to ear and brow to chin; the pitch of a frontal face reads 5 to 17 too high, see `judge`.
    """
    across = points[454] - points[234]
    down = points[152] - points[10]
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    roll = np.degrees(np.arctan2(across[1], across[0]))
    pitch = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1])))
    return float(yaw), float(pitch), float(roll)


def mouth_opening(points: Points) -> float:
    """The gap between the inner lips as a share of their width."""
    gap = float(np.hypot(*(points[14, :2] - points[13, :2])))
    return gap / max(float(np.hypot(*(points[308, :2] - points[78, :2]))), 1e-3)


def _into_square(centre: NDArray[np.floating[Any]], side: float, angle: float, target: int) -> NDArray[np.float64]:
    """The affine map of a turned square of the picture onto the model's input."""
    scale = target / max(side, 1.0)
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    shift = np.array([target / 2, target / 2]) - turn @ np.asarray(centre, np.float64)
    return np.column_stack([turn, shift])


def _back(matrix: NDArray[np.float64], points: Any) -> Any:
    """Points of the model's input in pixels of the picture."""
    return (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
