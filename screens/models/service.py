"""The checklist of a service: fee, time, who, papers, and what this kiosk can do for it now."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.app import Ability
from kiosk.catalogue import Service as CatalogueService
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
PAPER_ICONS = {"card": "credit_card", "photo": "portrait", "permit": "menu_book", "passport": "menu_book"}


@QmlElement
@QmlSingleton
class Service(Model):
    """What a resident should know before the first question."""

    changed = Signal()

    @property
    def _service(self) -> CatalogueService | None:
        return self.session.flow.service if self.session.flow else None

    def _title(self) -> str:
        service = self._service
        return self.say(service.title_key) if service else ""

    def _lead(self) -> str:
        service = self._service
        if service is None:
            return ""
        return self.say(f"checklist.lead_{service.side}", department=self.say(f"department.{service.department}"))

    def _figures(self) -> list[Row]:
        service = self._service
        if service is None:
            return []
        return [
            {"value": self.say(service.fee.text_key), "label": self.say("checklist.fee")},
            {
                "value": self.say("checklist.minutes", count=service.minutes),
                "label": self.say("checklist.minutes_here"),
            },
            {"value": self._result_time(service), "label": self.say("checklist.result")},
        ]

    def _result_time(self, service: CatalogueService) -> str:
        time = service.time
        if time is None:
            return self.say("time.by_department")
        if time.least == time.most:
            return self.say(f"time.{time.unit}", least=time.least)
        return self.say(f"time.range_{time.unit}", least=time.least, most=time.most)

    def _who(self) -> str:
        service = self._service
        return "\n".join(self.say(key) for key in service.who) if service else ""

    def _bring(self) -> list[Row]:
        service = self._service
        return [
            {"icon": _paper_icon(paper.id), "label": self.say(paper.text_key)}
            for paper in (service.bring if service else ())
        ]

    def _here(self) -> list[Row]:
        service = self._service
        if service is None:
            return []
        rows: list[Row] = [
            {"yes": yes, "text": self.say(f"checklist.can_{ability.word}" if yes else self._cannot(ability))}
            for yes, ability in self._abilities(service)
        ]
        if service.needs_line:
            up = self.stage.kiosk.line_up
            return [*rows, {"yes": up, "text": self.say(f"checklist.{'can' if up else 'cannot'}_line")}]
        return [*rows, {"yes": True, "text": self.say("checklist.can_offline")}]

    def _abilities(self, service: CatalogueService) -> list[tuple[bool, Ability]]:
        """What this service would use, and whether it works now."""
        able = self.stage.kiosk.abilities()
        wanted = [ability for ability in Ability if ability.step is None or ability.step in service.kinds]
        return [(ability in able, ability) for ability in wanted]

    def _down(self) -> str:
        """What does not work now, said before anything is asked: it stands above who may apply."""
        service = self._service
        missing = [ability for yes, ability in self._abilities(service) if not yes] if service else []
        return "\n".join(self.say(self._cannot(ability)) for ability in missing)

    def _cannot(self, ability: Ability) -> str:
        """The text for what does not work; a service that ends in a print-out says what becomes of that."""
        service = self._service
        if ability is Ability.PRINT and service is not None and "submit" not in service.kinds:
            return "a4.cannot_print_answer"
        return f"checklist.cannot_{ability.word}"

    def _possible(self) -> bool:
        return not self.stage.kiosk.full and not self._line_missing()

    def _line_missing(self) -> bool:
        service = self._service
        return service is not None and service.needs_line and not self.stage.kiosk.line_up

    def _next_label(self) -> str:
        return self.say("checklist.line_wait" if self._line_missing() else "checklist.start")

    def _trouble(self) -> str:
        service = self._service
        if service is not None and self._line_missing():
            return self.say("checklist.no_line", department=self.say(f"department.{service.department}"))
        if not self._possible():
            return self.say("checklist.full")
        return self.say("checklist.to_confirm") if service and service.status == "to_confirm" else ""

    def _trouble_more(self) -> str:
        service = self._service
        if self._line_missing():
            return self._or_elsewhere("checklist.no_line_more")
        if service is None or not self._possible():
            return self._or_elsewhere("checklist.full_more")
        return self.say("checklist.to_confirm_more", department=self.say(f"department.{service.department}"))

    def _add_label(self) -> str:
        return self.say("case.add") if self._service is not None else ""

    def _or_elsewhere(self, key: str) -> str:
        """A sentence on what to do here, and the nearest other kiosk if the site names one."""
        place = self.stage.kiosk.config.site.nearest(self.session.language)
        return self.say(key) + ("\n" + self.say("short.nearest", place=place) if place else "")

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    figures = Property(list, _figures, notify=changed)
    who = Property(str, _who, notify=changed)
    bring = Property(list, _bring, notify=changed)
    here = Property(list, _here, notify=changed)
    possible = Property(bool, _possible, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    down = Property(str, _down, notify=changed)
    trouble = Property(str, _trouble, notify=changed)
    addLabel = Property(str, _add_label, notify=changed)
    troubleMore = Property(str, _trouble_more, notify=changed)


def _paper_icon(paper: str) -> str:
    return next((icon for word, icon in PAPER_ICONS.items() if word in paper), "description")
