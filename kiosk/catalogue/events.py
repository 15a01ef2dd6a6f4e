"""Life events: what happens in a life, and the matters of both sides that follow from it, in a sensible order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from kiosk.catalogue.findings import Finding, nearest
from kiosk.catalogue.texts import Texts
from kiosk.catalogue.toml_source import Table, TomlSource


@dataclass(frozen=True)
class Event:
    """One life event; `usual` matters are chosen at first, `further` ones a resident may add."""

    id: str
    title_key: str
    summary_key: str
    usual: tuple[str, ...]
    further: tuple[str, ...] = ()

    @property
    def matters(self) -> tuple[str, ...]:
        """Every matter of the event, the usual ones first."""
        return (*self.usual, *self.further)


def read_events(source: TomlSource, known: Collection[str], texts: Texts, findings: list[Finding]) -> dict[str, Event]:
    """Every event of the file, in its order."""
    root = Table(source, (), source.values, findings)
    events = {event.id: event for table in root.tables("event") if (event := _event(table, known, texts)).id}
    root.done()
    return events


def _event(table: Table, known: Collection[str], texts: Texts) -> Event:
    event_id = table.text("id")
    event = Event(
        event_id,
        f"event.{event_id}.title",
        f"event.{event_id}.summary",
        table.texts("usual"),
        table.texts("further"),
    )
    for matter in event.matters:
        if matter not in known:
            table.note(f"{matter} is not a service here", "usual", nearest(matter, known))
    for key in (event.title_key, event.summary_key):
        if key not in texts.keys:
            table.note(f"the text {key} is missing", "id")
    table.done()
    return event
