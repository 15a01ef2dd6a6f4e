"""What a voice is: a device that is told what to say and never makes its caller wait."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from hardware.device import Fault, Tell

VoiceLanguage = Literal["en", "zh_Hant", "zh_Hans"]
"""English, Cantonese, Putonghua."""
QUIETEST: Final = 10


@dataclass(frozen=True)
class Utterance:
    """What to say: rate as a factor of the usual speed (0.5 to 2), volume in percent (10 to 100).

    `parts` are the sentences that `text` is made of: those that were recorded are played, the others synthesised.
    """

    text: str
    language: VoiceLanguage
    rate: float = 1.0
    volume: int = 60
    headset: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spoken:
    """The newest utterance was said to its end; told to the kiosk, without its text."""


class Voice(Protocol):
    """A device that speaks. `say` and `hush` may be called from any thread and return at once."""

    name: str

    def say(self, utterance: Utterance) -> None:
        """Say this now; what is being said stops."""

    def hush(self) -> None:
        """Say nothing more."""

    def open(self) -> Fault | None:
        """As every device."""

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """As every device."""

    def close(self) -> None:
        """As every device."""

    def interrupt(self) -> None:
        """As every device."""


class Mouth:
    """The one place where the newest utterance waits: a later one replaces it."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._next: Utterance | None = None
        self._turn = 0

    def put(self, utterance: Utterance | None) -> None:
        """Replace what waits; None says nothing more."""
        with self._condition:
            self._next = utterance
            self._turn += 1
            self._condition.notify_all()

    def wake(self) -> None:
        """Let `take` look at its stop flag."""
        with self._condition:
            self._condition.notify_all()

    def take(self, stop: threading.Event) -> tuple[Utterance, int] | None:
        """Wait for the next utterance and its turn; None when told to stop."""
        with self._condition:
            self._condition.wait_for(lambda: stop.is_set() or self._next is not None)
            if stop.is_set() or self._next is None:
                return None
            utterance, self._next = self._next, None
            return utterance, self._turn

    def still(self, turn: int) -> bool:
        """Whether that utterance is still the newest."""
        return turn == self._turn
