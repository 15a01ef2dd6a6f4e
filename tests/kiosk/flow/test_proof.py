"""The catalogue proves itself, and the proof notices what is wrong."""

from dataclasses import replace
from datetime import date

from kiosk.catalogue import Catalogue
from kiosk.catalogue.conditions import parse
from kiosk.catalogue.fact_file import condition_kinds
from kiosk.flow.journeys import pages
from kiosk.flow.proof import prove

TODAY = date(2026, 11, 22)


def spoilt(catalogue: Catalogue, service_id: str, **changes: object) -> Catalogue:
    service = replace(catalogue.services[service_id], **changes)  # type: ignore[arg-type]
    return replace(catalogue, services={service_id: service})


def test_the_committed_catalogue_has_no_finding(catalogue: Catalogue) -> None:
    assert prove(catalogue, today=TODAY) == ()


def test_a_step_that_is_never_reached_is_found(catalogue: Catalogue) -> None:
    service = catalogue.services["HK-WEL-01"]
    never = parse("senior_card_request == 'first' and senior_card_request != 'first'", condition_kinds(catalogue.facts))
    steps = tuple(replace(step, when=never) if step.id == "address" else step for step in service.steps)
    found = prove(spoilt(catalogue, "HK-WEL-01", steps=steps), today=TODAY)
    assert "the step address is never reached" in [finding.why for finding in found]


def test_a_service_nobody_can_finish_is_found(catalogue: Catalogue) -> None:
    service = catalogue.services["HK-WEL-01"]
    nobody = parse("applicant.age > 200", condition_kinds(catalogue.facts))
    rules = tuple(replace(rule, rule=nobody) for rule in service.rules)
    found = prove(spoilt(catalogue, "HK-WEL-01", rules=rules), today=TODAY)
    assert "no journey comes to its end" in [finding.why for finding in found]


def test_a_fact_that_nobody_asks_is_found(catalogue: Catalogue) -> None:
    found = prove(spoilt(catalogue, "HK-WEL-01"), today=TODAY)
    assert "no service asks uscc" in [finding.why for finding in found]


def test_a_fee_row_that_never_applies_is_found(catalogue: Catalogue) -> None:
    service = catalogue.services["HK-WEL-01"]
    never = parse("applicant.age < 65", condition_kinds(catalogue.facts))
    fee = replace(service.fee, rows=(replace(service.fee.rows[0], when=never),))
    found = prove(spoilt(catalogue, "HK-WEL-01", fee=fee), today=TODAY)
    assert "row 1 of the fee table never applies" in [finding.why for finding in found]


def test_a_preview_has_a_state_for_every_step(catalogue: Catalogue) -> None:
    for service_id in ("HK-WEL-01", "HK-PRO-07", "HK-IAM-01", "GD-LAW-02"):
        steps = [step.id for step in catalogue.services[service_id].steps]
        found = pages(catalogue, service_id, today=TODAY)
        assert list(found) == steps
        assert [state.at for state in found.values()] == steps
