"""Figures for Prometheus, in its text form (exposition format 0.0.4): no library is needed for a dozen lines."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from portal.database import Database
from portal.fleet import fleet

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Answers:
    """What this node has answered since it started; touched by the event loop alone."""

    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def note(self, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        known = method if method in ("GET", "PUT", "POST") else "other"
        self.counts[known, status] += 1
        self.seconds[known] = self.seconds.get(known, 0.0) + seconds

    def lines(self) -> list[str]:
        """The counters as exposition lines."""
        answered = [
            f'portal_answers_total{{method="{method}",status="{status}"}} {count}'
            for (method, status), count in sorted(self.counts.items())
        ]
        spent = [
            f'portal_answer_seconds_total{{method="{method}"}} {seconds:.6f}'
            for method, seconds in sorted(self.seconds.items())
        ]
        return [
            "# HELP portal_answers_total Answers given since the node started.",
            "# TYPE portal_answers_total counter",
            *answered,
            "# HELP portal_answer_seconds_total Seconds spent on answers since the node started.",
            "# TYPE portal_answer_seconds_total counter",
            *spent,
        ]


def gauges(db: Database, now: datetime) -> list[str]:
    """What the database and the kiosks' heartbeats say now, as exposition lines."""
    (taken,) = db.execute("SELECT count(*) FROM delivery").fetchone()
    (known,) = db.execute("SELECT count(*) FROM envelope").fetchone()
    views = fleet(db, now)
    figures = {
        "portal_envelopes_taken": ("Envelopes taken, each with its one effect.", taken),
        "portal_envelopes_arriving": ("Envelopes announced and not yet whole.", known - taken),
        "portal_kiosks": ("Kiosks enrolled.", len(views)),
        "portal_kiosks_alarmed": ("Kiosks with an alarm.", sum(bool(view.alarms) for view in views)),
        "portal_unsent_envelopes": ("Envelopes waiting on kiosks.", sum(view.waiting for view in views)),
        "portal_oldest_unsent_seconds": ("Age of the oldest.", max((view.oldest_age_s for view in views), default=0)),
    }
    lines = []
    for name, (described, value) in figures.items():
        lines += [f"# HELP {name} {described}", f"# TYPE {name} gauge", f"{name} {value}"]
    return lines
