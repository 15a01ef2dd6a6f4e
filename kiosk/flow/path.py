"""Which steps a journey takes with the facts known now, and which facts those steps may count.

Conditions look only at facts that steps *on the path* asked: an answer left behind on a branch decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from kiosk.catalogue.conditions import Condition
from kiosk.catalogue.model import Service, Step
from kiosk.flow.filled import Filled


class Walk(NamedTuple):
    """The steps on the path, and the facts that count on it."""

    steps: tuple[Step, ...]
    facts: Mapping[str, Filled]


def walk(service: Service, facts: Mapping[str, Filled], today: date) -> Walk:
    """Go through the steps in order; raises ConditionDefectError if a condition cannot be judged."""
    steps: list[Step] = []
    counted: dict[str, Filled] = {}
    for step in service.steps:
        if step.when is None or holds(step.when, counted, today):
            steps.append(step)
            counted.update({name: facts[name] for name in counting(step, facts) if name in facts})
    return Walk(tuple(steps), counted)


def counting(step: Step, facts: Mapping[str, Filled]) -> tuple[str, ...]:
    """The facts that count at a step: what it asks, or only what took its place."""
    if step.instead is not None and step.instead in facts and facts[step.instead].value is True:
        return (step.instead,)
    return step.ask


def holds(condition: Condition, facts: Mapping[str, Filled], today: date) -> bool | None:
    """The condition over filled facts: True, False, or None while unknown."""
    return condition.holds({name: filled.value for name, filled in facts.items()}, today=today)
