"""The process that looks at faces: `python -m hardware.vision.studio_worker`, spoken to by `studio.Studio`.

It holds the models and the best pictures of the last moments; it is killed when the visit ends, and both with it.
Requests: "look" with a frame's pixels (BGR, rows first), "photos" of the best moments, "photo" of one frame, "forget";
"compare" with two JPEGs, of which the first has `first` bytes; "challenge" with the JPEG of the photo it is about, then
"step" with each frame. What a comparison answers is a band: no cosine and no embedding leaves the process.
"""

from __future__ import annotations

import base64
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from hardware.answering import answer_all, begin
from hardware.camera.frame import Frame, Image, load_cv2
from hardware.camera.jpeg import decode_image
from hardware.device import Fault
from hardware.vision.challenger import Challenger
from hardware.vision.match import Matcher
from hardware.vision.models import Sessions, pins
from hardware.vision.photographer import Photographer, photo, wipe

MEMORY_BYTES: Final = 2 * 1024**3  # of addresses; resident it stays under 300 MB


def main() -> None:
    """Answer requests until the pipe closes."""
    answers = begin(MEMORY_BYTES)
    load_cv2().setNumThreads(1)
    sessions = Sessions(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    photographer, faces = Photographer(sessions), Faces(sessions)
    photographer.look(Frame.of(0, 0.0, np.zeros((480, 640, 3), np.uint8)))  # the models load now
    photographer.forget()
    answer_all(answers, partial(_answered, photographer, faces))


class Faces:
    """Comparison and challenge, one of each at a time; nothing of a face is left after `forget`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._matcher = Matcher(sessions)
        self._challenger: Challenger | None = None

    def compare(self, raw: bytearray, first: int) -> dict[str, Any]:
        """The band of a photo and a document's portrait, and whose opinion it is."""
        one, other = decode_image(bytes(raw[:first])), decode_image(bytes(raw[first:]))
        wipe(np.frombuffer(raw, np.uint8))
        if isinstance(one, Fault) or isinstance(other, Fault):
            return {"band": "no_face"}
        found = self._matcher.compare(one, other, turns=(0,))
        wipe(one, other)
        if isinstance(found, Fault):
            return {"fault": found.code}
        return {"band": found.band, "model": "mobilefacenet", "sha256": pins()["mobilefacenet"].sha256}

    def begin(self, raw: bytearray, task_s: float) -> dict[str, Any]:
        """A new challenge to the person of a photo."""
        self.forget()
        photo = decode_image(bytes(raw))
        if isinstance(photo, Fault):
            return {"fault": photo.code}
        self._challenger = Challenger(self._sessions, photo, task_s=task_s)
        wipe(photo)
        fault = self._challenger.fault
        return {} if fault is None else {"fault": fault.code}

    def step(self, frame: Frame) -> dict[str, Any]:
        """Where the challenge stands after one more frame, and what is to be done now."""
        if self._challenger is None:
            return {"outcome": "interrupted", "asked": None}  # this process is younger than the challenge
        outcome = self._challenger.step(frame)
        wipe(frame.image)
        if isinstance(outcome, Fault):
            return {"fault": outcome.code}
        return {"outcome": outcome, "asked": self._challenger.task}

    def forget(self) -> None:
        """Overwrite what the challenge kept."""
        if self._challenger is not None:
            self._challenger.forget()
        self._challenger = None


def _answered(photographer: Photographer, faces: Faces, asked: dict[str, Any], raw: bytearray) -> dict[str, Any]:
    match asked["task"]:
        case "compare":
            return faces.compare(raw, asked["first"])
        case "challenge":
            return faces.begin(raw, asked["task_s"])
        case "forget":
            photographer.forget()
            faces.forget()
            return {}
    return _photographed(photographer, faces, asked, _frame(asked, raw) if raw else None)


def _photographed(
    photographer: Photographer, faces: Faces, asked: dict[str, Any], frame: Frame | None
) -> dict[str, Any]:
    match asked["task"]:
        case "step" if frame is not None:
            return faces.step(frame)
        case "look" if frame is not None:
            look = photographer.look(frame, aspect=asked["aspect"])
            return {"code": look.code, "kept": len(photographer.best())}
        case "photos":
            shots = photographer.best()
            return {"photos": [_photo(shot.frame.image, shot.face, asked) for shot in shots]}
        case "photo" if frame is not None:
            return {"photos": [_photo(frame.image, photographer.face_in(frame.image), asked)]}
    return {"fault": "not_asked"}


def _frame(asked: dict[str, Any], raw: bytearray) -> Frame | None:
    return Frame.received(asked, raw) if len(raw) == asked["height"] * asked["width"] * 3 else None


def _photo(image: Image, face: Any, asked: dict[str, Any]) -> str:
    width, height = asked["size_mm"]
    return base64.b64encode(photo(image, face, (width, height), asked["dpi"])).decode()


if __name__ == "__main__":
    main()
