"""The one place where intents, device events and pages meet: owns the session, tells every view model.

Devices and workers speak from their own threads; `hear` carries what they say to the GUI thread, and nothing
but frozen values crosses.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from hardware.cards import CardFault, CardGone, CardPresented, CardReading, IdentityRead
from hardware.device import Fault, Status, where
from kiosk.app import Kiosk
from kiosk.card_facts import card_facts
from kiosk.catalogue import LANGUAGES
from kiosk.flow.state import Filled
from kiosk.idle import IdleClock, Over, Warning
from kiosk.session import Session
from offline_queue.sync import SyncState

log = logging.getLogger(__name__)
TICK_MS = 250


@dataclass(frozen=True)
class CardView:
    """What the identify page knows of the reader: waiting, reading, done, failed or no_reader."""

    state: str = "waiting"
    progress: float = 0.0
    fault: str = ""


class Stage(QObject):
    """Runs intents on the session and announces what changed: first the page, then everything else."""

    pageChanged = Signal()
    changed = Signal()
    languageChanged = Signal()
    ended = Signal()
    heard = Signal(object)
    line_changed = Signal()

    def __init__(self, kiosk: Kiosk, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.kiosk = kiosk
        self.session = Session(kiosk.catalogue, today=lambda: kiosk.now().date(), home_side=kiosk.config.site.side)
        self.card = CardView()
        self._monotonic = monotonic
        self._idle = IdleClock(kiosk.config.visit.idle_s, kiosk.config.visit.warn_s)
        self.idle_seconds = 0
        self._held: Mapping[str, Filled] | None = None
        self._shown = self._page_key()
        self.heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    # ---- intents ----

    def act(self, intent: Callable[[], object]) -> None:
        """Run one intent of the resident and announce what it changed."""
        self.touch()
        try:
            intent()
        except Exception as error:  # noqa: BLE001 - the supervisor of every page: a defect ends in a safe screen
            log.error("a page's intent failed: %s", where(error))
            self.session.defect()
        self.announce()

    def begin(self, language: str) -> None:
        """A greeting was touched: a new visit in that language."""
        if language in LANGUAGES:
            self.act(lambda: self.session.begin(LANGUAGES[LANGUAGES.index(language)]))
            self.languageChanged.emit()

    def announce(self) -> None:
        """Tell the screens: the page if it is another one, then all values."""
        self._use_held()
        key = self._page_key()
        if key != self._shown:
            self._shown = key
            self.pageChanged.emit()
        self.changed.emit()

    def _page_key(self) -> tuple[object, ...]:
        session = self.session
        entry = session.entry.id if session.entry else ""
        return session.page, session.step.id if session.step else "", session.part, session.category, entry

    def touch(self) -> None:
        """Somebody is here."""
        self._idle.touch(self._monotonic())
        if self.session.overlay == "Idle":
            self.session.overlay = ""
            self.changed.emit()

    def set_language(self, language: str) -> None:
        """Change the language in place; every answer stays."""
        if language in LANGUAGES:
            self.session.language = LANGUAGES[LANGUAGES.index(language)]
            self.languageChanged.emit()
            self.changed.emit()

    def end(self) -> None:
        """End the visit and wipe it."""
        self.session.end()
        self._held = None
        self.card = CardView("no_reader") if self.card.state == "no_reader" else CardView()
        self.ended.emit()
        self.announce()

    # ---- time ----

    @Slot()
    def tick(self) -> None:
        """Look at the idle clock, four times a second."""
        if not self.session.in_visit:
            return
        match self._idle.look(self._monotonic()):
            case Over():
                self.end()
            case Warning(seconds) if (self.session.overlay, self.idle_seconds) != ("Idle", seconds):
                self.session.overlay, self.idle_seconds = "Idle", seconds
                self.changed.emit()

    # ---- devices ----

    def hear(self, event: object) -> None:
        """Called from any thread with a frozen event."""
        self.heard.emit(event)

    @Slot(object)
    def _on_heard(self, event: object) -> None:
        if callable(event):
            event()
        else:
            self._on_event(event)
        self.announce()

    def _on_event(self, event: object) -> None:
        match event:
            case SyncState():
                self.line_changed.emit()
            case Status(device="card"):
                self._on_reader(event)
            case CardPresented():
                self.touch()
                self.card = CardView("reading")
            case CardReading(done, total):
                self.card = CardView("reading", done / max(1, total))
            case CardFault(fault):
                self.card = CardView("failed", fault=fault.code)
            case IdentityRead(document):
                self._on_identity(card_facts(document))
            case CardGone():
                self._held = None
                if self.card.state == "reading":
                    self.card = CardView("failed", fault="card_removed")

    def _on_reader(self, status: Status) -> None:
        lost = isinstance(status.fault, Fault)
        if lost:
            self.card = CardView("no_reader", fault=status.fault.code if status.fault else "")
        elif self.card.state == "no_reader":
            self.card = CardView()

    def _on_identity(self, found: Mapping[str, Filled]) -> None:
        self.touch()
        self.card = CardView("done", 1.0)
        self._held = found if self.session.in_visit else None
        self._use_held()

    def _use_held(self) -> None:
        """Give what the card said to the page that asks for it; a card may lie there before the page is reached."""
        step = self.session.step
        if self._held is not None and step is not None and step.kind == "identify":
            self.session.card_read(self._held)
            self._held = None
