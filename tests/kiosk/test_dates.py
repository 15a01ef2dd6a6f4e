"""Dates, times and money as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kiosk.catalogue import Language
from kiosk.dates import clock_text, date_text, money_text, time_text

AFTERNOON = datetime(2026, 11, 20, 14, 35, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "afternoon", "midnight"),
    [
        ("en", "Fri 20 Nov, 2:35 pm", "Sun 22 Nov, 12:05 am"),
        ("zh_Hant", "11 月 20 日（五）下午 2:35", "11 月 22 日（日）上午 12:05"),
        ("zh_Hans", "11 月 20 日（五）14:35", "11 月 22 日（日）0:05"),
    ],
)
def test_the_header_shows_day_and_time(language: Language, afternoon: str, midnight: str) -> None:
    assert clock_text(AFTERNOON, language) == afternoon
    assert clock_text(MIDNIGHT, language) == midnight


@pytest.mark.parametrize(("language", "text"), [("en", "2 Nov 2026"), ("zh_Hant", "2026 年 11 月 2 日")])
def test_a_full_date_names_the_year(language: Language, text: str) -> None:
    assert date_text(date(2026, 11, 2), language) == text


def test_noon_is_12_pm() -> None:
    assert time_text(datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "en") == "12:00 pm"


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [(90000, "HKD", "HK$900"), (2550, "HKD", "HK$25.50"), (12000, "CNY", "¥120"), (112500000, "HKD", "HK$1,125,000")],
)
def test_money_has_its_sign_and_no_empty_decimals(cents: int, currency: str, text: str) -> None:
    assert money_text(cents, currency, "en") == text
