"""The identify page: what the reader sees, and each trouble in one sentence with the next move."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.identity.phone import SOURCE
from screens.models.base import Model, Row

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
        titles = {
            "done": "done_title",
            "failed": "failed_title",
            "no_reader": "no_reader_title",
            "reading": "reading",
            "lay_down": "lay_down",
        }
        if self._done() and self._by_phone():
            return self.say("phone.done_title")
        return self.say(f"identify.{titles.get(self._state(), 'title')}")

    def _lead(self) -> str:
        match self._state():
            case "waiting":
                return self.say("identify.lead")
            case "lay_down":
                return self.say("identify.lay_down_lead")
            case "reading":
                return self.say("identify.reading_share", percent=round(100 * self.stage.card.progress))
        return ""

    def _rows(self) -> list[Row]:
        """What can be put where, numbered as on the drawing; only while the kiosk waits for either."""
        if self._state() != "waiting":
            return []
        return [
            {"label": self.say(f"identify.row_{kind}"), "more": self.say(f"identify.row_{kind}_more")}
            for kind in ("card", "passport")
        ]

    def _phone_label(self) -> str:
        """The way by iAM Smart, where this service asks what it gives and the portal can be reached."""
        step = self.session.step
        offered = self.stage.kiosk.config.portal.phone_sign_in and self.stage.kiosk.line_up
        if not offered or step is None or "hkid" not in step.ask or self._state() in ("done", "reading", "lay_down"):
            return ""
        return self.say("phone.sign_in")

    def _by_phone(self) -> bool:
        evidence = self.session.evidence
        return evidence is not None and evidence.kind == SOURCE

    def _picture(self) -> str:
        pictures = {"done": "cardout", "failed": "cardfail", "no_reader": "cardfail", "waiting": "identify"}
        if self.stage.card.fault in ("card_payment", "card_transit"):
            return "cardout"
        if self._done() and self._by_phone():
            return "identify"
        if self.stage.chip_opened:
            return {"done": "pickup", "failed": "cardfail", "no_reader": "cardfail"}.get(self._state(), "laydown")
        return pictures.get(self._state(), "cardin")

    def _waiting_for(self) -> str:
        words = {
            "reading": "reading_wait",
            "failed": "again",
            "no_reader": "no_reader_wait",
            "lay_down": "lay_down_wait",
        }
        return self.say(f"identify.{words.get(self._state(), 'waiting')}")

    def _progress(self) -> float:
        return self.stage.card.progress

    def _note(self) -> str:
        match self._state():
            case "done":
                return self.say("identify.done", name=self._name())
            case "reading" if self.stage.card.name:
                return self.say("identify.reading_photo", name=self.stage.card.name)
            case "failed" | "no_reader":
                return self.say(f"fault.{self.stage.card.fault or 'reader_lost'}.text")
        return ""

    def _note_more(self) -> str:
        match self._state():
            case "done":
                return self._age_problem() or "\n".join(part for part in (self._verdict(), self._done_more()) if part)
            case "failed" | "no_reader":
                return self.say(f"fault.{self.stage.card.fault or 'reader_lost'}.next")
        return ""

    def _name(self) -> str:
        known = self.session.known("name_en") or self.session.known("name_zh")
        return str(known.value) if known else self.stage.card.name

    def _done_more(self) -> str:
        if self._by_phone():
            return self.say("phone.done_more")
        return self.say("identify.done_more" if self.session.identity_known() else "identify.done_missing")

    def _verdict(self) -> str:
        """What the document proved; nothing where it carries no signature, for nothing was claimed either."""
        evidence = self.session.evidence
        key = f"identify.verdict.{evidence.verdict}" if evidence else ""
        return self.say(key) if key and self.has(key) else ""

    def _age_problem(self) -> str:
        """What the service's own rules say about this identity, after Continue was touched."""
        return " ".join(self.say(found.text_key, **found.values) for found in self.session.problems.values())

    def _note_kind(self) -> str:
        match self._state():
            case "done":
                return "failed" if self.session.problems else "ok"
            case "reading":
                return "ok"
        return "failed"

    state = Property(str, _state, notify=changed)
    failed = Property(bool, _failed, notify=changed)
    done = Property(bool, _done, notify=changed)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    waitingFor = Property(str, _waiting_for, notify=changed)
    progress = Property(float, _progress, notify=changed)
    rows = Property(list, _rows, notify=changed)
    phoneLabel = Property(str, _phone_label, notify=changed)
    picture = Property(str, _picture, notify=changed)
    note = Property(str, _note, notify=changed)
    noteMore = Property(str, _note_more, notify=changed)
    noteKind = Property(str, _note_kind, notify=changed)

    @Slot()
    def byPhone(self) -> None:
        """Touch "iAM Smart"."""
        self.stage.act(self.session.sign_in_by_phone)

    @Slot()
    def typeInstead(self) -> None:
        """No card: type."""
        self.stage.act(self.session.type_instead)
