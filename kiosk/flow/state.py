"""The values that the flow engine takes and gives; all frozen, none shows an answer in its repr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Service, Value

NOTHING: Mapping[str, Filled] = MappingProxyType({})


@dataclass(frozen=True)
class Filled:
    """An answer and where it came from: `typed`, `card`, `document`, `iam_smart`…; a locked one cannot be edited."""

    value: Value = field(repr=False)
    source: str = "typed"
    locked: bool = False


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
