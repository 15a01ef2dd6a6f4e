"""The moves of a case: open, answer, back, change, drop, fill. Pure, like the engine of a single service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kiosk.catalogue.loader import Catalogue
from kiosk.flow.answers import Asking, is_empty, take
from kiosk.flow.case_parts import (
    DepartmentPart,
    Fees,
    Finish,
    NeededPaper,
    case_hash,
    departments,
    earliest_finish,
    fees,
    papers,
    part_hash,
    parts,
    review,
    sent_parts,
    standing_consents,
)
from kiosk.flow.case_plan import Case, CaseStep, in_order, page_keys
from kiosk.flow.state import NOTHING, Consent, Filled, Problem, Refused
from kiosk.flow.validation import check

__all__ = [
    "Case",
    "CaseStep",
    "DepartmentPart",
    "Fees",
    "Finish",
    "NeededPaper",
    "answer",
    "answered",
    "back",
    "blocked",
    "change",
    "current",
    "departments",
    "drop",
    "earliest_finish",
    "fees",
    "fill",
    "open_case",
    "papers",
    "parts",
    "path",
    "position",
    "review",
    "sent_parts",
    "shown",
    "standing_consents",
]


def open_case(
    catalogue: Catalogue, matters: tuple[str, ...], *, today: date, prefill: Mapping[str, Filled] = NOTHING
) -> Case:
    """Begin a case; its matters are put into the order of their dependencies (KeyError for an unknown service)."""
    return fill(Case(catalogue, today, in_order(catalogue, matters)), prefill)


def path(case: Case) -> tuple[CaseStep, ...]:
    """Every page of the case as far as it is known now."""
    return case.plan.pages


def blocked(case: Case) -> Mapping[str, Problem]:
    """The matters that the answers exclude, each with the sentence that says why."""
    return case.plan.blocked


def current(case: Case) -> CaseStep | None:
    """The page to show: the one that is being changed, or the first that is still open; None at the end."""
    pages = path(case)
    changing = next((page for page in pages if page.id == case.changing), None)
    return changing or next((page for page in pages if not _closed(case, page)), None)


def _closed(case: Case, page: CaseStep) -> bool:
    if page.step.kind in ("consent", "sign", "review"):
        return any(consent.step == page.id for consent in standing_consents(case))
    if page.step.ask:
        return all(_told(case, page, name) for name in page.step.ask)
    return page.id in case.done


def answered(case: Case) -> frozenset[str]:
    """The matters that have all their answers, whoever's page asked them."""
    waiting = {
        matter
        for page in path(case)
        if page.used_for and not _closed(case, page)
        for users in page.used_for.values()
        for matter in users
    }
    return frozenset(service.id for service in case.plan.services) - waiting


def _told(case: Case, page: CaseStep, name: str) -> bool:
    keys = page_keys(case, page)
    other = case.facts.get(keys[page.step.instead]) if page.step.instead else None
    if other is not None and other.value is True:
        return True
    return keys[name] in case.told and (keys[name] in case.facts or name in page.step.optional)


def position(case: Case) -> tuple[int, int]:
    """(n, m): this is page n of m; (m, m) at the end."""
    ids, at = [page.id for page in path(case)], current(case)
    return (ids.index(at.id) + 1 if at else len(ids), len(ids))


def shown(case: Case, page: CaseStep, name: str) -> Filled | None:
    """What the page puts into a field."""
    key = page_keys(case, page)[name]
    return case.facts.get(key) or case.remembered.get(key)


def answer(case: Case, values: Mapping[str, object]) -> Case | Refused:
    """Take the answers of the current page and move on."""
    page = current(case)
    if page is None:
        return case
    taken = take(page.step, values, _asking(case, page))
    if isinstance(taken, Refused):
        return taken
    answered = _with(case, page, taken)
    errors = _unagreed(answered, page) or _broken_rules(case, answered, page)
    return Refused(errors) if errors else _moved(case, answered, page)


def _asking(case: Case, page: CaseStep) -> Asking:
    before = {name: filled for name in page.asked if (filled := shown(case, page, name)) is not None}
    return Asking(case.catalogue.facts, before, frozenset(page.step.ask) - set(page.step.optional), case.today)


