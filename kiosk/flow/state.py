"""The values that the flow engine takes and gives; all frozen, none shows an answer in its repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Service, Value
from kiosk.flow.filled import NOTHING, Filled
from kiosk.flow.path import Walk, walk

__all__ = ["NOTHING", "Consent", "Filled", "FlowState", "Problem", "Refused", "ReviewGroup", "ReviewItem"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer: a text id and the values its placeholders wait for."""

    text_key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """The answers that were not taken, by fact id; what concerns no single fact stands under the step's id."""

    errors: Mapping[str, Problem]


@dataclass(frozen=True)
class Consent:
    """Consent or signature: the step it was given at, and the hash of exactly what the review showed then."""

    step: str
    review_hash: str


@dataclass(frozen=True)
class FlowState:
    """One moment of one service's journey.

    `facts` decide everything; `remembered` only refills a page after Back and decides nothing, so it does not count
    when two states are compared. `history` holds the earlier moments, each without a history of its own.
    """

    catalogue: Catalogue = field(repr=False, compare=False)
    service: Service = field(repr=False, compare=False)
    today: date
    at: str | None
    facts: Mapping[str, Filled] = field(default_factory=lambda: NOTHING)
    done: frozenset[str] = frozenset()
    returning: bool = False
    consents: tuple[Consent, ...] = ()
    history: tuple[FlowState, ...] = field(default=(), repr=False)
    remembered: Mapping[str, Filled] = field(default_factory=lambda: NOTHING, repr=False, compare=False)

    @cached_property
    def walk(self) -> Walk:
        """Its path and the facts that count on it, worked out once for each moment."""
        return walk(self.service, self.facts, self.today)


class ReviewItem(NamedTuple):
    """One answer as the review shows it."""

    fact_id: str
    value: Value
    source: str
    locked: bool


class ReviewGroup(NamedTuple):
    """The answers of one step, in the order they were asked."""

    step_id: str
    items: tuple[ReviewItem, ...]
