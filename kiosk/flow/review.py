"""What a journey comes to: review, hash, fee, and what the department gets. Nothing off the path is in any of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from kiosk.catalogue.model import Capture, FeeRow, Item, Payment, Slot, Value
from kiosk.flow.path import counting, holds
from kiosk.flow.state import Consent, Filled, FlowState, ReviewGroup, ReviewItem

Json: TypeAlias = str | int | bool | list["Json"] | dict[str, "Json"] | None
_AFTER_REVIEW = frozenset({"sign", "pay"})


def review(state: FlowState) -> tuple[ReviewGroup, ...]:
    """Every answer on the path by the step that asked it; steps without an answer are left out."""
    facts = state.walk.facts
    groups = []
    for step in state.walk.steps:
        if step.kind in _AFTER_REVIEW:
            continue
        names = [name for name in counting(step, facts) if name in facts]
        items = tuple(ReviewItem(name, *_shown(facts[name])) for name in names)
        groups += [ReviewGroup(step.id, items)] if items else []
    return tuple(groups)


def _shown(filled: Filled) -> tuple[Value, str, bool]:
    return filled.value, filled.source, filled.locked


def review_hash(state: FlowState) -> str:
    """SHA-256 (hex) over exactly what the review shows: service, version, answers, pictures, fee."""
    shown: Json = {
        "service": state.service.id,
        "version": state.service.version,
        "catalogue": state.catalogue.version,
        "answers": [
            [group.step_id, [[i.fact_id, _hashed(i.value), i.source] for i in group.items]] for group in review(state)
        ],
        "fee_cents": fee_cents(state),
    }
    canonical = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _hashed_item(item: ReviewItem) -> Json:
    return [item.fact_id, _hashed(item.value), item.source]


def _hashed(value: Value) -> Json:
    return hashlib.sha256(value.data).hexdigest() if isinstance(value, Capture) else as_json(value)


def fee_cents(state: FlowState) -> int | None:
    """The fee in cents of the service's currency; None while unknown, or where the department sets it."""
    facts = state.walk.facts
    for row in state.service.fee.rows:
        held = True if row.when is None else holds(row.when, facts, state.today)
        if held is None:
            return None
        if held:
            return _row_cents(row, facts)
    return None


def _row_cents(row: FeeRow, facts: Mapping[str, Filled]) -> int | None:
    if row.cents is None or row.per is None:
        return row.cents
    count = facts[row.per].value if row.per in facts else None
    return row.cents + row.each_cents * count if isinstance(count, int) else None


def payload(state: FlowState) -> dict[str, Json]:
    """The answers on the path as JSON values; pictures are not in it (see `attachments`)."""
    facts = state.walk.facts
    return {name: as_json(filled.value) for name, filled in facts.items() if not isinstance(filled.value, Capture)}


def attachments(state: FlowState) -> tuple[tuple[str, Capture], ...]:
    """The pictures on the path, with the fact each one answers."""
    facts = state.walk.facts
    return tuple((name, filled.value) for name, filled in facts.items() if isinstance(filled.value, Capture))


def consents(state: FlowState) -> tuple[Consent, ...]:
    """The consents and signatures that still cover what the review shows now."""
    current = review_hash(state)
    return tuple(consent for consent in state.consents if consent.review_hash == current)


def consent_record(state: FlowState) -> dict[str, Json]:
    """What goes with the payload: what was agreed to, by which text, over which review."""
    return {
        consent.step: {
            "review_hash": consent.review_hash,
            "text": state.service.declaration_key,
            "catalogue_version": state.catalogue.version,
        }
        for consent in consents(state)
    }


def as_json(value: Value) -> Json:
    """The wire form of a value; a picture is its SHA-256."""
    match value:
        case date():
            return value.isoformat()
        case Capture():
            return hashlib.sha256(value.data).hexdigest()
        case Slot():
            return {"id": value.id, "office": value.office, "starts": value.starts}
        case Payment():
            return {"reference": value.reference, "cents": value.cents, "method": value.method}
        case tuple():
            return [_item(item) for item in value]
    return value


def _item(item: Item) -> Json:
    return {"id": item.id, **{name: as_json(value) for name, value in item.values.items()}}
