"""Texts as voices say them: identity numbers character by character, dates as people do; what stays private."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.speech import public, spoken
from kiosk.speech.numerals import number, one_by_one
from kiosk.speech.privacy import forms

FACTS = load_catalogue(ASSETS).facts


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Identity card number, A123XXX(X)", "Identity card number, A 1 2 3 X X X, X"),
        ("en", "Receipt number TB1 2611 0001 A", "Receipt number T B 1, 2 6 1 1, 0 0 0 1, A"),
        ("en", "Pay HK$1,234.50, button", "Pay 1234 Hong Kong dollars 50 cents, button"),
        ("en", "¥120", "120 yuan"),
        ("en", "Fri 20 Nov, 2:35 pm", "Friday 20 November, 2 35 pm"),
        ("en", "Fri 20 Nov, 2:00 pm", "Friday 20 November, 2 pm"),
        ("en", "2:05 pm", "2 oh 5 pm"),
        ("en", "31 / 01 / 1951", "3 1, 0 1, 1 9 5 1"),
        ("en", "9123 4567", "9 1 2 3, 4 5 6 7"),
        ("en", "Step 1 of 8", "Step 1 of 8"),
        ("en", "@", "at"),
        ("en", "q", "Q"),
        ("zh_Hant", "HK$1,234.50", "港幣一千二百三十四元五角"),
        ("zh_Hant", "11 月 20 日（五）下午 2:35", "十一 月 二十 日，星期五，下午 兩點三十五分"),
        ("zh_Hant", "2026 年 11 月 2 日", "二零二六年 十一 月 二 日"),
        ("zh_Hant", "第 1 步，共 18 步", "第 一 步，共 十八 步"),
        ("zh_Hant", "A123XXX(X)", "A 一 二 三 X X X，X"),
        ("zh_Hant", "-", "短劃"),
        ("zh_Hans", "14:05", "十四点零五分"),
        ("zh_Hans", "RMB 120 元", "人民币一百二十元"),
        ("zh_Hans", "尾号 123456", "尾号 一 二 三 四 五 六"),
    ],
)
def test_a_text_is_said_as_people_say_it(language: Language, text: str, said: str) -> None:
    assert spoken(text, language) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((0, "零"), (10, "十"), (15, "十五"), (110, "一百一十"), (1005, "一千零五"), (10_005, "一萬零五")),
        *((120_000, "十二萬"), (100_000_001, "一億零一"), (20_300, "二萬零三百")),
    ],
)
def test_whole_numbers_in_chinese(value: int, said: str) -> None:
    assert number(value) == said


@given(st.integers(0, 10**12 - 1))
def test_no_two_numbers_sound_alike_and_none_holds_a_digit(value: int) -> None:
    assert not re.search(r"\d", number(value))
    assert number(value) != number(value + 1)


@given(st.text(alphabet="0123456789AX年月日:,$HK. /()@", max_size=24), st.sampled_from(["zh_Hant", "zh_Hans"]))
def test_chinese_that_is_said_holds_no_digit(text: str, language: Language) -> None:
    assert not re.search(r"[0-9]", spoken(text, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_kiosk_can_be_said(language: Language) -> None:
    texts = load_catalogue(ASSETS).texts.by_language[language]
    for key, text in texts.items():
        said = spoken(text, language)
        assert said, key
        assert language == "en" or not re.search(r"[0-9]", said), key


def test_digits_one_by_one_keep_everything_else() -> None:
    assert one_by_one("A12") == "A一二"


def test_private_parts_are_replaced_however_a_page_writes_them() -> None:
    known = [
        *forms(FACTS["hkid"], "A123456(3)"),
        *forms(FACTS["birth_date"], date(1951, 1, 31)),
        *forms(FACTS["name_zh"], "陳大文"),
    ]
    for text in ("A123456(3)", "A123XXX(X)", "31 Jan 1951", "1951 年 1 月 31 日", "31 / 01 / 1951", "Mr 陳大文"):
        said = public(f"Answer: {text}, from card", known, "hidden")
        assert "hidden" in said
        assert not re.search(r"A123|1951|陳", said), said
    assert public("Continue", known, "hidden") == "Continue"
    assert public("Continue", [], "hidden") == "Continue"
