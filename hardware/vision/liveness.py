"""A challenge that a print or a still picture cannot meet: turn left, turn right or blink, in an order nobody knows.

A deterrent, not certified presentation attack detection: a mask, or a film that happens to show the right order in
time, passes. What follows from it must be confirmable by staff. Pure: faces, times and randomness are handed in.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hardware.camera.frame import load_cv2
from hardware.late import np
from hardware.vision.detect import Points
from hardware.vision.face import Face

Task = Literal["turn_left", "turn_right", "blink"]
Outcome = Literal["going", "passed", "timeout", "replaced", "flat", "lost", "interrupted"]
TASKS: tuple[Task, ...] = ("turn_left", "turn_right", "blink")

TASKS_ASKED = 2
TASK_S = 8.0
TURNED, STRAIGHT = 20.0, 12.0  # degrees of yaw
SHUT, OPEN = 0.05, 0.12  # gap between the lids over the eye's width
LONGEST_BLINK_S = 1.5
PLANE = 0.05  # what a plane leaves unexplained, over the distance between the eyes
JUMP = 1.2  # of the distance between the eyes, from one frame to the next
LOST_S = 1.0
GAP_S = 1.5
SAME_PERSON = 0.6  # cosine between faces of neighbouring frames

RIM = (10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379,
       365, 397, 288, 361, 323, 454, 356, 389, 251, 284, 332, 297, 338)  # fmt: skip
INNER = (1, 4, 5, 6, 168, 197, 195, 2, 98, 327, 33, 133, 362, 263, 61, 291, 13, 14, 17, 50, 280, 205, 425, 70, 300, 9)
"""Points of the mesh far from and near to the camera: a plane cannot move both as a turning head does."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One frame's face and eyes; `same` is the cosine to the last straight look, of the first to the photo it is about.

    None where it was not worked out, as while the head is turned.
    """

    face: Face
    eyes: tuple[float, float]
    same: float | None = None


class Challenge:
    """One challenge of two tasks, `task_s` for each; feed it frames until `outcome` is no longer "going".

    A longer time helps whoever is slow, and whoever looks for the right film: it is the page that weighs the two.
    """

    def __init__(self, chance: random.Random, now_s: float, *, task_s: float = TASK_S) -> None:
        self._task_s = task_s
        self.tasks: tuple[Task, ...] = tuple(chance.sample(TASKS, TASKS_ASKED))
        self.outcome: Outcome = "going"
        self._at = 0
        self._began_s = self._last_s = self._seen_s = now_s
        self._before: Seen | None = None
        self._straight: Points | None = None
        self._shut_s: float | None = None
        self._opened = False

    @property
    def task(self) -> Task | None:
        """What to ask for now; None when it is over, or only a straight look is still wanted."""
        return self.tasks[self._at] if self.outcome == "going" and self._at < len(self.tasks) else None

    def step(self, seen: Seen | None, now_s: float) -> Outcome:
        """Take one frame, None when it shows no one face; says where the challenge stands."""
        if self.outcome != "going":
            return self.outcome
        trouble = self._trouble(seen, now_s)
        self._last_s = now_s
        if trouble is not None:
            self.outcome = trouble
        elif seen is not None:
            self._seen_s, self._before = now_s, seen
            self._judge(seen, now_s)
        return self.outcome

    def _trouble(self, seen: Seen | None, now_s: float) -> Outcome | None:
        if not 0 <= now_s - self._last_s <= GAP_S:
            return "interrupted"  # the clock jumped, or the camera stood still: nothing can be said of that time
        if now_s - self._began_s > self._task_s:
            return "timeout"
        if seen is None:
            return "lost" if now_s - self._seen_s > LOST_S else None
        if seen.same is not None and seen.same < SAME_PERSON:
            return "replaced"
        return "replaced" if self._before is not None and _jumped(seen, self._before) else None

    def _judge(self, seen: Seen, now_s: float) -> None:
        if abs(seen.face.yaw) < STRAIGHT and (self._straight is None or min(seen.eyes) > OPEN):
            self._straight = seen.face.points
        if self.task is not None:
            self._judge_task(seen, now_s)
        if self.outcome == "going" and self.task is None and abs(seen.face.yaw) < STRAIGHT:
            self.outcome = "passed"  # not before: who turned away must be seen to be who comes back

    def _judge_task(self, seen: Seen, now_s: float) -> None:
        done = self._blinked(seen, now_s) if self.task == "blink" else self._turned(seen)
        if not done:
            return
        if self.task != "blink" and self._straight is not None and is_flat(self._straight, seen.face):
            self.outcome = "flat"
            return
        self._at, self._began_s = self._at + 1, now_s
        self._shut_s, self._opened = None, False

    def _turned(self, seen: Seen) -> bool:
        """A turn counts from a straight look only: somebody who already looks aside has followed nothing."""
        if self._straight is None:
            return False
        yaw = seen.face.yaw
        return yaw >= TURNED if self.task == "turn_left" else yaw <= -TURNED

    def _blinked(self, seen: Seen, now_s: float) -> bool:
        """Open, shut, open again within a moment, looking ahead."""
        if abs(seen.face.yaw) > TURNED:
            return False
        if min(seen.eyes) > OPEN:
            blinked = self._shut_s is not None and now_s - self._shut_s <= LONGEST_BLINK_S
            self._opened, self._shut_s = True, None
            return blinked
        if max(seen.eyes) < SHUT and self._opened and self._shut_s is None:
            self._shut_s = now_s
        return False


def is_flat(straight: Points, turned: Face) -> bool:
    """Whether a plane would explain how the points moved from one picture to the other: a print that was tilted."""
    return residual(straight, turned.points) / max(turned.eye_distance, 1.0) < PLANE


def residual(one: Points, other: Points, chosen: Sequence[int] = RIM + INNER) -> float:
    """What the best homography between two meshes leaves unexplained: root mean square, in pixels of the second."""
    cv2 = load_cv2()
    places = list(chosen)
    start, end = one[places, :2].astype(np.float32), other[places, :2].astype(np.float32)
    matrix, _ = cv2.findHomography(start, end, 0)
    if matrix is None:
        return 0.0
    reached = cv2.perspectiveTransform(start[None], matrix)[0]
    return float(np.sqrt(np.mean(np.sum((reached - end) ** 2, axis=1))))


def _jumped(seen: Seen, before: Seen) -> bool:
    way = float(np.hypot(*(seen.face.points[168, :2] - before.face.points[168, :2])))
    return way > JUMP * max(seen.face.eye_distance, before.face.eye_distance)
