"""Proves the whole catalogue by walking it: what loading one file at a time cannot see.

Loading already proves texts, names, types, the order of steps and that a portrait has another way.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kiosk.catalogue.conditions import ConditionDefectError
from kiosk.catalogue.findings import Finding
from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Service
from kiosk.flow.journeys import Journey, StuckError, journeys
from kiosk.flow.path import holds

_SHARED_TEXTS = ("paper", "rule")


def prove(catalogue: Catalogue, *, today: date) -> tuple[Finding, ...]:
    """Every step reached, every path ended, every fee row used, every fact and shared text used somewhere."""
    findings = [*_idle_facts(catalogue), *_idle_texts(catalogue)]
    for service in catalogue.services.values():
        findings += [Finding(f"services/{service.id}.toml", 1, why) for why in _service(catalogue, service, today)]
    return tuple(findings)


def _service(catalogue: Catalogue, service: Service, today: date) -> Iterator[str]:
    try:
        walks = journeys(catalogue, service.id, today=today)
    except (StuckError, ConditionDefectError) as error:
        yield str(error)
        return
    if not any(walk.outcome == "ended" for walk in walks):
        yield "no journey comes to its end"
    reached = {step for walk in walks for step in walk.steps}
    yield from (f"the step {step.id} is never reached" for step in service.steps if step.id not in reached)
    yield from _idle_fees(service, walks)


def _idle_fees(service: Service, walks: tuple[Journey, ...]) -> Iterator[str]:
    for number, row in enumerate(service.fee.rows, 1):
        condition = row.when
        if condition is not None and not any(
            holds(condition, walk.state.walk.facts, walk.state.today) for walk in walks
        ):
            yield f"row {number} of the fee table never applies"


def _idle_facts(catalogue: Catalogue) -> Iterator[Finding]:
    asked = {n for service in catalogue.services.values() for step in service.steps for n in (*step.ask, step.instead)}
    inside = {inner for name in asked if name is not None for inner in catalogue.facts[name].of}
    for name in catalogue.facts.keys() - asked - inside:
        yield Finding("facts.toml", 1, f"no service asks {name}")


def _idle_texts(catalogue: Catalogue) -> Iterator[Finding]:
    services = catalogue.services.values()
    used = {paper.text_key for service in services for paper in service.bring}
    used |= {rule.text_key for service in services for rule in service.rules}
    for group in _SHARED_TEXTS:
        for key in sorted(catalogue.texts.groups.get(group, frozenset()) - used):
            yield Finding("texts/en/catalogue.toml", 1, f"nothing shows the text {key}")
