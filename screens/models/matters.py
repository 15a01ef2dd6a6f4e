"""Life events and cases: what to do together, in which order, and where each matter stands now."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Service
from kiosk.catalogue.events import Event
from kiosk.catalogue.model import SIDES
from kiosk.flow import case
from kiosk.pages import DRAWN_KINDS
from kiosk.planning import MOST_MATTERS
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
EVENTS_AT_HOME = 4
ICONS = {
    "child_born": "child_care",
    "retire": "elderly",
    "company_hetao": "storefront",
    "lost_papers": "report_problem",
    "drive_in_hk": "directions_car",
    "drive_in_mainland": "directions_car",
    "study": "school",
}


class OfMatters(Model):
    """What the pages of many matters share: a matter in words, and why it cannot be done now."""

    def service(self, matter: str) -> Service:
        """The service of that id."""
        return self.session.catalogue.services[matter]

    def why_not(self, service: Service) -> str:
        """Why a matter cannot be finished here now; "" if it can."""
        if not service.kinds <= DRAWN_KINDS:
            return self.say("home.not_here")
        if service.needs_line and not self.stage.kiosk.line_up:
            return self.say("matters.needs_line")
        return ""

    def papers(self, moment: case.Case) -> list[Row]:
        """What to bring, each paper once, with the number of matters that look at it."""
        return [
            {
                "icon": "description",
                "label": self.say(needed.paper.text_key),
                "note": self.say("matters.paper_for", count=len(needed.used_for)) if len(needed.used_for) > 1 else "",
            }
            for needed in case.papers(moment)
        ]

    def finish(self, moment: case.Case) -> str:
        """The earliest finish in words, as far as departments publish their times."""
        found = case.earliest_finish(moment)
        if len(found.unknown) == len(moment.plan.services):
            return self.say("time.by_department")
        return self.say("matters.days_least" if found.unknown else "matters.days", count=found.working_days)

    def figures(self, moment: case.Case) -> list[Row]:
        """Earliest finish, minutes here, papers."""
        minutes = sum(service.minutes for service in moment.plan.services)
        return [
            {"value": self.finish(moment), "label": self.say("matters.finish")},
            {"value": self.say("matters.minutes", count=minutes), "label": self.say("matters.minutes_most")},
            {"value": self.say("matters.papers", count=len(case.papers(moment))), "label": self.say("matters.once")},
        ]


@QmlElement
@QmlSingleton
class Events(OfMatters):
    """All life events, and the one that is open."""

    changed = Signal()

    def _every(self) -> list[Event]:
        return list(self.session.catalogue.events.values())

    def _row(self, event: Event) -> Row:
        return {
            "id": event.id,
            "label": self.say(event.title_key),
            "note": self.say(event.summary_key),
            "icon": ICONS.get(event.id, "event"),
        }

    def _at_home(self) -> list[Row]:
        return [self._row(event) for event in self._every()[:EVENTS_AT_HOME]]

    def _all_label(self) -> str:
        return self.say("matters.all_events", count=len(self._every()))

    def _events(self) -> list[Row]:
        return [self._row(event) for event in self._every()]

    def _title(self) -> str:
        event = self.session.event
        return self.say(event.title_key) if event else ""

    def _lead(self) -> str:
        return self.say("matters.choose") if self.session.event else ""

    def _figures(self) -> list[Row]:
        return self.figures(self.session.plan()) if self.session.event else []

    def _matters(self) -> list[Row]:
        event = self.session.event
        return [self._matter(self.service(matter)) for matter in (event.matters if event else ())]

    def _matter(self, service: Service) -> Row:
        reason = self.why_not(service)
        chosen = service.id in self.session.chosen
        full = not chosen and len(self.session.chosen) >= MOST_MATTERS
        return {
            "id": service.id,
            "title": self.say(service.title_key),
            "note": self.say(f"department.{service.department}"),
            "after": self._after(service),
            "reason": reason or (self.say("matters.most", count=MOST_MATTERS) if full else ""),
            "side": SIDES.index(service.side),
            "sideName": self.say(f"matters.side_{service.side}"),
            "chosen": chosen,
            "possible": chosen or not (reason or full),
        }

    def _after(self, service: Service) -> str:
        before = [earlier for earlier in service.after if earlier in self.session.chosen]
        titles = self.say("case.and").join(self.say(self.service(each).title_key) for each in before)
        return self.say("matters.after", matters=titles) if before else ""

    def _papers(self) -> list[Row]:
        """What to bring for everything that is chosen."""
        return self.papers(self.session.plan()) if self.session.event else []

    def _possible(self) -> bool:
        blocked = any(self.why_not(self.service(matter)) for matter in self.session.chosen)
        return bool(self.session.chosen) and not blocked and not self.stage.kiosk.full

    def _next_label(self) -> str:
        if self.stage.kiosk.full or not self._possible():
            return self.say("matters.choose_first")
        return self.say("matters.start", count=len(self.session.chosen))

    def _trouble(self) -> str:
        return self.say("checklist.full") if self.stage.kiosk.full else ""

    atHome = Property(list, _at_home, notify=changed)
    allLabel = Property(str, _all_label, notify=changed)
    events = Property(list, _events, notify=changed)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    eventFigures = Property(list, _figures, notify=changed)
    matters = Property(list, _matters, notify=changed)
    papersToBring = Property(list, _papers, notify=changed)
    possible = Property(bool, _possible, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    trouble = Property(str, _trouble, notify=changed)

    @Slot()
    def openAll(self) -> None:
        """All life events."""
        self.stage.act(self.session.open_events)

    @Slot(str)
    def open(self, event_id: str) -> None:
        """One life event; what cannot be done now is not chosen at first."""
        every = self.session.catalogue.events[event_id].matters
        without = {matter for matter in every if self.why_not(self.service(matter))}
        self.stage.act(lambda: self.session.open_event(event_id, without=without))

    @Slot(str)
    def toggle(self, matter: str) -> None:
        """Choose a matter, or no longer."""
        self.stage.act(lambda: self.session.toggle(matter))

    @Slot()
    def start(self) -> None:
        """Begin with what is chosen."""
        if self._possible():
            self.stage.act(self.session.begin_event)
