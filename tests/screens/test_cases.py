"""Cases and life events on the real screens: one run, each question once, a part for each department."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QImage

from hardware.camera import read_codes
from kiosk.catalogue import LANGUAGES, Language
from kiosk.catalogue.model import Service
from kiosk.identity import by_face
from kiosk.identity.evidence import RECORD
from kiosk.session import Page
from offline_queue.slip_code import SlipCode, read_slip
from screens.glass import wait_until
from screens.models.slip import Slip
from screens.rehearsal import Resident, received_for
from tests.screens.conftest import Counter, counter_in
from tests.screens.test_pages import cut_texts

CASES = sorted((Path(__file__).parent.parent / "journeys" / "cases").glob("*.toml"))


def resident(counter: Counter, language: Language, **told: Any) -> Resident:
    counter.stage.end()
    counter.mend()
    first, *more = told.get("services", [""])
    return Resident(
        counter.screens,
        counter.stage,
        service=first,
        more=more,
        language=language,
        event=told.get("event", ""),
        unticked=told.get("unticked", ()),
    )


def asked(services: Mapping[str, Service], matter: str) -> set[str]:
    """Everything that a service may ask."""
    steps = services[matter].steps
    return {name for step in steps for name in (*step.ask, step.instead) if name is not None}


def by_matter(received: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The answers in one department's part, by matter."""
    answers = received["answers"]
    found: Mapping[str, Mapping[str, Any]] = answers.get("matters") or {received["service"]: answers}
    return found


def play(counter: Counter, path: Path, language: Language) -> None:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    counter.stage.end()
    visitor = resident(counter, language, **told)
    cut: list[str] = []
    while (page := visitor.until(lambda _: True)) is not Page.SLIP:
        wait_until(lambda: not cut_texts(counter), 2.0)  # the rows of a page find their places one after the other
        cut += [f"{page}: {what}" for what in cut_texts(counter)]
        visitor.leave_page(page)
    visitor.leave_page(Page.SLIP)
    visitor._note_end()
    assert cut == []
    session, services = counter.stage.session, counter.kiosk.catalogue.services
    assert sorted(visitor.record.matters) == sorted(told["matters"])
    assert sorted(session.answers) == sorted(told.get("answered", []))
    assert len(session.all_saved) == len(told["departments"])
    numbers = list(visitor.record.parts)
    assert wait_until(lambda: all(received_for(counter.kiosk, number) for number in numbers), 30.0)
    found = [received_for(counter.kiosk, number)[0] for number in numbers]
    assert [part["case_seq"] for part in found] == list(range(1, len(found) + 1))
    assert len({part["case_id"] for part in found}) == 1
    for part, department in zip(found, told["departments"], strict=True):
        for matter, answers in by_matter(part).items():
            assert services[matter].department == department
            proved = answers.get(RECORD, {"answers": []})["answers"]
            assert {*answers, *proved} - {RECORD, by_face.RECORD} <= asked(services, matter)
            assert (by_face.RECORD in answers) == ("portrait" in asked(services, matter)), matter
        whole = set().union(*(asked(services, matter) for matter in by_matter(part)))
        names = {Path(each["name"]).stem.rpartition(".")[2] for each in part["attachments"]}  # type: ignore[attr-defined]
        assert names <= whole
    the_slip_proves_every_number(counter, numbers)
    visitor.finish()
    assert session.page is Page.ATTRACT
    assert (session.journey, session.all_saved, session.answers, session.chosen) == (None, (), {}, ())


def the_slip_proves_every_number(counter: Counter, numbers: list[str]) -> None:
    """What the paper's codes say is what the kiosk signed, and the portal calls each of them genuine."""
    picture = counter.screens.pictures.picture("slip").convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    image = cv2.cvtColor(np.ascontiguousarray(rows[:, : picture.width()]), cv2.COLOR_GRAY2BGR)
    codes = list(codes_of(image))
    read = [read_slip(code, counter.kiosk.sender.device_key.public_bytes) for code in codes]
    assert [code.receipt_number for code in read if isinstance(code, SlipCode)] == numbers
    assert counter.kiosk.portal is not None
    for code in codes:
        with closing(HTTPConnection("127.0.0.1", counter.kiosk.portal.port, timeout=10)) as portal:
            portal.request("GET", f"/verify?{urlsplit(code).query}")
            assert "Genuine" in portal.getresponse().read().decode()


