"""The list of what to bring, on paper, before anything is asked."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.printer import Result
from kiosk.app import Ability
from kiosk.take_home import Printed
from screens.models.waiting import Asking

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class Handout(Asking):
    """Prints the checklist of the service that is looked at: once a visit to its page."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._end: Printed | None = None

    def _forget(self) -> None:
        super()._forget()
        self._end = None

    def _label(self) -> str:
        if self.asking:
            return self.say("handout.printing")
        taken = self._end is not None and self._end.outcome.result is not Result.FAILED
        able = self.session.flow is not None and Ability.PRINT in self.stage.kiosk.abilities()
        return self.say("handout.print") if able and not taken else ""

    def _note(self) -> str:
        if self._end is None:
            return ""
        result, printer = self._end.outcome.result, self._end.printer
        if result is Result.PRINTED and printer is not None:
            return self.say(f"handout.from_{printer}")
        return self.say("handout.uncertain" if result is Result.UNCERTAIN else "handout.failed")

    def _kind(self) -> str:
        printed = self._end is not None and self._end.outcome.result is Result.PRINTED
        return "ok" if printed else "attention"

    label = Property(str, _label, notify=changed)
    note = Property(str, _note, notify=changed)
    kind = Property(str, _kind, notify=changed)

    @Slot()
    def print(self) -> None:
        """Touch "Print this list"; a second touch while it prints does nothing."""
        flow, language, kiosk = self.session.flow, self.session.language, self.stage.kiosk
        if flow is None or self.asking or not self._label():
            return
        self.stage.touch()
        self.ask(lambda: kiosk.print(kiosk.checklist(flow.service, language)), self._printed)

    def _printed(self, end: Printed) -> None:
        self._end = end
        self.changed.emit()
