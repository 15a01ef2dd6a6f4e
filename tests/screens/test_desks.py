"""Pages that wait for a department: answers, times, payments, and what they say when nobody answers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect

from hardware.printer import Block, Text
from kiosk.catalogue import LANGUAGES, Language
from kiosk.catalogue.model import Payment, Slot
from kiosk.dates import slot_text
from kiosk.desk import Desk
from kiosk.receipt import SlipContent, slip_blocks
from kiosk.session import Page
from offline_queue.portal_client import Kind, Trouble
from screens.glass import wait_until
from screens.models.desks import Result
from screens.rehearsal import Resident, received_for
from tests.screens.conftest import Counter, counter_in
from tests.screens.test_pages import GAP, HAN, LATIN_ON_CHINESE_PAGES, LATIN_WORD, TARGET, cut_texts, distance

ASKING = (Page.LIST, Page.SIGN, Page.RESULT, Page.SLOT, Page.PAY, Page.SLIP)
PATTERNS = ("HK-WEL-07", "HK-COM-07", "HK-VOT-02", "HK-IDD-03", "HK-TAX-13")


def visitor(counter: Counter, service: str, language: Language = "en") -> Resident:
    resident = counter.resident(language)
    resident.service = service
    return resident


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", PATTERNS)
def test_pages_of_each_pattern_are_named_large_apart_and_uncut(
    counter: Counter, service: str, language: Language
) -> None:
    resident = visitor(counter, service, language)
    while True:
        page = resident.until(lambda _: True)
        if page in ASKING:
            if page in (Page.RESULT, Page.SLOT):
                ready = resident.screens.model(Result) if page is Page.RESULT else None
                resident.glass.wait_for(
                    lambda ready=ready: (  # type: ignore[misc]
                        bool(ready.property("ready")) if ready else bool(counter.stage.session.offers)
                    ),
                    "the department",
                )
            counter.screens.window.grabWindow()
            audit(counter, resident, page, language)
        resident.leave_page(page)
        if page is Page.SLIP:
            break


def audit(counter: Counter, resident: Resident, page: Page, language: Language) -> None:
    assert cut_texts(counter) == [], page
    seen = resident.glass.seen()
    assert any("Heading" in str(one.role) for one in seen)
    for one in seen:
        if language == "en":
            assert not HAN.search(one.name), f"{page}: {one.name}"
        elif page is not Page.SLIP:
            assert not LATIN_WORD.search(LATIN_ON_CHINESE_PAGES.sub("", one.name)), f"{page}: {one.name}"
    controls = [one for one in seen if one.active]
    for one in controls:
        assert min(one.rect.width(), one.rect.height()) >= TARGET, f"{page} {language}: {one}"
        assert QRect(0, 0, 1080, 1920).contains(one.rect), f"{page} {language}: {one}"
    for one, other in itertools.combinations(controls, 2):
        assert distance(one.rect, other.rect) >= GAP, f"{page}: {one.name} / {other.name}"


def test_an_answer_is_shown_as_an_example_and_printed(counter: Counter) -> None:
    resident = visitor(counter, "HK-WEL-03")
    record = resident.visit()
    assert record.delivery == "answered"
    answer = counter.stage.session.answer
    assert answer is not None
    assert answer.lines["en"][0] in resident.glass.words()
    printed = counter.screens.pictures.picture("slip")
    assert printed.width() > 300
    resident.finish()
    assert counter.stage.session.answer is None


def test_a_booked_time_goes_with_the_submission_and_is_seen_in_the_review(counter: Counter) -> None:
    resident = visitor(counter, "HK-IDD-03")
    resident.until(lambda page: page is Page.REVIEW)
    session = counter.stage.session
    assert session.flow is not None
    slot = session.flow.facts["appointment"].value
    assert isinstance(slot, Slot)
    assert slot_text(slot, "en") in resident.glass.words()
    record = resident.visit()
    held = f"Held for you: {slot_text(slot, 'en')}"
    assert held in [block.text for block in slip_of(counter, slot) if isinstance(block, Text)]
    assert wait_until(lambda: bool(received_for(counter.kiosk, record.receipt_number)), 20.0)
    (received,) = received_for(counter.kiosk, record.receipt_number)
    assert received["answers"]["appointment"]["id"] == slot.id  # type: ignore[index]


def slip_of(counter: Counter, slot: Slot) -> list[Block]:
    """The blocks of a slip that names this time."""
    service = counter.kiosk.catalogue.services["HK-IDD-03"]
    now = counter.kiosk.now()
    content = SlipContent("TB1 2611 0001 A", service, now, "Site", "Site", "TB1", 0, True, "https://x.example", slot)
    return slip_blocks(content, counter.kiosk.catalogue.texts, "en", "en")


def test_times_of_a_simulated_desk_say_so(counter: Counter) -> None:
    resident = visitor(counter, "HK-IDD-06")
    resident.until(lambda page: page is Page.SLOT)
    resident.glass.wait_for(lambda: "Example times for demonstration." in resident.glass.words(), "the label")


def test_back_to_the_times_says_which_one_is_held(counter: Counter) -> None:
    resident = visitor(counter, "HK-IDD-03")
    resident.until(lambda page: page is Page.SLOT)
    resident.leave_page(Page.SLOT)
    resident.settle()
    resident.glass.press("Back")
    resident.settle()
    resident.glass.wait_for(lambda: "Held for you: " in resident.glass.words(), "the time that is held")
    resident.glass.press_when_there("Continue")
    resident.settle()
    assert counter.stage.session.page is not Page.SLOT


def test_a_bill_is_paid_and_the_payment_stands_on_the_paper(counter: Counter) -> None:
    resident = visitor(counter, "HK-TAX-13")
    resident.until(lambda page: page is Page.PAY)
    words = resident.glass.words()
    assert "Simulated payment terminal. No money is taken." in words
    assert "HK$120" in words
    resident.visit()
    session = counter.stage.session
    assert session.flow is not None
    paid = session.flow.facts["payment"].value
    assert isinstance(paid, Payment)
    assert paid.cents == 12_000


class Failing:
    """A desk that first says one thing, then works."""

    def __init__(self, real: Desk, code: str) -> None:
        self.real = real
        self.left = [Trouble(Kind.BUSY, code)]

    def __getattr__(self, name: str) -> object:
        def call(*values: object) -> object:
            return self.left.pop() if self.left else getattr(self.real, name)(*values)

        return call


@pytest.fixture
def failing(counter: Counter) -> Iterator[Counter]:
    """A kiosk whose desk fails once."""
    real = counter.kiosk.desk
    counter.kiosk.desk = Failing(real, "no_answer")  # type: ignore[assignment]
    yield counter
    counter.kiosk.desk = real


def test_a_department_that_does_not_answer_can_be_asked_again(failing: Counter) -> None:
    resident = visitor(failing, "HK-WEL-03")
    resident.until(lambda page: page is Page.RESULT)
    resident.glass.wait_for(lambda: "No answer from" in resident.glass.words(), "the sentence")
    assert failing.stage.session.page is Page.RESULT
    resident.glass.press_when_there("Try again")
    resident.glass.wait_for(lambda: "One record fits" in resident.glass.words(), "the answer")


def test_a_time_that_was_just_taken_leads_to_the_times_that_are_left(counter: Counter) -> None:
    resident = visitor(counter, "HK-IDD-05")
    resident.until(lambda page: page is Page.SLOT)
    resident.glass.wait_for(lambda: bool(counter.stage.session.offers), "times")
    real = counter.kiosk.desk
    counter.kiosk.desk = Failing(real, "slot_full")  # type: ignore[assignment]
    try:
        rows = counter.stage.session.offers or ()
        counter.stage.act(lambda: counter.stage.session.pick(rows[0].id))
        resident.glass.press_when_there("Hold this time")
        resident.glass.wait_for(lambda: "That time has just been taken." in resident.glass.words(), "the sentence")
        resident.glass.press_when_there("Try again")
        resident.glass.wait_for(lambda: "That time" not in resident.glass.words(), "the times again")
        resident.leave_page(Page.SLOT)
        assert "appointment" in (counter.stage.session.flow.facts if counter.stage.session.flow else {})
    finally:
        counter.kiosk.desk = real


def test_another_answer_to_a_question_asks_the_department_anew(counter: Counter) -> None:
    resident = visitor(counter, "HK-WEL-03")
    resident.until(lambda page: page is Page.RESULT)
    resident.glass.wait_for(lambda: counter.stage.session.answer is not None, "the answer")
    session = counter.stage.session
    assert session.answer_stands()
    resident.glass.press("Back")
    resident.settle()
    assert session.page in (Page.FORM, Page.CHOICE)
    choices = [seen for seen in resident.glass.controls() if "RadioButton" in str(seen.role) and not seen.checked]
    resident.glass.press_at(choices[0].rect.center())
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: session.page is Page.RESULT and session.answer_stands(), "a new answer")


def test_with_the_line_down_the_checklist_says_so_and_start_waits(tmp_path: Path) -> None:
    with counter_in(tmp_path, offline=True) as counter:
        resident = visitor(counter, "HK-WEL-03")
        resident.until(lambda page: page is Page.CHECKLIST)
        glass = resident.glass
        assert "The line is down. This needs an answer from: Social Welfare Department" in glass.words()
        assert not glass.shows("Start")
        assert "Waiting for the line" in glass.words()
        assert glass.shows("Back"), "what still works is one touch away"
        assert counter.kiosk.portal is not None
        counter.kiosk.portal.online()
        counter.kiosk.sync.wake()
        glass.wait_for(lambda: glass.shows("Start"), "the line to be back")
        assert "The line is down" not in glass.words()


def test_advice_needs_no_line(tmp_path: Path) -> None:
    with counter_in(tmp_path, offline=True) as counter:
        resident = visitor(counter, "HK-URG-01")
        resident.until(lambda page: page is Page.RESULT)
        assert "1868" in resident.glass.words()
        resident.leave_page(Page.RESULT)
        resident.settle()
        assert counter.stage.session.page is not Page.RESULT
