"""What leaves the kiosk: review, hash, fee and payload. The answers are made up."""

from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalogue import Capture, Catalogue
from kiosk.catalogue.conditions import ConditionDefectError
from kiosk.catalogue.model import Item, Payment, Slot, Value
from kiosk.flow import Filled, FlowState, engine
from kiosk.flow.review import as_json

TODAY = date(2026, 11, 22)


def state_of(catalogue: Catalogue, service_id: str, **facts: Value) -> FlowState:
    """A state with facts put in by hand."""
    state = engine.start(catalogue, service_id, today=TODAY)
    return replace(state, facts={name: Filled(value) for name, value in facts.items()})


@pytest.mark.parametrize(
    ("service_id", "facts", "cents"),
    [
        ("HK-COM-04", {"account_use": "filing"}, 0),
        ("HK-COM-04", {"account_use": "search", "further_accounts": 0}, 50_000),
        ("HK-COM-04", {"account_use": "search", "further_accounts": 3}, 80_000),
        ("HK-COM-04", {"account_use": "search"}, None),
        ("HK-COM-04", {"account_use": "filing", "further_accounts": 3}, 0),
        ("HK-COM-04", {}, None),
        ("HK-COM-03", {}, 1_209_000),
        ("HK-PRO-02", {"subscription_months": "twelve"}, 6_707_000),
        ("HK-IDD-01", {}, 28_300),
        ("HK-PRO-07", {}, None),
        ("GD-SOC-08", {"card_request": "first"}, 0),
        ("GD-SOC-08", {"card_request": "lost"}, None),
    ],
)
def test_the_fee_follows_the_table_in_whole_cents(
    catalogue: Catalogue, service_id: str, facts: dict[str, Value], cents: int | None
) -> None:
    assert engine.fee_cents(state_of(catalogue, service_id, **facts)) == cents


def test_a_condition_that_cannot_be_judged_stops_the_journey(catalogue: Catalogue) -> None:
    wrong = state_of(catalogue, "HK-PRO-10", birth_date="1950-01-02")
    with pytest.raises(ConditionDefectError):
        engine.path(wrong)


def test_the_hash_covers_values_sources_pictures_and_versions(catalogue: Catalogue) -> None:
    first = state_of(catalogue, "HK-WEL-01", hkid="A123456(3)", portrait=Capture("image/jpeg", b"one"))
    seen = {
        engine.review_hash(first),
        engine.review_hash(replace(first, facts={**first.facts, "hkid": Filled("G123456(A)")})),
        engine.review_hash(replace(first, facts={**first.facts, "hkid": Filled("A123456(3)", "card")})),
        engine.review_hash(replace(first, facts={**first.facts, "portrait": Filled(Capture("image/jpeg", b"two"))})),
        engine.review_hash(replace(first, catalogue=replace(catalogue, version="another"))),
    }
    assert len(seen) == 5


def test_what_the_service_does_not_ask_is_in_nothing(catalogue: Catalogue) -> None:
    plain = state_of(catalogue, "HK-WEL-01", hkid="A123456(3)")
    more = state_of(catalogue, "HK-WEL-01", hkid="A123456(3)", email="who@example.com", uscc="91350100M000100Y43")
    assert engine.payload(more) == engine.payload(plain)
    assert engine.review_hash(more) == engine.review_hash(plain)


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        (date(2026, 11, 22), "2026-11-22"),
        (True, True),
        (5, 5),
        ("x", "x"),
        (Slot("s1", "Sha Tin", "2026-12-01T09:00"), {"id": "s1", "office": "Sha Tin", "starts": "2026-12-01T09:00"}),
        (Payment("p1", 100, "fps"), {"reference": "p1", "cents": 100, "method": "fps"}),
        (
            (Item("i1", {"name": "A"}), Item("i2", {"name": "B"})),
            [{"id": "i1", "name": "A"}, {"id": "i2", "name": "B"}],
        ),
    ],
)
def test_every_kind_of_value_has_a_wire_form(value: Value, wire: object) -> None:
    assert as_json(value) == wire


def test_a_signature_is_asked_anew_and_covers_the_review(catalogue: Catalogue) -> None:
    """Changing an answer after signing voids the signature, and the old picture is not taken for a new one."""
    signed = Capture("image/png", b"made up signature")
    service = catalogue.services["HK-PRO-02"]
    state = engine.start(catalogue, service.id, today=TODAY)
    answers: list[dict[str, object]] = [
        {},
        {"organisation_name": "Example Ltd", "contact_name": "EXAMPLE", "email_needed": "who@example.com"},
        {"subscription_months": "six"},
        {},
        {},
        {"signature": signed},
    ]
    for values in answers:
        moved = engine.answer(state, values)
        assert isinstance(moved, FlowState)
        state = moved
    assert [consent.step for consent in engine.consents(state)] == ["consent", "sign"]
    assert [step.kind for step in engine.path(state)][-2:] == ["submit", "receipt"]
    changed = engine.answer(engine.change(state, "subscription_months"), {"subscription_months": "twelve"})
    assert isinstance(changed, FlowState)
    assert engine.consents(changed) == ()
    for values in ({}, {}):
        moved = engine.answer(changed, values)
        assert isinstance(moved, FlowState)
        changed = moved
    assert changed.at == "sign"
    assert not isinstance(engine.answer(changed, {}), FlowState)
