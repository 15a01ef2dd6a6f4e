"""A simulated broker: the software on the box and the back office behind the portal, with knobs."""

from __future__ import annotations

import itertools
import queue
from contextlib import suppress

from hardware.cards.documents import IdentityDocument
from hardware.cards.hkic import Artifact, OnReader, Token
from hardware.device import Fault

LASTS_S = 60.0


class SimulatedBroker:
    """Both ends of one broker. Knobs may be turned from any thread.

    It is as strict as a real one must be: a token reads one card, an artifact is resolved once.
    """

    def __init__(self, *, lasts_s: float = LASTS_S) -> None:
        self.lasts_s = lasts_s
        self.tokens = 0
        self._numbers = itertools.count(1)
        self._token = ""
        self._up = True
        self._happened: queue.SimpleQueue[OnReader | Artifact | Fault] = queue.SimpleQueue()
        self._read: dict[str, IdentityDocument] = {}

    def present(self, document: IdentityDocument | str) -> None:
        """Put a card on the broker's reader: a document, or any word for a card it cannot read."""
        self._happened.put(OnReader(True))
        if isinstance(document, str):
            self._happened.put(Fault("card_unknown"))
        elif not self._token:
            self._happened.put(Fault("card_unreadable", detail="no token"))
        else:
            artifact = Artifact(f"artifact-{next(self._numbers)}")
            self._token, self._read[artifact.value] = "", document
            self._happened.put(artifact)

    def pull_card(self) -> None:
        """Take the card away."""
        self._happened.put(OnReader(False))

    def go_down(self) -> None:
        """End the broker's software and the back office."""
        self._up = False
        self._happened.put(Fault("reader_lost", detail="broker"))

    def come_up(self) -> None:
        """Start both again."""
        self._up = True

    # ---- the back office

    def token(self) -> Token | Fault:
        """A token for one card."""
        if not self._up:
            return Fault("portal_unreachable")
        self.tokens += 1
        return Token(f"token-{next(self._numbers)}", self.lasts_s)

    def resolve(self, artifact: Artifact) -> IdentityDocument | Fault:
        """What the card says, once."""
        if not self._up:
            return Fault("card_timeout", detail="back office")
        return self._read.pop(artifact.value, None) or Fault("card_invalid", detail="artifact already resolved")

    # ---- the software on the box

    def begin(self, token: Token) -> Fault | None:
        """Wait for a card under this token."""
        self._token = token.value
        return None if self._up else Fault("reader_lost", detail="broker")

    def wait(self, timeout_s: float) -> OnReader | Artifact | Fault | None:
        """What happened next."""
        with suppress(queue.Empty):
            return self._happened.get(timeout=timeout_s)
        return None

    def cancel(self) -> None:
        """Wait for no card any more."""
        self._token = ""
