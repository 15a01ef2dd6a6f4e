"""After the submit: what is true now, the slip on paper and on the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.device import where
from hardware.printer import Result
from hardware.printer.layout import code_alone
from kiosk.app import Ability
from kiosk.dates import time_text
from kiosk.flow.state import FlowState
from kiosk.journey import Bundle
from kiosk.session import Page
from kiosk.submission import SavedVisit
from kiosk.take_home import Paper, Printed, Printer, phone_text
from offline_queue.faults import QueueFault
from screens.models.base import Model, Row
from screens.pictures import Pictures
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
log = logging.getLogger(__name__)
LOOK_MS = 500
MOST_COPIES = 2
LARGE_FROM = 1.4  # the text size from which a slip is set in large print


@QmlElement
@QmlSingleton
class Slip(Model):
    """Saves the visit when its page comes, watches the delivery, prints."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pictures = Pictures()
        self._clear()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def _clear(self) -> None:
        self._deliveries: dict[str, str] = {}
        self._print = ""  # "", printing, printed, uncertain, failed
        self._printer: Printer | None = None
        self._begun = False
        self._out = False  # a paper of this visit is, or may be, in somebody's hand
        self._copies = 0
        self._for_phone = False  # a code holds the words of this paper
        self._counter = 0
        self._visit = object()  # answers of an earlier visit's workers are not this visit's

    def show_on(self, pictures: Pictures) -> None:
        """Put the slip's picture where QML finds it."""
        self._pictures = pictures

    def attach(self, stage: Stage) -> None:
        """Look at this stage; the "sending" page is what starts the saving."""
        super().attach(stage)
        stage.pageChanged.connect(self._page_changed)
        stage.ended.connect(self._ended)
        stage.line_changed.connect(self._look)

    def _ended(self) -> None:
        self._timer.stop()
        self._clear()

    @Slot()
    def _page_changed(self) -> None:
        page = self.session.page
        if page is Page.SENDING:
            self._begin_saving()
        elif page in (Page.SAVED, Page.SAVED_CASE):
            self._timer.start()
            self._look()
        elif page is Page.SLIP and not self._begun:  # a way back from sending it prints nothing
            self._begun = True
            self._draw(and_print=True)

    def _begin_saving(self) -> None:
        bundle, flow = self.session.bundle, self.session.flow
        if bundle is not None:
            self._beside(self._save_case, bundle)
        elif flow is not None:
            self._beside(self._save, flow)

    # ---- workers: each runs beside the GUI thread and comes back through the stage ----

    def _beside(self, work: Callable[..., None], *values: object) -> None:
        Thread(target=self._guarded, args=(work, *values), daemon=True, name="slip").start()

    def _guarded(self, work: Callable[..., None], *values: object) -> None:
        try:
            work(*values)
        except Exception as error:  # noqa: BLE001 - a worker's supervisor
            log.error("a worker of the slip failed: %s", where(error))
            self.stage.hear(self.session.defect)

    def _save(self, flow: FlowState) -> None:
        outcome = self.stage.kiosk.submit(flow, self.session.language, self.session.evidence)
        visit = self._visit
        self.stage.hear(lambda: self._saved(visit, outcome))

    def _save_case(self, bundle: Bundle) -> None:
        outcome = self.stage.kiosk.submit_case(bundle.moment, self.session.language, self.session.evidence)
        visit = self._visit
        self.stage.hear(lambda: self._saved(visit, outcome))

    def _saved(self, visit: object, outcome: SavedVisit | tuple[SavedVisit, ...] | QueueFault) -> None:
        if visit is not self._visit or self.session.page is not Page.SENDING:
            return
        if isinstance(outcome, QueueFault):
            log.error("a submission was not saved: %s", outcome.code)
            self.session.save_failed()
        else:
            self.session.submitted(*(outcome if isinstance(outcome, tuple) else (outcome,)))

    @Slot()
    def _look(self) -> None:
        open_ids = [each.envelope_id for each in self.session.all_saved if not self._settled(each)]
        if open_ids:
            self._beside(self._look_beside, open_ids, self._visit)

    def _settled(self, saved: SavedVisit) -> bool:
        return self._deliveries.get(saved.envelope_id) in ("delivered", "refused")

    def _look_beside(self, envelope_ids: list[str], visit: object) -> None:
        found = {each: self.stage.kiosk.delivery(each) for each in envelope_ids}
        self.stage.hear(lambda: self._looked(found, visit))

    def _looked(self, found: dict[str, str], visit: object) -> None:
        if visit is self._visit:
            self._deliveries = {**self._deliveries, **found}

    def delivery_of(self, saved: SavedVisit) -> str:
        """Where one envelope stands: waiting, sending, delivered or refused."""
        return self._deliveries.get(saved.envelope_id, "sending")

    @property
    def _delivery(self) -> str:
        """Where the whole visit stands: what is not yet there counts first."""
        found = {self.delivery_of(each) for each in self.session.all_saved}
        return next((state for state in ("refused", "waiting", "sending") if state in found), "delivered")

    def _draw(self, *, and_print: bool) -> None:
        draw = self.paper()
        if draw is not None:
            self._print = "printing" if and_print and self._can_print() else self._print
            self._beside(self._draw_beside, draw, self._visit, and_print, self._copies)

    def paper(self) -> Callable[[], Paper] | None:
        """What makes this visit's paper: the receipt, or a department's answer."""
        saved, answer, flow, language = (
            self.session.saved,
            self.session.answer,
            self.session.flow,
            self.session.language,
        )
        kiosk, delivery, bundle = self.stage.kiosk, self._delivery, self.session.bundle
        if bundle is not None and (self.session.all_saved or self.session.answers):
            parts, answers = self.session.all_saved, self.session.answers
            there = {each.envelope_id for each in parts if self.delivery_of(each) == "delivered"}
            return lambda: kiosk.case_slip(parts, bundle, language, answers=answers, delivered=there)
        if saved is not None and flow is not None:
            return lambda: kiosk.receipt(saved, flow, language, delivery)
        if answer is not None and flow is not None:
            return lambda: kiosk.answer(answer, flow, language)
        return None

    def _draw_beside(self, make: Callable[[], Paper], visit: object, and_print: bool, copies: int) -> None:
        kiosk, large = self.stage.kiosk, self._large
        paper = make()
        shown = kiosk.devices.slip(paper.blocks, paper.language)
        picture = QImage.fromData(shown.png())
        phone = QImage.fromData(code_alone(phone_text(paper)).png()) if paper.first is Printer.A4 else None
        self.stage.hear(lambda: self._drawn(picture, phone, visit, paper.first))
        if and_print and self._print == "printing":
            self._print_beside(paper.copy(copies) if copies else paper, large, visit)

    def _drawn(self, picture: QImage, phone: QImage | None, visit: object, printer: Printer) -> None:
        if visit is self._visit:
            self._for_phone = phone is not None
            if phone is not None:
                self._pictures.put("phone", phone)
            self._printer = self._printer or printer
            self._pictures.put("slip", picture)
            self._counter += 1

    def _print_beside(self, paper: Paper, large: bool, visit: object) -> None:
        end = self.stage.kiosk.print(paper, large=large)
        self.stage.hear(lambda: self._printed(end, visit))

    def _printed(self, end: Printed, visit: object) -> None:
        if visit is self._visit:
            result = end.outcome.result
            self._print = {Result.PRINTED: "printed", Result.UNCERTAIN: "uncertain"}.get(result, "failed")
            self._printer = end.printer or self._printer
            self._out = self._out or result is not Result.FAILED

    def _can_print(self) -> bool:
        return Ability.PRINT in self.stage.kiosk.abilities()

    # ---- what the pages show ----

    def _title(self) -> str:
        return self.say(f"saved.{self._delivery if self._delivery != 'refused' else 'sending'}_title")

    def _number(self) -> str:
        return self.session.saved.receipt_number if self.session.saved else ""

    def _department(self) -> str:
        flow = self.session.flow
        return self.say(f"department.{flow.service.department}") if flow else ""

    def _states(self) -> list[Row]:
        saved = self.session.saved
        if saved is None:
            return []
        time = time_text(saved.saved_at, self.session.language)
        done = self._delivery == "delivered"
        line = {"waiting": "line_wait", "sending": "line_now"}.get(self._delivery, "line_done")
        note = time if line == "line_done" else ""
        end = "refused" if self._delivery == "refused" else "delivered"
        end_note = {"delivered": "delivered_note", "refused": "refused_note"}.get(self._delivery, "delivered_later")
        return [
            {"state": "done", "label": self.say("saved.saved"), "note": self.say("saved.saved_note", time=time)},
            {
                "state": "now" if self._delivery in ("waiting", "sending") else "done",
                "label": self.say(f"saved.{line}"),
                "note": note or self.say(f"saved.{line}_note"),
            },
            {
                "state": "done" if done else "now" if self._delivery == "refused" else "later",
                "label": self.say(f"saved.{end}", department=self._department())
                if end == "delivered"
                else self.say(f"saved.{end}"),
                "note": self.say(f"saved.{end_note}", time=time)
                if end_note == "delivered_note"
                else self.say(f"saved.{end_note}"),
            },
        ]

    def _print_label(self) -> str:
        return self.say("slip.print" if self._can_print() else "slip.show")

    def _picture(self) -> str:
        return f"image://kiosk/slip/{self._counter}" if self._counter else ""

    def _phone(self) -> str:
        """The code that holds the whole answer, where there is no paper to take."""
        wanted = self._for_phone and self._counter and self._print in ("", "failed")
        return f"image://kiosk/phone/{self._counter}" if wanted else ""

    def _slip_title(self) -> str:
        if self._phone():
            return self.say("a4.phone_title")
        titles = {"printing": "printing", "printed": "printed", "uncertain": "uncertain"}
        return self._say_of_paper(f"{titles.get(self._print, 'screen')}_title")

    def _say_of_paper(self, key: str) -> str:
        """The receipt's words, or those of an answer on paper."""
        return self.say(f"{'answer' if self.session.saved is None else 'slip'}.{key}")

    def _on_paper(self) -> bool:
        return self._print in ("printing", "printed")

    def _paper_note(self) -> str:
        if self._on_paper():
            return self.say("a4.below") if self._printer is Printer.A4 else self._say_of_paper("below")
        if self._phone():
            return self.say("a4.phone")
        return self.say("slip.uncertain") if self._print == "uncertain" else self._say_of_paper("screen")

    def _below(self) -> bool:
        """Whether the paper comes out below the screen, where the arrow points."""
        return self._on_paper() and self._printer is not Printer.A4

    def _can_finish(self) -> bool:
        return self._print != "printing"

    def _finish_label(self) -> str:
        return self.say("slip.finish" if self._can_finish() else "slip.printing")

    def _again_label(self) -> str:
        """A first paper that did not come out is printed again; one that may have is followed by copies, up to two."""
        if self._print == "printing" or not self._can_print() or self._copies >= MOST_COPIES:
            return ""
        return self.say("a4.copy" if self._out else "slip.again")

    @property
    def _large(self) -> bool:
        """Large print for whoever reads the screen large."""
        return float(getattr(getattr(self.session, "easier", None), "text_size", 1.0)) >= LARGE_FROM

    def _next_steps(self) -> str:
        flow, bundle = self.session.flow, self.session.bundle
        if bundle is not None:
            return self.say("case.slip_next" if self.session.all_saved else "next.enquire")
        return self.say(flow.service.next_key) if flow else ""

    def _spoken(self) -> str:
        saved, flow = self.session.saved, self.session.flow
        answer = self.session.answer
        if saved is None and answer is not None and flow is not None:
            words = self.say("answer.reference", reference=answer.reference)
            return ", ".join((words, self.say(flow.service.title_key), *answer.lines.get(self.session.language, ())))
        if saved is None or flow is None:
            return ""
        time = time_text(saved.saved_at, self.session.language)
        if self.session.bundle is not None:
            numbers = ", ".join(each.receipt_number for each in self.session.all_saved)
            return self.say("case.slip_spoken", numbers=numbers, time=time)
        return self.say("slip.spoken", number=saved.receipt_number, service=self.say(flow.service.title_key), time=time)

    title = Property(str, _title, notify=changed)
    number = Property(str, _number, notify=changed)
    states = Property(list, _states, notify=changed)
    canPrint = Property(bool, _can_print, notify=changed)
    printLabel = Property(str, _print_label, notify=changed)
    picture = Property(str, _picture, notify=changed)
    phone = Property(str, _phone, notify=changed)
    slipTitle = Property(str, _slip_title, notify=changed)
    onPaper = Property(bool, _on_paper, notify=changed)
    below = Property(bool, _below, notify=changed)
    paperNote = Property(str, _paper_note, notify=changed)
    canFinish = Property(bool, _can_finish, notify=changed)
    finishLabel = Property(str, _finish_label, notify=changed)
    againLabel = Property(str, _again_label, notify=changed)
    nextSteps = Property(str, _next_steps, notify=changed)
    spoken = Property(str, _spoken, notify=changed)

    # ---- intents ----

    @Slot()
    def goOn(self) -> None:
        """From "saved" to the slip, which prints."""
        self.stage.act(self.session.show_slip)

    @Slot()
    def print(self) -> None:
        """Print again: marked as a copy if a paper is out or may be. A second touch while it prints does nothing."""
        if self._print == "printing" or not self._again_label():
            return
        self.stage.touch()
        self._copies += self._out
        self._draw(and_print=True)
        self.changed.emit()

    def draw(self) -> None:
        """Draw the slip's picture anew, in the language of its page; nothing is printed."""
        self._draw(and_print=False)
