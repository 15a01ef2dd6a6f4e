"""Random visits to every service: forward, back, change and return, in any order. The answers are made up."""

import random
from datetime import date

import pytest

from kiosk.catalogue import Catalogue
from kiosk.flow import FlowState, engine
from kiosk.flow.journeys import journeys, sample_answers

TODAY = date(2026, 11, 22)


def moved_on(state: FlowState, choices: dict[str, object]) -> FlowState | None:
    step = engine.current(state)
    assert step is not None
    for values in sample_answers(state.catalogue.facts, TODAY, step, choices):
        found = engine.answer(state, values)
        if isinstance(found, FlowState):
            return found
    return None


def check(state: FlowState) -> None:
    """What must hold at every moment of every visit."""
    step = engine.current(state)
    on_path = [each.id for each in engine.path(state)]
    asked = {name for each in engine.path(state) for name in (*each.ask, each.instead)}
    assert step is None or step.id in on_path
    assert set(engine.payload(state)) | {name for name, _ in engine.attachments(state)} <= asked
    shown = {item.fact_id for group in engine.review(state) for item in group.items}
    assert shown <= asked
    assert 1 <= engine.position(state)[0] <= engine.position(state)[1]
    assert all(consent.review_hash == engine.review_hash(state) for consent in engine.consents(state))


@pytest.mark.parametrize("part", range(8))
def test_a_visit_in_any_order_stays_sound(catalogue: Catalogue, part: int) -> None:
    dice = random.Random(part)
    for service_id in list(catalogue.services)[part::8]:
        walks = [dict(walk.choices) for walk in journeys(catalogue, service_id, today=TODAY) if walk.outcome == "ended"]
        state, choices = engine.start(catalogue, service_id, today=TODAY), dice.choice(walks)
        trail: list[FlowState] = []
        for _ in range(40):
            step = engine.current(state)
            if step is None:
                break
            move = dice.random()
            if move < 0.2 and trail:
                found = engine.back(state)
                assert found == trail.pop()
                assert found is not None
                state = found
            elif move < 0.5 and step.kind == "review":
                asking = [each.id for each in engine.path(state) if each.ask and each.kind not in ("sign", "pay")]
                trail.append(state)
                state, choices = engine.change(state, dice.choice(asking)), dice.choice(walks)
            else:
                found = moved_on(state, choices)
                if found is None:
                    choices = dice.choice(walks)
                    continue
                trail = [] if step.kind == "submit" else [*trail, state]
                state = found
            check(state)
