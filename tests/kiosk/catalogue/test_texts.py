"""Every text in three languages, each in its own script."""

import re
from collections.abc import Iterator

import opencc
import pytest

from kiosk.catalogue import LANGUAGES, Catalogue, Language

TO_SIMPLIFIED = opencc.OpenCC("t2s")
TO_TRADITIONAL = opencc.OpenCC("s2t")
HAN = re.compile(r"[\u3400-\u9fff]")
# Characters that both scripts write, or that a proper name keeps.
BOTH = frozenset("咭台后里余于并面制表了回系采周历占才托致只几出冲范注准克布向舍志岳秘")
MINE = (
    "fact.",
    "problem.",
    "category.",
    "department.",
    "paper.",
    "step.",
    "fee.",
    "time.",
    "status.",
    "declaration.",
    "service.",
    "event.",
    "matters.",
    "case.",
    "scan.",
    "check.",
)


def mine(catalogue: Catalogue, language: Language) -> Iterator[tuple[str, str]]:
    for key in sorted(catalogue.texts.keys):
        if key.startswith(MINE):
            yield key, catalogue.texts.by_language[language][key]
    for row in catalogue.listing:
        yield row.id, row.names[language]


def test_traditional_texts_hold_no_simplified_character(catalogue: Catalogue) -> None:
    wrong = {
        key: char
        for key, text in mine(catalogue, "zh_Hant")
        for char in HAN.findall(text)
        if char not in BOTH and TO_TRADITIONAL.convert(char) != char and TO_SIMPLIFIED.convert(char) == char
    }
    assert wrong == {}


def test_simplified_texts_hold_no_traditional_character(catalogue: Catalogue) -> None:
    wrong = {
        key: char
        for key, text in mine(catalogue, "zh_Hans")
        for char in HAN.findall(text)
        if char not in BOTH and TO_SIMPLIFIED.convert(char) != char
    }
    assert wrong == {}


WORDS: tuple[tuple[Language, str], ...] = (
    ("zh_Hant", "[您你們妳]們|什麼|裡|信息|打印|屏幕|提交|軟件|網絡|無需|短信|工作日|核驗|合同|窗口|[“”]"),
    ("zh_Hans", "你|甚么|[「」]|列印|荧幕|递交|毋须|身份証|讯息|工作天|短讯|晶片"),
    ("en", r"\bplease\b|invalid|failed to|authenticat|submit form"),
)


@pytest.mark.parametrize(("language", "forbidden"), WORDS)
def test_each_language_uses_the_words_of_its_own_side(catalogue: Catalogue, language: Language, forbidden: str) -> None:
    rows = {row.id for row in catalogue.listing}  # official names keep their own words
    found = {k: t for k, t in mine(catalogue, language) if k not in rows and re.search(forbidden, t, re.IGNORECASE)}
    assert found == {}


def test_traditional_texts_never_say_the_polite_you(catalogue: Catalogue) -> None:
    assert {key for key, text in mine(catalogue, "zh_Hant") if "您" in text} == set()


SPACED = re.compile(r"[\u3400-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u3400-\u9fff]")


@pytest.mark.parametrize("language", ["zh_Hant", "zh_Hans"])
def test_a_space_stands_between_chinese_and_latin(catalogue: Catalogue, language: Language) -> None:
    rows = {row.id for row in catalogue.listing}
    assert {k: t for k, t in mine(catalogue, language) if k not in rows and SPACED.search(t)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_chinese_uses_full_width_punctuation_and_english_does_not(catalogue: Catalogue, language: Language) -> None:
    wrong = re.compile("[，。、；：？！「」（）]" if language == "en" else "[\u3400-\u9fff][,;:?!]")
    assert {key: text for key, text in mine(catalogue, language) if wrong.search(text)} == {}


def test_an_error_has_two_sentences_at_most(catalogue: Catalogue) -> None:
    ends = {"en": r"[.!?](?:\s|$)", "zh_Hant": "[。！？]", "zh_Hans": "[。！？]"}
    for language in LANGUAGES:
        for key, text in mine(catalogue, language):
            if key.startswith("problem.") or ".rule." in key:
                assert 1 <= len(re.findall(ends[language], text)) <= 2, (key, text)


def test_a_text_is_said_with_its_values(catalogue: Catalogue) -> None:
    assert catalogue.texts.say("en", "time.working_days", least=10) == "10 working days"
    with pytest.raises(KeyError):
        catalogue.texts.say("en", "time.working_days")
    with pytest.raises(KeyError):
        catalogue.texts.say("en", "no.such.text")
