"""The portrait page: one sentence, three shots to choose from, and never a dead end."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.vision.studio import COMMAND, Studio
from kiosk.session import Page
from screens.glass import wait_until
from screens.models import capture
from screens.rehearsal import Resident
from tests.screens.conftest import Counter


def at_the_camera(counter: Counter) -> Resident:
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.PORTRAIT)
    return resident


def before_an_empty_chair(counter: Counter) -> Resident:
    resident = at_the_camera(counter)
    counter.kiosk.devices.face_camera.source.leave()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: resident.say("portrait.no_face") in resident.glass.words(), "nobody to be said")
    return resident


def take(counter: Counter, resident: Resident) -> None:
    resident.glass.press_when_there(resident.say("capture.take"))
    resident.glass.wait_for(lambda: counter.stage.session.picture is not None, "the photo")


def test_three_photos_are_offered_and_the_one_that_is_touched_is_used(counter: Counter) -> None:
    resident = at_the_camera(counter)
    resident.glass.wait_for(lambda: resident.say("portrait.ready") in resident.glass.words(), "a good face")
    model = capture_of(counter)
    assert wait_until(lambda: model._studio.kept == 3, 20.0)
    take(counter, resident)
    resident.settle()
    first = counter.stage.session.picture
    resident.glass.press(resident.say("portrait.shot", number=2, count=3))
    resident.settle()
    second = counter.stage.session.picture
    assert first is not None
    assert second is not None
    assert first.data != second.data
    resident.glass.press(resident.say("capture.use"))
    resident.settle()
    assert counter.stage.session.page is not Page.PORTRAIT


def test_an_empty_chair_is_said_and_after_a_while_the_resident_may_decide_alone(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = before_an_empty_chair(counter)
    monkeypatch.setattr(capture, "UNSURE_S", 0.0)
    resident.glass.wait_for(lambda: resident.say("portrait.unsure") in resident.glass.words(), "the way on")
    take(counter, resident)


def test_without_models_the_page_still_takes_a_photo(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = counter.kiosk.devices
    monkeypatch.setattr(devices, "studio", Studio(devices.looker, command=(*COMMAND, str(tmp_path))))
    resident = at_the_camera(counter)
    resident.glass.wait_for(lambda: resident.say("portrait.ready") in resident.glass.words(), "light and focus")
    take(counter, resident)


def test_leaving_ends_the_process_that_kept_the_pictures(counter: Counter) -> None:
    resident = at_the_camera(counter)
    model = capture_of(counter)
    assert wait_until(lambda: model._studio.kept > 0, 20.0)
    pid = model._studio.pid
    assert pid is not None
    counter.stage.end()
    assert model._photos == []
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists(), 1.0)  # pictures and models are gone with the process
    assert resident is not None


def test_a_studio_that_is_killed_comes_back_and_the_photo_is_taken(counter: Counter) -> None:
    resident = at_the_camera(counter)
    model = capture_of(counter)
    assert wait_until(lambda: model._studio.kept > 0, 20.0)
    pid = model._studio.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: model._studio.kept > 0 and model._studio.pid != pid, 20.0)
    take(counter, resident)


def test_photos_that_come_late_are_not_shown_to_whoever_stands_there_next(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = capture_of(counter)
    asked: list[threading.Event] = []
    gone: list[int] = []

    def photos(*_args: object, **_options: object) -> list[bytes]:
        turn = len(asked)
        asked.append(threading.Event())
        assert asked[turn].wait(60)
        return [blank(turn)]

    def take_beside(*args: Any) -> None:
        real(*args)
        gone.append(1)

    real = model._take_beside
    monkeypatch.setattr(model._studio, "photos", photos)
    monkeypatch.setattr(model, "_take_beside", take_beside)
    for turn in (1, 2):
        resident = at_the_camera(counter)
        resident.glass.wait_for(lambda: model._ready(), "a good face")
        resident.glass.press(resident.say("capture.take"))
        assert wait_until(lambda wanted=turn: len(asked) == wanted, 20.0)
        if turn == 1:
            counter.stage.end()
    asked[0].set()
    assert wait_until(lambda: len(gone) == 1, 20.0)
    resident.settle()
    assert counter.stage.session.picture is None
    asked[1].set()
    resident.glass.wait_for(lambda: counter.stage.session.picture is not None, "their own photo")
    picture = counter.stage.session.picture
    assert picture is not None
    assert picture.data == blank(1)


def blank(turn: int) -> bytes:
    """A photo of nothing, another grey each turn."""
    return cv2.imencode(".jpg", np.full((100, 80, 3), 100 + 50 * turn, np.uint8))[1].tobytes()


def test_what_was_seen_of_a_face_says_nothing_of_a_paper(counter: Counter) -> None:
    resident = at_the_camera(counter)
    model = capture_of(counter)
    assert wait_until(lambda: model._judged is not None, 20.0)
    face = model._judged
    assert face is not None
    resident.until(lambda page: page is Page.DOCUMENT)
    assert wait_until(lambda: model._frame is not None, 20.0)
    model._judgement(face, "eyes_shut")
    assert model._code != "eyes_shut"


def test_a_page_for_a_paper_is_drawn_with_nothing_that_was_seen_of_a_face(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = before_an_empty_chair(counter)
    monkeypatch.setattr(capture, "UNSURE_S", 0.0)
    take(counter, resident)
    monkeypatch.undo()
    resident.glass.press_when_there(resident.say("capture.use"))
    resident.until(lambda page: page is Page.DOCUMENT)
    assert counter.warnings == []


def capture_of(counter: Counter) -> capture.Capture:
    """The view model behind the page."""
    return counter.screens.model(capture.Capture)
