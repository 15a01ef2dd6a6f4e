"""Puts a challenge to whoever stands before the camera: one face in each frame, and still the same person's."""

from __future__ import annotations

import random

import numpy as np

from hardware.camera.frame import Frame, Image
from hardware.device import Fault
from hardware.vision.face import Face, FaceReader, chip
from hardware.vision.judge import SECOND_FACE
from hardware.vision.liveness import STRAIGHT, TASK_S, Challenge, Outcome, Seen, Task
from hardware.vision.match import Matcher
from hardware.vision.models import Sessions
from hardware.vision.photographer import wipe


class Challenger:
    """One challenge to the person of a photo; one thread at a time. The time runs from the first frame.

    Somebody else than the photo shows cannot meet it, nor somebody who takes over in the middle.
    """

    def __init__(
        self, sessions: Sessions, photo: Image, *, chance: random.Random | None = None, task_s: float = TASK_S
    ) -> None:
        self._reader, self._matcher = FaceReader(sessions), Matcher(sessions)
        self._chance, self._task_s = chance or random.SystemRandom(), task_s
        self._before = self._chip_of(photo)
        self._challenge: Challenge | None = None

    @property
    def task(self) -> Task | None:
        """What to ask for now; None before the first frame and after the last."""
        return self._challenge.task if self._challenge is not None else None

    @property
    def fault(self) -> Fault | None:
        """Why there is no challenge: a model is missing."""
        return self._before if isinstance(self._before, Fault) else None

    def step(self, frame: Frame) -> Outcome | Fault:
        """Look at one frame; about 45 ms, one thread. "replaced" as well where the photo shows no face to stay with."""
        if isinstance(self._before, Fault):
            return self._before
        if self._challenge is None:
            self._challenge = Challenge(self._chance, frame.mono_s, task_s=self._task_s)
        if self._before is None:
            return "replaced"
        seen = self._seen(frame.image, self._before)
        return seen if isinstance(seen, Fault) else self._challenge.step(seen, frame.mono_s)

    def forget(self) -> None:
        """Overwrite the face that was kept from the last straight look."""
        if isinstance(self._before, np.ndarray):
            wipe(self._before)
        self._before = None

    def _seen(self, image: Image, before: Image) -> Seen | Fault | None:
        face = self._only(image)
        if face is None or isinstance(face, Fault):
            return face
        eyes = self._reader.eyes(image, face)
        if isinstance(eyes, Fault):
            return eyes
        if abs(face.yaw) >= STRAIGHT:
            return Seen(face, eyes)  # from aside nobody looks like themselves; who it is shows when they come back
        now = chip(image, face)
        same = self._matcher.cosine(before, now)
        if isinstance(same, Fault):
            return same
        wipe(before)
        self._before = now
        return Seen(face, eyes, same)

    def _only(self, image: Image) -> Face | Fault | None:
        """The one face; None where there is none, or a second one that could take over."""
        faces = self._reader.find(image)
        if isinstance(faces, Fault):
            return faces
        if not faces or any(other.width > SECOND_FACE * faces[0].width for other in faces[1:]):
            return None
        return self._reader.refined(image, faces[0])

    def _chip_of(self, photo: Image) -> Image | Fault | None:
        face = self._only(photo)
        return face if face is None or isinstance(face, Fault) else chip(photo, face)
