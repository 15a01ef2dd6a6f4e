"""One case, many matters: which pages it has, who asks a shared fact first, and which matters a rule excludes.

A case keeps one pool of facts. Every matter walks its own service over that pool, so its conditions, fee and payload
are exactly those of the service alone; the case only decides at which page a fact is asked. A matter that a rule
excludes (too young, say) is blocked and left out, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Service, Step
from kiosk.flow.path import Walk, holds, walk
from kiosk.flow.state import NOTHING, Consent, Filled, Problem

_ASKING: Final = frozenset({"identify", "form", "choice", "list", "document", "portrait", "slot"})


@dataclass(frozen=True)
class CaseStep:
    """One page of a case: `owner` is the service that asks first, the department that is agreed with, or "".

    `used_for` tells for each fact of the page which services use the answer.
    """

    id: str
    owner: str
    step: Step
    used_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def asked(self) -> tuple[str, ...]:
        """The facts it may hand over, the one that takes the place of the others included."""
        return asked_by(self.step)


class Plan(NamedTuple):
    """What a case comes to with the facts known now."""

    blocked: Mapping[str, Problem]
    services: tuple[Service, ...]
    walks: Mapping[str, Walk]
    pages: tuple[CaseStep, ...]


@dataclass(frozen=True)
class Case:
    """One moment of a case. Facts stand under their own name, or under "owner/name" if every matter has its own."""

    catalogue: Catalogue = field(repr=False, compare=False)
    today: date
    matters: tuple[str, ...]
    facts: Mapping[str, Filled] = field(default_factory=lambda: NOTHING)
    told: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    consents: tuple[Consent, ...] = ()
    changing: str | None = None
    history: tuple[Case, ...] = field(default=(), repr=False)
    remembered: Mapping[str, Filled] = field(default_factory=lambda: NOTHING, repr=False, compare=False)

    @cached_property
    def plan(self) -> Plan:
        """Its pages, worked out once for each moment."""
        return _planned(self)


def asked_by(step: Step) -> tuple[str, ...]:
    """The facts a step may be answered with."""
    return (*step.ask, step.instead) if step.instead else step.ask


def in_order(catalogue: Catalogue, matters: tuple[str, ...]) -> tuple[str, ...]:
    """Each matter after those it builds on, otherwise as given; a matter given twice counts once."""
    ordered: list[str] = []

    def place(service_id: str, above: frozenset[str]) -> None:
        if service_id in ordered or service_id in above:
            return
        for earlier in catalogue.services[service_id].after:
            if earlier in matters:
                place(earlier, above | {service_id})
        ordered.append(service_id)

    for service_id in matters:
        place(service_id, frozenset())
    return tuple(ordered)


def fact_key(catalogue: Catalogue, service: Service, name: str) -> str:
    """Where the pool keeps a fact for a matter: one signature a department, one payment a bill."""
    fact = catalogue.facts[name]
    if fact.type == "signature":
        return f"{service.department}/{name}"
    return name if fact.shared and fact.type != "payment" else f"{service.id}/{name}"


def page_keys(case: Case, page: CaseStep) -> dict[str, str]:
    """Where the pool keeps what a page asks."""
    if page.step.kind == "sign":
        return {name: f"{page.owner}/{name}" for name in page.step.ask}
    if not page.owner or not page.step.ask:
        return {name: name for name in page.step.ask}
    service = case.catalogue.services[page.owner]
    return {name: fact_key(case.catalogue, service, name) for name in page.asked}


def _planned(case: Case) -> Plan:
    every = [case.catalogue.services[matter] for matter in case.matters]
    walks = {service.id: _walk(case, service) for service in every}
    blocked = {service.id: problem for service in every if (problem := _excluded(case, service, walks[service.id]))}
    active = tuple(service for service in every if service.id not in blocked)
    return Plan(blocked, active, walks, tuple(_pages(case, active, walks)))


def _walk(case: Case, service: Service) -> Walk:
    names = {name for step in service.steps for name in asked_by(step)}
    keys = {name: fact_key(case.catalogue, service, name) for name in names}
    return walk(service, {name: case.facts[key] for name, key in keys.items() if key in case.facts}, case.today)


def _excluded(case: Case, service: Service, found: Walk) -> Problem | None:
    for rule in service.rules:
        told = all(fact_key(case.catalogue, service, name) in case.told for name in rule.rule.names)
        if told and holds(rule.rule, found.facts, case.today) is False:
            plain = {name: filled.value for name, filled in found.facts.items()}
            return Problem(rule.text_key, rule.rule.readings(plain, today=case.today))
    return None


def _pages(case: Case, active: tuple[Service, ...], walks: Mapping[str, Walk]) -> Iterator[CaseStep]:
    kinds = {step.kind for service in active for step in walks[service.id].steps}
    yield _common("checklist")
    yield from _asking_pages(case, active, walks)
    if "consent" in kinds:
        yield _common("review")
        yield from _department_pages(active, walks, "consent")
        yield from _department_pages(active, walks, "sign")
    yield from _own_pages(active, walks, ("result", "pay"), paid=True)
    if "submit" in kinds:
        yield _common("submit")
    yield from _own_pages(active, walks, ("result",), paid=False)
    yield _common("receipt")


def _common(kind: str) -> CaseStep:
    return CaseStep(kind, "", Step(kind, kind, f"step.{kind}.title"))


def _asking_pages(case: Case, active: tuple[Service, ...], walks: Mapping[str, Walk]) -> Iterator[CaseStep]:
    asked: set[str] = set()
    users = _users(case, active, walks)
    needed = _needed(case, active)
    for service in active:
        for step in walks[service.id].steps:
            names = (*step.ask, *_identities(case, active, walks)) if step.kind == "identify" else step.ask
            keys = {name: fact_key(case.catalogue, service, name) for name in names}
            left = tuple(name for name in keys if keys[name] not in asked)
            if step.kind not in _ASKING or not left:
                continue
            asked.update(keys.values())
            optional = tuple(name for name in left if keys[name] not in needed)
            narrowed = replace(
                step,
                ask=left,
                optional=optional,
                title_key=_title(case, step, left),
                liveness=_challenged(case, active, walks, set(keys.values())),
            )
            yield CaseStep(f"{service.id}/{step.id}", service.id, narrowed, {name: users[keys[name]] for name in left})


def _challenged(case: Case, active: tuple[Service, ...], walks: Mapping[str, Walk], keys: set[str]) -> bool:
    """Whether any matter that uses these answers offers the challenge before a comparison."""
    return any(
        step.liveness and fact_key(case.catalogue, service, step.ask[0]) in keys
        for service in active
        for step in walks[service.id].steps
    )


def _identities(case: Case, active: tuple[Service, ...], walks: Mapping[str, Walk]) -> Iterator[str]:
    """What every matter asks of an identity: one card, read once, answers for all."""
    for service in active:
        for step in walks[service.id].steps:
            if step.kind == "identify":
                yield from (name for name in step.ask if case.catalogue.facts[name].shared)


def _title(case: Case, step: Step, left: tuple[str, ...]) -> str:
    return case.catalogue.facts[left[0]].label_key if len(left) == 1 and left != step.ask else step.title_key


def _users(case: Case, active: tuple[Service, ...], walks: Mapping[str, Walk]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for service in active:
        for name in (name for step in walks[service.id].steps for name in step.ask):
            key = fact_key(case.catalogue, service, name)
            found[key] = (*found.get(key, ()), service.id)
    return found


def _needed(case: Case, active: tuple[Service, ...]) -> set[str]:
    """The facts that some matter cannot do without."""
    return {
        fact_key(case.catalogue, service, name)
        for service in active
        for step in service.steps
        for name in step.ask
        if name not in step.optional and not case.catalogue.facts[name].optional
    }


def _department_pages(active: tuple[Service, ...], walks: Mapping[str, Walk], kind: str) -> Iterator[CaseStep]:
    """One page of a kind for every department that wants it."""
    wanted: dict[str, Step] = {}
    for service in active:
        for step in walks[service.id].steps:
            if step.kind == kind:
                wanted.setdefault(service.department, step)
    for department, step in wanted.items():
        yield CaseStep(f"{kind}/{department}", department, step)


def _own_pages(
    active: tuple[Service, ...], walks: Mapping[str, Walk], kinds: tuple[str, ...], *, paid: bool
) -> Iterator[CaseStep]:
    """What departments answer: bills and their payment before everything is sent, results after it."""
    for service in active:
        steps = walks[service.id].steps
        if any(step.kind == "pay" for step in steps) == paid:
            for step in steps:
                if step.kind in kinds:
                    yield CaseStep(f"{service.id}/{step.id}", service.id, step)
