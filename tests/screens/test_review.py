"""Numbers on the review: masked, shown whole at a touch for a moment, and masked again whatever happens."""

from __future__ import annotations

import pytest

from kiosk.catalogue import LANGUAGES, Language
from kiosk.easier import EasierUse
from kiosk.session import Page
from screens.gallery import EVERY, Gallery
from screens.models import review
from screens.models.review import Review
from screens.rehearsal import Resident
from tests.screens.conftest import Counter

MASKED, WHOLE = "A123XXX(X)", "A123456(3)"


def at_review(counter: Counter, language: Language = "en") -> Resident:
    resident = counter.resident(language)
    resident.until(lambda page: page is Page.REVIEW)
    resident.settle()
    assert WHOLE not in resident.glass.words()
    return resident


def label(counter: Counter) -> str:
    return next(str(row["label"]) for row in counter.screens.model(Review).property("lines") if row["masked"])


def reveal(counter: Counter, resident: Resident) -> None:
    resident.glass.press(f"{resident.say('review.whole')}, {label(counter)}")
    resident.glass.wait_for(lambda: WHOLE in resident.glass.words(), "the whole number")


def masked_again(resident: Resident) -> None:
    words = resident.glass.words
    resident.glass.wait_for(lambda: WHOLE not in words() and MASKED in words(), "the masked number")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_is_shown_whole_at_a_touch_and_masked_at_the_next(counter: Counter, language: Language) -> None:
    resident = at_review(counter, language)
    reveal(counter, resident)
    resident.glass.press(f"{resident.say('review.mask')}, {label(counter)}")
    masked_again(resident)


@pytest.mark.parametrize("unhurried", [False, True])
def test_it_is_masked_again_by_itself_later_for_whoever_asked_for_time(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, unhurried: bool
) -> None:
    monkeypatch.setattr(review, "WHOLE_MS", 60_000 if unhurried else 30)
    monkeypatch.setattr(review, "WHOLE_UNHURRIED_MS", 30 if unhurried else 60_000)
    resident = at_review(counter)
    counter.stage.act(lambda: setattr(counter.stage.session, "easier", EasierUse(slow=unhurried)))
    resident.settle()
    resident.glass.press(f"{resident.say('review.whole')}, {label(counter)}")
    masked_again(resident)


def test_it_is_masked_when_the_page_is_left_and_when_the_visit_ends(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "WHOLE_MS", 600_000)  # not by the time that passes
    resident = at_review(counter)
    reveal(counter, resident)
    resident.glass.press(resident.say("bar.next"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.CONSENT, "the next page")
    resident.glass.press(resident.say("bar.back"))
    masked_again(resident)
    reveal(counter, resident)
    counter.stage.end()
    assert WHOLE not in str(counter.screens.model(Review).property("lines"))
    assert not counter.screens.model(Review)._masks.isActive()  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_keeps_its_rules_while_a_number_is_shown(
    counter: Counter, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WHOLE_MS", "WHOLE_UNHURRIED_MS"):
        monkeypatch.setattr(review, name, 600_000)
    resident = at_review(counter, language)
    reveal(counter, resident)
    turn = LANGUAGES.index(language)
    found = Gallery(counter.screens, counter.stage, resident).looks("review", EVERY[turn :: len(LANGUAGES)])
    assert [f"{look.name}: {wrong}" for look in found for wrong in look.findings] == []
