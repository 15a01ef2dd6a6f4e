"""The page of a kiosk that serves nobody now: why, until when, and where else to go, in all three languages."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Language
from kiosk.dates import clock_text
from kiosk.opening import Span
from screens.models.base import Model, Row
from screens.models.site import FAMILIES, GREETINGS

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class Closed(Model):
    """Closed, or out of service."""

    changed = Signal()

    def _in(self, language: Language, key: str, **values: object) -> str:
        return self.stage.kiosk.catalogue.texts.say(language, key, **values)

    def _blocks(self) -> list[Row]:
        return [
            {
                "title": self._in(language, self._title_key()),
                "more": self._more(language),
                "where": self._where(language),
                "family": FAMILIES[language],
            }
            for language in GREETINGS
        ]

    def _title_key(self) -> str:
        return "closed.out" if self.stage.kiosk.switch.out is not None else "closed.title"

    def _more(self, language: Language) -> str:
        kiosk = self.stage.kiosk
        if kiosk.switch.out is not None:
            return self._in(language, f"closed.because.{kiosk.switch.out.reason}")
        opens = kiosk.hours.opens_next(kiosk.now())
        return self._in(language, "closed.opens", time=clock_text(opens, language)) if opens else ""

    def _where(self, language: Language) -> str:
        nearest = self.stage.kiosk.config.site.nearest(language)
        return self._in(language, "closed.nearest", place=nearest) if nearest else self._in(language, "closed.ask")

    def _week(self) -> list[Row]:
        """The seven days from today on; empty when staff took the kiosk out of service."""
        kiosk = self.stage.kiosk
        if kiosk.switch.out is not None:
            return []
        return [
            {"day": f"{day.day}/{day.month}", "hours": _hours(span)}
            for day, span in kiosk.hours.this_week(kiosk.now().date())
        ]

    blocks = Property(list, _blocks, notify=changed)
    week = Property(list, _week, notify=changed)


def _hours(span: Span | None) -> str:
    return str(span).replace("-", " – ") if span is not None else "—"
