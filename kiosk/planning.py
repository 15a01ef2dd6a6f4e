"""Choosing more than one matter: life events, and matters that a resident puts together. Nothing is asked yet."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Final

from kiosk.catalogue import Catalogue
from kiosk.catalogue.events import Event
from kiosk.finding import Finding
from kiosk.flow import case
from kiosk.pages import Page
from kiosk.slip_lookup import SlipFound

MOST_MATTERS: Final = 9


class Planning(Finding):
    """What a resident chose to do together; `gathered` are matters put together from the lists."""

    def __init__(self, catalogue: Catalogue, home_side: str, today: Callable[[], date]) -> None:
        super().__init__(catalogue, home_side)
        self._today = today
        self._plan_again()

    def _plan_again(self) -> None:
        self.event_id = ""
        self.chosen: tuple[str, ...] = ()
        self.gathered: tuple[str, ...] = ()
        self._planned: case.Case | None = None
        self.slip: SlipFound | None = None

    @property
    def event(self) -> Event | None:
        """The life event whose page is open."""
        return self.catalogue.events.get(self.event_id)

    def open_events(self) -> None:
        """Touch "all life events"."""
        self.list_page = 0
        self._go(Page.EVENTS, 1)

    def open_event(self, event_id: str, *, without: Collection[str] = ()) -> None:
        """Touch a life event: its usual matters are chosen, except those that cannot be done now."""
        self.event_id, self.list_page = event_id, 0
        usual = self.catalogue.events[event_id].usual
        self._choose(tuple(matter for matter in usual if matter not in without))
        self._go(Page.EVENT, 1)

    def toggle(self, matter: str) -> None:
        """Choose a matter of the event, or no longer; the event's own order stays."""
        event = self.event
        if event is not None:
            wanted = {*self.chosen} ^ {matter}
            self._choose(tuple(each for each in event.matters if each in wanted))

    def _choose(self, matters: tuple[str, ...]) -> None:
        self.chosen, self._planned = matters, None

    def plan(self) -> case.Case:
        """The case that the chosen matters would make: papers, order, earliest finish."""
        if self._planned is None:
            self._planned = case.open_case(self.catalogue, self.chosen, today=self._today())
        return self._planned

    def open_scan(self) -> None:
        """Touch "I have a slip"."""
        self.slip = None
        self._go(Page.SCAN, 1)

    def scanned(self, found: SlipFound) -> None:
        """A known kiosk's slip lies on the tray."""
        self.slip = found
        self._go(Page.STANDING, 1)

    def gather(self, matters: tuple[str, ...]) -> None:
        """Keep these matters while the resident looks for another one."""
        self.gathered = matters[:MOST_MATTERS]
        self._go(Page.HOME, -1)

    def _back_from_list(self) -> None:
        """Back on the pages before a service: home."""
        if self.place is Page.EVENT and self.slip is not None:
            self._go(Page.STANDING, -1)
        elif self.place is not Page.ATTRACT:
            self.slip = None
            self._go(Page.HOME, -1)
            self.list_page = 0
