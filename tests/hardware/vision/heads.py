"""Pictures of heads for the tests: the one real portrait that a package ships, moved, turned, lit and spoiled.

scikit-image's `astronaut` is a photo of Eileen Collins by NASA, in the public domain.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from hardware.camera import drawing
from hardware.camera.frame import Image
from hardware.likeness import FACES
from hardware.vision.face import Face, FaceReader
from hardware.vision.models import Sessions

WIDTH, HEIGHT = 1280, 720
WALL = (205, 200, 190)

sessions = Sessions()
reader = FaceReader(sessions)


@lru_cache(maxsize=1)
def astronaut() -> Image:
    """512 x 512, blue green red."""
    return np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])


@lru_cache(maxsize=8)
def portrait(eyes_px: float = 150.0, centre: tuple[int, int] = (640, 345), angle: float = 0.0) -> Image:
    """A 720p frame of her before a plain wall, so many pixels between the eyes, the face at `centre`."""
    matrix = cv2.getRotationMatrix2D((222.0, 125.0), angle, eyes_px / 62.0)
    matrix[:, 2] += np.array(centre) - (222.0, 125.0)
    border = {"borderMode": cv2.BORDER_CONSTANT, "borderValue": WALL}
    frame = cv2.warpAffine(astronaut(), matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, **border)
    frame[_outline(matrix) == 0] = WALL
    return np.asarray(frame, np.uint8)


def _outline(matrix: np.ndarray) -> np.ndarray:
    """Where she is in the frame: head and shoulders, drawn by hand around the picture."""
    body = [(222, 0), (262, 12), (285, 55), (292, 110), (288, 170), (300, 190), (400, 225), (440, 300), (450, 512),
            (60, 512), (70, 300), (110, 240), (170, 195), (160, 150), (155, 90), (168, 35), (190, 8)]  # fmt: skip
    mask = np.zeros((512, 512), np.uint8)
    cv2.fillPoly(mask, [np.array(body, np.int32)], 255)
    return (cv2.warpAffine(mask, matrix, (WIDTH, HEIGHT)) > 127).astype(np.uint8)


def mouth_open(frame: Image) -> Image:
    """The lower lip and the chin drawn down, the mouth dark."""

    def drop(points: np.ndarray) -> np.ndarray:
        moved = points.copy()
        lower = [95, 88, 178, 87, 14, 317, 402, 318, 324, 146, 91, 181, 84, 17, 314, 405, 321, 375]
        moved[lower, 1] += 0.22 * only(frame).eye_distance
        return moved

    opened = warped(frame, drop)
    inside = drop(only(frame).points.astype(np.float64))
    ring = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95]
    cv2.fillPoly(opened, [np.rint(inside[ring, :2]).astype(np.int32)], (30, 20, 50), cv2.LINE_AA)
    return opened


def eyes_shut(frame: Image) -> Image:
    """The lids drawn down over the eyes."""
    face = only(frame)
    closed = frame.copy()
    for lid, brow in (
        ((33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7), 27),
        ((263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249), 257),
    ):
        shape = face.points[list(lid), :2]
        skin = closed[tuple(np.rint(face.points[brow, 1::-1]).astype(int))].tolist()
        grown = (shape - shape.mean(axis=0)) * (1.05, 1.35) + shape.mean(axis=0)
        cv2.fillPoly(closed, [cv2.convexHull(np.rint(grown).astype(np.int32))], skin, cv2.LINE_AA)
        crease = np.rint(shape[[0, 15, 14, 13, 12, 11, 10, 9, 8]]).astype(np.int32)
        cv2.polylines(closed, [crease], False, tuple(int(v * 0.35) for v in skin), 3, cv2.LINE_AA)
    return cv2.GaussianBlur(closed, (3, 3), 0)


def masked(frame: Image, colour: tuple[int, int, int]) -> Image:
    """A mask over nose, mouth and chin."""
    points = only(frame).points[:, :2]
    shape = points[[50, 117, 118, 101, 5, 330, 347, 346, 280, 401, 365, 378, 152, 149, 136, 177]]
    covered = frame.copy()
    cv2.fillPoly(covered, [cv2.convexHull(np.rint(shape).astype(np.int32))], colour, cv2.LINE_AA)
    return covered


def only(frame: Image) -> Face:
    """The one face of a frame."""
    faces = reader.find(frame)
    assert isinstance(faces, list), faces
    assert len(faces) == 1, faces
    return refined(frame, faces[0])


def refined(frame: Image, face: Face) -> Face:
    """A face as the photographer reads it."""
    again = reader.refined(frame, face)
    assert isinstance(again, Face)
    return again


def turned(frame: Image, yaw: float, pitch: float = 0.0) -> Image:
    """The head turned in space: positive yaw to the picture's right, positive pitch downwards, in degrees."""

    def turn(points: np.ndarray) -> np.ndarray:
        centre = np.array([*points[[234, 454], :2].mean(axis=0), points[[234, 454], 2].mean()])
        a, b = np.radians(yaw), np.radians(pitch)
        around_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
        around_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
        return (points - centre) @ (around_x @ around_y).T + centre

    return warped(frame, turn, plain=True)


