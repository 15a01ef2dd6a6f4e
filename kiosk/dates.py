"""Dates, times, money and numbers as each language writes them on a screen or a slip."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.catalogue.model import Language, Slot

_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS_ZH = "一二三四五六日"
_CURRENCIES = {
    "HKD": {"en": "HK$", "zh_Hant": "HK$", "zh_Hans": "HK$"},
    "CNY": {"en": "¥", "zh_Hant": "¥", "zh_Hans": "¥"},
}


def clock_text(moment: datetime, language: Language) -> str:
    """Day and time as the header shows them: Fri 20 Nov, 2:35 pm."""
    time = time_text(moment, language)
    if language == "en":
        return f"{_WEEKDAYS_EN[moment.weekday()]} {moment.day} {_MONTHS_EN[moment.month - 1]}, {time}"
    return f"{moment.month} 月 {moment.day} 日（{_WEEKDAYS_ZH[moment.weekday()]}）{time}"


def time_text(moment: datetime, language: Language) -> str:
    """Time of day: 2:35 pm, 下午 2:35, 14:35."""
    hour12 = moment.hour % 12 or 12
    if language == "en":
        return f"{hour12}:{moment.minute:02} {'am' if moment.hour < 12 else 'pm'}"
    if language == "zh_Hant":
        return f"{'上午' if moment.hour < 12 else '下午'} {hour12}:{moment.minute:02}"
    return f"{moment.hour}:{moment.minute:02}"


def slot_text(slot: Slot, language: Language) -> str:
    """A booked time as the header writes times; the office's local time."""
    return clock_text(datetime.fromisoformat(slot.starts), language)


def date_text(day: date, language: Language) -> str:
    """A full date: 2 Nov 2026, 2026 年 11 月 2 日."""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def money_text(cents: int, currency: str, language: Language) -> str:
    """An amount of money in the currency's own sign; whole amounts without decimals."""
    whole, rest = divmod(cents, 100)
    amount = f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:02}"
    return _CURRENCIES[currency][language] + amount
