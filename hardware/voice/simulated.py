"""A voice for machines without one: keeps what it was told to say, newest last, and says each to its end at once."""

from __future__ import annotations

import threading
from collections import deque

from hardware.device import Fault, State, Status, Tell
from hardware.voice.voice import Mouth, Spoken, Utterance

KEPT = 4_000


class SimulatedVoice:
    """What a listener would have heard: the newest of it in `said`, how much in all in `count`.

    Knobs: `lose_sound()`, `restore()`.
    """

    name = "voice"

    def __init__(self) -> None:
        self.said: deque[Utterance] = deque(maxlen=KEPT)
        self.count = self.hushed = 0
        self._mouth = Mouth()
        self._lost = False

    def say(self, utterance: Utterance) -> None:
        """Keep it."""
        self.said.append(utterance)
        self.count += 1
        self._mouth.put(utterance)

    def hush(self) -> None:
        """Count it."""
        self.hushed += 1
        self._mouth.put(None)

    def forget(self) -> None:
        """Drop what was said: the visit is over."""
        self.said.clear()

    def lose_sound(self) -> None:
        """The sound device goes away."""
        self._lost = True
        self._mouth.wake()

    def restore(self) -> None:
        """It is back."""
        self._lost = False

    def open(self) -> Fault | None:
        """As every device."""
        return Fault("sound_lost") if self._lost else None

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Say each utterance to its end at once."""
        tell(Status(self.name, State.READY))
        while (taken := self._mouth.take(stop)) is not None:
            if self._lost:
                return Fault("sound_lost")
            if self._mouth.still(taken[1]):
                tell(Spoken())
        return None

    def close(self) -> None:
        """Nothing to close."""

    def interrupt(self) -> None:
        """Let `serve` look at its stop flag."""
        self._mouth.wake()
