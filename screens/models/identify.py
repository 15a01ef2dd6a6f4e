"""The identify page: what the reader sees, and each trouble in one sentence with the next move."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from screens.models.base import Model

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class Identify(Model):
    """Whether the identity is known, and what to do if not."""

    changed = Signal()

    def _state(self) -> str:
        if self.session.identity_known():
            return "done"
        return self.stage.card.state

    def _done(self) -> bool:
        return self._state() == "done"

    def _failed(self) -> bool:
        return self._state() in ("failed", "no_reader")

    def _title(self) -> str:
        titles = {"done": "done_title", "failed": "failed_title", "no_reader": "no_reader_title", "reading": "reading"}
        return self.say(f"identify.{titles.get(self._state(), 'title')}")

    def _lead(self) -> str:
        return self.say("identify.lead") if self._state() in ("waiting", "reading") else ""

    def _waiting_for(self) -> str:
        words = {"reading": "reading_wait", "failed": "again", "no_reader": "no_reader_wait"}
        return self.say(f"identify.{words.get(self._state(), 'waiting')}")

    def _progress(self) -> float:
        return self.stage.card.progress

    def _note(self) -> str:
        match self._state():
            case "done":
                known = self.session.known("name_en")
                return self.say("identify.done", name=known.value if known else "")
            case "failed" | "no_reader":
                return self.say(f"fault.{self.stage.card.fault or 'reader_lost'}.text")
        return ""

    def _note_more(self) -> str:
        match self._state():
            case "done":
                return self._age_problem() or self.say("identify.done_more")
            case "failed" | "no_reader":
                return self.say(f"fault.{self.stage.card.fault or 'reader_lost'}.next")
        return ""

    def _age_problem(self) -> str:
        """What the service's own rules say about this identity, after Continue was touched."""
        return " ".join(self.say(found.text_key, **found.values) for found in self.session.problems.values())

    def _note_kind(self) -> str:
        if self._state() == "done":
            return "failed" if self.session.problems else "ok"
        return "failed"

    state = Property(str, _state, notify=changed)
    failed = Property(bool, _failed, notify=changed)
    done = Property(bool, _done, notify=changed)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    waitingFor = Property(str, _waiting_for, notify=changed)
    progress = Property(float, _progress, notify=changed)
    note = Property(str, _note, notify=changed)
    noteMore = Property(str, _note_more, notify=changed)
    noteKind = Property(str, _note_kind, notify=changed)

    @Slot()
    def typeInstead(self) -> None:
        """No card: type."""
        self.stage.act(self.session.type_instead)
