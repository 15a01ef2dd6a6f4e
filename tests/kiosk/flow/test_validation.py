"""What is taken as an answer, and what is said when it is not. All values are made up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue import Capture, Catalogue, Fact
from kiosk.catalogue.model import FACT_TYPES, Item, Payment, Slot
from kiosk.flow import Problem
from kiosk.flow.validation import check

TODAY = date(2026, 11, 22)


def fact(type_: str, **more: object) -> Fact:
    return Fact("made_up", type_, "no", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "value", "taken"),
    [
        (fact("name", format="han"), " 㗎𨋢䶮 ", "㗎𨋢䶮"),
        (fact("name", format="han"), "買買提·吐爾遜", "買買提·吐爾遜"),
        (fact("name", format="latin"), "SUHARTO", "SUHARTO"),
        (fact("name", format="latin"), "O'Neill-Müller,  José", "O'Neill-Müller, José"),
        (fact("phone"), "9123 4567", "+852 9123 4567"),
        (fact("phone"), "+852-21234567", "+852 2123 4567"),
        (fact("phone"), "138 0013 8000", "+86 138 0013 8000"),
        (fact("phone"), "0044 20 7946 0000", "+442079460000"),
        (fact("email"), "who@example.com", "who@example.com"),
        (fact("passport"), "k 0123456 7", "K01234567"),
        (fact("address"), "Flat A\n\n  1  Road ", "Flat A\n1 Road"),
        (fact("money"), "1,234.5", 123450),
        (fact("money"), 2500, 2500),
        (fact("number", most=10), "7", 7),
        (fact("date", when="past"), "1950-1-2", date(1950, 1, 2)),
        (fact("date", when="future"), TODAY, TODAY),
        (fact("choice", choices=("a", "b")), "b", "b"),
        (fact("yes_no"), False, False),
        (fact("text", format="uscc"), "91350100m000100y43", "91350100M000100Y43"),
        (fact("text", format="brn"), "77054426", "77054426"),
        (fact("text", format="digits"), "12-34 56", "12-34 56"),
        (fact("hkid"), "a1234563", "A123456(3)"),
        (fact("resident_id"), "11010519491231002x", "11010519491231002X"),
        (fact("permit"), "h01234567", "H01234567"),
    ],
)
def test_an_answer_is_taken_in_its_one_form(asked: Fact, value: object, taken: object) -> None:
    assert check(asked, value, today=TODAY) == taken


@pytest.mark.parametrize(
    ("asked", "value", "key"),
    [
        (fact("text"), "x" * 300, "problem.too_long"),
        (fact("name", format="han"), "陳" * 300, "problem.too_long"),
        (fact("hkid"), "A" * 300, "problem.too_long"),
        (fact("address", least=4), "x", "problem.too_short"),
        (fact("text"), "a\x00b", "problem.characters"),
        (fact("text"), "\ue000", "problem.characters"),
        (fact("text"), 5, "problem.form"),
        (fact("name", format="han"), "CHAN", "problem.format.han"),
        (fact("name", format="latin"), "陳小明", "problem.format.latin"),
        (fact("name", format="latin"), "CHAN 2", "problem.format.latin"),
        (fact("name", format="latin"), "---", "problem.format.latin"),
        (fact("phone"), "12345678", "problem.phone"),
        (fact("phone"), "+852 1234", "problem.phone"),
        (fact("phone"), "９１２３４５６７", "problem.phone"),
        (fact("email"), "who@example", "problem.email"),
        (fact("passport"), "K", "problem.passport"),
        (fact("money"), "1.234", "problem.money"),
        (fact("money"), "-1", "problem.money"),
        (fact("number"), "1.5", "problem.number"),
        (fact("number", most=3), 4, "problem.out_of_range"),
        (fact("number"), True, "problem.number"),
        (fact("date"), "2026-02-30", "problem.date.impossible"),
        (fact("date"), "30/02/2026", "problem.date.impossible"),
        (fact("date"), "1899-12-31", "problem.date.too_early"),
        (fact("date", when="past"), date(2026, 11, 23), "problem.date.future"),
        (fact("date", when="future"), date(2026, 11, 21), "problem.date.past"),
        (fact("choice", choices=("a",)), "b", "problem.choice"),
        (fact("yes_no"), "yes", "problem.choice"),
        (fact("portrait"), b"raw", "problem.picture_missing"),
        (fact("document"), Capture("image/jpeg", b""), "problem.picture_missing"),
        (fact("document"), Capture("image/jpeg", b"x" * 8_000_001), "problem.picture_too_big"),
        (fact("slot"), "tomorrow", "problem.slot"),
        (fact("payment"), "paid", "problem.payment"),
        (fact("list", of=("x",), least=2), (Item("1", {}),), "problem.list"),
        (fact("list", of=("x",)), (Item("1", {}), Item("1", {})), "problem.form"),
        (fact("list", of=("x",)), "x", "problem.form"),
        (fact("text", format="uscc"), "91350100M000100Y44", "problem.uscc.check_digit"),
        (fact("permit"), "H1", "problem.permit.length"),
        (fact("resident_id"), "110105194912310021", "problem.resident_id.check_digit"),
    ],
)
def test_a_wrong_answer_is_a_sentence_with_a_next_move(
    catalogue: Catalogue, asked: Fact, value: object, key: str
) -> None:
    found = check(asked, value, today=TODAY)
    assert isinstance(found, Problem)
    assert found.text_key == key
    assert set(found.values) >= catalogue.texts.placeholders(key)


VALUES = st.one_of(
    st.text(max_size=320), st.integers(), st.booleans(), st.dates(), st.binary(max_size=5), st.none(), st.tuples()
)


@given(st.sampled_from(sorted(FACT_TYPES)), VALUES)
def test_nothing_that_can_be_typed_breaks_the_check(type_: str, value: object) -> None:
    found = check(fact(type_, choices=("a",), of=("x",)), value, today=TODAY)
    assert found is not None


@given(st.sampled_from(sorted(FACT_TYPES)), st.text(min_size=1, max_size=40))
def test_a_taken_answer_is_taken_again_unchanged(type_: str, value: str) -> None:
    asked = fact(type_, choices=("a",), of=("x",))
    found = check(asked, value, today=TODAY)
    if not isinstance(found, Problem):
        assert check(asked, found, today=TODAY) == found


def test_slots_and_payments_are_taken_as_they_came() -> None:
    slot, paid = Slot("1", "office", "2027-01-02T09:00"), Payment("r", 100, "fps")
    assert check(fact("slot"), slot, today=TODAY) == slot
    assert check(fact("payment"), paid, today=TODAY) == paid
