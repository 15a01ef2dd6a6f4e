"""Where the kiosk stands, the time, the line; the greetings of the first screen."""

from __future__ import annotations

from PySide6.QtCore import Property, QTimer, Signal
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Language
from kiosk.dates import clock_text
from screens.models.base import Model, Row
from screens.sheets import LAPTOP
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
GREETINGS: tuple[Language, ...] = ("zh_Hant", "en", "zh_Hans")
FAMILIES = {"en": "Noto Sans CJK HK", "zh_Hant": "Noto Sans CJK HK", "zh_Hans": "Noto Sans CJK SC"}
CLOCK_MS = 5000


@QmlElement
@QmlSingleton
class Site(Model):
    """What the header and the first screen tell."""

    changed = Signal()

    def attach(self, stage: Stage) -> None:
        """Look at this stage, and at the clock every few seconds."""
        super().attach(stage)
        timer = QTimer(self)
        timer.setInterval(CLOCK_MS)
        timer.timeout.connect(self.changed)
        timer.start()

    def _in(self, language: Language, key: str, **values: object) -> str:
        return self.stage.kiosk.catalogue.texts.say(language, key, **values)

    def _side(self) -> int:
        return 0 if self.stage.kiosk.config.site.side == "HK" else 1

    def _here(self) -> str:
        return self.say(f"site.here_{self.stage.kiosk.config.site.side}")

    def _name(self) -> str:
        return self.stage.kiosk.config.site.name(self.session.language)

    def _clock(self) -> str:
        return clock_text(self.stage.kiosk.now(), self.session.language)

    def _line_up(self) -> bool:
        return self.stage.kiosk.line_up

    def _line(self) -> str:
        if self.stage.kiosk.line_up:
            return self.say("site.line_up")
        return self.say("short.line_down" if self.stage.sheet is LAPTOP else "site.line_down")

    def _greetings(self) -> list[Row]:
        return [
            {
                "language": language,
                "hello": self._in(language, "site.hello"),
                "name": self._in(language, "site.language"),
                "family": FAMILIES[language],
            }
            for language in GREETINGS
        ]

    def _service_names(self) -> str:
        return "　".join(self._in(language, "site.product") for language in ("zh_Hant", "en"))

    def _touch_your_language(self) -> str:
        return "　".join(self._in(language, "site.touch_language") for language in GREETINGS)

    def _hours(self) -> dict[str, object]:
        site = self.stage.kiosk.config.site
        return {"from": site.staff_from, "until": site.staff_until}

    def _staff_hours(self) -> list[str]:
        return [self._in(language, "site.staff_hours", **self._hours()) for language in ("zh_Hant", "en")]

    def _staff_help(self) -> str:
        return self.say("site.staff_help", **self._hours())

    side = Property(int, _side, notify=changed)
    here = Property(str, _here, notify=changed)
    name = Property(str, _name, notify=changed)
    clock = Property(str, _clock, notify=changed)
    lineUp = Property(bool, _line_up, notify=changed)
    line = Property(str, _line, notify=changed)
    greetings = Property(list, _greetings, notify=changed)
    serviceNames = Property(str, _service_names, notify=changed)
    touchYourLanguage = Property(str, _touch_your_language, notify=changed)
    staffHours = Property(list, _staff_hours, notify=changed)
    staffHelp = Property(str, _staff_help, notify=changed)
