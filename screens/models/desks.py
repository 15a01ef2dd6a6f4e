"""Result, times to book, and payment: pages that wait for a department, each with its own words."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.app import Ability
from kiosk.catalogue.model import Slot as HeldSlot
from kiosk.dates import clock_text, money_text, slot_text
from kiosk.desk import Bill
from kiosk.session import Page
from screens.models.base import Row, page_of, pages_for
from screens.models.waiting import Asking

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
TIMES_A_PAGE = 4  # a day of the simulated desk; leaves room for a note above
SLOT_FULL = "slot_full"


@QmlElement
@QmlSingleton
class Result(Asking):
    """What the department answers; asked when the page comes."""

    changed = Signal()

    def _begin(self) -> None:
        if self.session.page is Page.RESULT and not self.session.answer_stands():
            self.retry()

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _lead(self) -> str:
        return "" if self.session.advice() else self.department()

    def _lines(self) -> list[str]:
        step, answer = self.session.step, self.session.answer
        if step is not None and self.session.advice():
            return [self.say(step.lead_key)] if step.lead_key else []
        if answer is None or not self.session.answer_stands():
            return []
        return list(answer.lines.get(self.session.language, ()))

    def _reference(self) -> str:
        answer = self.session.answer
        if answer is None or self.session.advice() or not self.session.answer_stands():
            return ""
        return self.say("answer.reference", reference=answer.reference)

    def _amount(self) -> str:
        answer = self.session.answer if self.session.flow is not None and self.session.answer_stands() else None
        return amount_text(self, answer.bill) if answer is not None and answer.bill is not None else ""

    def _simulated(self) -> bool:
        answer = self.session.answer
        return bool(self._reference()) and answer is not None and answer.simulated

    def _waiting(self) -> str:
        return self.say("answer.asking", department=self.department()) if self.asking else ""

    def _problem(self) -> str:
        return self.say("answer.failed", department=self.department()) if self.trouble else ""

    def _ready(self) -> bool:
        return not self.asking

    def _next_label(self) -> str:
        if self.asking:
            return self.say("answer.wait")
        if self.trouble:
            return self.say("answer.again")
        if self.session.more_to_come():
            return self.say("bar.next")
        return self.say("answer.print" if Ability.PRINT in self.stage.kiosk.abilities() else "answer.show")

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    lines = Property(list, _lines, notify=changed)
    reference = Property(str, _reference, notify=changed)
    amount = Property(str, _amount, notify=changed)
    simulated = Property(bool, _simulated, notify=changed)
    waiting = Property(str, _waiting, notify=changed)
    problem = Property(str, _problem, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)

    @Slot()
    def retry(self) -> None:
        """Ask the department (again)."""
        flow, language, now = self.session.flow, self.session.language, self.stage.kiosk.now()
        if flow is not None:
            self.ask(
                lambda: self.stage.kiosk.desk.enquire(flow, language, now),
                lambda answer: self.session.answered(flow, answer),
            )

    @Slot()
    def goOn(self) -> None:
        """On to what follows, or ask again after a failure."""
        if self.trouble:
            self.stage.touch()
            self.retry()
        else:
            self.stage.act(self.session.next)


@QmlElement
@QmlSingleton
class Times(Asking):
    """The times that a department offers; one is held when the resident goes on."""

    changed = Signal()

    def _begin(self) -> None:
        if self.session.page is Page.SLOT:
            self._look()

    def _look(self) -> None:
        flow = self.session.flow
        if flow is not None:
            self.ask(lambda: self.stage.kiosk.desk.offers(flow.service.id), self.session.offer)

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _lead(self) -> str:
        return self.department()

    def _rows(self) -> list[Row]:
        offers = self.session.offers or ()
        return [
            {
                "id": offer.id,
                "label": clock_text(offer.starts, self.session.language),
                "note": self.say("times.free", count=offer.free),
                "chosen": offer.id == self.session.picked,
            }
            for offer in page_of(offers, self.session.review_page, TIMES_A_PAGE)
        ]

    def _pages(self) -> int:
        return pages_for(self.session.offers or (), TIMES_A_PAGE)

    def _page_text(self) -> str:
        return self.say("times.more", page=self.session.review_page + 1, pages=self._pages())

    def _held(self) -> str:
        step = self.session.step
        known = self.session.known(step.ask[0]) if step is not None and step.kind == "slot" else None
        if known is None or not isinstance(known.value, HeldSlot):
            return ""
        return self.say("times.held", time=slot_text(known.value, self.session.language))

    def _simulated(self) -> bool:
        return any(offer.simulated for offer in self.session.offers or ())

    def _empty(self) -> bool:
        return self.session.offers == ()

    def _waiting(self) -> str:
        asking = self.asking and not self.session.picked
        return self.say("answer.asking", department=self.department()) if asking else ""

    def _problem(self) -> str:
        if not self.trouble:
            return ""
        if self.trouble == SLOT_FULL:
            return self.say("times.taken")
        return self.say("answer.failed", department=self.department())

    def _problem_more(self) -> str:
        return self.say("times.taken_more" if self.trouble == SLOT_FULL else "answer.failed_more")

    def _ready(self) -> bool:
        return not self.asking and bool(self.session.picked or self.trouble or self._held())

    def _next_label(self) -> str:
        if self.asking:
            return self.say("answer.wait")
        if self.trouble:
            return self.say("answer.again")
        if self.session.picked:
            return self.say("times.hold")
        return self.say("bar.next" if self._held() else "times.pick")

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    rows = Property(list, _rows, notify=changed)
    pages = Property(int, _pages, notify=changed)
    pageText = Property(str, _page_text, notify=changed)
    held = Property(str, _held, notify=changed)
    simulated = Property(bool, _simulated, notify=changed)
    empty = Property(bool, _empty, notify=changed)
    waiting = Property(str, _waiting, notify=changed)
    problem = Property(str, _problem, notify=changed)
    problemMore = Property(str, _problem_more, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)

    @Slot(str)
    def pick(self, offer_id: str) -> None:
        """Touch a time; what went wrong with another one is over."""
        self.trouble = ""
        self.stage.act(lambda: self.session.pick(offer_id))

    @Slot()
    def more(self) -> None:
        """Later times."""
        pages = self._pages()
        self.stage.act(lambda: setattr(self.session, "review_page", (self.session.review_page + 1) % pages))

    @Slot()
    def goOn(self) -> None:
        """Hold the time that was picked, look again after a failure, or go on with the time already held."""
        self.stage.touch()
        if self.trouble:
            self._look()
        elif self.session.picked:
            self._hold()
        else:
            self.stage.act(self.session.next)

    def _hold(self) -> None:
        flow, desk, now = self.session.flow, self.stage.kiosk.desk, self.stage.kiosk.now()
        offer = next((offer for offer in self.session.offers or () if offer.id == self.session.picked), None)
        if flow is not None and offer is not None:
            service = flow.service
            self.ask(lambda: desk.hold(service.id, offer, service.department, now), self.session.settle)


@QmlElement
@QmlSingleton
class Pay(Asking):
    """The bill, and a payment terminal; the demonstration's terminal is simulated and says so."""

    changed = Signal()

    def _begin(self) -> None:
        """The bill may be older than it looks: ask what it comes to now, before anything is paid."""
        bill = self._bill()
        if self.session.page is Page.PAY and bill is not None:
            self.ask(lambda: self.stage.kiosk.desk.bill(bill), self.session.bill_stands_at)

    def _bill(self) -> Bill | None:
        return self.session.answer.bill if self.session.answer else None

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _lead(self) -> str:
        return self.department()

    def _amount(self) -> str:
        bill = self._bill()
        return amount_text(self, bill) if bill else ""

    def _reference(self) -> str:
        bill = self._bill()
        return self.say("pay.bill", reference=bill.reference) if bill else ""

    def _service(self) -> str:
        flow = self.session.flow
        return self.say(flow.service.title_key) if flow else ""

    def _problem(self) -> str:
        return self.say("pay.failed") if self.trouble else ""

    def _ready(self) -> bool:
        return not self.asking and self._bill() is not None

    def _next_label(self) -> str:
        if self.asking:
            return self.say("answer.wait")
        return self.say("pay.pay", amount=self._amount()) if self._bill() else self.say("pay.no_bill")

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    amount = Property(str, _amount, notify=changed)
    reference = Property(str, _reference, notify=changed)
    service = Property(str, _service, notify=changed)
    problem = Property(str, _problem, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)

    @Slot()
    def pay(self) -> None:
        """Pay at the terminal, then tell the portal."""
        bill = self._bill()
        self.stage.touch()
        if bill is not None:
            self.ask(lambda: self.stage.kiosk.desk.pay(bill, "simulated"), self.session.settle)


def amount_text(model: Asking, bill: Bill) -> str:
    """An amount in the service's currency."""
    flow = model.session.flow
    return money_text(bill.cents, flow.service.fee.currency, model.session.language) if flow else ""
