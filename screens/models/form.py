"""The fields and choices of one page, what was typed into them, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Fact
from kiosk.flow.state import Filled
from kiosk.masking import NUMBER_TYPES, masked
from kiosk.session import CHOICE_TYPES, spaced_date
from screens.glyphs import readable
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
NUMBER_PADS = frozenset({"date", "phone", "number", "money"})


@QmlElement
@QmlSingleton
class Form(Model):
    """A form or a choice."""

    changed = Signal()

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _question(self) -> str:
        """The title of a page with one question; where a step has more of them, the question's own words."""
        step, facts = self.session.step, self.session.fields()
        return self.say(facts[0].label_key) if step and len(step.ask) > 1 and facts else self._title()

    def _lead(self) -> str:
        step, entry = self.session.step, self.session.entry
        if entry is not None:
            number = next((n for n, item in enumerate(self.session.items, 1) if item.id == entry.id), 0)
            return self.say("list.entry", number=number or len(self.session.items) + 1)
        if self.session.bundle is not None:
            return self._used_for()
        return self.say(step.lead_key) if step and step.lead_key else ""

    def _used_for(self) -> str:
        """Which matters of the case use what is asked here."""
        users = self.session.journey.used_for() if self.session.journey is not None else ()
        if len(users) > 2:
            return self.say("case.used_for_many", count=len(users))
        services = self.session.catalogue.services
        titles = [self.say(services[matter].title_key) for matter in users]
        return self.say("case.used_for", matters=self.say("case.and").join(titles)) if titles else ""

    def _fields(self) -> list[Row]:
        return [self._row(fact) for fact in self.session.fields()]

    def _row(self, fact: Fact) -> Row:
        problem = self.session.problems.get(fact.id)
        known = self.session.known(fact.id)
        return {
            "id": fact.id,
            "label": self.say(fact.label_key),
            "hint": self.say(fact.hint_key),
            "value": readable(self._shown(fact)),
            "source": self._source_of(known),
            "problem": self.say(problem.text_key, **problem.values) if problem else "",
            "active": fact.id == self.session.active,
            "long": fact.type == "address",
            "locked": self.session.locked(fact.id),
            "choices": self._choices_of(fact),
        }

    def _source_of(self, known: Filled | None) -> str:
        """Where an answer came from that the resident did not type."""
        if known is None or known.source not in ("card", "document", "iam_smart"):
            return ""
        return self.say(f"form.from_{known.source}")

    def _shown(self, fact: Fact) -> str:
        """What stands in a field: the draft, or what is known, masked if it came from a card."""
        if fact.id in self.session.drafts:
            draft = self.session.drafts[fact.id]
            return spaced_date(draft, self.session.language) if fact.type == "date" else draft
        known = self.session.known(fact.id)
        if known is None:
            return ""
        if isinstance(known.value, date):
            return spaced_date(self._digits(known.value), self.session.language)
        text = str(known.value)
        return masked(fact.type, text) if known.locked and fact.type in NUMBER_TYPES else text

    def _digits(self, day: date) -> str:
        return f"{day:%d%m%Y}" if self.session.language == "en" else f"{day:%Y%m%d}"

    def _choices_of(self, fact: Fact) -> list[Row]:
        if fact.type not in CHOICE_TYPES:
            return []
        chosen = self._chosen_of(fact)
        return [
            {"id": choice, "label": self._choice_label(fact, choice), "chosen": choice == chosen}
            for choice in fact.choices or ("yes", "no")
        ]

    def _choice_label(self, fact: Fact, choice: str) -> str:
        return self.say(fact.choice_key(choice) if fact.type == "choice" else f"review.{choice}")

    def _chosen_of(self, fact: Fact) -> str:
        if fact.id in self.session.drafts:
            return self.session.drafts[fact.id]
        known = self.session.known(fact.id)
        if known is None:
            return ""
        if isinstance(known.value, bool):
            return "yes" if known.value else "no"
        return str(known.value)

    def _choices(self) -> list[Row]:
        return [row for fact in self.session.fields() for row in self._choices_of(fact)]

    def _chosen(self) -> bool:
        return all(self._chosen_of(fact) for fact in self.session.fields() if fact.type in CHOICE_TYPES)

    def _hint(self) -> str:
        return " ".join(self.say(fact.hint_key) for fact in self.session.fields())

    def _problem(self) -> str:
        """A problem that stands at no field of this page."""
        here = {fact.id for fact in self.session.fields()}
        found = [problem for name, problem in self.session.problems.items() if name not in here]
        return " ".join(self.say(problem.text_key, **problem.values) for problem in found)

    def _choice_problem(self) -> str:
        return " ".join(self.say(problem.text_key, **problem.values) for problem in self.session.problems.values())

    def _active(self) -> Fact | None:
        return next((fact for fact in self.session.fields() if fact.id == self.session.active), None)

    def _keyboard(self) -> str:
        fact = self._active()
        if fact is None:
            return ""
        return "numbers" if fact.type in NUMBER_PADS else "letters"

    def _has_next_field(self) -> bool:
        open_fields = [fact for fact in self.session.fields() if fact.type not in CHOICE_TYPES]
        return sum(not self.session.locked(fact.id) for fact in open_fields) > 1

    title = Property(str, _title, notify=changed)
    question = Property(str, _question, notify=changed)
    lead = Property(str, _lead, notify=changed)
    fields = Property(list, _fields, notify=changed)
    choices = Property(list, _choices, notify=changed)
    chosen = Property(bool, _chosen, notify=changed)
    hint = Property(str, _hint, notify=changed)
    problem = Property(str, _problem, notify=changed)
    choiceProblem = Property(str, _choice_problem, notify=changed)
    keyboard = Property(str, _keyboard, notify=changed)
    hasNextField = Property(bool, _has_next_field, notify=changed)

    @Slot(str)
    def focusOn(self, fact_id: str) -> None:
        """Touch a field."""
        self.stage.act(lambda: self.session.focus(fact_id))

    @Slot()
    def nextField(self) -> None:
        """The next field to type in."""
        self.stage.act(self.session.next_field)

    @Slot(str)
    def key(self, text: str) -> None:
        """A key, or a text that was pasted by a hardware keyboard."""
        self._edit(lambda before: before + text)

    @Slot()
    def erase(self) -> None:
        """Take the last character back."""
        self._edit(lambda before: before[:-1])

    @Slot(str, str)
    def choose(self, fact_id: str, choice: str) -> None:
        """Touch an answer."""
        self.stage.act(lambda: self.session.choose(fact_id, choice))

    @Slot(str)
    def chooseOnly(self, choice: str) -> None:
        """Touch an answer of a page with one question."""
        facts = self.session.fields()
        if facts:
            self.choose(facts[0].id, choice)

    def _edit(self, change: Callable[[str], str]) -> None:
        fact = self._active()
        if fact is not None:
            before = self.session.drafts.get(fact.id)
            if before is None:
                before = self._digits_or_text(fact)
            self.stage.act(lambda: self.session.type(fact.id, change(before)))

    def _digits_or_text(self, fact: Fact) -> str:
        known = self.session.known(fact.id)
        if known is None:
            return ""
        return self._digits(known.value) if isinstance(known.value, date) else str(known.value)
