"""Watches the live view, says one thing at a time, and keeps the best pictures of the last moments."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from hardware.camera import portrait
from hardware.camera.frame import Frame, Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.device import Fault
from hardware.late import np
from hardware.vision import judge
from hardware.vision.face import Face, FaceReader
from hardware.vision.judge import Cut, Measures, cut_for
from hardware.vision.models import Sessions

SHOTS = 3
KEPT = 8
FRESH_S = 3.0
APART_S = 0.15
PLAIN_CODES = {"no_one": "no_face"}
"""What the checks without a model call the same things."""


@dataclass(frozen=True, eq=False)
class Look:
    """What one frame shows: the one thing to say, the figures if there is a face, the fault if no model could look."""

    code: str
    face: Face | None = None
    measures: Measures | None = None
    fault: Fault | None = None


@dataclass(eq=False)
class Shot:
    """A good picture, the face in it, and how good it is."""

    frame: Frame
    face: Face
    quality: float

    def __repr__(self) -> str:
        return f"Shot({self.quality:.2f})"


class Photographer:
    """One visit's photographer; `look` from one thread at a time, the rest from any."""

    def __init__(self, sessions: Sessions, *, zero: judge.Zero = judge.STRAIGHT_AHEAD) -> None:
        self._reader = FaceReader(sessions)
        self._zero = zero
        self._lock = threading.Lock()
        self._kept: list[Shot] = []
        self._before: tuple[Face, float] | None = None
        self._plain_before: Image | None = None

    def look(self, frame: Frame, *, aspect: float = 0.76) -> Look:
        """Judge a frame for a photo `aspect` wide for 1 high, and keep it if it is good; about 25 ms, one thread."""
        faces = self._reader.find(frame.image)
        if isinstance(faces, Fault):
            return self._plain_look(frame, faces)
        if not faces:
            self._before = None
            return Look(judge.verdict(frame.image, faces, None))
        return self._look_at(frame, faces, aspect)

    def _look_at(self, frame: Frame, faces: list[Face], aspect: float) -> Look:
        face = self._reader.refined(frame.image, faces[0])
        if isinstance(face, Fault):
            return self._plain_look(frame, face)
        faces = [face, *faces[1:]]
        eyes = self._reader.eyes(frame.image, face)
        if isinstance(eyes, Fault):
            return self._plain_look(frame, eyes)
        figures = judge.measure(frame.image, face, eyes, self._zero)
        code = judge.verdict(frame.image, faces, figures, aspect)
        before, self._before = self._before, (face, frame.mono_s)
        if code in ("ready", "blurred") and before and judge.moved(face, before[0], frame.mono_s - before[1]):
            code = "hold_still"
        if code == "ready":
            self._keep(Shot(frame, face, figures.quality))
        return Look(code, face, figures)

    def _plain_look(self, frame: Frame, fault: Fault) -> Look:
        """Light, focus and stillness only, where a model is missing."""
        before, self._plain_before = self._plain_before, frame.image
        code = portrait.assess(frame.image, before).code
        return Look(PLAIN_CODES.get(code, code), fault=fault)

    def _keep(self, shot: Shot) -> None:
        with self._lock:
            fresh = [kept for kept in self._kept if shot.frame.mono_s - kept.frame.mono_s <= FRESH_S]
            self._kept = sorted([*fresh, shot], key=lambda kept: -kept.quality)[:KEPT]

    def best(self) -> list[Shot]:
        """Up to three of the last moments' best pictures, best first, no two of the same instant."""
        with self._lock:
            chosen: list[Shot] = []
            for shot in self._kept:
                if all(abs(shot.frame.mono_s - other.frame.mono_s) >= APART_S for other in chosen):
                    chosen.append(shot)
        return chosen[:SHOTS]

    def face_in(self, image: Image) -> Face | None:
        """The largest face of a picture, for a cut around it; None without one or without a model."""
        faces = self._reader.find(image)
        return None if isinstance(faces, Fault) or not faces else faces[0]

    def forget(self) -> None:
        """Overwrite and drop every picture and every face that was kept."""
        with self._lock:
            for shot in self._kept:
                wipe(shot.frame.image, shot.face.points)
            self._kept, self._before, self._plain_before = [], None, None


def photo(image: Image, face: Face | None, size_mm: tuple[float, float], dpi: int = 300) -> bytes:
    """The photo as a JPEG of exactly the asked size, the head as departments ask; around the guide without a face."""
    width, height = (max(1, round(mm / 25.4 * dpi)) for mm in size_mm)
    if face is None:
        return portrait.crop(image, *size_mm, dpi)
    cut = cut_for(face, width / height)
    return encode_jpeg(resampled(image, cut, width, height), quality=92, dpi=dpi)


def resampled(image: Image, cut: Cut, width: int, height: int) -> Image:
    """A rectangle of a picture at another size; where it reaches out, the wall at the edge goes on."""
    cv2 = load_cv2()
    scale = width / cut.width
    matrix = np.array([[scale, 0, -cut.left * scale], [0, height / cut.height, -cut.top * height / cut.height]])
    if scale < 0.7:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 / scale)
    made = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def wipe(*arrays: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    """Overwrite pixels and points with zeros where they lie; an array that cannot be written to is left."""
    for array in arrays:
        if array.flags.writeable:
            array.fill(0)


def wipe_shots(shots: Sequence[Shot]) -> None:
    """Overwrite shots that were handed out."""
    for shot in shots:
        wipe(shot.frame.image, shot.face.points)
