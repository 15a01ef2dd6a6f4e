"""The document page reads what it took: notes that never refuse, pages that are added, answers from the paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.device import Fault
from hardware.papers.ocr import OcrReader
from hardware.papers.page import Page as Read
from kiosk.session import Page
from screens.glass import wait_until
from screens.models.capture import Capture
from screens.rehearsal import Resident
from tests.kiosk.papers.test_identity import HKIC, page
from tests.screens.conftest import Counter, counter_in


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with counter_in(tmp_path_factory.mktemp("kiosk")) as counter:
        config = counter.kiosk.config
        counter.kiosk.config = replace(config, document_camera=replace(config.document_camera, read=True))
        yield counter


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Read | Fault]:
    """What the reader says, in turn; no process is started."""
    answers: list[Read | Fault] = []
    monkeypatch.setattr(OcrReader, "warm_up", lambda self: None)
    monkeypatch.setattr(OcrReader, "read", lambda self, picture, task="page": answers.pop(0))
    return answers


def at_the_tray(counter: Counter, language: str = "en") -> Resident:
    resident = counter.resident(language)  # type: ignore[arg-type]
    resident.until(lambda page: page is Page.DOCUMENT)
    return resident


def take(resident: Resident) -> None:
    resident.glass.wait_for(lambda: resident.say("document.ready") in resident.glass.words(), "a good picture")
    resident.glass.press_when_there(resident.say("capture.take"))
    resident.glass.wait_for(lambda: resident.stage.session.picture is not None, "the picture to be taken")
    resident.settle()


def test_a_real_reading_of_the_specimen_card_says_that_it_is_not_the_applicant_s(reading: Counter) -> None:
    resident = at_the_tray(reading)
    take(resident)
    assert wait_until(lambda: not reading.screens.model(Capture)._desk.paper.reading_on, 60.0)
    said = reading.screens.model(Capture)._desk.paper.found[0]
    assert isinstance(said, Read)
    assert any("A123456(3)" in line.text for line in said.lines)
    assert resident.say("reading.reading") not in resident.glass.words()
    resident.glass.press_when_there(resident.say("capture.use"))
    resident.settle()
    assert reading.stage.session.page is not Page.DOCUMENT


def test_another_person_s_card_is_said_and_taken_all_the_same(reading: Counter, read: list[Read | Fault]) -> None:
    read.append(page(*HKIC[:-1], "B654321(4)"))
    resident = at_the_tray(reading)
    take(resident)
    resident.glass.wait_for(lambda: resident.say("reading.other_number") in resident.glass.words(), "the remark")
    resident.glass.press_when_there(resident.say("capture.use"))
    resident.settle()
    assert reading.stage.session.page is not Page.DOCUMENT


def test_a_reader_that_fails_leaves_the_picture_to_staff(reading: Counter, read: list[Read | Fault]) -> None:
    read.append(Fault("ocr_slow"))
    resident = at_the_tray(reading)
    take(resident)
    resident.glass.wait_for(lambda: resident.say("reading.unread") in resident.glass.words(), "the note")
    assert reading.stage.session.picture is not None


def test_pages_are_added_and_become_one_pdf(reading: Counter, read: list[Read | Fault]) -> None:
    read.extend([page(*HKIC)] * 3)
    resident = at_the_tray(reading)
    take(resident)
    resident.glass.press_when_there(resident.say("reading.add_page"))
    resident.settle()
    take(resident)
    assert reading.stage.session.picture is not None
    assert reading.stage.session.picture.media_type == "application/pdf"
    resident.glass.press_when_there(resident.say("capture.retake"))
    resident.settle()
    resident.glass.press_when_there(resident.say("reading.done"))
    resident.settle()
    assert reading.stage.session.picture.media_type == "image/jpeg", "the page to be taken again was given up"


def test_back_throws_the_last_picture_away_and_not_a_page_too_many_is_kept(
    reading: Counter, read: list[Read | Fault]
) -> None:
    read.extend([page(*HKIC)] * 2)
    resident = at_the_tray(reading)
    take(resident)
    resident.glass.press("Back")
    resident.settle()
    take(resident)
    assert len(reading.screens.model(Capture)._desk.paper.pictures) == 1


def test_what_a_paper_says_fills_only_what_nobody_answered(reading: Counter, read: list[Read | Fault]) -> None:
    flow = at_the_tray(reading) and reading.stage.session.flow
    assert flow is not None
    before = dict(flow.facts)
    read.append(page(*HKIC))
    resident = Resident(reading.screens, reading.stage, service="HK-WEL-01", language="en")
    take(resident)
    resident.glass.press_when_there(resident.say("capture.use"))
    resident.settle()
    after = reading.stage.session.flow
    assert after is not None
    assert {name: after.facts[name] for name in before} == before


def test_the_end_of_the_visit_ends_the_reader_and_forgets_the_paper(
    reading: Counter, read: list[Read | Fault], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Path | None] = []
    monkeypatch.setattr(OcrReader, "stop", lambda self: stopped.append(None))
    read.append(page(*HKIC))
    resident = at_the_tray(reading)
    take(resident)
    reading.stage.end()
    assert reading.screens.model(Capture)._desk.paper.pictures == []
    assert wait_until(lambda: bool(stopped), 5.0)


def test_the_end_of_the_visit_ends_what_looks_at_papers_and_nothing_begins_it_anew(
    reading: Counter, read: list[Read | Fault]
) -> None:
    looker = reading.kiosk.devices.looker
    read.append(page(*HKIC))
    take(at_the_tray(reading))
    assert looker.running
    reading.stage.end()
    assert wait_until(lambda: not looker.running, 60.0)
    assert not wait_until(lambda: looker.running, 1.0)


def typing_identity(counter: Counter) -> Resident:
    resident = counter.resident("en", person="")
    resident.until(lambda page: page is Page.IDENTIFY)
    resident.glass.press(resident.say("identify.type"))
    resident.settle()
    return resident


def test_a_card_on_the_tray_fills_the_fields_of_a_typed_identity(reading: Counter, read: list[Read | Fault]) -> None:
    read.append(page(*HKIC))
    resident = typing_identity(reading)
    resident.glass.press(resident.say("reading.read_card"))
    resident.glass.wait_for(lambda: resident.say("form.from_document") in resident.glass.words(), "the answers")
    session = reading.stage.session
    known = session.known("hkid")
    assert known is not None
    assert (known.value, known.source, known.locked) == ("A123456(3)", "document", False)
    assert resident.say("reading.read_done") in resident.glass.words()


def test_what_was_typed_is_not_overwritten_by_the_tray(reading: Counter, read: list[Read | Fault]) -> None:
    read.append(page(*HKIC))
    resident = typing_identity(reading)
    name = reading.stage.session.active
    reading.stage.act(lambda: reading.stage.session.type(name, "WONG"))
    resident.glass.press(resident.say("reading.read_card"))
    resident.glass.wait_for(lambda: resident.say("reading.read_done") in resident.glass.words(), "the reading")
    assert reading.stage.session.drafts[name] == "WONG"


@pytest.mark.parametrize("said", [Fault("ocr_slow"), page("nothing of the kind")])
def test_a_tray_that_says_nothing_leaves_the_typing(
    reading: Counter, read: list[Read | Fault], said: Read | Fault
) -> None:
    read.append(said)
    resident = typing_identity(reading)
    resident.glass.press(resident.say("reading.read_card"))
    resident.glass.wait_for(lambda: resident.say("reading.read_nothing") in resident.glass.words(), "the sentence")
    assert reading.stage.session.known("hkid") is None


def test_without_a_document_camera_there_is_no_such_button(reading: Counter) -> None:
    reading.kiosk.devices.document_camera.source.unplug()  # type: ignore[union-attr]
    assert wait_until(lambda: not reading.kiosk.devices.working("document_camera"), 60.0)
    resident = typing_identity(reading)
    reading.kiosk.devices.document_camera.source.unplug()  # type: ignore[union-attr]
    assert wait_until(lambda: not reading.kiosk.devices.working("document_camera"), 60.0)
    assert wait_until(lambda: not resident.glass.shows(resident.say("reading.read_card")), 5.0)
    reading.mend()
