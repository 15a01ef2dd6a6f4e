"""Staff at the kiosk: the PIN page, and the technician's page behind it. Neither shows anything of a resident."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.cards.staff_roots import TECHNICIAN
from hardware.device import State, Status
from kiosk.catalogue import LANGUAGES
from kiosk.cli_queue_words import said
from kiosk.dates import time_text
from kiosk.opening import REASONS
from kiosk.session import Page
from kiosk.staff import StaffEntry
from kiosk.staff_checks import Tried, check
from offline_queue.records import State as Stand
from screens.models.base import Row
from screens.models.queue_look import QueueLook, longest_unit
from screens.models.waiting import Asking

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
ICONS: Final[Mapping[str, str]] = {
    "printer": "receipt",
    "a4_printer": "print",
    "card": "credit_card",
    "face_camera": "face",
    "document_camera": "document_scanner",
    "voice": "volume_up",
    "line": "public",
}
NOTICES: Final = frozenset({"paper_low", "camera_dark"})
"""Faults of a device that works on."""


@QmlElement
@QmlSingleton
class Staff(Asking):
    """What staff see and do; empty while a resident, or nobody, is here."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tried: Tried | None = None
        self._part = ""
        self._queue = QueueLook(self, self.changed.emit)

    def _begin(self) -> None:
        if self.session.page is Page.TECHNICIAN:
            self._queue.start(self.stage)

    def _forget(self) -> None:
        super()._forget()
        self._queue.stop()
        self._tried, self._part = None, ""

    def _entry(self) -> StaffEntry:
        return self.session.staff or StaffEntry()

    # ---- the PIN ----

    def _dots(self) -> str:
        return "●" * len(self._entry().digits)

    def _checking(self) -> bool:
        return self._entry().place == "checking"

    def _refused(self) -> bool:
        return self._entry().place == "refused"

    def _problem(self) -> str:
        fault = self._entry().fault
        return self.say(f"fault.{fault}.text") if fault and self.has(f"fault.{fault}.text") else ""

    def _problem_more(self) -> str:
        entry = self._entry()
        if not entry.fault or not self.has(f"fault.{entry.fault}.next"):
            return ""
        more = self.say(f"fault.{entry.fault}.next")
        tries = re.match(r"(\d+) tries", entry.detail)
        pause = re.match(r"(\d+) s", entry.detail)
        if tries:
            return self.say("staff.tries", count=tries[1]) + " " + more
        return self.say("staff.pause", seconds=pause[1]) + " " + more if pause else more

    def _send_label(self) -> str:
        if self._refused():
            return self.say("staff.leave")
        return self.say("staff.checking" if self._checking() else "staff.come_in")

    def _ready(self) -> bool:
        return self._refused() or self._entry().ready

    dots = Property(str, _dots, notify=changed)
    refused = Property(bool, _refused, notify=changed)
    problem = Property(str, _problem, notify=changed)
    problemMore = Property(str, _problem_more, notify=changed)
    sendLabel = Property(str, _send_label, notify=changed)
    ready = Property(bool, _ready, notify=changed)

    @Slot(str)
    def key(self, digit: str) -> None:
        """Touch a digit."""
        self.stage.act(lambda: setattr(self.session, "staff", self._entry().typed(digit)))

    @Slot()
    def erase(self) -> None:
        """Take the last digit back."""
        self.stage.act(lambda: setattr(self.session, "staff", self._entry().erased()))

    @Slot()
    def send(self) -> None:
        """Touch "Come in"; after a refusal, leave."""
        if self._refused():
            self.leave()
        else:
            self.stage.act(self.stage.send_pin)

    @Slot()
    def leave(self) -> None:
        """Log out: the card may be taken."""
        self.stage.end()

    @Slot()
    def turnLanguage(self) -> None:
        """The next of the three languages."""
        self.stage.touch()
        self.stage.set_language(LANGUAGES[(LANGUAGES.index(self.session.language) + 1) % len(LANGUAGES)])

    # ---- who is here, and how the kiosk is ----

    def _who(self) -> str:
        staff = self._entry().staff
        return "" if staff is None else f"{self.say(f'staff.role.{staff.role}')} {staff.name}"

    def _technician(self) -> bool:
        staff = self._entry().staff
        return staff is not None and staff.role == TECHNICIAN

    def _out(self) -> bool:
        return self.stage.kiosk.switch.out is not None

    def _service(self) -> str:
        out = self.stage.kiosk.switch.out
        return self.say(f"staff.out.{out.reason}") if out is not None else self.say("staff.paused")

    def _count(self) -> str:
        rows = self._rows()
        faults, notes = (sum(row["kind"] == kind for row in rows) for kind in ("failed", "attention"))
        return self.say("staff.count", faults=faults, notes=notes)

    def _updated(self) -> str:
        kiosk = self.stage.kiosk
        return self.say("staff.updated", id=kiosk.config.site.id, time=time_text(kiosk.now(), self.session.language))

    def _rows(self) -> list[Row]:
        devices = self.stage.kiosk.devices
        return [*(self._row(status) for status in devices.statuses()), self._line_row()]

    def _row(self, status: Status) -> Row:
        code = status.fault.code if status.fault is not None else ""
        well = status.state in (State.READY, State.BUSY)
        kind = "failed" if not well else "attention" if code in NOTICES else "ok"
        word = self.say(f"staff.state.{status.state}")
        if code and self.has(f"fault.{code}.text"):
            word = self.say(f"fault.{code}.text")
        return self._as_row(status.device, kind, word)

    def _line_row(self) -> Row:
        up = self.stage.kiosk.line_up
        line = self.stage.kiosk.sync.state.line
        word = self.say("site.line_up") if up else self.say(f"staff.line.{line}" if not up else "")
        return self._as_row("line", "ok" if up else "attention", word)

    def _as_row(self, part: str, kind: str, word: str) -> Row:
        since = self.stage.since.get(part)
        language = self.session.language
        return {
            "part": part,
            "icon": ICONS.get(part, "build"),
            "label": self.say(f"staff.part.{part}"),
            "since": self.say("staff.since", time=time_text(since, language)) if since else "",
            "kind": kind,
            "word": word,
            "test": self.say("staff.test" if kind != "failed" else "staff.try"),
            "busy": self.asking and self._part == part,
        }

    who = Property(str, _who, notify=changed)
    technician = Property(bool, _technician, notify=changed)
    out = Property(bool, _out, notify=changed)
    service = Property(str, _service, notify=changed)
    count = Property(str, _count, notify=changed)
    updated = Property(str, _updated, notify=changed)
    rows = Property(list, _rows, notify=changed)

    # ---- trying a part ----

    def _result(self) -> str:
        if self.asking:
            return self.say("staff.trying", part=self.say(f"staff.part.{self._part}"))
        if self._tried is None:
            return ""
        values = dict(self._tried.values)
        code = str(values.get("code", ""))
        if self.has(f"fault.{code}.text"):
            values["code"] = self.say(f"fault.{code}.text")
        return f"{self.say(f'staff.part.{self._part}')}: {self.say(f'technician.tried.{self._tried.text}', **values)}"

    def _result_kind(self) -> str:
        return "attention" if self.asking or self._tried is None else "ok" if self._tried.ok else "failed"

    result = Property(str, _result, notify=changed)
    resultKind = Property(str, _result_kind, notify=changed)

    @Slot(str)
    def tryPart(self, part: str) -> None:
        """Touch "Test" beside a part; one at a time."""
        if self.asking:
            return
        self.stage.touch()
        self._tried, self._part = None, part
        kiosk, language = self.stage.kiosk, self.session.language
        self._note("tested", part)
        self.ask(lambda: check(kiosk, part, language), self._took)

    def _took(self, tried: Tried) -> None:
        self._tried = tried
        self.stage.touch()
        self.changed.emit()

    # ---- the queue ----

    def _figures(self) -> list[Row]:
        found = self._queue.found
        values = [self.say("staff.queue.not_yet")] * 3
        if found is not None:
            status = found.status
            oldest = self._span(status.oldest_age_s) if status.pending else self.say("staff.queue.none")
            values = [str(status.pending), oldest, str(status.counts.get(Stand.QUARANTINED, 0))]
        return [
            {"value": value, "label": self.say(f"staff.queue.{name}")}
            for value, name in zip(values, ("waiting", "oldest", "refused"), strict=True)
        ]

    def _span(self, seconds: float) -> str:
        unit, count = longest_unit(seconds)
        return self.say(f"staff.span.{unit}", count=count)

    def _queue_words(self) -> str:
        kiosk, found = self.stage.kiosk, self._queue.found
        if found is None:
            return self.say("staff.queue.looking")
        free = self.say("staff.disk", free=round(100 * found.free))
        paper = kiosk.devices.printer.journal.consumption.slips_left if kiosk.devices.printer is not None else None
        slips = "" if paper is None else " " + self.say("staff.slips_left", count=paper)
        if found.first is None:
            return f"{self.say('staff.queue.empty')} {free}{slips}"
        why = said(kiosk.catalogue.texts, kiosk.config, self.session.language, found.first.why)
        return f"{found.first.receipt_number}: {why} {free}{slips}"

    figures = Property(list, _figures, notify=changed)
    queueWords = Property(str, _queue_words, notify=changed)

    # ---- acts ----

    def _reasons(self) -> list[Row]:
        return [{"id": reason, "label": self.say(f"staff.reason.{reason}")} for reason in REASONS]

    reasons = Property(list, _reasons, notify=changed)

    def _note(self, act: str, detail: str = "") -> None:
        staff = self._entry().staff
        self.stage.kiosk.staff_log.note(self.stage.kiosk.now(), staff.serial if staff else "", act, detail)

    @Slot(str)
    def takeOut(self, reason: str) -> None:
        """Out of service, for one of the reasons."""
        staff = self._entry().staff
        if staff is not None and reason in REASONS:
            kiosk = self.stage.kiosk
            self._note("out_of_service", reason)
            self.stage.act(lambda: kiosk.switch.take_out(reason, kiosk.now(), staff.serial))

    @Slot()
    def putBack(self) -> None:
        """Back in service."""
        self._note("in_service")
        self.stage.act(self.stage.kiosk.switch.put_back)

    @Slot()
    def newRoll(self) -> None:
        """A new roll was put in: the count begins again."""
        printer = self.stage.kiosk.devices.printer
        if printer is not None:
            self._note("new_roll")
            roll_m = self.stage.kiosk.config.printer.roll_m
            self.stage.act(lambda: printer.journal.new_roll(roll_m))

    @Slot()
    def sendAll(self) -> None:
        """Try everything that waits now."""
        self._note("retry_all")
        self.stage.touch()
        self._queue.send_all()
