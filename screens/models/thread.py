"""The thread of a case: each matter, where it stands, what it waits for; and after the save, each department's part."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Service
from kiosk.catalogue.model import SIDES
from kiosk.flow import case
from kiosk.journey import Bundle
from kiosk.planning import MOST_MATTERS
from kiosk.submission import SavedVisit
from screens.models.base import Row
from screens.models.matters import OfMatters
from screens.models.review import fees_text
from screens.models.slip import Slip as SlipModel

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class Thread(OfMatters):
    """The case under way."""

    changed = Signal()
    slip: SlipModel | None = None

    def _begun(self) -> bool:
        """Whether something has been asked already: the thread is then looked at from the middle."""
        return self.session.looking_at_matters

    def _title(self) -> str:
        bundle = self.session.bundle
        if bundle is None:
            return ""
        event = self.session.catalogue.events.get(bundle.event)
        return self.say(event.title_key) if event else self.say("case.title")

    def _lead(self) -> str:
        bundle = self.session.bundle
        if bundle is None:
            return ""
        if self._begun():
            return self.say("case.lead_begun", done=len(case.answered(bundle.moment)), count=len(bundle.matters))
        return self.say("case.lead", count=len(bundle.matters), departments=len(case.departments(bundle.moment)))

    def _figures(self) -> list[Row]:
        bundle = self.session.bundle
        return self.figures(bundle.moment) if bundle and self._tells(bundle) else []

    def _tells(self, bundle: Bundle) -> bool:
        """Whether this page is the first to say what it comes to; a life event's own page said it before."""
        return not self._begun() and not bundle.event

    # ---- the matters ----

    def _all(self) -> list[Row]:
        bundle = self.session.bundle
        if bundle is None:
            return []
        done = case.answered(bundle.moment) if self._begun() else frozenset()
        following = next((matter for matter in bundle.matters if matter not in done), "")
        rows = [self._matter(bundle, self.service(matter), done, following) for matter in bundle.matters]
        return [*rows, *(self._excluded(bundle, matter) for matter in self.session.excluded())]

    def _matter(self, bundle: Bundle, service: Service, done: frozenset[str], following: str) -> Row:
        reason = self.why_not(service)
        before = [each for each in service.after if each in bundle.matters]
        titles = self.say("case.and").join(self.say(self.service(each).title_key) for each in before)
        state, note = "later", self.say("case.later")
        if service.id in done:
            state, note = "done", self.say("case.answered")
        elif service.id == following:
            state, note = ("now", self.say("case.now")) if self._begun() else ("next", self.say("case.first"))
        elif before:
            state, note = "locked", self.say("matters.after", matters=titles)
        return self._row(service, "failed" if reason else state, reason or note, len(bundle.matters) > 1)

    def _excluded(self, bundle: Bundle, matter: str) -> Row:
        problem = case.blocked(bundle.moment)[matter]
        service = self.service(matter)
        return self._row(service, "failed", self.say(problem.text_key, **problem.values), False)

    def _row(self, service: Service, state: str, note: str, droppable: bool) -> Row:
        return {
            "id": service.id,
            "title": self.say(service.title_key),
            "where": self.say(f"department.{service.department}"),
            "side": SIDES.index(service.side),
            "sideName": self.say(f"matters.side_{service.side}"),
            "state": state,
            "note": note,
            "droppable": droppable,
        }

    def _papers(self) -> list[Row]:
        bundle = self.session.bundle
        return self.papers(bundle.moment) if bundle and self._tells(bundle) else []

    def _fee(self) -> str:
        bundle = self.session.bundle
        return fees_text(self, case.fees(bundle.moment)) if bundle else ""

    def _to_confirm(self) -> str:
        bundle = self.session.bundle
        services = bundle.moment.plan.services if bundle else ()
        count = sum(service.status == "to_confirm" for service in services)
        return self.say("case.to_confirm", count=count) if count else ""

    def _missing(self) -> str:
        """What stands in the way of beginning."""
        if self.stage.kiosk.full:
            return self.say("checklist.full")
        bundle = self.session.bundle
        waiting = [m for m in (bundle.matters if bundle else ()) if self.why_not(self.service(m))]
        return self.say("case.no_line", count=len(waiting)) if waiting else ""

    def _possible(self) -> bool:
        return self._begun() or not self._missing()

    def _next_label(self) -> str:
        if self._begun():
            return self.say("case.go_on")
        if self.stage.kiosk.full:
            return self.say("matters.choose_first")
        return self.say("checklist.start" if self._possible() else "checklist.line_wait")

    def _add_label(self) -> str:
        bundle = self.session.bundle
        addable = bundle is not None and not self._begun() and not bundle.event and len(bundle.matters) < MOST_MATTERS
        return self.say("case.add") if addable else ""

    # ---- after the save ----

    def _parts(self) -> list[Row]:
        return [self._part(each) for each in self.session.all_saved]

    def _part(self, saved: SavedVisit) -> Row:
        services = [self.service(matter) for matter in saved.matters] or [self.service(saved.service_id)]
        delivery = self.slip.delivery_of(saved) if self.slip else "sending"
        return {
            "number": saved.receipt_number,
            "department": self.say(f"department.{services[0].department}"),
            "titles": self.say("case.and").join(self.say(service.title_key) for service in services),
            "side": SIDES.index(services[0].side),
            "sideName": self.say(f"matters.side_{services[0].side}"),
            "state": {"delivered": "done", "refused": "failed"}.get(delivery, "now"),
            "note": self.say(f"case.{delivery}"),
        }

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    begun = Property(bool, _begun, notify=changed)
    caseFigures = Property(list, _figures, notify=changed)
    rows = Property(list, _all, notify=changed)
    papersToBring = Property(list, _papers, notify=changed)
    fee = Property(str, _fee, notify=changed)
    toConfirm = Property(str, _to_confirm, notify=changed)
    missing = Property(str, _missing, notify=changed)
    possible = Property(bool, _possible, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    addLabel = Property(str, _add_label, notify=changed)
    parts = Property(list, _parts, notify=changed)

    @Slot(str)
    def drop(self, matter: str) -> None:
        """Leave a matter out."""
        self.stage.act(lambda: self.session.drop(matter))

    @Slot()
    def add(self) -> None:
        """Another matter, from the lists."""
        self.stage.act(self.session.add_matter)
