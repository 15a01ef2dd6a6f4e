"""The one place where intents, device events and pages meet: owns the session, tells every view model.

Devices and workers speak from their own threads; `hear` carries what they say to the GUI thread, and nothing
but frozen values crosses.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from hardware.cards import (
    AccessKeyNeeded,
    CardFault,
    CardGone,
    CardPresented,
    CardReading,
    IdentityDocument,
    IdentityRead,
    IdentitySeen,
    Staff,
    StaffRead,
)
from hardware.device import Fault, State, Status, where
from kiosk.app import Kiosk
from kiosk.card_facts import card_evidence
from kiosk.catalogue import LANGUAGES
from kiosk.easier import field_room
from kiosk.identity.evidence import Evidence
from kiosk.idle import IdleClock, Over, Warning
from kiosk.pages import Page
from kiosk.session import Session
from offline_queue.sync import SyncState
from screens.sheets import PORTRAIT, Sheet

log = logging.getLogger(__name__)
TICK_MS = 250


@dataclass(frozen=True)
class CardView:
    """What the identify page knows of the reader: waiting, lay_down, reading, done, failed or no_reader.

    `lay_down`: the key is known, the document is in somebody's hand. `name` is on it while its photo is still read.
    """

    state: str = "waiting"
    progress: float = 0.0
    fault: str = ""
    name: str = field(default="", repr=False)


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
        self.sheet: Sheet = PORTRAIT
        self.session = Session(
            kiosk.catalogue,
            today=lambda: kiosk.now().date(),
            home_side=kiosk.config.site.side,
            compares=kiosk.devices.compares_faces,
        )
        self.card = CardView()
        self._monotonic = monotonic
        self._idle = IdleClock(kiosk.config.visit.idle_s, kiosk.config.visit.warn_s)
        self.idle_seconds = 0
        self._held: Evidence | None = None
        self._locked: tuple[str, ...] | None = None  # how the document on the reader opens, once the page is there
        self._lies_there = False
        self.chip_opened = False  # this visit's document lies on the mark, not in the slot
        self.since: dict[str, datetime] = {}  # when each device came to stand where it stands
        self._states: dict[str, tuple[State, str]] = {}
        self.session.closed = kiosk.closed
        self._shown = self._page_key()
        self.heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def monotonic(self) -> float:
        """Seconds on the clock that everything here is timed by."""
        return self._monotonic()

    def stop(self) -> None:
        """Stop the idle clock: the screens are being taken down."""
        self._timer.stop()

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
            self.kiosk.sender.keys.make_ready()

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
        step = session.step.id if session.step else ""
        care = session.page is Page.HOME and session.easier.care
        return session.page, care, step, session.part, session.category, entry, session.event_id

    # ---- how it is shown ----

    @property
    def scale(self) -> float:
        """How much larger than usual text is on this sheet."""
        return min(self.session.easier.scale, self.sheet.largest_text)

    @property
    def warn_s(self) -> float:
        """How long the idle warning stands, in seconds."""
        return self._idle.warn_s

    def show_on(self, sheet: Sheet) -> None:
        """Draw on another sheet from now on."""
        if sheet != self.sheet:
            self.sheet = sheet
            self._fit()
            self.changed.emit()

    def ease(self, **settings: object) -> None:
        """Change how the kiosk is used; every answer stays."""
        self.session.easier = replace(self.session.easier, **settings)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        """What follows from settings and sheet: fields to a page, and the idle clock's times."""
        cramped = self.sheet.landscape or self.session.easier.low_reach
        self.session.make_room(field_room(self.scale, cramped=cramped))
        times = self.kiosk.config.visit
        slow = self.session.easier.unhurried
        self._idle.idle_s = times.slow_idle_s if slow else times.idle_s
        self._idle.warn_s = times.slow_warn_s if slow else times.warn_s

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
        self._fit()
        self._let_go()
        self.chip_opened = False
        if self.kiosk.devices.card is not None:
            self.kiosk.devices.card.unlock(None)
        self.card = CardView("no_reader") if self.card.state == "no_reader" else CardView()
        self.ended.emit()
        self.announce()

    # ---- time ----

    @Slot()
    def tick(self) -> None:
        """Look at the idle clock, four times a second."""
        if not self.session.in_visit:
            self._look_at_hours()
            return
        match self._idle.look(self._monotonic()):
            case Over():
                self.end()
            case Warning(seconds) if (self.session.overlay, self.idle_seconds) != ("Idle", seconds):
                self.session.overlay, self.idle_seconds = "Idle", seconds
                self.changed.emit()

    def _look_at_hours(self) -> None:
        """Between two visits: open or close. A visit that has begun may finish."""
        if self.session.closed != self.kiosk.closed:
            self.session.closed = self.kiosk.closed
            self.announce()

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
            case Status():
                self._on_status(event)
            case _:
                self._on_card(event)

    def _on_card(self, event: object) -> None:
        match event:
            case CardPresented():
                self.touch()
                self._lies_there = True
                self.chip_opened = self.session.chip is not None
                self.card = CardView("reading")
            case CardReading(done, total):
                self.card = CardView("reading", done / max(1, total), name=self.card.name)
            case AccessKeyNeeded(_, methods):
                self._on_staff_card() if methods == ("pin",) else self._on_locked(methods)
            case StaffRead(staff):
                self._on_staff(staff)
            case IdentitySeen(document):
                self.card = replace(self.card, state="reading", name=document.name_en or document.name_zh)
            case CardFault(fault):
                self._on_card_fault(fault)
            case IdentityRead(document):
                self._on_identity(document)
            case CardGone():
                self._on_card_gone()

    def _on_status(self, status: Status) -> None:
        if self._states.get(status.device) != (key := (status.state, status.fault.code if status.fault else "")):
            self._states[status.device] = key
            self.since[status.device] = self.kiosk.now()
        if status.device == "card":
            self._on_reader(status)

    # ---- staff ----

    def _on_staff_card(self) -> None:
        """A staff card of ours waits for its PIN; in the middle of somebody's visit it is no identity card."""
        self.touch()
        if self.session.staff is not None:
            return
        if self.session.in_visit:
            self.card = CardView("failed", fault="card_unknown")
            return
        self.session.begin_staff()
        self.languageChanged.emit()

    def _on_staff(self, staff: Staff) -> None:
        self.touch()
        if self.session.staff is not None:
            self.session.staff = self.session.staff.came_in(staff)
            self.kiosk.staff_log.note(self.kiosk.now(), staff.serial, "came_in", staff.role)

    def send_pin(self) -> None:
        """Give the PIN that was typed to the card."""
        entry = self.session.staff
        if entry is not None and entry.ready and self.kiosk.devices.card is not None:
            self.session.staff, pin = entry.sent()
            self.kiosk.devices.card.unlock(pin)

    def _on_locked(self, methods: tuple[str, ...]) -> None:
        self.touch()
        self.card = CardView("waiting")
        self.chip_opened = True
        self._locked = methods if self.session.in_visit else None
        self._use_held()

    def _on_card_fault(self, fault: Fault) -> None:
        if self.session.staff is not None:
            self.session.staff = self.session.staff.refused(fault.code, fault.detail)
            return
        if fault.code.startswith("staff_"):
            fault = Fault("card_unknown")  # to a resident it is a card like any other that says nothing
        self.card = CardView("failed", fault=fault.code)
        if fault.code == "card_access_denied":
            self.session.chip_denied()

    def _let_go(self) -> None:
        """Forget what a document said that no page has taken, and whose chip waits for its key."""
        self._hold(None)
        self._locked = None

    def _hold(self, evidence: Evidence | None) -> None:
        """Keep what a document said until a page asks for it; the picture of the one before is overwritten."""
        if self._held is not None:
            self._held.wipe()
        self._held = evidence

    def _on_card_gone(self) -> None:
        self._let_go()
        self._lies_there = False
        if self.session.staff is not None:
            self.end()  # whoever takes the card out goes
        if self.card.state == "reading":
            self.card = CardView("failed", fault="card_removed")

    def unlock(self) -> None:
        """Touch Continue on the page that asks for a chip's key."""
        key = self.session.give_chip_key()
        if key is not None and self.kiosk.devices.card is not None:
            self.card = CardView("reading" if self._lies_there else "lay_down")
            self.kiosk.devices.card.unlock(key)

    def _on_reader(self, status: Status) -> None:
        lost = isinstance(status.fault, Fault)
        if lost:
            self.card = CardView("no_reader", fault=status.fault.code if status.fault else "")
        elif self.card.state == "no_reader":
            self.card = CardView()

    def _on_identity(self, document: IdentityDocument) -> None:
        self.touch()
        self.card = CardView("done", 1.0, name=document.name_en or document.name_zh)
        self._hold(card_evidence(document) if self.session.in_visit else None)
        self._use_held()

    def _use_held(self) -> None:
        """Give what the card said to the page that asks for it; a card may lie there before the page is reached."""
        step = self.session.step
        if step is None or step.kind != "identify":
            return
        if self._held is not None:
            self.session.card_read(self._held.gave, self._held)
            self._held = None
        if self._locked is not None:
            self.session.ask_chip_key(self._locked)
            self._locked = None
