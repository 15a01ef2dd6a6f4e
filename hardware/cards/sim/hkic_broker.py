"""The broker's software on the box, simulated, with knobs; and a back office in memory for tests without a portal."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable
from contextlib import suppress

from hardware.cards.documents import IdentityDocument
from hardware.cards.hkic import Artifact, OnReader, Token
from hardware.device import Fault

LASTS_S = 60.0
ReadUnder = Callable[[Token, IdentityDocument], Artifact | Fault]
"""Brings a card that was read to the broker, under a token; may block."""


class SimulatedBrokerClient:
    """The software on the box: `read_under` brings its made-up cards to the broker. Knobs turn from any thread.

    It is as strict as a real one must be: a token reads one card.
    """

    def __init__(self, read_under: ReadUnder) -> None:
        self._read_under = read_under
        self._token: Token | None = None
        self._up = True
        self._happened: queue.SimpleQueue[OnReader | IdentityDocument | Fault] = queue.SimpleQueue()

    def present(self, document: IdentityDocument | str) -> None:
        """Put a card on the broker's reader: a document, or any word for a card it cannot read."""
        self._happened.put(OnReader(True))
        self._happened.put(Fault("card_unknown") if isinstance(document, str) else document)

    def pull_card(self) -> None:
        """Take the card away."""
        self._happened.put(OnReader(False))

    def go_down(self) -> None:
        """End the broker's software."""
        self._up = False
        self._happened.put(Fault("reader_lost", detail="broker"))

    def come_up(self) -> None:
        """Start it again."""
        self._up = True

    def begin(self, token: Token) -> Fault | None:
        """Wait for a card under this token."""
        self._token = token
        return None if self._up else Fault("reader_lost", detail="broker")

    def wait(self, timeout_s: float) -> OnReader | Artifact | Fault | None:
        """What happened next; a card is brought to the broker here, in the reader's own thread."""
        with suppress(queue.Empty):
            happened = self._happened.get(timeout=timeout_s)
            return self._read(happened) if isinstance(happened, IdentityDocument) else happened
        return None

    def _read(self, document: IdentityDocument) -> Artifact | Fault:
        token, self._token = self._token, None
        return self._read_under(token, document) if token is not None else Fault("card_unreadable", detail="no token")

    def cancel(self) -> None:
        """Wait for no card any more."""
        self._token = None


class SimulatedBackOffice:
    """The department's end, in memory: a token reads one card, an artifact is resolved once."""

    def __init__(self, *, lasts_s: float = LASTS_S) -> None:
        self.lasts_s = lasts_s
        self.tokens = 0
        self.up = True
        self._numbers = itertools.count(1)
        self._live = ""
        self._read: dict[str, IdentityDocument] = {}

    def token(self) -> Token | Fault:
        """A token for one card."""
        if not self.up:
            return Fault("portal_unreachable")
        self.tokens += 1
        self._live = f"token-{next(self._numbers)}"
        return Token(self._live, self.lasts_s)

    def read_under(self, token: Token, document: IdentityDocument) -> Artifact | Fault:
        """The broker's end: the artifact for a card that was read under this token."""
        if token.value != self._live:
            return Fault("card_unreadable", detail="token used")
        self._live, artifact = "", Artifact(f"artifact-{next(self._numbers)}")
        self._read[artifact.value] = document
        return artifact

    def resolve(self, artifact: Artifact) -> IdentityDocument | Fault:
        """What the card says, once."""
        if not self.up:
            return Fault("card_timeout", detail="back office")
        return self._read.pop(artifact.value, None) or Fault("card_invalid", detail="artifact already resolved")
