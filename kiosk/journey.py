"""One interface over what a visit can go through: a service by itself, or a case of many matters.

Pure: an intent in, the next journey or a refusal out. `flow` is always the matter of the page that is shown, as its
service alone would see it; so whoever asks a department or draws a fee needs to know nothing of cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Protocol, Self

from kiosk.catalogue import Step
from kiosk.flow import case, engine
from kiosk.flow.case_plan import asked_by, fact_key, page_keys
from kiosk.flow.review import review_hash
from kiosk.flow.state import Consent, Filled, FlowState, Refused, ReviewGroup

_UNCOUNTED: Final = ("checklist", "submit")


class Journey(Protocol):
    """What a visit goes through; every move gives a new one. The id of a step is its own within the journey."""

    @property
    def step(self) -> Step | None:
        """The step to show; None at the end."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step as far as it is known now."""

    @property
    def flow(self) -> FlowState:
        """The matter of this page; of a page of all matters, the first one."""

    @property
    def matters(self) -> tuple[str, ...]:
        """The ids of its services."""

    def answer(self, values: Mapping[str, object]) -> Self | Refused:
        """Take the answers of the step that is shown."""

    def back(self) -> Self | None:
        """The moment before; None at the first one."""

    def change(self, step_id: str) -> Self:
        """From the review to one step."""

    def fill(self, found: Mapping[str, Filled]) -> Self:
        """Take what a card says."""

    def known(self, name: str) -> Filled | None:
        """What a page puts into a field."""

    def given(self, name: str) -> Filled | None:
        """What was answered here; not what is only remembered from before Back was touched."""

    def used_for(self) -> tuple[str, ...]:
        """The matters that use what this page asks."""

    def review(self) -> tuple[ReviewGroup, ...]:
        """Every answer by the step that asked it."""


@dataclass(frozen=True)
class Single:
    """One service by itself."""

    flow: FlowState

    @property
    def step(self) -> Step | None:
        """The step to show."""
        return engine.current(self.flow)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of its path."""
        return engine.path(self.flow)

    @property
    def matters(self) -> tuple[str, ...]:
        """The one service."""
        return (self.flow.service.id,)

    def answer(self, values: Mapping[str, object]) -> Single | Refused:
        """Take the answers of the step."""
        moved = engine.answer(self.flow, values)
        return moved if isinstance(moved, Refused) else Single(moved)

    def back(self) -> Single | None:
        """The moment before."""
        found = engine.back(self.flow)
        return None if found is None else Single(found)

    def change(self, step_id: str) -> Single:
        """From the review to one step."""
        return Single(engine.change(self.flow, step_id))

    def fill(self, found: Mapping[str, Filled]) -> Single:
        """Take what a card says."""
        return Single(engine.fill(self.flow, found))

    def known(self, name: str) -> Filled | None:
        """What a page puts into a field."""
        return engine.shown(self.flow, name)

    def given(self, name: str) -> Filled | None:
        """What was answered here."""
        return self.flow.facts.get(name)

    def used_for(self) -> tuple[str, ...]:
        """Nobody but this service."""
        return ()

    def review(self) -> tuple[ReviewGroup, ...]:
        """Every answer by step."""
        return engine.review(self.flow)


@dataclass(frozen=True)
class Bundle:
    """Many matters in one case; `event` is the life event they follow from, "" where a resident put them together."""

    moment: case.Case
    event: str = ""

    @cached_property
    def page(self) -> case.CaseStep | None:
        """The page of the case that is shown."""
        return case.current(self.moment)

    @property
    def step(self) -> Step | None:
        """The step to show, under the id of its page."""
        return None if self.page is None else replace(self.page.step, id=self.page.id)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The pages as steps."""
        return tuple(replace(page.step, id=page.id) for page in case.path(self.moment))

    @cached_property
    def flow(self) -> FlowState:
        """The matter of this page; of a page of all matters, the first one."""
        owner = self.page.owner if self.page else ""
        services = self.moment.plan.services or tuple(self.moment.catalogue.services[m] for m in self.moment.matters)
        mine = next((s for s in services if owner in (s.id, s.department)), services[0])
        return self.flow_of(mine.id)

    def flow_of(self, matter: str) -> FlowState:
        """One matter as its service alone would see it."""
        service = self.moment.catalogue.services[matter]
        names = {name for step in service.steps for name in asked_by(step)}
        keys = {name: fact_key(self.moment.catalogue, service, name) for name in names}
        facts = {name: self.moment.facts[key] for name, key in keys.items() if key in self.moment.facts}
        inner = self.page.id.partition("/")[2] if self.page and self.page.owner == matter else None
        state = FlowState(self.moment.catalogue, service, self.moment.today, inner, facts=facts)
        return replace(state, consents=self._agreed(state))

    def _agreed(self, state: FlowState) -> tuple[Consent, ...]:
        department, now = state.service.department, review_hash(state)
        kinds = [each.step.partition("/") for each in case.standing_consents(self.moment)]
        return tuple(Consent(kind, now) for kind, _, whose in kinds if whose == department)

    @property
    def matters(self) -> tuple[str, ...]:
        """Its matters in the order of their dependencies, without those that a rule excludes."""
        return tuple(service.id for service in self.moment.plan.services)

    @property
    def sent(self) -> bool:
        """Whether its parts are in the outbox."""
        return "submit" in self.moment.done

    def answer(self, values: Mapping[str, object]) -> Bundle | Refused:
        """Take the answers of the page."""
        moved = case.answer(self.moment, values)
        return moved if isinstance(moved, Refused) else replace(self, moment=moved)

    def back(self) -> Bundle | None:
        """The moment before."""
        found = case.back(self.moment)
        return None if found is None else replace(self, moment=found)

    def change(self, step_id: str) -> Bundle:
        """From the review to one page."""
        return replace(self, moment=case.change(self.moment, step_id))

    def drop(self, matter: str) -> Bundle:
        """Take a matter out; nothing is asked again."""
        return replace(self, moment=case.drop(self.moment, matter))

    def fill(self, found: Mapping[str, Filled]) -> Bundle:
        """Take what a card says."""
        return replace(self, moment=case.fill(self.moment, found))

    def known(self, name: str) -> Filled | None:
        """What a page puts into a field."""
        if self.page is not None and name in page_keys(self.moment, self.page):
            return case.shown(self.moment, self.page, name)
        return self.moment.facts.get(name)

    def given(self, name: str) -> Filled | None:
        """What was answered here."""
        keys = page_keys(self.moment, self.page) if self.page is not None else {}
        return self.moment.facts.get(keys.get(name, name))

    def used_for(self) -> tuple[str, ...]:
        """The matters that use what this page asks, in the order of the case."""
        users = {matter for found in (self.page.used_for.values() if self.page else ()) for matter in found}
        return tuple(matter for matter in self.matters if matter in users)

    def review(self) -> tuple[ReviewGroup, ...]:
        """Every answer once, by the page that asked it."""
        return case.review(self.moment)


def counted(journey: Journey) -> tuple[int, int]:
    """(n, m) of "step n of m"; checklist and sending are not counted."""
    ids = [step.id for step in journey.steps if step.kind not in _UNCOUNTED]
    step = journey.step
    return (ids.index(step.id) + 1 if step is not None and step.id in ids else len(ids)), len(ids)