def codes_of(image: Any) -> Iterator[str]:
    """The codes of a long slip, from top to bottom."""
    found: dict[str, int] = {}
    for top in range(0, image.shape[0], 400):
        for code in read_codes(np.ascontiguousarray(image[top : top + 900])):
            found.setdefault(code.text, top + code.corners[0][1])
    yield from sorted(found, key=lambda text: found[text])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_ends_with_a_part_and_a_proven_number_for_each_department(counter: Counter, path: Path) -> None:
    play(counter, path, LANGUAGES[CASES.index(path) % len(LANGUAGES)])


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_ends_so_in_every_language(counter: Counter, path: Path, language: Language) -> None:
    play(counter, path, language)


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_life_event_comes_to_its_slip(counter: Counter, language: Language) -> None:
    for event in counter.kiosk.catalogue.events:
        visitor = resident(counter, language, event=event)
        visitor.visit()
        assert visitor.record.parts
        visitor.finish()


def test_dropping_a_matter_in_the_middle_asks_nothing_again(counter: Counter) -> None:
    visitor = resident(counter, "en", event="retire")
    visitor.until(lambda page: page is Page.REVIEW)
    before = counter.stage.session.bundle
    visitor.glass.press("Matters (5)")
    visitor.settle()
    assert counter.stage.session.page is Page.CASE
    visitor.glass.press("Leave out, Temporary residence")
    visitor.glass.wait_for(lambda: "Temporary residence" not in visitor.glass.words(), "the matter to be gone")
    visitor.glass.press("Go on")
    visitor.settle()
    after = counter.stage.session.bundle
    assert counter.stage.session.page is Page.REVIEW
    assert before is not None
    assert after is not None
    assert after.matters == tuple(matter for matter in before.matters if matter != "GD-IDE-05")
    assert after.moment.facts == before.moment.facts


def test_back_through_a_case_shows_each_page_as_it_was_left(counter: Counter) -> None:
    visitor = resident(counter, "en", event="study")
    visitor.until(lambda page: page is Page.DOCUMENT)
    session, seen = counter.stage.session, []
    while session.page is not Page.CASE:
        seen.append((session.page, session.step.id if session.step else ""))
        visitor.glass.press("Back")
        visitor.settle()
    visitor.glass.press("Start")
    visitor.settle()
    for page, step in reversed(seen):
        assert (session.page, session.step.id if session.step else "") == (page, step)
        if page is not Page.DOCUMENT:
            visitor.glass.press("Continue")
            visitor.settle()


def test_two_services_from_the_lists_make_a_case_and_back_leads_to_the_lists(counter: Counter) -> None:
    visitor = resident(counter, "en", services=["HK-PRO-10", "HK-WEL-01"])
    visitor.until(lambda page: page is Page.CASE)
    glass = visitor.glass
    assert counter.stage.session.bundle is not None
    assert counter.stage.session.bundle.matters == ("HK-PRO-10", "HK-WEL-01")
    for place in (Page.SERVICES, Page.HOME):
        glass.press("Back")
        visitor.settle()
        assert counter.stage.session.page is place
    glass.press("Your matters (1)")
    visitor.settle()
    assert counter.stage.session.page is Page.CHECKLIST


def test_leaving_a_case_wipes_it(counter: Counter) -> None:
    visitor = resident(counter, "en", event="child_born")
    visitor.until(lambda page: page is Page.REVIEW)
    visitor.glass.press("Leave")
    visitor.glass.press_when_there("Leave and wipe")
    visitor.glass.wait_for(lambda: counter.stage.session.page is Page.ATTRACT, "the first screen")
    session = counter.stage.session
    assert (session.journey, session.event_id, session.gathered, session.drafts) == (None, "", (), {})


def test_with_the_line_down_a_matter_that_needs_it_says_so_and_the_rest_is_saved(tmp_path: Path) -> None:
    with counter_in(tmp_path, offline=True) as counter:
        visitor = resident(counter, "en", event="lost_papers")
        visitor.record.offline = True
        visitor.until(lambda page: page is Page.EVENT)
        assert "The line is down. This needs an answer at once" in visitor.glass.words()
        assert counter.stage.session.chosen == ("HK-URG-02",)
        visitor.until(lambda page: page is Page.SAVED_CASE)
        waiting = "Saved. It is sent when the line is back."
        visitor.glass.wait_for(lambda: waiting in visitor.glass.words(), "the page to say that it waits")
        assert str(counter.screens.model(Slip).property("number")) in visitor.glass.words()
