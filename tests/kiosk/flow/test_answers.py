"""What a page hands over becomes facts, or says what is wrong. The people are made up."""

from datetime import date

import pytest

from kiosk.catalogue import Catalogue
from kiosk.catalogue.model import Item, Step
from kiosk.flow import Filled, Problem, Refused
from kiosk.flow.answers import Asking, take, take_entry

TODAY = date(2026, 11, 22)
PARTNERS = Step("partners", "list", "step.list.title", ask=("partners",))
CONTACT = Step("contact", "form", "step.contact.title", ask=("phone", "email_needed"), optional=("phone",))


def asking(catalogue: Catalogue, **before: Filled) -> Asking:
    return Asking(catalogue.facts, before, frozenset({"email_needed", "partners"}), TODAY)


def partner(key: str, name: object = "CHAN", number: object = "A123456(3)") -> Item:
    return Item(key, {"person_name": name, "person_number": number})  # type: ignore[dict-item]


def test_entries_of_a_list_are_tidied_and_keep_their_ids(catalogue: Catalogue) -> None:
    taken = take(PARTNERS, {"partners": (partner("x", "  CHAN   SIU MING "), partner("y"))}, asking(catalogue))
    assert taken == {"partners": Filled((partner("x", "CHAN SIU MING"), partner("y")))}


def test_an_unfinished_entry_is_named_by_its_number(catalogue: Catalogue) -> None:
    taken = take(PARTNERS, {"partners": (partner("x"), partner("y", number=""))}, asking(catalogue))
    assert taken == Refused({"partners": Problem("problem.list_entry", {"number": 2})})


def test_an_entry_is_checked_by_its_own_facts(catalogue: Catalogue) -> None:
    fact = catalogue.facts["partners"]
    found = take_entry(fact, {"person_name": "CHAN", "person_number": "???"}, catalogue.facts, today=TODAY)
    assert found == Refused({"person_number": Problem("problem.format.alphanumeric")})
    taken = take_entry(fact, {"person_name": " CHAN ", "person_number": "A1"}, catalogue.facts, today=TODAY)
    assert taken == {"person_name": "CHAN", "person_number": "A1"}


def test_what_an_entry_is_not_made_of_is_left_out(catalogue: Catalogue) -> None:
    strange = Item("x", {"person_name": "CHAN", "person_number": "A1", "hkid": "A123456(3)"})
    taken = take(PARTNERS, {"partners": (strange,)}, asking(catalogue))
    assert isinstance(taken, dict)
    assert taken["partners"].value == (Item("x", {"person_name": "CHAN", "person_number": "A1"}),)


def test_an_optional_answer_may_be_cleared_and_a_needed_one_may_not(catalogue: Catalogue) -> None:
    known = asking(catalogue, phone=Filled("+852 9123 4567"), email_needed=Filled("who@example.com"))
    assert take(CONTACT, {"phone": ""}, known) == {"email_needed": Filled("who@example.com")}
    assert take(CONTACT, {"email_needed": " "}, known) == Refused({"email_needed": Problem("problem.required")})


def test_an_unchanged_answer_keeps_its_source(catalogue: Catalogue) -> None:
    known = asking(catalogue, email_needed=Filled("who@example.com", "iam_smart"))
    taken = take(CONTACT, {"email_needed": "who@example.com"}, known)
    assert isinstance(taken, dict)
    assert taken["email_needed"].source == "iam_smart"


def test_a_strange_fact_is_a_defect(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError, match="hkid"):
        take(CONTACT, {"hkid": "x"}, asking(catalogue))
