"""Is the person before the camera the one in the document's portrait? 1:1, and only with a person to ask in between.

MobileFaceNet (Chen et al., 2018). The bands were chosen on small public sets and certify no error rate: "match" may
spare a look, "no match" only calls staff, nothing is refused. An embedding stays in memory and is overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hardware.camera.frame import Image, load_cv2
from hardware.camera.measure import grey
from hardware.device import Fault
from hardware.late import np
from hardware.vision.detect import tensor
from hardware.vision.face import Face, FaceReader, chip
from hardware.vision.judge import sharpness
from hardware.vision.models import Sessions
from hardware.vision.photographer import wipe

if TYPE_CHECKING:
    from numpy.typing import NDArray

Band = Literal["match", "ask_staff", "no_match", "no_face", "too_poor"]

MATCH, NO_MATCH = 0.55, 0.45  # cosine; between them staff look
LEAST_EYES_PX = 60.0
LEAST_SHARPNESS = 15.0
TURNS = (0, 90, 270, 180)


@dataclass(frozen=True)
class Comparison:
    """The band, and the cosine behind it: for a technician's figures, never for a log that names a person."""

    band: Band
    cosine: float | None = None


class Matcher:
    """Compares two faces; one thread at a time."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._reader = FaceReader(sessions)

    def compare(self, live: Image, document: Image, *, turns: Sequence[int] = TURNS) -> Comparison | Fault:
        """Compare a live picture with a document's portrait, in whichever of these turns it lies; about 60 ms.

        A portrait out of a chip stands upright: (0,).
        Portraits under 60 pixels between the eyes, or blurred, are not compared: they called strangers the same.
        """
        faces = self._largest(live, turns=(0,))
        if isinstance(faces, Fault):
            return faces
        other = self._largest(document, turns=turns)
        if isinstance(other, Fault):
            return other
        if faces is None or other is None:
            return Comparison("no_face")
        if min(faces[1].eye_distance, other[1].eye_distance) < LEAST_EYES_PX:
            return Comparison("too_poor")
        return self._compared(chip(*faces), chip(*other))

    def _compared(self, one: Image, other: Image) -> Comparison | Fault:
        if min(sharpness(grey(each).astype(np.float32)) for each in (one, other)) < LEAST_SHARPNESS:
            return Comparison("too_poor")
        cosine = self.cosine(one, other)
        return cosine if isinstance(cosine, Fault) else Comparison(band(cosine), cosine)

    def cosine(self, one: Image, other: Image) -> float | Fault:
        """How alike two chips of 112 pixels are, -1 to 1; what the model made of them is overwritten. About 16 ms."""
        vectors = self.embed((one, other))
        if isinstance(vectors, Fault):
            return vectors
        found = float(vectors[0] @ vectors[1])
        wipe(vectors)
        return found

    def embed(self, chips: Sequence[Image]) -> NDArray[np.float32] | Fault:
        """One vector of length 1 for each of two chips of 112 pixels."""
        session = self._sessions.get("mobilefacenet")
        if isinstance(session, Fault):
            return session
        batch = np.concatenate([tensor(each, 127.5, 128.0) for each in chips])
        (vectors,) = session.run(None, {session.get_inputs()[0].name: batch})
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)

    def _largest(self, image: Image, turns: Sequence[int]) -> tuple[Image, Face] | Fault | None:
        """The largest upright face, of the turn in which the detector is surest: upside down a mesh looks right too."""
        best: tuple[Image, Face] | None = None
        for turn in turns:
            turned = _turned(image, turn)
            faces = self._reader.find(turned)
            if isinstance(faces, Fault):
                return faces
            upright = [face for face in faces if abs(face.roll) < 45]
            if upright and (best is None or upright[0].score > best[1].score):
                best = turned, upright[0]
        return best


def band(cosine: float) -> Band:
    """Which band a cosine falls into."""
    if cosine >= MATCH:
        return "match"
    return "ask_staff" if cosine >= NO_MATCH else "no_match"


def _turned(image: Image, turn: int) -> Image:
    if turn == 0:
        return image
    cv2 = load_cv2()
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(image, codes[turn]), np.uint8)
