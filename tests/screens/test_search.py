"""The search page, typed key by key: words, sounds, slips of the finger, nothing found."""

from __future__ import annotations

import pytest

from kiosk.catalogue import Language
from kiosk.session import Page
from screens.rehearsal import Resident
from tests.screens.conftest import Counter
from tests.screens.test_pages import cut_texts


def searching(counter: Counter, language: Language, query: str) -> Resident:
    resident = counter.resident(language)
    resident.until(lambda here: here is Page.HOME)
    resident.glass.press(resident.say("home.search"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEARCH, "the search page")
    resident.type(query)
    return resident


@pytest.mark.parametrize(
    ("language", "query", "finds"),
    [
        ("en", "senior", "Senior Citizen Card"),
        ("en", "senoir citizen", "Senior Citizen Card"),
        ("zh_Hant", "zoengzegaat", "長者咭"),
        ("zh_Hans", "zhangzheka", "长者咭"),
    ],
)
def test_a_word_or_its_sound_finds_the_service(counter: Counter, language: Language, query: str, finds: str) -> None:
    resident = searching(counter, language, query)
    resident.glass.wait_for(lambda: resident.glass.shows(finds), finds)
    counter.screens.window.grabWindow()
    assert cut_texts(counter) == []
    resident.glass.press(finds)
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.CHECKLIST, "its checklist")


def test_nothing_found_says_what_to_do_next(counter: Counter) -> None:
    resident = searching(counter, "en", "qqqqqqqq")
    resident.glass.wait_for(lambda: "Try a shorter word" in resident.glass.words(), "the next move")
    assert resident.glass.shows("Back")
