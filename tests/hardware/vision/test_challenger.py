"""The challenge with the real models: a drawn head that turns and blinks meets it, a picture and a stranger do not."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import numpy as np

from hardware.camera.drawing import seated
from hardware.camera.frame import Frame, Image
from hardware.device import Fault
from hardware.likeness import FACES
from hardware.vision.challenger import Challenger
from hardware.vision.liveness import Outcome, Task
from hardware.vision.models import Sessions
from tests.hardware.vision import heads

STEP_S = 0.1
TURNING = (0, 10, 20, 30, 45, 55, 55, 45, 30, 20, 10, 0)


@lru_cache(maxsize=32)
def picture(yaw: int = 0, *, shut: bool = False, who: str = "elder") -> Image:
    return seated(FACES[who], eyes_open=not shut, yaw=yaw)


def doing(task: Task) -> list[Image]:
    if task == "blink":
        return [picture(), picture(shut=True), picture(shut=True), picture()]
    return [picture(yaw if task == "turn_left" else -yaw) for yaw in TURNING]


def challenged(seed: int = 1, photo: Image | None = None) -> Challenger:
    chosen = picture() if photo is None else photo
    return Challenger(heads.sessions, chosen, chance=random.Random(seed), task_s=15.0)


def shown(challenger: Challenger, frames: list[Image], start: int = 0) -> Outcome:
    outcome: Outcome = "going"
    for number, image in enumerate(frames, start):
        came = challenger.step(Frame.of(number, number * STEP_S, image))
        assert not isinstance(came, Fault)
        outcome = came
        if outcome != "going":
            break
    return outcome


def test_whoever_does_what_is_asked_passes_in_every_order() -> None:
    for seed in range(4):
        challenger = challenged(seed)
        outcome, number = shown(challenger, [picture()]), 1
        while outcome == "going":
            assert challenger.task is not None
            frames = doing(challenger.task)
            outcome, number = shown(challenger, frames, number), number + len(frames)
        assert outcome == "passed", seed


def test_a_picture_held_up_does_not_pass_in_its_time() -> None:
    assert shown(challenged(), [picture()] * 160) == "timeout"


def test_somebody_else_than_the_photo_shows_is_noticed_at_once() -> None:
    assert shown(challenged(photo=picture(who="english")), [picture()]) == "replaced"


def test_somebody_who_takes_over_is_noticed() -> None:
    assert shown(challenged(), [picture(), picture(who="english")]) == "replaced"


def test_a_photo_without_a_face_cannot_be_stayed_with() -> None:
    empty: Image = np.full((591, 449, 3), 200, np.uint8)
    assert shown(challenged(photo=empty), [picture()]) == "replaced"


def test_an_empty_chair_is_waited_for_a_moment_only() -> None:
    empty: Image = np.full((720, 1280, 3), 200, np.uint8)
    assert shown(challenged(), [picture(), *[empty] * 12]) == "lost"


def test_without_models_it_says_so(tmp_path: Path) -> None:
    challenger = Challenger(Sessions(tmp_path), picture())
    assert isinstance(challenger.step(Frame.of(1, 0.1, picture())), Fault)


def test_nothing_of_a_face_is_kept_after_forgetting() -> None:
    challenger = challenged()
    shown(challenger, [picture()])
    kept = challenger._before
    assert isinstance(kept, np.ndarray)
    assert kept.any()
    challenger.forget()
    assert not kept.any()
    assert challenger._before is None
