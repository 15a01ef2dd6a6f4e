from __future__ import annotations

import cv2
import numpy as np
import pytest

from hardware.camera.frame import Image
from hardware.vision.match import MATCH, NO_MATCH, Comparison, Matcher, band
from tests.hardware.vision import heads

matcher = Matcher(heads.sessions)


def compared(live: Image, document: Image) -> Comparison:
    result = matcher.compare(live, document)
    assert isinstance(result, Comparison)
    return result


def printed(eyes_px: float = 70) -> Image:
    return heads.portrait(eyes_px)


SPOILED = {
    "small": lambda frame: frame,
    "grey": lambda frame: cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR),
    "dark": lambda frame: (frame * 0.5).astype(np.uint8),
    "crushed": lambda frame: cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], 1),
    "tilted": lambda frame: heads.portrait(70, angle=15),
    "on its side": lambda frame: np.ascontiguousarray(np.rot90(frame)),
    "upside down": lambda frame: np.ascontiguousarray(frame[::-1, ::-1]),
    "turned": lambda frame: heads.turned(heads.portrait(90), 20),
}


@pytest.mark.parametrize("how", SPOILED)
def test_the_same_person_matches_however_the_document_lies(how: str) -> None:
    assert compared(heads.portrait(150), SPOILED[how](printed())).band == "match"  # type: ignore[operator]


def test_another_face_does_not_match() -> None:
    assert compared(heads.drawn(), printed()).band == "no_match"


def test_no_two_of_twenty_strangers_match() -> None:
    strangers = heads.small_faces()[:20]
    for one, other in zip(strangers[::2], strangers[1::2], strict=True):
        assert compared(one, other).band != "match"


def test_a_portrait_too_small_or_too_soft_is_not_compared() -> None:
    assert compared(heads.portrait(150), printed(24)).band == "too_poor"
    assert compared(heads.portrait(150), cv2.GaussianBlur(printed(), (0, 0), 4)).band == "too_poor"


def test_a_document_without_a_face_is_said() -> None:
    assert compared(heads.portrait(150), np.full((400, 600, 3), 200, np.uint8)) == Comparison("no_face")


def test_the_bands_meet_without_a_gap() -> None:
    assert [band(value) for value in (MATCH, MATCH - 1e-6, NO_MATCH, NO_MATCH - 1e-6)] == [
        "match", "ask_staff", "ask_staff", "no_match",
    ]  # fmt: skip
