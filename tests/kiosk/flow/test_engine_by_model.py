"""The engine against a plain model, by Hypothesis: a small service with every way to leave the path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.catalogue import Capture, Catalogue
from kiosk.flow import Filled, FlowState, Refused, engine

TODAY = date(2026, 11, 22)
PICTURES = [Capture("image/jpeg", b"one"), Capture("image/jpeg", b"two")]
ORDER = (
    "checklist",
    "identify",
    "request",
    "contact",
    "address",
    "portrait",
    "document",
    "review",
    "consent",
    "submit",
)
PERSON = {"name_en": "CHAN", "hkid": "A123456(3)", "birth_date": date(1950, 1, 2), "sex": "F"}
ANSWERS: Mapping[str, st.SearchStrategy[dict[str, object]]] = {
    "identify": st.fixed_dictionaries({key: st.just(value) for key, value in PERSON.items()}),
    "request": st.fixed_dictionaries({"senior_card_request": st.sampled_from(["first", "replacement"])}),
    "contact": st.fixed_dictionaries(
        {"address_area": st.sampled_from(["HK", "mainland", "none"]), "phone": st.sampled_from(["", "+852 9123 4567"])}
    ),
    "address": st.fixed_dictionaries({"address": st.sampled_from(["1 Example Road", "2 Example Road"])}),
    "portrait": st.one_of(
        st.fixed_dictionaries({"portrait": st.sampled_from(PICTURES)}), st.just({"portrait_on_paper": True})
    ),
    "document": st.fixed_dictionaries({"hkid_copy": st.sampled_from(PICTURES)}),
}


def expected(told: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """What counts, by hand: the last answers of the steps on the path."""
    counted: dict[str, object] = {}
    for step in ORDER:
        if step == "address" and counted.get("address_area") in (None, "none"):
            continue
        counted.update({name: value for name, value in told.get(step, {}).items() if value not in ("", None)})
    return counted


class Visits(RuleBasedStateMachine):
    """One resident who answers, goes back, changes and reads a card in any order."""

    catalogue: Catalogue

    @initialize()
    def begin(self) -> None:
        self.state = engine.start(self.catalogue, "HK-WEL-01", today=TODAY)
        self.told: dict[str, dict[str, object]] = {}
        self.before: list[tuple[FlowState, dict[str, dict[str, object]]]] = []
        self.sent = False

    def at(self) -> str:
        step = engine.current(self.state)
        return step.id if step else "ended"

    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        at = self.at()
        values = data.draw(ANSWERS.get(at, st.just({})))
        moved = engine.answer(self.state, values)
        if isinstance(moved, Refused):
            assert at == "submit"
            return
        if at == "ended":
            assert moved is self.state
            return
        self.sent = self.sent or at == "submit"
        self.before.append((self.state, {step: dict(said) for step, said in self.told.items()}))
        if at in ANSWERS:
            self.told[at] = {**values}
        self.state = moved
        if at == "submit":
            assert engine.consents(moved)
            self.before = []

    @rule()
    def back(self) -> None:
        found = engine.back(self.state)
        if not self.before:
            assert found is None
            return
        state, told = self.before.pop()
        assert found == state
        assert found is not None
        self.state, self.told = found, told

    @precondition(lambda self: self.at() == "review")
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        asked = [step.id for step in engine.path(self.state) if step.ask]
        self.before.append((self.state, {step: dict(said) for step, said in self.told.items()}))
        self.state = engine.change(self.state, data.draw(st.sampled_from(asked)))

    @precondition(lambda self: self.at() == "identify" and "identify" not in self.told)
    @rule()
    def read_card(self) -> None:
        filled = engine.fill(self.state, {"hkid": Filled("A123456(3)", "card"), "strange": Filled("x", "card")})
        assert filled.facts["hkid"].locked
        assert "strange" not in filled.facts

    @invariant()
    def what_counts_is_what_was_told_on_the_path(self) -> None:
        wanted = expected(self.told)
        pictures = {name: value for name, value in wanted.items() if isinstance(value, Capture)}
        plain = {n: v.isoformat() if isinstance(v, date) else v for n, v in wanted.items() if n not in pictures}
        assert engine.payload(self.state) == plain
        assert dict(engine.attachments(self.state)) == pictures
        shown = {item.fact_id: item.value for group in engine.review(self.state) for item in group.items}
        assert shown == wanted

    @invariant()
    def the_fee_follows_what_counts(self) -> None:
        fees = {None: None, "first": 0, "replacement": 2500}
        assert engine.fee_cents(self.state) == fees[expected(self.told).get("senior_card_request")]  # type: ignore[index]

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        step = engine.current(self.state)
        assert self.sent or (step is not None and step in engine.path(self.state))

    @invariant()
    def a_consent_never_outlives_a_change(self) -> None:
        current = engine.review_hash(self.state)
        assert all(consent.review_hash == current for consent in engine.consents(self.state))


def test_every_visit_agrees_with_the_model(catalogue: Catalogue) -> None:
    Visits.catalogue = catalogue
    run_state_machine_as_test(Visits, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))


def test_the_model_knows_every_step_of_the_service(catalogue: Catalogue) -> None:
    assert (*ORDER, "receipt") == tuple(step.id for step in catalogue.services["HK-WEL-01"].steps)
