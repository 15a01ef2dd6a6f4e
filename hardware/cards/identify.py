"""Which kind of card lies on the reader, found in a handful of commands, and the reading of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hardware.cards import demo_card
from hardware.cards.apdu import Transport
from hardware.cards.demo_card import Progress
from hardware.cards.documents import IdentityDocument
from hardware.cards.emrtd.mrz import AccessKey
from hardware.cards.faults import CardError

ReadCard = Callable[[Transport, AccessKey | None, Progress], IdentityDocument]
"""Reads one document, with the key that opens it if there is one yet; raises CardError."""

Clock = Callable[[], datetime]


class KeyNeededError(CardError):
    """The document opens by a key that was not given; `methods` are "mrz" and "can"."""

    def __init__(self, methods: tuple[str, ...]) -> None:
        super().__init__("access_key_needed")
        self.methods = methods


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def card_reading(anchors: tuple[bytes, ...] = (), now: Clock = utc_now) -> ReadCard:
    """The reading of every kind we know; `anchors` are the trusted country signing certificates in DER."""

    def read(transport: Transport, key: AccessKey | None, progress: Progress) -> IdentityDocument:
        try:
            return demo_card.read(transport, progress)
        except CardError as error:
            if error.fault.code != "card_unknown":
                raise
        return read_travel_document(transport, key, progress, anchors, now())

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
    return replace(found.document, origin=found.verdict.origin)
