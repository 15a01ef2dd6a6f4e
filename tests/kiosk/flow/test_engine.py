"""The engine on the Senior Citizen Card. The people here are made up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.catalogue import Capture, Catalogue, load_catalogue
from kiosk.flow import Filled, FlowState, Problem, Refused, engine

TODAY = date(2026, 11, 22)
ASSETS = Path(__file__).parents[3] / "assets"
PICTURE = Capture("image/jpeg", b"not a real picture")
OLD_ENOUGH: Mapping[str, object] = {
    "name_en": "CHAN SIU MING",
    "name_zh": "陳小明",
    "hkid": "A123456(3)",
    "birth_date": "1950-01-02",
    "sex": "M",
}
WHOLE_WAY: tuple[Mapping[str, object], ...] = (
    {},
    OLD_ENOUGH,
    {"senior_card_request": "replacement"},
    {"address_area": "HK", "phone": "9123 4567"},
    {"address": "Flat A, 1 Example Road"},
    {"portrait": PICTURE},
    {"hkid_copy": PICTURE},
    {},
    {},
    {},
    {},
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS)


@pytest.fixture
def begun(catalogue: Catalogue) -> FlowState:
    return engine.start(catalogue, "HK-WEL-01", today=TODAY)


def go(state: FlowState, *answers: Mapping[str, object]) -> FlowState:
    for values in answers:
        moved = engine.answer(state, values)
        assert isinstance(moved, FlowState), moved
        state = moved
    return state


def test_the_whole_way_ends(begun: FlowState) -> None:
    ended = go(begun, *WHOLE_WAY)
    assert engine.current(ended) is None
    assert engine.position(ended) == (11, 11)
    assert engine.payload(ended)["hkid"] == "A123456(3)"
    assert [name for name, _ in engine.attachments(ended)] == ["portrait", "hkid_copy"]


def test_back_is_exact_at_every_step(begun: FlowState) -> None:
    states = [begun]
    for values in WHOLE_WAY[:9]:
        states.append(go(states[-1], values))
    for expected in reversed(states[:-1]):
        found = engine.back(states.pop())
        assert found == expected
        states[-1] = found
    assert engine.back(states[0]) is None


def test_what_back_left_fills_the_page_again(begun: FlowState) -> None:
    there = engine.back(go(begun, {}, OLD_ENOUGH))
    assert there is not None
    shown = engine.shown(there, "hkid")
    assert shown is not None
    assert shown.value == "A123456(3)"
    assert engine.payload(there) == {}


def test_too_young_is_stopped_with_the_age_in_the_sentence(begun: FlowState, catalogue: Catalogue) -> None:
    refused = engine.answer(go(begun, {}), {**OLD_ENOUGH, "birth_date": "1980-01-02"})
    assert isinstance(refused, Refused)
    problem = refused.errors["birth_date"]
    assert "46" in catalogue.texts.say("en", problem.text_key, **problem.values)


@pytest.mark.parametrize(("born", "old_enough"), [("1961-11-22", True), ("1961-11-23", False), ("1960-02-29", True)])
def test_the_birthday_itself_counts(begun: FlowState, born: str, old_enough: bool) -> None:
    found = engine.answer(go(begun, {}), {**OLD_ENOUGH, "birth_date": born})
    assert isinstance(found, FlowState) == old_enough


def test_the_fee_is_unknown_then_follows_the_answer(begun: FlowState) -> None:
    there = go(begun, *WHOLE_WAY[:2])
    assert engine.fee_cents(there) is None
    assert engine.fee_cents(go(there, {"senior_card_request": "first"})) == 0
    assert engine.fee_cents(go(there, {"senior_card_request": "replacement"})) == 2500


def test_an_answer_off_the_path_is_in_nothing_that_leaves(begun: FlowState) -> None:
    at_review = go(begun, *WHOLE_WAY[:7])
    homeless = go(engine.change(at_review, "contact"), {"address_area": "none"})
    assert homeless.at == "review"
    assert "address" not in engine.payload(homeless)
    assert "address" not in [item.fact_id for group in engine.review(homeless) for item in group.items]
    again = go(engine.change(homeless, "contact"), {"address_area": "HK"})
    assert again.at == "review", "the address given before counts again"
    assert engine.review_hash(again) == engine.review_hash(at_review)
    assert engine.review_hash(homeless) != engine.review_hash(at_review)


def test_a_change_that_opens_a_new_step_asks_it_and_returns(begun: FlowState) -> None:
    answers = [*WHOLE_WAY[:3], {"address_area": "none"}, *WHOLE_WAY[5:7]]
    at_review = go(begun, *answers)
    assert at_review.at == "review"
    moved = go(engine.change(at_review, "contact"), {"address_area": "mainland"})
    assert moved.at == "address"
    assert go(moved, {"address": "9 Example Street"}).at == "review"


def test_change_then_back_is_the_review_again(begun: FlowState) -> None:
    at_review = go(begun, *WHOLE_WAY[:7])
    assert engine.back(engine.change(at_review, "identify")) == at_review


def test_a_later_change_voids_the_consent(begun: FlowState) -> None:
    agreed = go(begun, *WHOLE_WAY[:9])
    assert [consent.step for consent in engine.consents(agreed)] == ["consent"]
    changed = go(engine.change(agreed, "request"), {"senior_card_request": "first"})
    assert engine.consents(changed) == ()
    assert changed.at == "review"
    assert go(changed, {}).at == "consent"


def test_nothing_is_sent_without_a_standing_consent(begun: FlowState) -> None:
    at_submit = go(begun, *WHOLE_WAY[:9])
    forged = replace(at_submit, facts={**at_submit.facts, "senior_card_request": Filled("first")})
    assert engine.answer(forged, {}) == Refused({"submit": Problem("problem.consent_needed")})


def test_what_is_sent_cannot_be_walked_back_into(begun: FlowState) -> None:
    assert engine.back(go(begun, *WHOLE_WAY[:10])) is None


def test_a_card_fills_and_locks(begun: FlowState) -> None:
    card = {name: Filled(value, "card") for name, value in OLD_ENOUGH.items()}  # type: ignore[arg-type]
    filled = engine.fill(go(begun, {}), {**card, "name_zh": Filled("", "card")})
    assert filled.facts["hkid"].locked
    assert "name_zh" not in filled.facts
    refused = engine.answer(filled, {"hkid": "G123456(A)"})
    assert isinstance(refused, Refused)
    assert refused.errors["hkid"] == Problem("problem.locked")
    there = go(filled, {"name_zh": "陳小明"})
    assert (there.facts["hkid"].source, there.facts["name_zh"].source) == ("card", "typed")


def test_a_card_can_fill_before_the_first_step(catalogue: Catalogue) -> None:
    prefill = {"hkid": Filled("a1234563", "card"), "email": Filled("who@example.com", "card")}
    state = engine.start(catalogue, "HK-WEL-01", today=TODAY, prefill=prefill)
    assert dict(state.facts) == {"hkid": Filled("A123456(3)", "card", locked=True)}


def test_a_printed_photo_takes_the_place_of_the_picture(begun: FlowState) -> None:
    there = go(begun, *WHOLE_WAY[:5], {"portrait_on_paper": True})
    assert engine.payload(there)["portrait_on_paper"] is True
    taken = go(begun, *WHOLE_WAY[:6])
    both = go(engine.change(taken, "portrait"), {"portrait_on_paper": True})
    assert engine.attachments(both) == ()


def test_wrong_answers_are_all_told_at_once(begun: FlowState) -> None:
    refused = engine.answer(
        go(begun, {}), {**OLD_ENOUGH, "hkid": "A123456(4)", "birth_date": "1950-02-30", "sex": None}
    )
    assert isinstance(refused, Refused)
    assert {name: problem.text_key for name, problem in refused.errors.items()} == {
        "hkid": "problem.hkid.check_digit",
        "birth_date": "problem.date.impossible",
        "sex": "problem.required",
    }


def test_a_fact_the_step_does_not_ask_is_a_defect(begun: FlowState) -> None:
    with pytest.raises(KeyError, match="hkid"):
        engine.answer(begun, {"hkid": "A123456(3)"})


def test_no_answer_shows_in_a_repr(begun: FlowState) -> None:
    seen = repr(go(begun, *WHOLE_WAY[:7]))
    assert "陳小明" not in seen
    assert "A123456" not in seen
    assert "not a real picture" not in seen
