"""Whole visits on the real screens, as data: tests/journeys/*.toml, each in three languages."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalogue import LANGUAGES, Language
from kiosk.session import Page
from screens.glass import wait_until
from screens.rehearsal import received_for
from tests.screens.conftest import Counter

JOURNEYS = sorted((Path(__file__).parent.parent / "journeys").glob("*.toml"))


def journey(path: Path) -> dict[str, Any]:
    """One journey; an empty text stands for "left empty" (TOML knows no nothing)."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    found["choices"] = {name: None if value == "" else value for name, value in found["choices"].items()}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: path.stem)
def test_a_journey_ends_with_a_slip_and_the_department_gets_exactly_its_answers(
    counter: Counter, path: Path, language: Language
) -> None:
    told = journey(path)
    resident = counter.resident(language, person=told["person"], choices=told["choices"])
    record = resident.visit()
    assert record.delivery == "delivered"
    assert wait_until(lambda: bool(received_for(counter.kiosk, record.receipt_number)), 20.0)
    received = json.dumps(received_for(counter.kiosk, record.receipt_number), ensure_ascii=False)
    for name, value in told["received"].items():
        assert f'"{name}": {json.dumps(value, ensure_ascii=False)}' in received
    for name in told.get("absent", []):
        assert f'"{name}"' not in received
    for name in told["pictures"]:
        assert f"{name}.jpg" in received
    resident.finish()
    assert counter.stage.session.page is Page.ATTRACT


def test_back_and_forth_shows_each_page_as_it_was_left(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.PORTRAIT)
    session = counter.stage.session
    seen = []
    while session.page is not Page.CHECKLIST:
        seen.append((session.page, session.step.id if session.step else "", without_clock(resident.glass.words())))
        resident.glass.press("Back")
        resident.settle()
    resident.glass.press("Start")
    resident.settle()
    for page, step, words in reversed(seen):
        assert (session.page, session.step.id if session.step else "") == (page, step)
        if page not in (Page.PORTRAIT, Page.IDENTIFY):
            assert without_clock(resident.glass.words()) == words
        if page is not Page.PORTRAIT:
            resident.glass.press("Continue")
            resident.settle()


def without_clock(words: str) -> str:
    """What a page shows, less the time of day, which goes on."""
    return re.sub(r"\d+:\d\d", "", words)


def test_change_from_the_review_leads_to_that_question_and_back(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.REVIEW)
    assert "My first card" in resident.glass.words()
    resident.glass.press("Change, Which card do you need?")
    resident.settle()
    assert counter.stage.session.page is Page.CHOICE
    resident.glass.press("A replacement")
    resident.glass.press("Continue")
    resident.settle()
    assert counter.stage.session.page is Page.REVIEW
    assert "A replacement" in resident.glass.words()
    assert "Fee: HK$25" in resident.glass.words()


def test_the_language_changes_in_the_middle_and_keeps_every_answer(counter: Counter) -> None:
    resident = counter.resident("en", choices={"senior_card_request": "replacement"})
    resident.until(lambda page: page is Page.REVIEW)
    glass = resident.glass
    glass.press("Language")
    glass.press_when_there("简体中文")
    glass.wait_for(lambda: "请核对您的信息" in glass.words(), "the review in Simplified Chinese")
    assert "补办" in glass.words()
    assert "陳大文" in glass.words(), "a name stays as the document writes it"
    assert "Continue" not in glass.words()


def test_somebody_under_65_is_told_why_and_where_to_go_on(counter: Counter) -> None:
    resident = counter.resident("en", person="adult")
    resident.until(lambda page: page is Page.IDENTIFY)
    counter.kiosk.devices.card.present(resident.document())  # type: ignore[union-attr]
    resident.glass.press_when_there("Continue")
    resident.glass.wait_for(lambda: "65 or over" in resident.glass.words(), "the age rule in words")
    assert resident.glass.shows("Back")
    assert resident.glass.shows("Leave")
    counter.kiosk.devices.card.pull_card()  # type: ignore[union-attr]
