"""The part of a visit in which a slip is sent: where to, what is typed, what came of it. Wiped with the visit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kiosk.masking import masked_address
from kiosk.pages import Page
from offline_queue.sealing import SealedEnvelope
from offline_queue.slip_message import AddressFault, Way, parse_address

LONGEST: Final = {Way.EMAIL: 254, Way.SMS: 20}
FINAL: Final = frozenset({"sent", "uncertain", "waiting", "too_many", "enough"})
"""What came of a message after which the same one is not sent again."""


@dataclass(frozen=True)
class Target:
    """One address by one way."""

    way: Way
    address: str = field(repr=False)


@dataclass(frozen=True)
class SendEntry:
    """The page under way. `known` are addresses that were given before in this visit, one a way at most.

    `target` is what is being sent to; `outcome` is "" until it is known what came of it, then a word of `send.<word>`.
    """

    ways: tuple[Way, ...]
    known: tuple[Target, ...] = field(default=(), repr=False)
    picked: str = ""
    typing: Way | None = None
    typed: Mapping[Way, str] = field(default_factory=dict, repr=False)
    problem: str = ""
    target: Target | None = None
    outcome: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be picked: "known-<way>" and "new-<way>"."""
        found = [(way, f"known-{way}") for way in self.ways if way in {target.way for target in self.known}]
        return (*(name for _, name in found), *(f"new-{way}" for way in self.ways))

    @property
    def private(self) -> tuple[str, ...]:
        """Every address in here, as it may stand on a page."""
        found = [target.address for target in (*self.known, *((self.target,) if self.target else ()))]
        return (*self.typed.values(), *found, *map(masked_address, found))

    def known_by(self, way: Way) -> Target | None:
        """The address that was given before."""
        return next((target for target in self.known if target.way is way), None)


def begun(ways: Collection[Way], given: Mapping[Way, str]) -> SendEntry:
    """The page as it opens. A given address that nothing can be sent to is not offered."""
    offered = tuple(way for way in Way if way in ways)
    known = [Target(way, found) for way in offered if isinstance(found := parse_address(way, given.get(way, "")), str)]
    entry = SendEntry(offered, tuple(known))
    return replace(entry, picked=entry.choices[0]) if len(entry.choices) == 1 else entry


class Sending:
    """What a resident does to have a slip sent; `posted` is what this visit has handed in."""

    direction: int
    sending: SendEntry | None
    posted: dict[Target, SealedEnvelope]

    def forget_sending(self) -> None:
        """Wipe addresses and all."""
        self.sending, self.posted = None, {}

    def open_sending(self, entry: SendEntry) -> None:
        """Touch "send" on the page of the slip."""
        self.sending, self.direction = entry, 1

    def send_page(self) -> Page:
        """Which of these pages stands over the slip's."""
        if self.sending is None:
            return Page.SLIP
        return Page.SEND if self.sending.typing is None else Page.SEND_TO

    def pick_target(self, choice: str) -> None:
        """Touch one of the ways."""
        if self.sending is not None and choice in self.sending.choices:
            self.sending = replace(self.sending, picked=choice)

    def type_address(self, text: str) -> None:
        """Replace what stands in the field."""
        entry = self.sending
        if entry is not None and entry.typing is not None:
            kept = "".join(char for char in text if char.isprintable())[: LONGEST[entry.typing]]
            self.sending = replace(entry, typed={**entry.typed, entry.typing: kept}, problem="")

    def send_on(self) -> Target | None:
        """Touch the yellow button: the address to send to now, or None and another page, or the same with a problem."""
        entry = self.sending
        if entry is None:
            return None
        if entry.typing is not None:
            return self._typed_target(entry, entry.typing)
        kind, _, word = entry.picked.partition("-")
        way = next((each for each in Way if each == word), None)
        if way is None or kind == "known":
            return None if way is None else entry.known_by(way)
        self.sending, self.direction = replace(entry, typing=way, problem=""), 1
        return None

    def _typed_target(self, entry: SendEntry, way: Way) -> Target | None:
        found = parse_address(way, entry.typed.get(way, ""))
        if isinstance(found, AddressFault):
            self.sending = replace(entry, problem=found.code)
            return None
        return Target(way, found)

    def hand_over(self, target: Target) -> None:
        """The message is on its way: back on the first page, which waits for what comes of it."""
        if self.sending is not None:
            self.sending, self.direction = replace(self.sending, typing=None, target=target, outcome=""), 1

    def sent(self, outcome: str) -> None:
        """What came of it."""
        if self.sending is not None:
            self.sending = replace(self.sending, outcome=outcome)

    def back_from_sending(self) -> None:
        """Touch Back, or the yellow button at the end: from the field to the ways, from the ways to the slip."""
        entry, self.direction = self.sending, -1
        if entry is not None and (entry.typing is not None or entry.outcome):
            self.sending = replace(entry, typing=None, problem="", target=None, outcome="")
        else:
            self.sending = None

    def leave_sending(self) -> None:
        """It is sent: back to the slip."""
        self.sending, self.direction = None, -1
