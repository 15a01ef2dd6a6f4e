from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hardware.camera.frame import Frame, Image
from hardware.camera.jpeg import decode_jpeg
from hardware.vision import judge
from hardware.vision.models import Sessions
from hardware.vision.photographer import Photographer, photo
from tests.hardware.vision import heads


def frame(image: Image, at_s: float) -> Frame:
    return Frame.of(round(at_s * 30), at_s, image.copy())


def test_the_three_best_of_the_last_moments_are_offered_best_first() -> None:
    good, less = heads.drawn(), heads.portrait()
    photographer = Photographer(heads.sessions)
    for number, picture in enumerate((less, good, less, good, good)):
        assert photographer.look(frame(picture, number * 1.2)).code in ("ready", "hold_still")
    best = photographer.best()
    assert len(best) == 3
    assert [shot.quality for shot in best] == sorted((shot.quality for shot in best), reverse=True)
    assert best[0].frame.mono_s > 1.0, "what is older than three seconds is gone"


def test_pictures_of_the_same_instant_are_offered_once() -> None:
    photographer = Photographer(heads.sessions)
    for number in range(4):
        photographer.look(frame(heads.drawn(), 1.0 + number / 30))
    assert len(photographer.best()) == 1


def test_a_moving_head_is_told_to_keep_still() -> None:
    photographer = Photographer(heads.sessions)
    photographer.look(frame(heads.portrait(150, (640, 345)), 0.0))
    assert photographer.look(frame(heads.portrait(150, (668, 345)), 0.2)).code == "hold_still"


def test_without_a_model_light_and_focus_are_still_judged_and_the_fault_is_named(tmp_path: Path) -> None:
    photographer = Photographer(Sessions(tmp_path))
    look = photographer.look(frame(heads.drawn(), 0.0))
    assert look.code == "ready"
    assert look.fault is not None
    assert look.fault.code == "model_missing"
    assert photographer.look(frame(np.full((720, 1280, 3), 180, np.uint8), 1.0)).code == "no_face"


def test_forgetting_overwrites_the_pictures_and_the_points() -> None:
    photographer = Photographer(heads.sessions)
    photographer.look(frame(heads.drawn(), 0.0))
    (shot,) = photographer.best()
    photographer.forget()
    assert photographer.best() == []
    assert not shot.frame.image.any()
    assert not shot.face.points.any()


@pytest.mark.parametrize(
    ("size_mm", "pixels"), [((38, 50), (449, 591)), ((33, 48), (390, 567)), ((40, 50), (472, 591))]
)
def test_the_photo_has_the_asked_size_and_the_face_in_its_middle(
    size_mm: tuple[int, int], pixels: tuple[int, int]
) -> None:
    source = heads.portrait()
    made = decode_jpeg(photo(source, heads.only(source), size_mm))
    assert not hasattr(made, "code")
    assert (made.shape[1], made.shape[0]) == pixels
    face = heads.only(made)
    assert abs(face.points[1, 0] - pixels[0] / 2) < 0.06 * pixels[0]
    head = judge.CROWN * np.hypot(*(face.points[152, :2] - face.points[10, :2])) / pixels[1]
    assert 0.6 < head < 0.76


def test_a_photo_near_the_edge_continues_the_wall() -> None:
    source = heads.portrait(150, (330, 345))
    made = decode_jpeg(photo(source, heads.only(source), (38, 50)))
    assert np.abs(made[50:100, :6].reshape(-1, 3).mean(axis=0) - heads.WALL).max() < 6  # type: ignore[index]