def warped(frame: Image, move: object, *, plain: bool = False) -> Image:
    """A frame whose face was moved point by point: each triangle of its mesh in its new place, far ones first."""
    points = only(frame).points.astype(np.float64)
    target = move(points)  # type: ignore[operator]
    out = frame.copy()
    if plain:
        box = cv2.boundingRect(points[:, :2].astype(np.float32))
        cv2.rectangle(out, box[:2], (box[0] + box[2], box[1] + box[3]), WALL, -1)
    triangles = _triangles(points[:, :2])
    for triangle in triangles[np.argsort(-target[triangles, 2].mean(axis=1))]:
        _draw(frame, out, points[triangle, :2], target[triangle, :2])
    return out


def _triangles(points: np.ndarray) -> np.ndarray:
    from scipy.spatial import Delaunay

    return Delaunay(points).simplices


def _draw(frame: Image, out: Image, start: np.ndarray, end: np.ndarray) -> None:
    side = np.cross(np.append(end[1] - end[0], 0), np.append(end[2] - end[0], 0))[2]
    before = np.cross(np.append(start[1] - start[0], 0), np.append(start[2] - start[0], 0))[2]
    if side * before <= 0:
        return  # seen from behind
    x, y, width, height = cv2.boundingRect(end.astype(np.float32))
    if width < 1 or height < 1 or x < 0 or y < 0 or x + width > out.shape[1] or y + height > out.shape[0]:
        return
    matrix = cv2.getAffineTransform(start.astype(np.float32), (end - (x, y)).astype(np.float32))
    patch = cv2.warpAffine(frame, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(end - (x, y)).astype(np.int32), 255)
    cv2.copyTo(patch, mask, out[y : y + height, x : x + width])


def tilted_print(frame: Image, degrees: float) -> Image:
    """The frame as a flat print that is turned about its upright axis, before a wall."""
    angle, depth = np.radians(degrees), 2.2
    half_w, half_h = 0.5, 0.5 * HEIGHT / WIDTH
    corners = []
    for x, y in ((-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)):
        z = depth + x * np.sin(angle)
        corners.append((640 + x * np.cos(angle) / z * depth * WIDTH, 360 + y / z * depth * WIDTH))
    flat = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    border = {"borderMode": cv2.BORDER_CONSTANT, "borderValue": WALL}
    return np.asarray(cv2.warpPerspective(frame, matrix, (WIDTH, HEIGHT), **border), np.uint8)


def drawn(*, eyes_open: bool = True) -> Image:
    """The synthetic camera's made-up face."""
    return drawing.seated(FACES["elder"], eyes_open=eyes_open)


def small_faces() -> list[Image]:
    """200 grey cuts of 25 x 25, made larger: a hundred faces, then a hundred without (LFW, in scikit-image)."""
    cuts = np.load(Path(skimage.data.__file__).with_name("lfw_subset.npy"))
    large = [cv2.resize(cut.astype(np.float32), (300, 300), interpolation=cv2.INTER_CUBIC) for cut in cuts]
    return [cv2.cvtColor((cut.clip(0, 1) * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR) for cut in large]
