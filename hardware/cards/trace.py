"""Traces of card conversations for technicians: which commands, how long, which status; never what was in them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hardware.cards.apdu import Transport
from hardware.cards.documents import IdentityDocument, Staff
from hardware.cards.faults import CardError
from hardware.cards.identify import Key, ReadCard
from hardware.device import Tell


@dataclass(frozen=True)
class Line:
    """One exchange: the four header bytes in hex, bytes sent and received, the status or fault, and milliseconds."""

    header: str
    sent_bytes: int
    received_bytes: int
    status: str
    took_ms: float


class TracedTransport:
    """Passes everything on and notes each exchange; headers carry no personal data, the rest is only counted."""

    def __init__(self, inner: Transport, note: Callable[[Line], None], monotonic: Callable[[], float]) -> None:
        self._inner = inner
        self._note = note
        self._monotonic = monotonic

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU, note it, return the answer; raises CardError."""
        began_s = self._monotonic()
        answer, status = b"", ""
        try:
            answer = self._inner.transmit(command)
            status = answer[-2:].hex().upper()
            return answer
        except CardError as error:
            status = error.fault.code
            raise
        finally:
            took_ms = round((self._monotonic() - began_s) * 1000, 3)
            self._note(Line(command[:4].hex().upper(), len(command), len(answer), status, took_ms))


def traced(read: ReadCard, note: Callable[[Line], None], monotonic: Callable[[], float] = time.monotonic) -> ReadCard:
    """The same reading, each of its exchanges noted."""

    def reading(transport: Transport, key: Key | None, tell: Tell) -> IdentityDocument | Staff:
        return read(TracedTransport(transport, note, monotonic), key, tell)

    return reading
