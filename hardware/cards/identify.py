"""Which kind of card lies on the reader, found in a handful of commands, and the reading of each kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hardware.cards import demo_card
from hardware.cards.apdu import Transport
from hardware.cards.detect import unknown_kind
from hardware.cards.documents import CardReading, IdentityDocument, IdentitySeen, Pin, Staff
from hardware.cards.emrtd.mrz import AccessKey
from hardware.cards.faults import CardError
from hardware.cards.lockout import Lockout
from hardware.device import Tell

if TYPE_CHECKING:
    from pathlib import Path

    from hardware.cards.emrtd import document
    from hardware.cards.emrtd.document import Checked
    from hardware.cards.emrtd.trust import TrustStore

Key = AccessKey | Pin
ReadCard = Callable[[Transport, Key | None, Tell], IdentityDocument | Staff]
"""Reads one card, with the key that opens it if there is one yet; tells CardReading and IdentitySeen on the way.

Raises CardError.
"""

BROKE_OFF = ("card_removed", "card_unreadable", "card_timeout")
WRONG_PIN = ("pin_wrong", "pin_last_try", "pin_blocked")
Clock = Callable[[], datetime]
Anchors = Callable[[], tuple[bytes, ...]]
"""Trusted certificates that are made or read when the first document needs them."""


class KeyNeededError(CardError):
    """The card opens by a key that was not given; `methods` are "mrz" and "can", or "pin"."""

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__("access_key_needed")
        self.methods = methods


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def card_reading(
    anchors: tuple[bytes, ...] | Anchors = (),
    now: Clock = utc_now,
    *,
    trust_folder: Path | None = None,
    checked: Callable[[Checked], None] | None = None,
) -> ReadCard:
    """The reading of every kind we know; `anchors` are the trusted country signing certificates in DER.

    With a `trust_folder` they are those of the master list imported there, read anew when that folder changes. With
    `checked` a travel document is read to its end and `checked` gets what that found.
    """
    trust = _Trust(anchors, trust_folder)

    def read(transport: Transport, key: Key | None, tell: Tell) -> IdentityDocument:
        try:
            return demo_card.read(transport, lambda done, total: tell(CardReading(done, total)))
        except CardError as error:
            if error.fault.code != "card_unknown":
                raise
        opening = None if isinstance(key, Pin) else key
        return documents(transport, opening, tell, now())

    documents = _Documents(trust, checked)
    return read


class _Documents:
    """Reads travel documents; one that broke off is followed by one with short answers.

    Some chips, and some readers, go dumb over a long answer they admitted to; from here that looks like a card pulled.
    """

    def __init__(self, trust: _Trust, checked: Callable[[Checked], None] | None) -> None:
        self._trust = trust
        self._checked = checked
        self._broke_off = False

    def __call__(self, transport: Transport, key: AccessKey | None, tell: Tell, now: datetime) -> IdentityDocument:
        short, self._broke_off = self._broke_off, True  # one that hangs for good is never heard of again
        try:
            found = read_travel_document(transport, key, tell, self._trust, now, self._checked, short_answers=short)
        except CardError as error:
            self._broke_off = error.fault.code in BROKE_OFF
            raise
        self._broke_off = False
        return found


class _Trust:
    """The certificates documents are judged by, read when the first document needs them."""

    def __init__(self, anchors: tuple[bytes, ...] | Anchors, folder: Path | None) -> None:
        self._anchors = anchors
        self._folder = folder
        self._stamp: object = None
        self._store: TrustStore | None = None

    def store(self) -> TrustStore:
        """The store as the folder is now; raises CardError for a folder whose files were changed."""
        from hardware.cards.emrtd import trust, trust_folder

        if self._folder is None:
            if self._store is None:
                self._store = trust.TrustStore(self._anchors() if callable(self._anchors) else self._anchors)
            return self._store
        now = trust_folder.stamp(self._folder)
        if self._store is None or now != self._stamp:
            self._store, self._stamp = trust_folder.load(self._folder).store, now
        return self._store


def with_staff(residents: ReadCard, staff: ReadCard) -> ReadCard:
    """The reading for a reader that takes both: a card that is no identity document may be a member of staff's."""

    def read(transport: Transport, key: Key | None, tell: Tell) -> IdentityDocument | Staff:
        if isinstance(key, Pin):
            return staff(transport, key, tell)
        try:
            return residents(transport, key, tell)
        except CardError as error:
            if error.fault.code != "card_unknown":
                raise
        return staff(transport, None, tell)

    return read


def staff_login(
    roots: tuple[bytes, ...] | Anchors,
    roles: tuple[str, ...],
    now: Clock = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
) -> ReadCard:
    """The reading of staff cards, for the reader that takes them; `roots` in DER, `roles` as the kiosk knows them.

    Wrong PINs make the next ones wait, on whichever card they are tried.
    """
    lockout = Lockout()

    def read(transport: Transport, key: Key | None, tell: Tell) -> Staff:
        from hardware.cards.staff import StaffTrust, log_in  # loads the ciphers, which most starts never need

        nonlocal lockout
        pin = key if isinstance(key, Pin) else None
        left_s = lockout.left_s(monotonic())
        if pin is not None and left_s:
            raise CardError("staff_locked_out", f"{left_s:.0f} s")
        tell(CardReading(0, 1))
        try:
            trusted = roots() if callable(roots) else roots
            staff = log_in(transport, pin, StaffTrust(trusted, roles), now())
        except CardError as error:
            if error.fault.code in WRONG_PIN:
                lockout = lockout.after_wrong(monotonic())
            raise
        lockout = Lockout()
        tell(CardReading(1, 1))
        return staff

    return read


def read_travel_document(
    transport: Transport,
    key: AccessKey | None,
    tell: Tell,
    trust: _Trust,
    now: datetime,
    checked: Callable[[Checked], None] | None = None,
    *,
    short_answers: bool = False,
) -> IdentityDocument:
    """Read a card that is no demo card; raises CardError when it is no travel document either."""
    # Loaded here: the ciphers and ASN.1 behind it are slow to load, and a demo card needs none of them.
    from hardware.cards.emrtd import document

    touched = document.touch(transport)
    if touched is None:
        raise CardError(unknown_kind(transport))
    if key is None:
        raise KeyNeededError(touched.methods)
    if short_answers:
        touched = replace(touched, longest_answer=document.SHORT_ANSWER)
    found = document.read(
        transport,
        touched,
        key,
        lambda done, total: tell(CardReading(done, total)),
        store=trust.store(),
        now=now,
        seen=lambda text: tell(IdentitySeen(_judged(text))),
        checked=checked,
    )
    return _judged(found)


def _judged(found: document.Read) -> IdentityDocument:
    return replace(found.document, origin=found.verdict.origin, chip_proved=found.chip_proved)
