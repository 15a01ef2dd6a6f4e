"""The Hong Kong identity card through a broker, for its chip has no public protocol.

Public code of a department shows the shape: the back office asks the broker for a token, the broker's own software on
the box reads the card under that token, and what comes back is an artifact: a reference that only the back office can
turn into the card's data. The kiosk holds neither keys nor the protocol. The back office is the portal's (the kiosk's
`identity.card_broker` reaches it); the broker's software is site-supplied, and simulated in `sim.hkic_broker`. What
stands here is the interface of both and the device that drives it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.cards.documents import CardFault, CardGone, CardPresented, CardReading, IdentityDocument, IdentityRead
from hardware.cards.identify import Key
from hardware.device import Fault, State, Status, Tell

READER = "Identity card broker"
USED = 0.0  # when a token ended that has read its card
LOOK_S = 0.2  # how long one wait for the broker's software lasts, so that a stop is noticed


@dataclass(frozen=True, repr=False)
class Token:
    """What lets the broker's software read one card, at the broker's `address`; worth nothing after `lasts_s`."""

    value: str
    lasts_s: float
    address: str = ""

    def __repr__(self) -> str:
        return "Token(…)"


@dataclass(frozen=True, repr=False)
class Artifact:
    """A reference to what was read; only the back office can open it, once."""

    value: str

    def __repr__(self) -> str:
        return "Artifact(…)"


@dataclass(frozen=True)
class OnReader:
    """A card was put on the broker's reader, or taken from it."""

    present: bool


class BackOffice(Protocol):
    """The department's end, reached through the portal. Its calls may block and never raise for expected trouble."""

    def token(self) -> Token | Fault:
        """A token for one card."""

    def resolve(self, artifact: Artifact) -> IdentityDocument | Fault:
        """What the card says; an artifact is resolved once."""


class BrokerClient(Protocol):
    """The broker's software on this box."""

    def begin(self, token: Token) -> Fault | None:
        """Wait for a card under this token, instead of under the one before."""

    def wait(self, timeout_s: float) -> OnReader | Artifact | Fault | None:
        """What happened next, or None when nothing did for so long."""

    def cancel(self) -> None:
        """Wait for no card any more."""


class BrokerReader:
    """The broker as a card reader: tells the same events as any other, so that every screen works with it.

    A token is renewed before it ends. A broker or back office that does not answer is a lost reader, tried again by
    the supervisor; a card that cannot be read is a fault of that card.
    """

    def __init__(
        self,
        client: BrokerClient,
        office: BackOffice,
        *,
        name: str = "card",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.client = client
        self._office = office
        self._monotonic = monotonic
        self._until_s = USED
        self._present = False
        self._again = threading.Event()

    def open(self) -> Fault | None:
        """Ask for the first token."""
        self._present = False
        return self._renew()

    def close(self) -> None:
        """Wait for no card any more."""
        self.client.cancel()

    def interrupt(self) -> None:
        """Nothing to wake: no wait is longer than LOOK_S."""

    def look_again(self) -> None:
        """Read the card that lies there once more, under a new token."""
        self._again.set()

    def unlock(self, key: Key | None) -> None:
        """No key of ours opens this card."""

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Tell every card that comes until `stop`, or until broker or back office is lost."""
        while not stop.is_set():
            lost = self._renew() if self._due() else None
            happened = lost or self.client.wait(LOOK_S)
            fault = self._follow(happened, tell) if happened is not None else None
            if fault is not None:
                self._taken(tell)
                return fault
        return None

    def _due(self) -> bool:
        asked = self._again.is_set()
        self._again.clear()
        # a card that lies there is read under the token it was laid down under
        waiting = self._present and self._until_s != USED
        return asked or (not waiting and self._monotonic() >= self._until_s)

    def _renew(self) -> Fault | None:
        token = self._office.token()
        if isinstance(token, Fault):
            return Fault("reader_lost", detail=f"back office: {token.code}")
        self._until_s = self._monotonic() + token.lasts_s * 0.8
        return self.client.begin(token)

    def _follow(self, happened: OnReader | Artifact | Fault, tell: Tell) -> Fault | None:
        """Tell what happened; the fault that ends the service."""
        match happened:
            case OnReader(True):
                self._present = True
                tell(CardPresented(READER))
                tell(Status(self.name, State.BUSY))
                tell(CardReading(0, 2))
            case OnReader(False):
                self._taken(tell)
            case Artifact():
                tell(CardReading(1, 2))
                found = self._office.resolve(happened)
                self._until_s = USED
                if isinstance(found, IdentityDocument):
                    tell(CardReading(2, 2))
                tell(CardFault(found) if isinstance(found, Fault) else IdentityRead(found))
                tell(Status(self.name, State.READY))
            case Fault(code) if code == "reader_lost":
                return happened
            case Fault():
                tell(CardFault(happened))
                tell(Status(self.name, State.READY))
        return None

    def _taken(self, tell: Tell) -> None:
        if self._present:
            self._present = False
            tell(CardGone(READER))
