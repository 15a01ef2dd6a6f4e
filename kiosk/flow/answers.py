"""Turns what a page hands over into the facts of one step, or into everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kiosk.catalogue.model import Fact, Item, Step, Value
from kiosk.flow.state import Filled, Problem, Refused
from kiosk.flow.validation import check


@dataclass(frozen=True)
class Asking:
    """What is known when a step is asked: the facts' descriptions, earlier answers, and which answers are needed."""

    facts: Mapping[str, Fact]
    before: Mapping[str, Filled]
    needed: frozenset[str]
    today: date


def take(step: Step, values: Mapping[str, object], asking: Asking) -> dict[str, Filled] | Refused:
    """The facts the step ends up with, or every problem with them; KeyError for a fact it does not ask."""
    allowed = {*step.ask, *((step.instead,) if step.instead else ())}
    if strange := set(values) - allowed:
        raise KeyError(f"step {step.id} does not ask {', '.join(sorted(strange))}")
    if step.instead is not None and values.get(step.instead) is True:
        return {step.instead: Filled(True)}
    found = {name: _one(name, values, asking) for name in step.ask}
    problems = {name: got for name, got in found.items() if isinstance(got, Problem)}
    return Refused(problems) if problems else {n: got for n, got in found.items() if isinstance(got, Filled)}


def _one(name: str, values: Mapping[str, object], asking: Asking) -> Filled | Problem | None:
    before = asking.before.get(name)
    fresh = asking.facts[name].type == "signature"  # signed anew each time, never carried over
    earlier = before.value if before and not fresh else None
    value = values.get(name, earlier)
    if is_empty(value):
        return _left_empty(name, before, asking)
    found = check(asking.facts[name], value, today=asking.today)
    if isinstance(found, tuple):
        found = _entries(asking.facts[name], found, asking)
    return found if isinstance(found, Problem) else _sourced(found, before)


def take_entry(
    fact: Fact, values: Mapping[str, object], facts: Mapping[str, Fact], *, today: date
) -> dict[str, Value] | Refused:
    """One entry of a list, checked like any answer: its tidied values, or what is wrong by inner fact id."""
    asking = Asking(facts, {}, frozenset(name for name in fact.of if not facts[name].optional), today)
    found = {name: _one(name, values, asking) for name in fact.of}
    problems = {name: got for name, got in found.items() if isinstance(got, Problem)}
    taken = {name: got.value for name, got in found.items() if isinstance(got, Filled)}
    return Refused(problems) if problems else taken


def _entries(fact: Fact, items: tuple[Item, ...], asking: Asking) -> tuple[Item, ...] | Problem:
    tidied: list[Item] = []
    for number, item in enumerate(items, 1):
        taken = take_entry(fact, item.values, asking.facts, today=asking.today)
        if isinstance(taken, Refused):
            return Problem("problem.list_entry", {"number": number})
        tidied.append(Item(item.id, taken))
    return tuple(tidied)


def is_empty(value: object) -> bool:
    """Whether a page handed over nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def _left_empty(name: str, before: Filled | None, asking: Asking) -> Problem | None:
    if before is not None and before.locked:
        return Problem("problem.locked")
    return Problem("problem.required") if name in asking.needed else None


def _sourced(value: Value, before: Filled | None) -> Filled | Problem:
    if before is not None and before.value == value:
        return before
    return Problem("problem.locked") if before is not None and before.locked else Filled(value)
