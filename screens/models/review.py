"""The review and the consent: exactly what will be sent, and to whom."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Capture, Fact
from kiosk.catalogue.model import Item, Service
from kiosk.catalogue.model import Slot as Held
from kiosk.dates import date_text, money_text, slot_text
from kiosk.flow import case, engine
from kiosk.flow.state import ReviewItem
from kiosk.masking import NUMBER_TYPES, masked
from screens.glyphs import readable
from screens.models.base import Model, Row
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
WHOLE_MS, WHOLE_UNHURRIED_MS = 8_000, 20_000
"""How long a number stays unmasked; the longer time for whoever asked for more of it."""


def fees_text(model: Model, fees: case.Fees) -> str:
    """The fees of all matters, by currency, and how many a department sets."""
    language = model.session.language
    amounts = [money_text(cents, currency, language) for currency, cents in fees.cents.items() if cents]
    parts = [model.say("case.fee", fee=" + ".join(amounts))] if amounts else []
    if fees.by_department:
        parts.append(model.say("case.fee_by_department", count=len(fees.by_department)))
    return " ".join(parts) if parts else model.say("case.fee_free")


@QmlElement
@QmlSingleton
class Review(Model):
    """Every answer by step, masked where it identifies; one masked number at a time is shown whole, for a moment."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._revealed = ""
        self._masks = QTimer(self)
        self._masks.setSingleShot(True)
        self._masks.timeout.connect(self._mask)

    def attach(self, stage: Stage) -> None:
        """Look at this stage; whatever was shown is masked when the page or the visit ends."""
        super().attach(stage)
        stage.pageChanged.connect(self._mask)
        stage.ended.connect(self._mask)

    def _mask(self) -> None:
        self._masks.stop()
        if self._revealed:
            self._revealed = ""
            self.changed.emit()

    def _lines(self) -> list[Row]:
        journey = self.session.journey
        if journey is None:
            return []
        return [self._line(group.step_id, item) for group in journey.review() for item in group.items]

    def _line(self, step_id: str, item: ReviewItem) -> Row:
        fact = self.session.catalogue.facts[item.fact_id]
        return {
            "step": step_id,
            "label": self.say(fact.label_key),
            "value": readable(self._value(fact, item)),
            "locked": item.locked,
            "source": self._source(item),
            "fact": fact.id,
            "masked": fact.type in NUMBER_TYPES and isinstance(item.value, str),
            "whole": fact.id == self._revealed,
        }

    def _source(self, item: ReviewItem) -> str:
        if item.source == "document":
            return self.say("form.from_document")
        if item.source == "iam_smart":
            return self.say("form.from_iam_smart")
        return self.say("form.from_card") if item.locked else ""

    def _value(self, fact: Fact, item: ReviewItem) -> str:
        match item.value:
            case Capture():
                return self.say("review.captured")
            case Held():
                return slot_text(item.value, self.session.language)
            case tuple():
                return "\n".join(self._entry(fact, entry) for entry in item.value)
            case bool() if fact.stands_for:
                return self.say("review.by_hand")
            case bool():
                return self.say("review.yes" if item.value else "review.no")
            case date():
                return date_text(item.value, self.session.language)
            case str() if fact.type in NUMBER_TYPES and fact.id != self._revealed:
                return masked(fact.type, item.value)
            case str() if fact.type == "choice":
                return self.say(fact.choice_key(item.value))
        return str(item.value)

    def _entry(self, fact: Fact, entry: Item) -> str:
        """An entry by its first answer; the rest may identify and stands behind Change."""
        return next((str(entry.values[name]) for name in fact.of if name in entry.values), "")

    def _lead(self) -> str:
        return self.say("review.lead")

    def _fee(self) -> str:
        flow = self.session.flow
        if self.session.bundle is not None:
            return fees_text(self, case.fees(self.session.bundle.moment))
        cents = None if flow is None else engine.fee_cents(flow)
        if flow is None or cents is None:
            return self.say("review.fee_by_department")
        if cents == 0:
            return self.say("review.fee_free")
        return self.say("review.fee", fee=money_text(cents, flow.service.fee.currency, self.session.language))

    lines = Property(list, _lines, notify=changed)
    lead = Property(str, _lead, notify=changed)
    fee = Property(str, _fee, notify=changed)

    @Slot(str)
    def turnMask(self, fact_id: str) -> None:
        """Show a masked number whole for some seconds, or mask it again."""
        again = fact_id == self._revealed
        self._mask()
        if not again:
            self._revealed = fact_id
            self._masks.start(WHOLE_UNHURRIED_MS if self.session.easier.unhurried else WHOLE_MS)
        self.stage.touch()
        self.changed.emit()

    @Slot(str)
    def change(self, step_id: str) -> None:
        """Correct the answers of one step, then come back."""
        self.stage.act(lambda: self.session.change(step_id))


@QmlElement
@QmlSingleton
class Consent(Model):
    """Who receives what, and what the resident declares."""

    changed = Signal()

    def _matters(self) -> list[Service]:
        """The matters of this department that are agreed to together."""
        flow, bundle = self.session.flow, self.session.bundle
        if flow is None:
            return []
        if bundle is None:
            return [flow.service]
        return [each for each in bundle.moment.plan.services if each.department == flow.service.department]

    def _title(self) -> str:
        count = self._departments()
        if count > 1:
            return self.say("case.consent_title", number=count - self._departments_left(), count=count)
        return self._next_label()

    def _lead(self) -> str:
        titles = [self.say(service.title_key) for service in self._matters()]
        return self.say("consent.lead", service=self.say("case.and").join(titles)) if titles else ""

    def _points(self) -> list[Row]:
        flow = self.session.flow
        department = self.say(f"department.{flow.service.department}") if flow else ""
        return [
            {"icon": "account_balance", "label": self.say("consent.who"), "text": department},
            {"icon": "description", "label": self.say("consent.what"), "text": self.say("consent.what_text")},
            {"icon": "lock", "label": self.say("consent.keep"), "text": self.say("consent.keep_text")},
        ]

    def _declaration(self) -> str:
        keys = dict.fromkeys(service.declaration_key for service in self._matters())
        return "\n".join(self.say(key) for key in keys)

    def _next_label(self) -> str:
        if self._departments_left():
            return self.say("case.agree_next")
        if self._asks():
            return self.say("consent.agree_ask")
        return self.say("consent.agree_sign" if self._signs() else "consent.agree")

    def _asks(self) -> bool:
        return not self._has("submit")

    def _signs(self) -> bool:
        return self._has("sign")

    def _has(self, kind: str) -> bool:
        journey = self.session.journey
        return journey is not None and any(step.kind == kind for step in journey.steps)

    def _departments(self) -> int:
        """How many departments are agreed with."""
        return (
            len([each for each in self.session.journey.steps if each.kind == "consent"]) if self.session.journey else 0
        )

    def _departments_left(self) -> int:
        """How many other departments are agreed with after this one."""
        journey, step = self.session.journey, self.session.step
        agreeing = [each.id for each in journey.steps if each.kind == "consent"] if journey is not None else []
        return len(agreeing) - 1 - agreeing.index(step.id) if step is not None and step.id in agreeing else 0

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    signs = Property(bool, _signs, notify=changed)
    points = Property(list, _points, notify=changed)
    declaration = Property(str, _declaration, notify=changed)
