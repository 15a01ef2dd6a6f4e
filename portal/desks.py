"""What a department answers while a resident waits: one interface, and a simulated set that looks nothing up.

A department that is connected for real brings its own `Desk`; nothing else of the portal changes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final, Protocol

_HOURS: Final = (time(9, 30), time(11, 0), time(14, 30), time(16, 0))
_QUOTA: Final = 3
_DAYS: Final = 5
_CENTS: Final = 12_000

Lines = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Question:
    """An opened enquiry: the answers that the resident gave for this service; `bill` when a payment follows."""

    id: str
    service: str
    bill: bool
    answers: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Bill:
    """What is to be paid, in cents of the service's currency."""

    reference: str
    cents: int


@dataclass(frozen=True)
class Answer:
    """What the department says: its reference, its lines by language, and the bill if there is one."""

    reference: str
    lines: Lines = field(repr=False)
    bill: Bill | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Offer:
    """A time that can be booked: `starts` is the office's local time, `quota` how many may have it."""

    id: str
    starts: datetime
    quota: int


class Desk(Protocol):
    """A department's counter for questions and bookings; `answer` may be asked again with the same question."""

    simulated: bool

    def answer(self, question: Question, today: date) -> Answer:
        """Answer a question."""

    def offers(self, service: str, today: date) -> Sequence[Offer]:
        """The times that the department offers from now on."""


class SimulatedDesk:
    """Answers every question with a marked example and offers the next working days; it keeps nothing."""

    simulated = True

    def answer(self, question: Question, today: date) -> Answer:
        """An example, labelled as one."""
        reference = f"{int(hashlib.sha256(question.id.encode()).hexdigest(), 16) % 10**8:08d}"
        bill = Bill(f"B{reference}", _CENTS) if question.bill else None
        return Answer(reference, _example(today), bill, simulated=True)

    def offers(self, service: str, today: date) -> Sequence[Offer]:
        """Four times on each of the next five working days."""
        days = [today + timedelta(days=n) for n in range(1, 12)]
        working = [day for day in days if day.weekday() < 5][:_DAYS]
        return [
            Offer(f"{service}.{day:%Y%m%d}T{hour:%H%M}", datetime.combine(day, hour), _QUOTA)
            for day in working
            for hour in _HOURS
        ]


def _example(today: date) -> Lines:
    return {
        "en": [
            "One record fits the details you gave.",
            f"As at {today.day}/{today.month}/{today.year}.",
            "This is an example for demonstration. No real record was looked up.",
        ],
        "zh_Hant": [
            "有 1 項記錄與你提供的資料相符。",
            f"截至 {today.year} 年 {today.month} 月 {today.day} 日。",
            "這是示範用的例子，沒有查閱真實記錄。",
        ],
        "zh_Hans": [
            "有 1 条记录与您提供的信息相符。",
            f"截至 {today.year} 年 {today.month} 月 {today.day} 日。",
            "这是演示用的示例，没有查询真实记录。",
        ],
    }
