"""What the emulated printer feels, and how an ESC/POS printer says it in bytes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Sensors:
    """What the printer feels; the knobs turn these."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_jammed: bool = False
    cutter_will_jam: bool = False
    hot: bool = False
    mute: bool = False
    deaf: bool = False
    garbling: bool = False
    half_closed: bool = False
    unmarked: bool = False
    drawer_open: bool = False  # the level of pin 3 of the drawer's connector

    def blocked(self) -> bool:
        """Whether paper cannot move."""
        return self.paper_out or self.cover_open or self.cutter_jammed or self.hot

    def realtime(self, query: int) -> int:
        """The answer to DLE EOT `query`."""
        bits = {
            1: 0x08 * self.blocked() | 0x04 * self.drawer_open,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * (self.cutter_jammed or self.hot),
            3: 0x08 * self.cutter_jammed | 0x40 * self.hot,
            4: 0x0C * (self.paper_low or self.paper_out) | 0x60 * self.paper_out,
        }
        return 0x12 | bits.get(query, 0)

    def paper(self) -> int:
        """The answer to GS r 1, also the third ASB byte."""
        return 0x03 * (self.paper_low or self.paper_out) | 0x0C * self.paper_out

    def drawer(self) -> int:
        """The answer to GS r 2."""
        return 0x01 * self.drawer_open

    def asb(self) -> bytes:
        """The four bytes of an automatic status frame."""
        head = 0x10 | 0x04 * self.drawer_open | 0x08 * self.blocked() | 0x20 * self.cover_open
        return bytes((head, 0x08 * self.cutter_jammed | 0x40 * self.hot, self.paper(), 0x00))
