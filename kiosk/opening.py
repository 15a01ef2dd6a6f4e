"""When a kiosk serves residents: its opening hours, its holidays, and whether staff took it out of service.

Times are the site's own. A visit that has begun may always finish.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS: Final = "always"
CLOSED: Final = "closed"
REASONS: Final = ("repair", "cleaning", "paper", "moving")
_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
LOOK_AHEAD_DAYS: Final = 14


@dataclass(frozen=True)
class Span:
    """One day's hours; 24:00 is kept as the day's last moment."""

    opens: time
    closes: time

    def __str__(self) -> str:
        closes = "24:00" if self.closes == time.max else f"{self.closes:%H:%M}"
        return f"{self.opens:%H:%M}-{closes}"


@dataclass(frozen=True)
class Hours:
    """The week's hours by day (None: closed), and the dates on which the kiosk stays closed."""

    week: tuple[Span | None, ...]
    holidays: frozenset[date] = frozenset()

    def of(self, day: date) -> Span | None:
        """The hours of one day."""
        return None if day in self.holidays else self.week[day.weekday()]

    def open_at(self, now: datetime) -> bool:
        """Whether residents are served at this moment of the site's clock."""
        span = self.of(now.date())
        return span is not None and span.opens <= now.time() < span.closes

    def opens_next(self, now: datetime) -> datetime | None:
        """When it opens next after `now`; None when it does not within two weeks."""
        for ahead in range(LOOK_AHEAD_DAYS):
            day = now.date() + timedelta(days=ahead)
            span = self.of(day)
            if span is not None and (ahead > 0 or now.time() < span.opens):
                return datetime.combine(day, span.opens, tzinfo=now.tzinfo)
        return None

    def this_week(self, today: date) -> Iterator[tuple[date, Span | None]]:
        """The seven days from today on, each with its hours."""
        for ahead in range(7):
            day = today + timedelta(days=ahead)
            yield day, self.of(day)


def read_span(text: str) -> Span | str | None:
    """A day's hours as kiosk.toml has them: 08:30-20:00, always or closed; a sentence when it is none of these."""
    if text == ALWAYS:
        return Span(time.min, time.max)
    if text == CLOSED:
        return None
    found = _SPAN.fullmatch(text)
    if found is None:
        return f"{text!r} is not a time such as 08:30-20:00, always or closed"
    opens, last = time(int(found[1]), int(found[2])), (int(found[3]), int(found[4]))
    closes = time.max if last == (24, 0) else None if last > (24, 0) else time(*last)
    if closes is None or closes <= opens:
        return f"{text!r} ends before it begins"
    return Span(opens, closes)


def read_hours(table: Mapping[str, str], holidays: str) -> Hours | str:
    """The hours of a configuration; a sentence that says what is wrong with it."""
    week: list[Span | None] = []
    for day in DAYS:
        span = read_span(table[day])
        if isinstance(span, str):
            return f"{day}: {span}"
        week.append(span)
    days = []
    for text in holidays.replace(",", " ").split():
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            return f"holidays: {text!r} is not a day such as 2026-12-25"
    return Hours(tuple(week), frozenset(days))


@dataclass(frozen=True)
class OutOfService:
    """Taken out of service by staff: why (one of REASONS), since when, by which card."""

    reason: str
    since: str
    by: str


class ServiceSwitch:
    """Whether staff took the kiosk out of service; kept in one file, so that a restart does not put it back."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.out: OutOfService | None = _read(path)

    def take_out(self, reason: str, now: datetime, by: str) -> None:
        """Out of service from now on; OSError when the disk refuses."""
        self.out = OutOfService(reason, now.isoformat(timespec="seconds"), by)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(asdict(self.out)) + "\n", encoding="utf-8")
        new.replace(self._path)

    def put_back(self) -> None:
        """Back in service."""
        self.out = None
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> OutOfService | None:
    try:
        doc = json.loads(path.read_text(encoding="utf-8"))
        found = OutOfService(**{name: str(doc[name]) for name in ("reason", "since", "by")})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return OutOfService("repair", "", "")  # a switch that cannot be read stays where it does no harm
    return found if found.reason in REASONS else replace(found, reason="repair")
