"""A list: what is in it so far, and touching Add, Change, Remove."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Fact
from kiosk.catalogue.model import Item
from screens.glyphs import readable
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
MOST = 20


@QmlElement
@QmlSingleton
class Entries(Model):
    """The entries of the list step that is shown."""

    changed = Signal()

    def _fact(self) -> Fact | None:
        step = self.session.step
        return self.session.catalogue.facts[step.ask[0]] if step is not None and step.kind == "list" else None

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _lead(self) -> str:
        fact = self._fact()
        if fact is None:
            return ""
        return self.say("list.lead", hint=self.say(fact.hint_key), least=fact.least or 0, most=fact.most or MOST)

    def _rows(self) -> list[Row]:
        return [self._row(number, item) for number, item in enumerate(self.session.items, 1)]

    def _row(self, number: int, item: Item) -> Row:
        fact = self._fact()
        values = [str(item.values[name]) for name in (fact.of if fact else ()) if name in item.values]
        return {
            "id": item.id,
            "label": self.say("list.entry", number=number),
            "value": readable(values[0]) if values else "",
        }

    def _can_add(self) -> bool:
        fact = self._fact()
        return fact is not None and len(self.session.items) < (fact.most or MOST)

    def _enough(self) -> bool:
        fact = self._fact()
        return fact is not None and len(self.session.items) >= (fact.least or 0)

    def _next_label(self) -> str:
        return self.say("bar.next" if self._enough() else "list.waiting")

    def _problem(self) -> str:
        found = self.session.problems.values()
        return " ".join(self.say(problem.text_key, **problem.values) for problem in found)

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    rows = Property(list, _rows, notify=changed)
    canAdd = Property(bool, _can_add, notify=changed)
    enough = Property(bool, _enough, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    problem = Property(str, _problem, notify=changed)

    @Slot()
    def add(self) -> None:
        """A new entry."""
        self.stage.act(self.session.open_entry)

    @Slot(str)
    def change(self, item_id: str) -> None:
        """Correct one entry."""
        self.stage.act(lambda: self.session.open_entry(item_id))

    @Slot(str)
    def remove(self, item_id: str) -> None:
        """Take one entry out."""
        self.stage.act(lambda: self.session.remove_entry(item_id))