def _with(case: Case, page: CaseStep, taken: Mapping[str, Filled]) -> Case:
    keys = page_keys(case, page)
    gone = set(keys.values())
    if page.step.instead in taken:
        gone -= {keys[name] for name in page.step.ask}
    kept = {key: filled for key, filled in case.facts.items() if key not in gone}
    facts = {**kept, **{keys[name]: filled for name, filled in taken.items()}}
    return replace(case, facts=facts, told=case.told | set(keys.values()))


def _unagreed(answered: Case, page: CaseStep) -> dict[str, Problem]:
    agreeing = [each for each in path(answered) if each.step.kind in ("consent", "sign")]
    if page.step.kind == "submit" and any(not _closed(answered, each) for each in agreeing):
        return {page.step.id: Problem("problem.consent_needed")}
    return {}


def _broken_rules(case: Case, answered: Case, page: CaseStep) -> dict[str, Problem]:
    """A rule refuses an answer that only its own matter uses, or that would leave no matter; otherwise it blocks."""
    new = {matter: problem for matter, problem in blocked(answered).items() if matter not in blocked(case)}
    users = {service for services in page.used_for.values() for service in services}
    nothing_left = not answered.plan.services
    told = {
        matter: problem
        for matter, problem in new.items()
        if nothing_left or users <= {matter} or _left_empty(case, matter, problem)
    }
    return {_place(case, matter, problem, page): problem for matter, problem in told.items()}


def _left_empty(case: Case, matter: str, problem: Problem) -> bool:
    """Whether the rule only wants something to be filled in: that is asked for, and no reason to lose a matter."""
    rules = [rule.rule for rule in case.catalogue.services[matter].rules if rule.text_key == problem.text_key]
    return any(f"answered({name})" in rule.text for rule in rules for name in rule.names)


def _place(case: Case, matter: str, problem: Problem, page: CaseStep) -> str:
    rules = case.catalogue.services[matter].rules
    on = next((rule.on for rule in rules if rule.text_key == problem.text_key), "")
    return on if on in page.step.ask else page.step.id


def _moved(case: Case, answered: Case, page: CaseStep) -> Case:
    given = tuple(consent for consent in standing_consents(answered) if consent.step != page.id)
    if page.step.kind in ("consent", "sign"):
        given = (*given, Consent(page.id, part_hash(answered, page.owner)))
    if page.step.kind == "review":
        given = (*given, Consent(page.id, case_hash(answered)))
    asked = set(page_keys(case, page).values())
    return replace(
        answered,
        consents=given,
        changing=None,
        done=case.done if page.step.ask else case.done | {page.id},
        history=() if page.step.kind == "submit" else (*case.history, _bare(case)),
        remembered={key: filled for key, filled in case.remembered.items() if key not in asked},
    )


def _bare(case: Case) -> Case:
    return replace(case, history=(), remembered=NOTHING)


def back(case: Case) -> Case | None:
    """Exactly the moment before the last move; None at the first one."""
    if not case.history:
        return None
    remembered = {**case.remembered, **case.facts}
    return replace(case.history[-1], history=case.history[:-1], remembered=remembered)


def change(case: Case, page_id: str) -> Case:
    """From the review to one page; its answer leads back (KeyError if it is not on the path)."""
    if page_id not in [page.id for page in path(case)]:
        raise KeyError(page_id)
    return replace(case, changing=page_id, history=(*case.history, _bare(case)))


def drop(case: Case, matter: str) -> Case:
    """Take a matter out; nothing that was answered is asked again."""
    left = tuple(each for each in case.matters if each != matter)
    return replace(case, matters=left, changing=None, history=(*case.history, _bare(case)))


def fill(case: Case, found: Mapping[str, Filled]) -> Case:
    """Take what a card or document says, as far as some matter asks it; its page still shows it before going on."""
    asked = {name for matter in case.matters for s in case.catalogue.services[matter].steps for name in s.ask}
    taken = {name: filled for name in asked & set(found) if (filled := _filled(case, name, found[name])) is not None}
    return replace(case, facts={**case.facts, **taken})


def _filled(case: Case, name: str, filled: Filled) -> Filled | None:
    fact = case.catalogue.facts[name]
    value = None if is_empty(filled.value) or not fact.shared else check(fact, filled.value, today=case.today)
    if value is None or isinstance(value, Problem):
        return None
    return Filled(value, filled.source, filled.locked or filled.source in fact.lock_from)
