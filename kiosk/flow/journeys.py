"""Walks a service by itself: made-up answers in every pair of choices, so that no branch is left unwalked.

Used by the department's check and report, and by the tests; the answers belong to nobody.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Capture, Fact, Item, Payment, Service, Slot, Step, Value
from kiosk.flow import engine
from kiosk.flow.state import FlowState, Refused

MOST_STEPS: Final = 80
_PICTURE: Final = Capture("image/jpeg", b"made up")
_SAMPLES: Final[Mapping[str, Value]] = {
    "text": "Example",
    "hkid": "A123456(3)",
    "resident_id": "11010519491231002X",
    "permit": "H01234567",
    "passport": "K01234567",
    "phone": "91234567",
    "email": "who@example.com",
    "address": "Flat A, 1 Example Road",
    "yes_no": True,
    "document": _PICTURE,
    "portrait": _PICTURE,
    "signature": _PICTURE,
    "slot": Slot("made-up", "Example office", "2030-01-02T09:00"),
    "payment": Payment("made-up", 100, "simulated"),
}
_FORMATTED: Final[Mapping[str, str]] = {
    "latin": "EXAMPLE PERSON",
    "han": "陳小明",
    "brn": "77054426",
    "uscc": "91350100M000100Y43",
    "digits": "12345678",
    "alphanumeric": "AB1234",
}
# Whole years before today by kind of person; the first that the rules let pass is used.
_AGES: Final[Mapping[object, tuple[int, ...]]] = {
    "old": (70, 61, 40, 20, 17, 12, 5, 0),
    "adult": (40, 61, 70, 20, 17, 12, 5, 0),
    "minor": (17, 12, 5, 0, 20, 40, 61, 70),
}
_DAYS: Final = (30, -30, 90, -90, 200, -200, 0, 800, -800)

Choices = Mapping[str, object]
Outcome = Literal["ended", "stopped"]


@dataclass(frozen=True)
class Journey:
    """One walk: what was chosen, the state at each step it came to, and whether it ended or a rule stopped it."""

    choices: Choices
    moments: tuple[FlowState, ...]
    outcome: Outcome
    state: FlowState

    @property
    def steps(self) -> tuple[str, ...]:
        """The ids of the steps it went through."""
        return tuple(moment.at or "" for moment in self.moments)


class StuckError(Exception):
    """A journey that neither ends nor is stopped by a rule: a dead end in the service."""


def journeys(catalogue: Catalogue, service_id: str, *, today: date) -> tuple[Journey, ...]:
    """Walk the service once per row of a table in which every pair of choices occurs."""
    rows = pairwise(dimensions(catalogue.services[service_id], catalogue.facts))
    return tuple(_walk(catalogue, service_id, today, row) for row in rows)


def pages(catalogue: Catalogue, service_id: str, *, today: date) -> dict[str, FlowState]:
    """A state that stands at each step of the service, with made-up answers before it: what a preview draws."""
    found: dict[str, FlowState] = {}
    for journey in journeys(catalogue, service_id, today=today):
        for moment in journey.moments:
            found.setdefault(moment.at or "", moment)
    order = [step.id for step in catalogue.services[service_id].steps]
    return {step: found[step] for step in order if step in found}


def dimensions(service: Service, facts: Mapping[str, Fact]) -> dict[str, tuple[object, ...]]:
    """What a resident can choose or be: choices, yes or no, an age that matters, a way around a picture, no answer."""
    found: dict[str, tuple[object, ...]] = {}
    judged = {name for step in service.steps if step.when for name in step.when.names}
    for step in service.steps:
        found.update({name: _values(facts[name], step) for name in step.ask})
        found.update({name: tuple(_AGES) for name in step.ask if name in judged and facts[name].type == "date"})
        if step.instead:
            found[step.instead] = (False, True)
    return {name: values for name, values in found.items() if len(values) > 1}


def _values(fact: Fact, step: Step) -> tuple[object, ...]:
    values: tuple[object, ...] = fact.choices or ((True, False) if fact.type == "yes_no" else ("given",))
    return (*values, None) if fact.optional or fact.id in step.optional else values


def pairwise(axes: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Few rows that together hold every pair of values of any two axes (greedy)."""
    names = list(axes)
    left = {
        ((a, x), (b, y))
        for a, b in itertools.combinations(names, 2)
        for x in range(len(axes[a]))
        for y in range(len(axes[b]))
    }
    rows: list[dict[str, int]] = []
    while left:
        row = dict(min(left))
        for name in names:
            row.setdefault(name, _most_new(name, axes, row, left))
        left -= set(itertools.combinations([(name, row[name]) for name in names], 2))
        rows.append(row)
    rows = rows or [dict.fromkeys(names, 0)] + [{name: place} for name in names for place in range(1, len(axes[name]))]
    return [{name: axes[name][place] for name, place in row.items()} for row in rows]


