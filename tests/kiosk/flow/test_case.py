"""Cases: shared facts once, papers once, one part per department. The people here are made up."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalogue import Catalogue
from kiosk.flow import Filled, Problem, Refused, case, engine
from kiosk.flow.case import Case
from kiosk.flow.case_plan import fact_key, page_keys
from kiosk.flow.journeys import sample_answers

TODAY = date(2026, 11, 22)
RETIRE = ("HK-WEL-01", "HK-WEL-02", "GD-SOC-06", "HK-PRO-10")


def walk_on(moment: Case, choices: Mapping[str, object]) -> Case | None:
    """The next moment with made-up answers, or None if rules take none of them."""
    page = case.current(moment)
    assert page is not None
    for values in sample_answers(moment.catalogue.facts, TODAY, page.step, choices):
        moved = case.answer(moment, values)
        if isinstance(moved, Case):
            return moved
    return None


def walk_to(moment: Case, kind: str, choices: Mapping[str, object] | None = None) -> Case:
    for _ in range(200):
        page = case.current(moment)
        if page is None or page.step.kind == kind:
            return moment
        moved = walk_on(moment, {"for_vulnerable": False, **(choices or {})})
        assert moved is not None, page
        moment = moved
    raise AssertionError(f"never comes to {kind}")


@pytest.fixture
def retire(catalogue: Catalogue) -> Case:
    return case.open_case(catalogue, RETIRE, today=TODAY)


def test_a_shared_fact_is_asked_once_and_says_what_it_is_used_for(retire: Case) -> None:
    asked = [name for page in case.path(retire) for name in page.step.ask]
    assert sorted(asked) == sorted(set(asked))
    first = next(page for page in case.path(retire) if "hkid" in page.step.ask)
    assert first.used_for["hkid"] == ("HK-WEL-01", "HK-WEL-02", "HK-PRO-10")


def test_a_case_comes_to_its_end_with_one_review_and_a_consent_for_each_department(retire: Case) -> None:
    ended = walk_to(retire, "nothing")
    assert case.current(ended) is None
    kinds = [page.step.kind for page in case.path(ended)]
    assert (kinds.count("review"), kinds.count("submit"), kinds.count("receipt")) == (1, 1, 1)
    assert [page.owner for page in case.path(ended) if page.step.kind == "consent"] == ["SWD", "gd_hrss", "TD"]


def test_a_department_learns_only_what_it_asked(retire: Case) -> None:
    for part in case.parts(walk_to(retire, "submit")):
        for matter, answers in part.matters.items():
            service = retire.catalogue.services[matter]
            assert service.department == part.department
            assert set(answers) <= {name for step in service.steps for name in (*step.ask, step.instead)}


def test_a_part_is_what_the_service_alone_would_have_sent(retire: Case, catalogue: Catalogue) -> None:
    there = walk_to(retire, "submit")
    for matter in there.matters:
        service = catalogue.services[matter]
        state = engine.start(catalogue, matter, today=TODAY)
        names = {name for step in service.steps for name in (*step.ask, step.instead) if name}
        keys = {name: fact_key(catalogue, service, name) for name in names}
        alone = {name: there.facts[key] for name, key in keys.items() if key in there.facts}
        sent = engine.payload(replace(state, facts=alone))
        [part] = [part for part in case.parts(there) if part.department == service.department]
        captured = {name for name, key in keys.items() if key in part.attachments}
        assert {name: value for name, value in part.matters[matter].items() if name not in captured} == sent


def test_back_is_exact_through_the_whole_case(retire: Case) -> None:
    moments = [retire]
    while (page := case.current(moments[-1])) is not None and page.step.kind != "submit":
        moved = walk_on(moments[-1], {})
        assert moved is not None
        moments.append(moved)
    while len(moments) > 1:
        found = case.back(moments.pop())
        assert found == moments[-1]
    assert case.back(retire) is None


def test_dropping_a_matter_asks_nothing_again(retire: Case) -> None:
    there = walk_to(retire, "review")
    dropped = case.drop(there, "HK-WEL-01")
    page = case.current(dropped)
    assert page is not None
    assert page.step.kind == "review"
    assert "HK-WEL-01" not in {matter for part in case.parts(dropped) for matter in part.matters}
    assert case.back(dropped) == there


def test_a_rule_blocks_its_matter_and_the_others_go_on(retire: Case) -> None:
    young = {"birth_date": "minor"}
    there = walk_to(retire, "review", young)
    assert set(case.blocked(there)) == {"HK-WEL-01", "HK-WEL-02"}
    assert {matter for part in case.parts(there) for matter in part.matters} == {"GD-SOC-06", "HK-PRO-10"}


def test_a_rule_that_leaves_no_matter_refuses_the_answer(catalogue: Catalogue) -> None:
    alone = walk_to(case.open_case(catalogue, ("HK-WEL-01",), today=TODAY), "identify")
    person = {"name_en": "CHAN", "hkid": "A123456(3)", "birth_date": "1990-01-01", "sex": "F"}
    refused = case.answer(alone, person)
    assert refused == Refused({"birth_date": Problem("service.HK-WEL-01.rule.age", {"age": 36})})


def test_a_change_at_the_review_voids_only_what_it_touches(retire: Case) -> None:
    agreed = walk_to(retire, "submit")
    before = {consent.step for consent in case.standing_consents(agreed)}
    assert before == {"review", "consent/SWD", "consent/gd_hrss", "consent/TD"}
    changed = case.answer(
        case.change(agreed, "HK-PRO-10/licence"),
        {"driving_licence_no": "X999", "driving_licence_expiry": date(2027, 1, 1)},
    )
    assert isinstance(changed, Case)
    assert {consent.step for consent in case.standing_consents(changed)} == {"consent/SWD", "consent/gd_hrss"}


def test_each_matter_has_its_own_appointment(catalogue: Catalogue) -> None:
    two = case.open_case(catalogue, ("HK-IDD-05", "HK-IDD-06"), today=TODAY)
    pages = [page for page in case.path(two) if page.step.kind == "slot"]
    assert [page.id for page in pages] == ["HK-IDD-05/slot", "HK-IDD-06/slot"]
    assert len({key for page in pages for key in page_keys(two, page).values()}) == 2


def test_matters_stand_in_the_order_of_their_dependencies(catalogue: Catalogue) -> None:
    given = ("GD-BIZ-01", "HK-WEL-01", "GD-BIZ-04", "GD-BIZ-04")
    assert case.open_case(catalogue, given, today=TODAY).matters == ("GD-BIZ-04", "GD-BIZ-01", "HK-WEL-01")


def test_fees_are_added_by_currency_and_unknown_ones_are_named(catalogue: Catalogue) -> None:
    three = case.open_case(catalogue, ("HK-IDD-01", "HK-COM-03", "HK-PRO-07"), today=TODAY)
    found = case.fees(three)
    assert found.cents == {"HKD": 28300 + 1209000}
    assert found.by_department == ("HK-PRO-07",)


def test_papers_are_listed_once_with_all_their_uses(retire: Case) -> None:
    papers = {needed.paper.id: needed.used_for for needed in case.papers(retire)}
    assert papers["hkid_card"] == ("HK-WEL-01", "HK-WEL-02", "HK-PRO-10")


def test_the_earliest_finish_follows_the_dependencies_and_names_what_is_unknown(catalogue: Catalogue) -> None:
    two = case.open_case(catalogue, ("HK-COM-02", "HK-PRO-02", "HK-WEL-01"), today=TODAY)
    assert case.earliest_finish(two) == (9, ("HK-WEL-01",))


def test_a_card_fills_the_case_and_is_shown_before_it_counts_as_told(retire: Case) -> None:
    filled = case.fill(retire, {"hkid": Filled("A123456(3)", "card"), "strange": Filled("x", "card")})
    page = case.current(walk_to(filled, "identify"))
    assert page is not None
    shown = case.shown(filled, page, "hkid")
    assert shown is not None
    assert shown.locked


@pytest.mark.parametrize("seed", range(20))
def test_random_bundles_ask_once_and_split_cleanly(catalogue: Catalogue, seed: int) -> None:
    """Twenty seeds of fifty bundles: a thousand; one in ten is walked to its end."""
    dice = random.Random(seed)
    ids = sorted(catalogue.services)
    for number in range(50):
        moment = case.open_case(catalogue, tuple(dice.sample(ids, dice.randint(1, 6))), today=TODAY)
        if number % 10 == 0:
            moment = walk_to(moment, "nothing")
        asked = [key for page in case.path(moment) for key in page_keys(moment, page).values()]
        instead = {page.step.instead for page in case.path(moment)}
        assert all(asked.count(key) == 1 for key in asked if key not in instead)
        for part in case.parts(moment):
            for matter, answers in part.matters.items():
                steps = catalogue.services[matter].steps
                assert set(answers) <= {name for step in steps for name in (*step.ask, step.instead)}


@pytest.mark.parametrize("seed", range(10))
def test_a_case_handled_in_any_order_stays_sound(catalogue: Catalogue, seed: int) -> None:
    """Answer, go back, change and drop at random: no dead end, exact Back, and only what counts leaves."""
    dice = random.Random(seed)
    for _ in range(4):
        moment = case.open_case(catalogue, tuple(dice.sample(sorted(catalogue.services), 4)), today=TODAY)
        trail: list[Case] = []
        for _ in range(60):
            page = case.current(moment)
            if page is None:
                break
            move = dice.random()
            if move < 0.15 and trail:
                found = case.back(moment)
                assert found == trail.pop()
                assert found is not None
                moment = found
                continue
            trail.append(moment)
            if move < 0.2 and len(moment.matters) > 1:
                moment = case.drop(moment, dice.choice(moment.matters))
            elif page.step.kind == "review" and move < 0.5:
                asking = [
                    each.id for each in case.path(moment) if each.step.ask and each.step.kind not in ("sign", "pay")
                ]
                moment = case.change(moment, dice.choice(asking)) if asking else moment
            else:
                moved = walk_on(moment, {"for_vulnerable": False})
                assert moved is not None, page
                moment = moved
                trail = [] if page.step.kind == "submit" else trail
            leaves_only_what_counts(moment)


def leaves_only_what_counts(moment: Case) -> None:
    for part in case.parts(moment):
        for matter, answers in part.matters.items():
            service = moment.catalogue.services[matter]
            on_path = moment.plan.walks[matter].steps
            assert set(answers) <= {name for step in on_path for name in (*step.ask, step.instead)}
            assert service.department == part.department
    standing = {consent.step for consent in case.standing_consents(moment)}
    assert standing <= {page.id for page in case.path(moment)} | {f"sign/{d}" for d in case.departments(moment)}
