from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import lru_cache

import pytest

from hardware.vision.face import Face
from hardware.vision.liveness import TASK_S, Challenge, Outcome, Seen, Task, is_flat, residual
from tests.hardware.vision import heads

OPEN, SHUT = (0.25, 0.25), (-0.02, -0.02)


@lru_cache(maxsize=8)
def head(yaw: float) -> Face:
    """A head turned in space, as the models read it; the reading is given the asked yaw, which rendering damps."""
    picture = heads.portrait(150) if yaw == 0 else heads.turned(heads.portrait(150), yaw * 1.6)
    return replace(heads.only(picture), yaw=yaw)


@lru_cache(maxsize=8)
def print_(degrees: float) -> Face:
    return heads.only(heads.tilted_print(heads.portrait(150), degrees))


def meeting(task: Task) -> list[Seen]:
    if task == "blink":
        return [Seen(head(0), OPEN), Seen(head(0), SHUT), Seen(head(0), OPEN)]
    return [Seen(head(0), OPEN), Seen(head(25 if task == "turn_left" else -25), OPEN), Seen(head(0), OPEN)]


def challenge(*tasks: Task) -> Challenge:
    made = Challenge(random.Random(1), 0.0)
    made.tasks = tasks
    return made


def played(made: Challenge, frames: list[Seen | None], step_s: float = 0.2) -> Outcome:
    for number, seen in enumerate(frames, 1):
        made.step(seen, number * step_s)
    return made.outcome


@pytest.mark.parametrize("seed", range(6))
def test_somebody_who_follows_passes(seed: int) -> None:
    made = Challenge(random.Random(seed), 0.0)
    assert played(made, [seen for task in made.tasks for seen in meeting(task)]) == "passed"


def test_every_order_comes_equally_often() -> None:
    chance = random.Random(2)
    counted = Counter(Challenge(chance, 0.0).tasks for _ in range(1200))
    assert len(counted) == 6
    square = sum((count - 200) ** 2 / 200 for count in counted.values())
    assert square < 20.5, "chi-square, 5 degrees of freedom, one in a thousand"


def test_the_wrong_side_does_not_count() -> None:
    assert played(challenge("turn_left", "blink"), [*meeting("turn_right"), *meeting("blink")]) == "going"


def test_a_head_already_turned_when_asked_does_not_count() -> None:
    assert played(challenge("turn_left", "blink"), [Seen(head(25), OPEN)] * 5) == "going"


def test_doing_nothing_ends_in_time() -> None:
    assert played(challenge("blink", "turn_left"), [Seen(head(0), OPEN)] * 60) == "timeout"


def test_eyes_that_stay_shut_are_no_blink() -> None:
    frames = [Seen(head(0), OPEN), *[Seen(head(0), SHUT)] * 12, Seen(head(0), OPEN)]
    assert played(challenge("blink", "turn_left"), frames) == "going"


def test_a_wink_is_no_blink() -> None:
    frames = [Seen(head(0), OPEN), Seen(head(0), (-0.04, 0.24)), Seen(head(0), OPEN)]
    assert played(challenge("blink", "turn_left"), frames) == "going"


@pytest.mark.parametrize("degrees", [-45, -35, -25, -15, 15, 25, 35, 45])
def test_a_tilted_print_never_reads_as_turned_far_enough_and_up_to_35_degrees_is_flat(degrees: float) -> None:
    face = print_(degrees)
    assert abs(face.yaw) < 10
    assert abs(degrees) > 40 or is_flat(print_(0).points, face)


@pytest.mark.parametrize("yaw", [-25, 25])
def test_a_head_that_turns_is_not_flat(yaw: float) -> None:
    assert not is_flat(head(0).points, head(yaw))


def test_a_flat_face_whose_yaw_was_somehow_read_as_turned_fails_as_flat() -> None:
    tilted = replace(print_(35), yaw=25.0)
    frames = [Seen(print_(0), OPEN), Seen(tilted, OPEN)]
    assert played(challenge("turn_left", "blink"), frames) == "flat"


def test_a_still_picture_never_passes() -> None:
    for seed in range(12):
        made = Challenge(random.Random(seed), 0.0)
        assert played(made, [Seen(head(0), OPEN)] * 100) == "timeout"


def test_another_face_in_the_middle_ends_it() -> None:
    elsewhere = heads.only(heads.portrait(150, (250, 345)))
    frames = [Seen(head(0), OPEN), Seen(elsewhere, OPEN)]
    assert played(challenge("turn_left", "blink"), frames) == "replaced"
    stranger = [Seen(head(0), OPEN), Seen(head(0), OPEN, same=0.2)]
    assert played(challenge("turn_left", "blink"), stranger) == "replaced"


def test_leaving_ends_it_but_one_lost_frame_does_not() -> None:
    assert played(challenge("turn_left", "blink"), [Seen(head(0), OPEN), None, Seen(head(0), OPEN)]) == "going"
    assert played(challenge("turn_left", "blink"), [Seen(head(0), OPEN), *[None] * 8]) == "lost"


@pytest.mark.parametrize("jump_s", [-0.5, -3600.0, 5.0, 86400.0])
def test_a_clock_that_jumps_ends_it_without_a_pass(jump_s: float) -> None:
    made = challenge("turn_left", "blink")
    made.step(Seen(head(0), OPEN), 0.2)
    assert made.step(Seen(head(25), OPEN), 0.2 + jump_s) == "interrupted"


def test_an_ended_challenge_stays_ended() -> None:
    made = challenge("blink", "turn_left")
    assert played(made, [Seen(head(0), OPEN)] * round(TASK_S / 0.2 + 2)) == "timeout"
    assert made.step(Seen(head(25), OPEN), 9.0) == "timeout"
    assert made.task is None


def test_a_plane_explains_what_a_plane_does() -> None:
    assert residual(print_(0).points, print_(0).points) < 1e-3