def _most_new(
    name: str,
    axes: Mapping[str, Sequence[object]],
    row: Mapping[str, int],
    left: set[tuple[tuple[str, int], tuple[str, int]]],
) -> int:
    def new(place: int) -> int:
        mine = (name, place)
        return sum(((other, at), mine) in left or (mine, (other, at)) in left for other, at in row.items())

    return max(range(len(axes[name])), key=new)


def _walk(catalogue: Catalogue, service_id: str, today: date, choices: Choices) -> Journey:
    state = engine.start(catalogue, service_id, today=today)
    seen: list[FlowState] = []
    while (step := engine.current(state)) is not None:
        if len(seen) > MOST_STEPS:
            raise StuckError(f"{service_id} does not end")
        seen.append(state)
        moved = _answered(state, step, choices)
        if moved is None:
            return Journey(choices, tuple(seen), "stopped", state)
        state = moved
    return Journey(choices, tuple(seen), "ended", state)


def _answered(state: FlowState, step: Step, choices: Choices) -> FlowState | None:
    refused: Refused | None = None
    for values in sample_answers(state.catalogue.facts, state.today, step, choices):
        moved = engine.answer(state, values)
        if isinstance(moved, FlowState):
            return moved
        refused = moved
    keys = [problem.text_key for problem in refused.errors.values()] if refused else []
    if keys and all("rule." in key for key in keys):
        return None
    raise StuckError(f"{state.service.id} takes no made-up answer at {step.id}: {', '.join(keys)}")


def sample_answers(facts: Mapping[str, Fact], today: date, step: Step, choices: Choices) -> Iterator[dict[str, object]]:
    """Answers for one step, dates and numbers tried near and far until the rules let one pass."""
    if step.instead and choices.get(step.instead) is True:
        yield {step.instead: True}
        return
    pools = [_pool(facts, today, facts[name], choices) for name in step.ask]
    yield from itertools.islice((dict(zip(step.ask, row, strict=True)) for row in itertools.product(*pools)), 400)


def _pool(facts: Mapping[str, Fact], today: date, fact: Fact, choices: Choices) -> Sequence[object]:
    chosen = choices.get(fact.id, fact.choices[0] if fact.choices else "given")
    if chosen is None or fact.choices or (fact.type == "yes_no" and chosen != "given"):
        return (chosen,)
    if fact.type == "date":
        return _dates(today, _AGES.get(chosen, _AGES["old"]))
    return (_sample(facts, today, fact),)


def _dates(today: date, ages: Sequence[int]) -> list[date]:
    years = [today.replace(year=today.year - age, month=1, day=1) for age in ages]
    return years + [today + timedelta(days=days) for days in _DAYS]


def _sample(facts: Mapping[str, Fact], today: date, fact: Fact) -> Value:
    if fact.type in ("number", "money"):
        return fact.least or min(1, fact.most or 1)
    if fact.type == "list":
        return tuple(Item(f"made-up-{place}", _item(facts, today, fact)) for place in range(max(1, fact.least or 1)))
    if fact.type in ("text", "name"):
        return _FORMATTED.get(fact.format, "Example").ljust(fact.least or 0, "e")[: fact.most or 60]
    return _SAMPLES[fact.type]


def _item(facts: Mapping[str, Fact], today: date, fact: Fact) -> dict[str, Value]:
    inner = [facts[name] for name in fact.of]
    return {each.id: each.choices[0] if each.choices else _plain(facts, today, each) for each in inner}


def _plain(facts: Mapping[str, Fact], today: date, fact: Fact) -> Value:
    return today.replace(year=today.year - 10, day=1) if fact.type == "date" else _sample(facts, today, fact)
