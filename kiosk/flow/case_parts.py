"""What a case comes to: the review, one part per department, the fees, the papers to bring and the earliest finish."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from kiosk.catalogue.model import Capture, Paper, Service
from kiosk.flow.case_plan import Case, fact_key, page_keys
from kiosk.flow.review import Json, as_json, fee_cents
from kiosk.flow.state import Consent, Filled, FlowState, ReviewGroup, ReviewItem

_APART: Final = frozenset({"signature", "payment"})
_DAYS: Final[Mapping[str, int]] = {"minutes": 0, "days": 1, "working_days": 1, "weeks": 5, "months": 21}


@dataclass(frozen=True)
class DepartmentPart:
    """All that one department learns of a case: for each of its matters the answers on that matter's path.

    A picture is stored once under the key by which several matters may name it.
    """

    department: str
    matters: Mapping[str, Mapping[str, Json]] = field(repr=False)
    attachments: Mapping[str, Capture] = field(repr=False)
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True)
class Fees:
    """Known fees in cents by currency, and the matters whose fee the department sets."""

    cents: Mapping[str, int]
    by_department: tuple[str, ...]


class NeededPaper(NamedTuple):
    """A paper to bring, once, and the matters that look at it."""

    paper: Paper
    used_for: tuple[str, ...]


class Finish(NamedTuple):
    """The earliest finish in working days along the dependencies, and the matters whose time nobody published."""

    working_days: int
    unknown: tuple[str, ...]


def sent_parts(case: Case) -> tuple[DepartmentPart, ...]:
    """What is handed in, department by department; a matter that only asks or pays has nothing to hand in."""
    sending = {s.id for s in case.plan.services if any(step.kind == "submit" for step in case.plan.walks[s.id].steps)}
    return tuple(found for name in departments(case) if (found := part(case, name, sending)).matters)


def departments(case: Case) -> tuple[str, ...]:
    """The departments of the case, in the order of its matters."""
    return tuple(dict.fromkeys(service.department for service in case.plan.services))


def department_facts(case: Case, department: str) -> dict[str, dict[str, Filled]]:
    """For each matter of a department, the facts that count on its path."""
    mine = [service for service in case.plan.services if service.department == department]
    return {service.id: dict(case.plan.walks[service.id].facts) for service in mine}


def part(case: Case, department: str, only: Collection[str] | None = None) -> DepartmentPart:
    """What goes to one department; `only` of these matters."""
    every = department_facts(case, department)
    facts = {matter: found for matter, found in every.items() if only is None or matter in only}
    matters = {matter: {name: as_json(f.value) for name, f in found.items()} for matter, found in facts.items()}
    attachments = {
        fact_key(case.catalogue, case.catalogue.services[matter], name): filled.value
        for matter, found in facts.items()
        for name, filled in found.items()
        if isinstance(filled.value, Capture)
    }
    given = tuple(each for each in standing_consents(case) if each.step.endswith(f"/{department}"))
    return DepartmentPart(department, matters, attachments, given)


def parts(case: Case) -> tuple[DepartmentPart, ...]:
    """One part for every department of the case."""
    return tuple(part(case, department) for department in departments(case))


def part_hash(case: Case, department: str) -> str:
    """SHA-256 (hex) over what the review shows of one department's matters; signature and payment stand apart."""
    shown: Json = [
        [
            matter,
            *([name, as_json(filled.value), filled.source] for name, filled in facts.items() if name not in _APART),
        ]
        for matter, facts in department_facts(case, department).items()
    ]
    text = json.dumps([case.catalogue.version, department, shown], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def case_hash(case: Case) -> str:
    """One hash over every department's part."""
    return hashlib.sha256("".join(part_hash(case, each) for each in departments(case)).encode()).hexdigest()


def standing_consents(case: Case) -> tuple[Consent, ...]:
    """The consents, signatures and the review that still cover what is shown now."""
    now = {"review": case_hash(case)}
    for department in departments(case):
        current = part_hash(case, department)
        now.update({f"consent/{department}": current, f"sign/{department}": current})
    return tuple(consent for consent in case.consents if now.get(consent.step) == consent.review_hash)


def review(case: Case) -> tuple[ReviewGroup, ...]:
    """Every answer once, by the page that asked it."""
    groups = []
    for page in case.plan.pages:
        if page.step.kind in ("sign", "pay"):
            continue
        keys = {name: key for name, key in page_keys(case, page).items() if key in case.facts}
        names = [name for name in _counting(case, page.step.instead, keys) if name in keys]
        items = tuple(_item(name, case.facts[keys[name]]) for name in names)
        groups += [ReviewGroup(page.id, items)] if items else []
    return tuple(groups)


def _counting(case: Case, instead: str | None, keys: Mapping[str, str]) -> tuple[str, ...]:
    if instead is not None and instead in keys and case.facts[keys[instead]].value is True:
        return (instead,)
    return tuple(name for name in keys if name != instead)


def _item(name: str, filled: Filled) -> ReviewItem:
    return ReviewItem(name, filled.value, filled.source, filled.locked)


def fees(case: Case) -> Fees:
    """The fees of all matters."""
    cents: dict[str, int] = {}
    unknown: list[str] = []
    for service in case.plan.services:
        fee = _fee(case, service)
        if fee is None:
            unknown.append(service.id)
        else:
            cents[service.fee.currency] = cents.get(service.fee.currency, 0) + fee
    return Fees(cents, tuple(unknown))


def _fee(case: Case, service: Service) -> int | None:
    facts = case.plan.walks[service.id].facts
    return fee_cents(replace(FlowState(case.catalogue, service, case.today, None), facts=facts))


def papers(case: Case) -> tuple[NeededPaper, ...]:
    """What to bring for the whole case, each paper once."""
    found: dict[str, NeededPaper] = {}
    for service in case.plan.services:
        for paper in service.bring:
            known = found.get(paper.id, NeededPaper(paper, ()))
            found[paper.id] = NeededPaper(known.paper, (*known.used_for, service.id))
    return tuple(found.values())


def earliest_finish(case: Case) -> Finish:
    """Matters run side by side unless one builds on another; an unknown time counts as nothing and is named."""
    done: dict[str, int] = {}
    unknown: list[str] = []
    for service in case.plan.services:
        begin = max((done[earlier] for earlier in service.after if earlier in done), default=0)
        if service.time is None:
            unknown.append(service.id)
        days = service.time.most * _DAYS[service.time.unit] if service.time else 0
        done[service.id] = begin + days
    return Finish(max(done.values(), default=0), tuple(unknown))
