"""The committed services: all of both sides, each as its own kind of matter needs."""

import pytest

from kiosk.catalogue import Catalogue


def test_every_listed_service_has_its_file(catalogue: Catalogue) -> None:
    sides = [row.side for row in catalogue.listing if row.available]
    assert (sides.count("HK"), sides.count("GD")) == (84, 60)


def test_what_nobody_verified_is_to_be_confirmed_and_claims_no_time(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        if service.source.seen == "reconstructed":
            assert service.status == "to_confirm", service.id
            assert service.time is None, service.id


def test_every_kind_of_step_is_used_by_some_service(catalogue: Catalogue) -> None:
    used = set().union(*(service.kinds for service in catalogue.services.values()))
    assert {"list", "slot", "pay", "result", "sign", "choice", "portrait", "document"} <= used


@pytest.mark.parametrize(
    ("finish", "kinds"),
    [
        ("submit", {"review", "consent", "submit"}),
        ("enquire", {"result"}),
        ("book", {"slot", "submit"}),
        ("pay", {"pay"}),
    ],
)
def test_a_service_ends_as_its_kind_of_matter_does(catalogue: Catalogue, finish: str, kinds: set[str]) -> None:
    for service in catalogue.services.values():
        if service.finish == finish:
            assert kinds <= service.kinds, service.id


def test_services_are_not_one_template(catalogue: Catalogue) -> None:
    """What is asked, in order and under which condition, hardly ever repeats between services that send something."""
    sent = [service for service in catalogue.services.values() if service.finish == "submit"]
    shapes = {tuple((step.kind, step.ask, step.when) for step in service.steps) for service in sent}
    assert len(shapes) >= 0.95 * len(sent)


def test_a_vehicle_licence_renewal_asks_what_it_needs(catalogue: Catalogue) -> None:
    service = catalogue.services["HK-PRO-07"]
    asked = {name for step in service.steps for name in step.ask}
    assert {"registration_mark", "insurance_copy", "address_proof", "vehicle_licence_expiry"} <= asked
    assert "days_until(vehicle_licence_expiry) <= 123" in [rule.rule.text for rule in service.rules]


def test_a_certificate_of_no_criminal_conviction_has_its_seven_items(catalogue: Catalogue) -> None:
    assert len(catalogue.services["HK-IDD-01"].bring) == 7


def test_a_service_that_needs_an_answer_says_so_before_it_begins(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        if service.kinds & {"slot", "pay"} or service.finish == "enquire":
            assert service.needs_line, service.id


def test_urgent_help_works_without_the_line(catalogue: Catalogue) -> None:
    service = catalogue.services["HK-URG-01"]
    assert not service.needs_line
    advice = service.step("advice").lead_key
    assert advice is not None
    assert "1868" in catalogue.texts.say("en", advice)


def test_services_build_only_on_services_that_exist_and_never_in_a_circle(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        seen, open_ids = set(), list(service.after)
        while open_ids:
            earlier = open_ids.pop()
            assert earlier != service.id
            if earlier not in seen:
                seen.add(earlier)
                open_ids += catalogue.services[earlier].after


def test_a_face_always_has_another_way(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for step in service.steps:
            assert (step.kind == "portrait") <= (step.instead is not None), service.id


def test_the_first_step_is_the_checklist_and_the_last_one_ends_the_visit(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        assert service.steps[0].kind == "checklist", service.id
        assert service.steps[-1].kind in ("receipt", "result"), service.id


def test_every_paper_that_is_photographed_is_named_before_the_visit_begins(catalogue: Catalogue) -> None:
    """A copy may be named by the card it is a copy of."""
    for service in catalogue.services.values():
        named = {paper.id for paper in service.bring}
        asked = {name for step in service.steps if step.kind == "document" for name in step.ask}
        assert {name for name in asked if name.replace("_copy", "_card") not in named} <= named, service.id


def test_a_service_that_reads_an_identity_card_says_to_bring_one(catalogue: Catalogue) -> None:
    """Unless the very matter is that there is none."""
    for service in catalogue.services.values():
        reads = any(step.kind == "identify" and "hkid" in step.ask for step in service.steps)
        if reads and service.id != "HK-URG-02":
            assert any("hkid" in paper.id or "identity" in paper.id for paper in service.bring), service.id
