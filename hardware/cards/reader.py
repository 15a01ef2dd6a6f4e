"""The card reader as a device: reads whatever identity document or staff card is put on it, by PC/SC."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.cards import pcsc
from hardware.cards.detect import no_identity_card
from hardware.cards.documents import (
    AccessKeyNeeded,
    CardFault,
    CardGone,
    CardPresented,
    IdentityRead,
    Pin,
    Staff,
    StaffRead,
)
from hardware.cards.faults import CardError
from hardware.cards.identify import Key, KeyNeededError, ReadCard, card_reading
from hardware.cards.monitor import Monitor, Picture, Slot
from hardware.cards.reader_worker import Outcome, ReaderWorker
from hardware.device import Fault, State, Status, Tell

SETTLE_S = 0.6  # longer than the service's poll of 0.4 s: by then it has seen a pulled card
LOOK_AGAIN_S = 1.0
GRACE_S = 0.5  # a reading past its deadline ends by itself, unless it hangs in one command
LOOKS = 30  # how often a card that could not be had is tried again while it lies there
WAITING = (
    "access_key_needed",
    "card_access_denied",
    "pin_wrong",
    "pin_last_try",
    "staff_locked_out",
)  # a key given now opens it
NO_SERVICE = Fault("reader_lost", detail="no PC/SC service")
AGAIN = ("card_removed", "reader_busy")
SILENT = ("stopped", "access_key_needed")  # nobody asked; an event of its own


@dataclass(frozen=True)
class Watched:
    """What this device knows of one reader: its slot, when to try its card again, and how often still."""

    slot: Slot
    told: bool = False  # CardPresented went out, CardGone not yet
    next_s: float | None = None
    looks: int = LOOKS
    fault: str = ""  # the code its last reading ended with


class PcscCardReader:
    """Any PC/SC reader whose name contains `match` (empty: every reader), read by `read`.

    Readers are known by name, never by index; the name may come back under another number, and PC/SC puts a reader's
    serial number into it, where there is one. Each reader's cards are read by a thread of its own. A reading that
    takes longer than `deadline_s` seconds ends as "card_timeout", also one that hangs in a single command. Losing the
    reader or the service is told as the device's Status; the device stays and goes on by itself as soon as they are
    back.
    """

    def __init__(
        self,
        match: str = "",
        *,
        name: str = "card",
        read: ReadCard | None = None,
        deadline_s: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._match = match
        self._read = read or card_reading()
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._picture: Picture | None = None
        self._monitor: Monitor | None = None
        self._stop = threading.Event()
        self._asked = False
        self._unlocked = False
        self._over = False  # a reading has ended
        self._put_off = False  # something changed on a reader whose card was being read
        self._key: Key | None = None
        self._watched: dict[str, Watched] = {}
        self._workers: dict[str, ReaderWorker] = {}

    def open(self) -> Fault | None:
        """Begin to watch the readers; a missing reader is told later, as the device's Status."""
        self._picture, self._watched = None, {}
        self._monitor = Monitor(self._see)
        self._monitor.start()
        return None

    def close(self) -> None:
        """End the watching thread and those that read; one that hangs in a command is left to its reader."""
        if self._monitor is not None:
            self._monitor.stop()
            self._monitor = None
        workers, self._workers = self._workers, {}
        for worker in workers.values():
            worker.leave()
        for worker in workers.values():
            worker.join(GRACE_S)

    def interrupt(self) -> None:
        """Wake `serve`, so that it looks at its stop."""
        with self._changed:
            self._changed.notify_all()

    def look_again(self) -> None:
        """Read the card that lies on the reader once more (a new visit, a "try again"); from any thread."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def unlock(self, key: Key | None) -> None:
        """Give the key of the travel document on the reader, or of the next; from any thread.

        It is forgotten when that document is taken away, and by None.
        """
        with self._changed:
            self._key = key
            self._unlocked = key is not None
            self._changed.notify_all()

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Read every card that comes until `stop`."""
        self._stop = stop
        seen: Picture | None = None
        while not stop.is_set():
            picture = self._next_picture(seen)
            ended = self._end_readings(tell)
            if picture is not None and (picture is not seen or (ended and self._put_off)):
                seen = picture
                self._follow(picture, tell)
            self._take_requests()
            for watched in list(self._watched.values()):
                self._attend(watched, tell)
        return None

    def _see(self, picture: Picture) -> None:
        with self._changed:
            self._picture = picture
            self._changed.notify_all()

    def _next_picture(self, seen: Picture | None) -> Picture | None:
        """The latest picture: at once if new, else when one comes, a reading is over or due, or somebody asks."""
        busy = self._busy()
        waiting = [watched.next_s for reader, watched in self._watched.items() if reader not in busy]
        due_s = min((at for at in (*waiting, *busy.values()) if at is not None), default=None)
        pause_s = None if due_s is None else max(0.0, due_s - self._monotonic())
        with self._changed:
            self._changed.wait_for(lambda: self._stop.is_set() or self._wanted(seen, busy), pause_s)
            return self._picture

    def _wanted(self, seen: Picture | None, busy: dict[str, float]) -> bool:
        asked = (self._asked or self._unlocked) and not busy  # a reading under way is ended first
        return asked or self._picture is not seen or self._over

    def _busy(self) -> dict[str, float]:
        """The readers whose card is being read, and when each reading is to be given up."""
        return {reader: worker.due_s for reader, worker in self._workers.items() if worker.due_s is not None}

    def _reading_over(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _end_readings(self, tell: Tell) -> bool:
        """Tell how the readings ended that are over, or past their time; whether there were any."""
        with self._changed:
            self._over = False
        ended = [(reader, outcome) for reader in self._busy() if (outcome := self._outcome(reader)) is not None]
        for reader, outcome in ended:
            self._finish(self._watched[reader], outcome, tell)
        return bool(ended)

    def _outcome(self, reader: str) -> Outcome | None:
        worker = self._workers[reader]
        due_s, outcome = worker.due_s, worker.outcome()
        if outcome is not None or due_s is None or self._monotonic() < due_s:
            return outcome
        self._workers.pop(reader).leave()
        return Fault("card_timeout", detail="one command")

    def _take_requests(self) -> None:
        if self._busy():
            return
        with self._changed:
            asked, self._asked = self._asked, False
            unlocked, self._unlocked = self._unlocked, False
        for reader, watched in self._watched.items():
            if watched.slot.present and (asked or (unlocked and watched.fault in WAITING)):
                fault = "card_removed" if asked else watched.fault
                again = replace(watched, next_s=self._monotonic(), looks=LOOKS, fault=fault)
                self._watched[reader] = again

    def _follow(self, picture: Picture, tell: Tell) -> None:
        """Tell what changed on our readers since the last picture; one whose card is being read waits for its end."""
        busy = self._busy()
        slots = {slot.reader: slot for slot in picture.slots if self._match in slot.reader}
        for reader in self._watched.keys() - slots.keys() - busy.keys():
            self._taken(self._watched.pop(reader), tell)
            self._dismiss(reader)
        self._put_off = any(reader not in slots or self._changed_on(slots[reader]) for reader in busy)
        if not slots and not busy:
            lost = Fault("reader_lost", detail="no reader") if picture.service else NO_SERVICE
            tell(Status(self.name, State.FAULT, lost))
            return
        if not busy:
            tell(Status(self.name, State.READY))
        for reader in slots.keys() - busy.keys():
            self._watched[reader] = self._followed(self._watched.get(reader), slots[reader], tell)

    def _changed_on(self, slot: Slot) -> bool:
        return self._watched[slot.reader].slot.changes != slot.changes

    def _dismiss(self, reader: str) -> None:
        worker = self._workers.pop(reader, None)
        if worker is not None:
            worker.leave()

    def _followed(self, before: Watched | None, slot: Slot, tell: Tell) -> Watched:
        if before is not None and before.slot.changes == slot.changes:
            return replace(before, slot=slot)
        if before is not None:
            self._taken(before, tell)
        if slot.present:
            return Watched(slot, next_s=self._monotonic())
        unsure = before is not None and before.next_s is not None  # it may lie there unseen by the service
        return Watched(slot, next_s=self._monotonic() + SETTLE_S if unsure else None, looks=2)

    def _taken(self, watched: Watched, tell: Tell) -> None:
        """The card of this reader was taken away, and its key with it."""
        if watched.told:
            with self._changed:
                self._key = None
        self._gone(watched, tell)

    def _gone(self, watched: Watched, tell: Tell) -> None:
        if watched.told:
            tell(CardGone(watched.slot.reader))

    def _attend(self, watched: Watched, tell: Tell) -> None:
        """Begin to read the card of one reader if it is time to."""
        reader = watched.slot.reader
        if (
            watched.next_s is None
            or watched.next_s > self._monotonic()
            or self._stop.is_set()
            or reader in self._busy()
        ):
            return
        if not watched.slot.present:
            self._watched[reader] = self._looked_under(watched)
            return
        if watched.fault == "card_removed":  # put back before the service saw it go
            self._gone(watched, tell)
        if not watched.told or watched.fault == "card_removed":
            tell(CardPresented(reader))
        tell(Status(self.name, State.BUSY))
        self._begin(watched, tell)

    def _begin(self, watched: Watched, tell: Tell) -> None:
        slot, fresh = watched.slot, watched.told
        deadline_s = self._monotonic() + self._deadline_s
        worker = self._workers.get(slot.reader) or ReaderWorker(slot.reader, self._reading_over)
        self._workers[slot.reader] = worker
        worker.begin(
            lambda halt, heard: self._read_card(slot, heard, fresh=fresh, halt=halt, deadline_s=deadline_s),
            tell,
            deadline_s + GRACE_S,
        )

    def _finish(self, watched: Watched, outcome: Outcome, tell: Tell) -> None:
        """Tell how a reading ended, unless nobody is there to hear it."""
        reader = watched.slot.reader
        if isinstance(outcome, Fault) and outcome.code == "reader_lost":
            self._watched[reader] = self._lost(watched, tell)
            return
        self._watched[reader] = self._told(watched, outcome, tell)
        if not self._busy():
            tell(Status(self.name, State.READY))

    def _looked_under(self, watched: Watched) -> Watched:
        """Make the service look again at a reader whose card was pulled in the middle of a command."""
        try:
            found = pcsc.unstick(watched.slot.reader)
        except CardError:
            found = False
        looks = watched.looks - 1
        more = looks > 0 and not found
        return replace(watched, looks=looks, next_s=self._monotonic() + LOOK_AGAIN_S if more else None)

    def _lost(self, watched: Watched, tell: Tell) -> Watched:
        """The service takes no calls while the monitor still sees the reader: look again until either changes."""
        self._taken(replace(watched, told=True), tell)
        tell(Status(self.name, State.FAULT, NO_SERVICE))
        return replace(watched, told=False, next_s=self._monotonic() + LOOK_AGAIN_S, fault="")

    def _told(self, watched: Watched, outcome: Outcome, tell: Tell) -> Watched:
        """Tell how a reading ended; what is known of its reader from now on."""
        if not isinstance(outcome, Fault):
            tell(StaffRead(outcome) if isinstance(outcome, Staff) else IdentityRead(outcome))
            return replace(watched, told=True, next_s=None, fault="")
        if outcome.code not in SILENT and (outcome.code, watched.fault) != ("reader_busy", "reader_busy"):
            tell(CardFault(outcome))
        pause_s = SETTLE_S if outcome.code == "card_removed" else LOOK_AGAIN_S
        again = outcome.code in AGAIN and watched.looks > 0
        next_s = self._monotonic() + pause_s if again else None
        return replace(watched, told=True, next_s=next_s, looks=watched.looks - 1, fault=outcome.code)

    def _take_key(self) -> Key | None:
        """The key to try; a PIN only once, for every try of a wrong one counts."""
        with self._changed:
            key = self._key
            if isinstance(key, Pin):
                self._key = None
            return key

    def _read_card(self, slot: Slot, tell: Tell, *, fresh: bool, halt: threading.Event, deadline_s: float) -> Outcome:
        """Read one card, in its reader's own thread."""
        told_by_reset = no_identity_card(slot.atr)
        if told_by_reset is not None:
            return Fault(told_by_reset)
        try:
            with pcsc.Session(slot.reader, fresh=fresh, stop=halt, deadline_s=deadline_s) as session:
                return self._read(session, self._take_key(), tell)
        except KeyNeededError as needed:
            tell(AccessKeyNeeded(slot.reader, needed.methods))
            return needed.fault
        except CardError as error:
            return error.fault
