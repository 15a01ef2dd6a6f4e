"""What a speaker has to record: every sentence that always says the same, once, in every language."""

from __future__ import annotations

import re

import pytest

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.speech.prompts import FIRST, UNSPOKEN, missing, prompts, words

TEXTS = load_catalogue(ASSETS).texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_without_a_value_is_to_be_recorded_once(language: Language) -> None:
    found = prompts(TEXTS, language)
    assert len({prompt.words for prompt in found}) == len(found)
    fixed = {
        text_id for text_id in TEXTS.keys if not TEXTS.placeholders(text_id) and text_id.split(".")[0] not in UNSPOKEN
    }
    assert {words(TEXTS, language, text_id) for text_id in fixed} == {prompt.words for prompt in found}
    assert not any(re.search(r"[{}\n]", prompt.words) for prompt in found)


def test_what_is_heard_on_every_visit_comes_first() -> None:
    groups = [prompt.id.split(".")[0] for prompt in prompts(TEXTS, "en")]
    assert groups[0] == FIRST[0]
    assert groups.index("service") > groups.index("fact") > groups.index("review")


def test_a_text_with_a_value_or_of_staff_or_unknown_has_no_words() -> None:
    assert words(TEXTS, "en", "bar.back") == "Back"
    assert words(TEXTS, "en", "home.side_HK") is None
    assert words(TEXTS, "en", "staff.title") is None
    assert words(TEXTS, "en", "no.such") is None


def test_what_one_id_says_need_not_be_recorded_for_another() -> None:
    every = prompts(TEXTS, "en")
    left = {prompt.id for prompt in missing(TEXTS, "en", frozenset({every[0].id, "gone.away"}))}
    assert left == {prompt.id for prompt in every[1:]}
