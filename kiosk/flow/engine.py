"""The flow engine: start, answer, back, change, fill. Pure: a state and an intent in, a state or a refusal out.

Steps run in the order of the service's file; a condition only leaves a step out. What a page was told is kept for when
the resident comes back to it, but only what is answered on the path counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kiosk.catalogue.loader import Catalogue
from kiosk.catalogue.model import Rule, Step
from kiosk.flow.answers import Asking, is_empty, take
from kiosk.flow.path import counting, holds
from kiosk.flow.review import attachments, consent_record, consents, fee_cents, payload, review, review_hash
from kiosk.flow.state import NOTHING, Consent, Filled, FlowState, Problem, Refused
from kiosk.flow.validation import check

__all__ = [
    "answer",
    "attachments",
    "back",
    "change",
    "consent_record",
    "consents",
    "current",
    "fee_cents",
    "fill",
    "needed",
    "path",
    "payload",
    "position",
    "review",
    "review_hash",
    "shown",
    "start",
]
_COVERED = frozenset({"consent", "sign"})


def start(catalogue: Catalogue, service_id: str, *, today: date, prefill: Mapping[str, Filled] = NOTHING) -> FlowState:
    """The first step of a service (KeyError if it is not offered); `prefill` is what the visit knows already."""
    service = catalogue.services[service_id]
    return fill(FlowState(catalogue, service, today, service.steps[0].id), prefill)


def current(state: FlowState) -> Step | None:
    """The step to show, or None when the journey has ended."""
    return None if state.at is None else state.service.step(state.at)


def path(state: FlowState) -> tuple[Step, ...]:
    """The steps of this journey as far as they are known now."""
    return state.walk.steps


def position(state: FlowState) -> tuple[int, int]:
    """(n, m): this is step n of m; (m, m) when the journey has ended."""
    ids = [step.id for step in path(state)]
    return (ids.index(state.at) + 1 if state.at in ids else len(ids), len(ids))


def needed(state: FlowState, step: Step, fact_id: str) -> bool:
    """Whether the step cannot be left without that fact."""
    return not (fact_id in step.optional or state.catalogue.facts[fact_id].optional)


def shown(state: FlowState, fact_id: str) -> Filled | None:
    """What a page puts into a field: the answer, or what was answered before Back was touched."""
    return state.facts.get(fact_id) or state.remembered.get(fact_id)


def answer(state: FlowState, values: Mapping[str, object]) -> FlowState | Refused:
    """Take the answers of the current step and move on; an empty value (None or "") clears an optional fact."""
    step = current(state)
    if step is None:
        return state
    taken = take(step, values, _asking(state, step))
    if isinstance(taken, Refused):
        return taken
    answered = replace(state, facts=_merged(state, step, taken))
    errors = _broken_rules(answered, step) or _missing_consent(answered, step)
    return Refused(errors) if errors else _moved_on(state, answered, step)


def _asking(state: FlowState, step: Step) -> Asking:
    before = {**state.remembered, **state.facts}
    return Asking(state.catalogue.facts, before, frozenset(n for n in step.ask if needed(state, step, n)), state.today)


def _merged(state: FlowState, step: Step, taken: Mapping[str, Filled]) -> dict[str, Filled]:
    """The facts after an answer; what the step asked and did not get is gone."""
    gone = {*step.ask, *((step.instead,) if step.instead else ())}
    if step.instead in taken:
        gone -= set(step.ask)  # a picture taken before stays for Back, and does not count
    return {**{name: filled for name, filled in state.facts.items() if name not in gone}, **taken}


def _broken_rules(state: FlowState, step: Step) -> dict[str, Problem]:
    facts = state.walk.facts
    rules = [rule for rule in state.service.rules if rule.step == step.id]
    return {rule.on: _problem(state, rule, facts) for rule in rules if holds(rule.rule, facts, state.today) is False}


def _problem(state: FlowState, rule: Rule, facts: Mapping[str, Filled]) -> Problem:
    plain = {name: filled.value for name, filled in facts.items()}
    return Problem(rule.text_key, rule.rule.readings(plain, today=state.today))


def _missing_consent(state: FlowState, step: Step) -> dict[str, Problem]:
    if step.kind != "submit":
        return {}
    given = {consent.step for consent in consents(state)}
    wanted = {step.id for step in path(state) if step.kind in _COVERED}
    return {step.id: Problem("problem.consent_needed")} if wanted - given else {}


def _moved_on(before: FlowState, answered: FlowState, step: Step) -> FlowState:
    kept = _unless_changed(before, answered, step)
    consents_now = tuple(consent for consent in kept.consents if consent.step != step.id)
    if step.kind in _COVERED:
        consents_now = (*consents_now, Consent(step.id, review_hash(answered)))
    moved = replace(kept, done=kept.done | {step.id}, consents=consents_now, remembered=_unasked(before))
    target = _target(moved, step)
    if step.kind == "submit":
        return replace(moved, at=target, returning=False, history=())  # what is sent cannot be walked back into
    return replace(
        moved, at=target, returning=_still_returning(moved, target), history=(*before.history, _bare(before))
    )


def _unless_changed(before: FlowState, answered: FlowState, step: Step) -> FlowState:
    """What was agreed to stands only while the review shows the same."""
    covered = {each.id for each in answered.service.steps if each.kind in (*_COVERED, "review")}
    if not step.ask or not (answered.consents or answered.done & covered):
        return answered
    if review_hash(answered) == review_hash(before):
        return answered
    return replace(answered, done=answered.done - covered, consents=())


def _unasked(before: FlowState) -> Mapping[str, Filled]:
    step = current(before)
    asked = {*step.ask, step.instead} if step else set()
    return {name: filled for name, filled in before.remembered.items() if name not in asked}


def _bare(state: FlowState) -> FlowState:
    return replace(state, history=(), remembered=NOTHING)


def _target(state: FlowState, step: Step) -> str | None:
    """The next step; on the way back to the review, the first step that still needs an answer."""
    steps = state.walk.steps
    later = steps[[s.id for s in steps].index(step.id) + 1 :]
    if state.returning:
        open_steps = [s for s in later if s.kind == "review" or not _complete(state, s)]
        later = tuple(open_steps) or later
    return later[0].id if later else None


def _still_returning(state: FlowState, target: str | None) -> bool:
    return state.returning and target is not None and state.service.step(target).kind != "review"


def _complete(state: FlowState, step: Step) -> bool:
    """Whether a step was answered and its answers still stand."""
    if step.id not in state.done or _broken_rules(state, step):
        return False
    names = counting(step, state.facts)
    return all(name in state.facts or not needed(state, step, name) for name in names)


def back(state: FlowState) -> FlowState | None:
    """Exactly the state before the last step was answered; None at the first one, which leaves the service."""
    if not state.history:
        return None
    remembered = {**state.remembered, **state.facts}
    return replace(state.history[-1], history=state.history[:-1], remembered=remembered)


def change(state: FlowState, step_id: str) -> FlowState:
    """From the review to one step of the path; its answer leads back to the review (KeyError off the path)."""
    if step_id not in [step.id for step in path(state)]:
        raise KeyError(step_id)
    return replace(state, at=step_id, returning=True, history=(*state.history, _bare(state)))


def fill(state: FlowState, found: Mapping[str, Filled]) -> FlowState:
    """Take what a card, a document or iAM Smart says; what this service does not ask, or cannot be right, is left."""
    asked = {name for step in state.service.steps for name in step.ask}
    taken = {name: _filled(state, name, filled) for name, filled in found.items() if name in asked}
    facts = {**state.facts, **{name: filled for name, filled in taken.items() if filled is not None}}
    filled_state = replace(state, facts=facts)
    return replace(filled_state, consents=consents(filled_state))


def _filled(state: FlowState, name: str, filled: Filled) -> Filled | None:
    fact = state.catalogue.facts[name]
    value = None if is_empty(filled.value) else check(fact, filled.value, today=state.today)
    if value is None or isinstance(value, Problem):
        return None
    return Filled(value, filled.source, filled.locked or filled.source in fact.lock_from)
