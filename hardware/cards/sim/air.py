"""The time a contactless link takes, modelled: a card behind it answers no sooner than the radio would let it.

Type A at any bit rate: nine bit times a byte, frames of 256 bytes with 3 of their own, an acknowledgement for each
chained frame, and the frame delay time twice a frame (ISO/IEC 14443-3 and -4).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.cards.sim.vpcd import EmulatedCard

BITS_A_BYTE = 9
FRAME_BYTES = 253  # of information in a frame of 256
FRAME_OVERHEAD = 3
FRAME_DELAY_S = 2 * 0.00005
SPIN_S = 0.002  # longer than a sleep overshoots on a busy machine; shorter than a turn of the scheduler


def air_s(sent: int, received: int, bit_rate: int) -> float:
    """Seconds a command of `sent` bytes and its answer of `received` spend on the air at `bit_rate` bits a second."""
    there, back = -(-sent // FRAME_BYTES), -(-received // FRAME_BYTES)
    acknowledgements = FRAME_OVERHEAD * ((there - 1) + (back - 1))
    on_air = sent + received + FRAME_OVERHEAD * (there + back) + acknowledgements
    return BITS_A_BYTE * on_air / bit_rate + (there + back) * FRAME_DELAY_S


@dataclass
class AirLink:
    """A card behind the air: `spent_s` is the time its commands took there, `chip_s` the card's own.

    The end of each wait is turned, not slept: a sleep overshoots by a tenth of what the radio takes for a command.
    """

    card: EmulatedCard
    bit_rate: int = 424_000
    monotonic: Callable[[], float] = time.perf_counter
    spent_s: float = field(default=0.0, init=False)
    chip_s: float = field(default=0.0, init=False)
    commands: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.atr = self.card.atr

    def reset(self) -> None:
        """The card forgets its session; the counts go on."""
        self.card.reset()

    def clear(self) -> None:
        """Count anew."""
        self.spent_s, self.chip_s, self.commands = 0.0, 0.0, 0

    def respond(self, command: bytes) -> bytes:
        """The card's answer, after its own time and the air's."""
        began_s = self.monotonic()
        answer = self.card.respond(command)
        ready_s = self.monotonic()
        on_air_s = air_s(len(command), len(answer), self.bit_rate)
        self.chip_s += ready_s - began_s
        self.spent_s += on_air_s
        self.commands += 1
        time.sleep(max(0.0, on_air_s - SPIN_S))
        while self.monotonic() < ready_s + on_air_s:
            pass
        return answer
