"""Which kind of card lies on the reader, found in a handful of commands, and the reading of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hardware.cards import demo_card
from hardware.cards.apdu import Transport
from hardware.cards.demo_card import Progress
from hardware.cards.documents import IdentityDocument, Pin, Staff
from hardware.cards.emrtd.mrz import AccessKey
from hardware.cards.faults import CardError

Key = AccessKey | Pin
ReadCard = Callable[[Transport, Key | None, Progress], IdentityDocument | Staff]
"""Reads one card, with the key that opens it if there is one yet; raises CardError."""

Clock = Callable[[], datetime]


class KeyNeededError(CardError):
    """The card opens by a key that was not given; `methods` are "mrz" and "can", or "pin"."""

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__("access_key_needed")
        self.methods = methods


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def card_reading(anchors: tuple[bytes, ...] = (), now: Clock = utc_now) -> ReadCard:
    """The reading of every kind we know; `anchors` are the trusted country signing certificates in DER."""

    def read(transport: Transport, key: Key | None, progress: Progress) -> IdentityDocument:
        try:
            return demo_card.read(transport, progress)
        except CardError as error:
            if error.fault.code != "card_unknown":
                raise
        opening = None if isinstance(key, Pin) else key
        return read_travel_document(transport, opening, progress, anchors, now())

    return read


def staff_login(roots: tuple[bytes, ...], roles: tuple[str, ...], now: Clock = utc_now) -> ReadCard:
    """The reading of staff cards, for the reader that takes them; `roots` in DER, `roles` as the kiosk knows them."""

    def read(transport: Transport, key: Key | None, progress: Progress) -> Staff:
        from hardware.cards.staff import StaffTrust, log_in  # loads the ciphers, which most starts never need

        progress(0, 1)
        staff = log_in(transport, key if isinstance(key, Pin) else None, StaffTrust(roots, roles), now())
        progress(1, 1)
        return staff

    return read


def read_travel_document(
    transport: Transport, key: AccessKey | None, progress: Progress, anchors: tuple[bytes, ...], now: datetime
) -> IdentityDocument:
    """Read a card that is no demo card; raises CardError("card_unknown") when it is no travel document either."""
    # Loaded here: the ciphers and ASN.1 behind it are slow to load, and a demo card needs none of them.
    from hardware.cards.emrtd import document
    from hardware.cards.emrtd.trust import TrustStore

    touched = document.touch(transport)
    if touched is None:
        raise CardError("card_unknown")
    if key is None:
        raise KeyNeededError(touched.methods)
    found = document.read(transport, touched, key, progress, store=TrustStore(anchors), now=now)
    return replace(found.document, origin=found.verdict.origin, chip_proved=found.chip_proved)
