"""The portrait page: one sentence, three shots to choose from, and never a dead end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.vision import models
from kiosk.session import Page
from screens.glass import wait_until
from screens.models import capture
from screens.rehearsal import Resident
from tests.screens.conftest import Counter


def at_the_camera(counter: Counter) -> Resident:
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.PORTRAIT)
    return resident


def test_three_photos_are_offered_and_the_one_that_is_touched_is_used(counter: Counter) -> None:
    resident = at_the_camera(counter)
    resident.glass.wait_for(lambda: resident.say("portrait.ready") in resident.glass.words(), "a good face")
    model = capture_of(counter)
    assert wait_until(lambda: len(model._photographer.best()) == 3, 10.0)  # type: ignore[union-attr]
    resident.glass.press_when_there(resident.say("capture.take"))
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
    resident = at_the_camera(counter)
    counter.kiosk.devices.face_camera.source.leave()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: resident.say("portrait.no_face") in resident.glass.words(), "nobody to be said")
    monkeypatch.setattr(capture, "UNSURE_S", 0.0)
    resident.glass.wait_for(lambda: resident.say("portrait.unsure") in resident.glass.words(), "the way on")
    resident.glass.press_when_there(resident.say("capture.take"))
    resident.settle()
    assert counter.stage.session.picture is not None


def test_without_models_the_page_still_takes_a_photo(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "FOLDER", tmp_path)
    resident = at_the_camera(counter)
    resident.glass.wait_for(lambda: resident.say("portrait.ready") in resident.glass.words(), "light and focus")
    resident.glass.press_when_there(resident.say("capture.take"))
    resident.settle()
    assert counter.stage.session.picture is not None


def test_leaving_overwrites_what_was_kept(counter: Counter) -> None:
    resident = at_the_camera(counter)
    model = capture_of(counter)
    assert wait_until(lambda: bool(model._photographer and model._photographer.best()), 10.0)
    shots = model._photographer.best()  # type: ignore[union-attr]
    counter.stage.end()
    assert model._photographer is None
    assert model._photos == []
    assert not any(shot.frame.image.any() or shot.face.points.any() for shot in shots)
    assert resident is not None


def capture_of(counter: Counter) -> capture.Capture:
    """The view model behind the page."""
    return counter.screens.model(capture.Capture)
