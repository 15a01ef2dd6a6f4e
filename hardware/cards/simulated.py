"""A card reader without hardware or PC/SC: the same events, turned by knobs."""

from __future__ import annotations

import threading
from typing import Literal

from hardware.cards.detect import no_identity_card
from hardware.cards.documents import (
    AccessKeyNeeded,
    CardFault,
    CardGone,
    CardPresented,
    IdentityDocument,
    IdentityRead,
    Pin,
    Staff,
    StaffRead,
)
from hardware.cards.faults import CardError
from hardware.cards.identify import Key, KeyNeededError, ReadCard, card_reading
from hardware.cards.people import ELDER
from hardware.cards.sim.demo_card import BankCard, DemoCard, OtherCard, TransitCard
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.device import Fault, State, Status, Tell

Presented = IdentityDocument | EmulatedCard | Literal["unknown", "torn", "bank", "transit"]
OTHERS: dict[str, type[OtherCard]] = {"unknown": OtherCard, "bank": BankCard, "transit": TransitCard}
TORN_AT = 5
WAITING = ("card_access_denied", "pin_wrong", "pin_last_try", "staff_locked_out")  # a key given now opens the card


def made_up_country() -> tuple[bytes, ...]:
    """The country that issues the passports of made-up people; nobody else can sign in its name."""
    from hardware.cards.sim.issuer import utopia  # makes keys, which a demo card never needs

    return (utopia().anchor,)


def made_up_staff() -> tuple[bytes, ...]:
    """The office that issues the cards of made-up staff."""
    from hardware.cards.sim.staff_office import made_up_roots  # loads X.509, which only a staff card needs

    return made_up_roots()


class SimulatedCardReader:
    """Reads emulated cards in memory, command by command, taking `pace_s` seconds for each of them.

    The knobs may be turned from any thread, before the device runs or while it does.
    """

    def __init__(
        self,
        *,
        name: str = "card",
        reader: str = "Simulated reader",
        pace_s: float = 0.005,
        read: ReadCard | None = None,
    ) -> None:
        self.name = name
        self._read_card = read or card_reading(made_up_country)
        self._reader = reader
        self._pace_s = pace_s
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._plugged = True
        self._card: EmulatedCard | None = None
        self._tear_at: int | None = None
        self._insertions = 0
        self._asked = False
        self._unlocked = False
        self._key: Key | None = None
        self._waiting = False  # the card shown would open by a key

    def present(self, card: Presented) -> None:
        """Put a card on the reader: a document, any emulated card, one of OTHERS, or "torn": pulled in mid-read."""
        with self._changed:
            self._tear_at = TORN_AT if card == "torn" else None
            if isinstance(card, IdentityDocument):
                self._card = DemoCard(card)
            elif isinstance(card, str):
                self._card = OTHERS[card]() if card in OTHERS else DemoCard(ELDER.document())
            else:
                self._card = card
            self._insertions += 1
            self._changed.notify_all()

    def pull_card(self) -> None:
        """Take the card away, also in the middle of a reading."""
        self._change()

    def unplug(self) -> None:
        """Pull the reader's cable; its card is out of reach until `plug`."""
        self._change(plugged=False)

    def plug(self) -> None:
        """Put the reader's cable back."""
        self._change(plugged=True)

    def look_again(self) -> None:
        """Read the card that lies on the reader once more."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def unlock(self, key: Key | None) -> None:
        """Give the key of the travel document on the reader, or of the next; forgotten when it is taken away."""
        with self._changed:
            self._key = key
            self._unlocked = key is not None
            self._changed.notify_all()

    def _change(self, *, plugged: bool | None = None) -> None:
        with self._changed:
            if plugged is None:
                self._card = None
            else:
                self._plugged = plugged
            self._changed.notify_all()

    def open(self) -> Fault | None:
        """Nothing to take."""
        return None

    def close(self) -> None:
        """Nothing to let go."""

    def interrupt(self) -> None:
        """Wake `serve`, so that it looks at its stop."""
        with self._changed:
            self._changed.notify_all()

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Read every card that is presented until `stop`."""
        self._stop = stop
        shown = 0  # the insertion CardPresented went out for, 0 for none
        plugged = True
        while not stop.is_set():
            before, (plugged, card, asked, unlocked) = plugged, self._next(plugged, shown)
            fresh = card != shown or asked
            if shown and fresh:
                self._key = None if card != shown else self._key
                tell(CardGone(self._reader))
            if plugged != before or not shown:
                lost = None if plugged else Fault("reader_lost", detail="no reader")
                tell(Status(self.name, State.FAULT if lost else State.READY, lost))
            if card and fresh and not stop.is_set():
                tell(CardPresented(self._reader))
            if card and (fresh or (unlocked and self._waiting)) and not stop.is_set():
                self._read(card, tell)
            shown = card
        return None

    def _next(self, plugged: bool, shown: int) -> tuple[bool, int, bool, bool]:
        """Wait for a change: is the reader there, which insertion lies on it, was it asked for, was a key given."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop.is_set() or self._wanted() or self._sees() != (plugged, shown))
            asked, self._asked = self._asked, False
            unlocked, self._unlocked = self._unlocked, False
            return *self._sees(), asked, unlocked

    def _wanted(self) -> bool:
        return self._asked or self._unlocked

    def _sees(self) -> tuple[bool, int]:
        return self._plugged, self._insertions if self._plugged and self._card else 0

    def _read(self, insertion: int, tell: Tell) -> None:
        tell(Status(self.name, State.BUSY))
        self._waiting = False
        try:
            told_by_reset = no_identity_card(self._atr())
            if told_by_reset is not None:
                raise CardError(told_by_reset)
            contact = _Contact(self, insertion)
            found = self._read_card(contact, self._take_key(), tell)
            tell(StaffRead(found) if isinstance(found, Staff) else IdentityRead(found))
        except KeyNeededError as needed:
            self._waiting = True
            tell(AccessKeyNeeded(self._reader, needed.methods))
        except CardError as error:
            self._waiting = error.fault.code in WAITING
            if error.fault.code not in ("stopped", "reader_lost"):
                tell(CardFault(error.fault))
        tell(Status(self.name, State.READY))

    def _atr(self) -> bytes:
        with self._changed:
            return self._card.atr if self._card is not None else b""

    def _take_key(self) -> Key | None:
        with self._changed:
            key = self._key
            if isinstance(key, Pin):
                self._key = None
            return key

    def power_card(self) -> None:
        """Power the card anew: it forgets its session."""
        with self._changed:
            if self._card is not None:
                self._card.reset()

    def exchange(self, insertion: int, count: int, command: bytes) -> bytes:
        """One command to the card that was inserted as `insertion`, the `count`th since; raises CardError."""
        with self._changed:
            self._changed.wait_for(lambda: self._stop.is_set() or self._sees() != (True, insertion), self._pace_s)
            if self._stop.is_set():
                raise CardError("stopped")
            if count == self._tear_at:
                self._card = None
            if self._card is None or self._sees() != (True, insertion):
                raise CardError("card_removed" if self._plugged else "reader_lost")
            return self._card.respond(command)


class _Contact:
    """The contacts of one insertion."""

    def __init__(self, reader: SimulatedCardReader, insertion: int) -> None:
        self._reader = reader
        self._insertion = insertion
        self._count = 0
        reader.power_card()

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU and return the answer; raises CardError."""
        self._count += 1
        return self._reader.exchange(self._insertion, self._count, command)
