"""Faces in a picture: the detector's guesses that the mesh model confirms, with pose, eyes and mouth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hardware.camera.frame import Image, load_cv2
from hardware.device import Fault
from hardware.late import np
from hardware.vision import detect, mesh
from hardware.vision.detect import Points, Spot
from hardware.vision.models import Sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

SURE = 0.5
LEAST_FACE_PX = 16
LONGEST_SIDE = 1600

FIVE_POINTS = ((33, 133), (263, 362), (1,), (61,), (291,))
"""Eye, eye, tip of the nose, corners of the mouth, as points of the mesh to average."""

TEMPLATE = ((38.3, 51.7), (73.5, 51.5), (56.0, 71.7), (41.5, 92.4), (70.7, 92.2))
"""Where those five stand in a chip of 112 pixels: the alignment that comparison models are trained with."""

CHIP = 112


@dataclass(frozen=True, eq=False, repr=False)
class Face:
    """One face: how sure the two models are, box and 468 points in pixels, pose in degrees as `mesh.pose`."""

    score: float
    presence: float
    box: tuple[float, float, float, float]
    points: Points
    yaw: float
    pitch: float
    roll: float
    mouth: float

    @property
    def eye_distance(self) -> float:
        """Between the outer corners of the eyes, in pixels."""
        return math.hypot(*(self.points[33, :2] - self.points[263, :2]))

    @property
    def width(self) -> float:
        """Of the box, in pixels."""
        return self.box[2] - self.box[0]

    def five_points(self) -> Points:
        """The five points that a chip is aligned by."""
        return np.array([self.points[list(group), :2].mean(axis=0) for group in FIVE_POINTS], np.float32)

    def __repr__(self) -> str:
        return f"Face({self.width:.0f} px)"  # the points are a biometric


class FaceReader:
    """Finds faces with sessions that may be shared; one thread at a time."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def find(self, image: Image) -> list[Face] | Fault:
        """Every face that the mesh model confirms, largest first; about 15 ms with one face, one thread.

        A tight cut around a head is tried again with a margin, in which the detector sees it better.
        """
        if min(image.shape[:2]) < LEAST_FACE_PX:
            return []
        found = self._confirmed(image)
        if found or isinstance(found, Fault):
            return found
        margin = round(0.45 * max(image.shape[:2]))
        if max(image.shape[:2]) + 2 * margin > LONGEST_SIDE:
            return []
        padded = load_cv2().copyMakeBorder(image, margin, margin, margin, margin, 1)
        again = self._confirmed(np.asarray(padded, np.uint8))
        return again if isinstance(again, Fault) else [_moved(face, -margin) for face in again]

    def refined(self, image: Image, face: Face) -> Face | Fault:
        """The same face read once more in the square that its own points ask for: steadier by half; about 4 ms."""
        shaper = self._sessions.get("face_mesh")
        if isinstance(shaper, Fault):
            return shaper
        left, top, right, bottom = face.box
        across = face.points[263, :2] - face.points[33, :2]
        centre = np.array([(left + right) / 2, (top + bottom) / 2], np.float32)
        angle = math.atan2(float(across[1]), float(across[0]))
        sure, points = mesh.mesh(shaper, image, centre, max(right - left, bottom - top), angle)
        return _face(face.score, sure, points) if sure >= SURE else face

    def eyes(self, image: Image, face: Face) -> tuple[float, float] | Fault:
        """How far the two eyes are open, left and right of the picture; about 9 ms."""
        session = self._sessions.get("iris")
        if isinstance(session, Fault):
            return session
        left = mesh.eye_opening(session, image, face.points, mesh.EYE_LEFT, mirrored=False)
        right = mesh.eye_opening(session, image, face.points, mesh.EYE_RIGHT, mirrored=True)
        return left, right

    def _confirmed(self, image: Image) -> list[Face] | Fault:
        detector, shaper = self._sessions.get("blazeface_back"), self._sessions.get("face_mesh")
        if isinstance(detector, Fault):
            return detector
        if isinstance(shaper, Fault):
            return shaper
        faces: list[Face] = []
        for spot in detect.find(detector, image):
            for centre, side, angle in _squares(spot):
                sure, points = mesh.mesh(shaper, image, centre, side, angle)
                if sure >= SURE:
                    faces.append(_face(spot.score, sure, points))
                    break
        return _once_each(sorted(faces, key=lambda face: -face.width))


def _squares(spot: Spot) -> Iterator[tuple[Points, float, float]]:
    """The square around a guess, upright by its eyes, and a wider one should that show no face."""
    left, top, right, bottom = spot.box
    side = max(right - left, bottom - top)
    if side < LEAST_FACE_PX:
        return
    across = spot.points[1] - spot.points[0]
    angle = math.atan2(float(across[1]), float(across[0]))
    centre = np.array([(left + right) / 2, (top + bottom) / 2], np.float32)
    yield centre, side, angle
    yield centre, side * 1.4, angle


def _face(score: float, sure: float, points: Points) -> Face:
    yaw, pitch, roll = mesh.pose(points)
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Face(score, sure, box, points, yaw, pitch, roll, mesh.mouth_opening(points))


def _once_each(faces: list[Face]) -> list[Face]:
    """Two guesses at one head become one face."""
    kept: list[Face] = []
    for face in faces:
        middle = face.points[1, :2]
        if not any(
            other.box[0] <= middle[0] <= other.box[2] and other.box[1] <= middle[1] <= other.box[3] for other in kept
        ):
            kept.append(face)
    return kept


def _moved(face: Face, by: float) -> Face:
    left, top, right, bottom = face.box
    box = (left + by, top + by, right + by, bottom + by)
    return replace(face, box=box, points=face.points + np.array([by, by, 0], np.float32))


def chip(image: Image, face: Face, side: int = CHIP) -> Image:
    """The face turned upright and brought to one size, `side` pixels square, by its five points."""
    cv2 = load_cv2()
    wanted = np.array(TEMPLATE, np.float32) * (side / CHIP)
    matrix, _ = cv2.estimateAffinePartial2D(face.five_points(), wanted, method=cv2.LMEDS)
    if matrix is None:
        return np.zeros((side, side, 3), np.uint8)
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    if scale < 0.5:  # a large face: smoothed before it is made small, or it would shimmer; the rest is not needed
        sigma = 0.4 / scale
        left, top, right, bottom = _shown(matrix, side, image, round(3 * sigma) + 2)
        matrix[:, 2] += matrix[:, :2] @ (left, top)
        image = cv2.GaussianBlur(image[top:bottom, left:right], (0, 0), sigma)
    return np.asarray(cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR), np.uint8)


def _shown(matrix: NDArray[np.float64], side: int, image: Image, margin: int) -> tuple[int, int, int, int]:
    """The part of a picture that a chip shows, and as much more as smoothing looks at: left, top, right, bottom."""
    corners = np.array([(0, 0), (side, 0), (side, side), (0, side)], np.float64)
    reached = (corners - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    rows, columns = image.shape[:2]
    left, top = np.clip(np.floor(reached.min(axis=0)) - margin, 0, (columns - 1, rows - 1)).astype(int)
    right, bottom = np.clip(np.ceil(reached.max(axis=0)) + margin, (left + 1, top + 1), (columns, rows)).astype(int)
    return int(left), int(top), int(right), int(bottom)
