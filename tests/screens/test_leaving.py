"""Leave and the idle clock wipe everything, at every page; nothing of one resident reaches the next."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from hardware.printer import Text
from hardware.printer.faces import face
from kiosk.session import Page
from screens.glass import Glass
from screens.main import MODELS
from tests.screens.conftest import Counter

STEPS = [
    Page.HOME,
    Page.SERVICES,
    Page.CHECKLIST,
    Page.IDENTIFY,
    Page.CHOICE,
    Page.FORM,
    Page.PORTRAIT,
    Page.COMPARE,
    Page.DOCUMENT,
    Page.REVIEW,
    Page.CONSENT,
    Page.SAVED,
    Page.SLIP,
]
OTHER_PAGES = {
    Page.LIST: "HK-WEL-07",
    Page.SIGN: "HK-COM-07",
    Page.RESULT: "HK-VOT-02",
    Page.SLOT: "HK-IDD-03",
    Page.PAY: "HK-TAX-13",
}
CANARIES = ("CHAN", "陳大文", "A123456", "1951", "EXAMPLE", "91234567")


def everything_in_models(counter: Counter) -> str:
    """Every value that any page could read now, as one text."""
    return "\n".join(
        str(model.property(meta.property(place).name()))
        for model in (counter.screens.model(kind) for kind in MODELS)
        for meta in [model.staticMetaObject]
        for place in range(meta.propertyCount())
    )


def assert_wiped(counter: Counter) -> None:
    session = counter.stage.session
    assert session.page is Page.ATTRACT
    assert session.flow is None
    assert (session.drafts, session.picture, session.saved, session.query) == ({}, None, None, "")
    assert (session.comparing, session.evidence, session.no_comparison) == (None, None, False)
    assert (session.items, session.entry, session.answer, session.offers, session.picked) == ((), None, None, None, "")
    assert counter.screens.pictures.names() == []
    left = everything_in_models(counter)
    assert [canary for canary in CANARIES if canary in left] == []


@pytest.mark.parametrize("page", STEPS, ids=str)
def test_leaving_at_a_page_wipes_everything(counter: Counter, page: Page) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is page)
    resident.glass.press("Leave")
    resident.glass.press_when_there("Leave and wipe")
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.ATTRACT, "the first screen")
    assert_wiped(counter)


@pytest.mark.parametrize("page", OTHER_PAGES, ids=str)
def test_leaving_where_a_department_waits_or_people_are_listed_wipes_everything(counter: Counter, page: Page) -> None:
    resident = counter.resident("en")
    resident.service = OTHER_PAGES[page]
    resident.until(lambda here: here is page)
    if page is Page.LIST:
        resident.leave_page(page)
        resident.settle()
        resident.until(lambda here: here is not Page.FORM)
        assert "EXAMPLE" in resident.glass.words().upper()
    resident.glass.press("Leave")
    resident.glass.press_when_there("Leave and wipe")
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.ATTRACT, "the first screen")
    assert_wiped(counter)


@pytest.mark.parametrize("page", STEPS, ids=str)
def test_walking_away_at_a_page_wipes_everything_after_the_warning(
    counter: Counter, page: Page, clock: list[float]
) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is page)
    clock[0] += 61
    counter.stage.tick()
    resident.glass.wait_for(lambda: "Are you still there?" in resident.glass.words(), "the warning")
    assert "CHAN" not in resident.glass.words(), "answers cannot be read behind the warning"
    clock[0] += 20
    counter.stage.tick()
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.ATTRACT, "the first screen")
    assert_wiped(counter)


@pytest.fixture
def clock(counter: Counter) -> Iterator[list[float]]:
    """A monotonic clock in the test's hand."""
    stage = counter.stage
    real = stage._monotonic
    now = [real()]
    stage._monotonic = lambda: now[0]
    yield now
    stage._monotonic = real


def test_a_touch_on_the_warning_goes_on_with_every_answer(counter: Counter, clock: list[float]) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.REVIEW)
    clock[0] += 61
    counter.stage.tick()
    resident.glass.press_when_there("I am here")
    resident.glass.wait_for(lambda: "CHAN, Tai Man" in resident.glass.words(), "the review again")
    assert counter.stage.session.page is Page.REVIEW


def test_settings_end_with_the_visit(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.HOME)
    resident.glass.press("Easier use")
    resident.glass.press_when_there("White on black")
    assert counter.stage.session.easier.contrast == "black"
    counter.stage.end()
    assert counter.stage.session.easier.contrast == "paper"


def test_a_card_left_in_the_reader_is_not_read_for_the_next_resident(counter: Counter) -> None:
    first = counter.resident("en")
    first.until(lambda here: here is Page.IDENTIFY)
    counter.kiosk.devices.card.present(first.document())  # type: ignore[union-attr]
    first.glass.wait_for(lambda: "CHAN, Tai Man" in first.glass.words(), "the card to be read")
    counter.stage.end()
    second = Glass(counter.screens.window)
    second.press_when_there("Hello, begin here")
    counter.stage.act(lambda: counter.stage.session.open_service("HK-WEL-01"))
    second.press_when_there("Start")
    second.wait_for(lambda: "Use a card or passport" in second.words(), "the identify page")
    assert "CHAN" not in second.words()
    gc.collect()
    assert_not_known(counter)


def assert_not_known(counter: Counter) -> None:
    assert counter.stage.session.known("name_en") is None


def test_no_character_that_a_slip_was_drawn_with_is_kept_after_the_visit(counter: Counter) -> None:
    resident = counter.resident("zh_Hant")
    resident.until(lambda here: here is Page.HOME)
    counter.kiosk.devices.slip([Text("陳大文")], "zh_Hant")
    assert face.cache_info().currsize > 0
    counter.stage.end()
    resident.glass.wait_for(lambda: face.cache_info().currsize == 0, "the kiosk to clean up")
