"""What iAM Smart says, as facts; what a page shows of a sign-in. All people are made up."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kiosk.app import ASSETS
from kiosk.catalogue import load_catalogue
from kiosk.flow.filled import Filled
from kiosk.flow.state import Problem
from kiosk.flow.validation import check
from kiosk.identity.phone import PhoneCode, PhoneEntry, PhoneMoment, phone_facts
from offline_queue.envelope import Kem, RecipientKey
from portal.iam_smart_simulated import PEOPLE

TODAY = date(2026, 11, 20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def entry(gave: dict[str, Filled] | None = None) -> PhoneEntry:
    code = PhoneCode("id", "http://portal.test/phone/x", "0420", 180.0, True, RecipientKey.generate(Kem.X25519))
    return PhoneEntry(code, 1000.0, PhoneMoment("done", gave or {}))


def test_every_fact_that_iam_smart_may_fill_is_filled_in_the_catalogues_own_form() -> None:
    facts = load_catalogue(ASSETS).facts
    found = phone_facts(PEOPLE["elder"])
    may = {name for name, fact in facts.items() if "iam_smart" in fact.fill_from}
    assert found.keys() == may
    assert [name for name in may if isinstance(check(facts[name], found[name].value, today=TODAY), Problem)] == []


def test_an_address_is_read_in_each_of_its_forms() -> None:
    english = phone_facts(PEOPLE["elder"])["address"].value
    assert english == "FLAT A, 12/F, EXAMPLE HOUSE, 1 EXAMPLE STREET, CHEUNG SHA WAN, KOWLOON"
    chinese = {
        "ChiPremisesAddress": {
            "Region": "KLN",
            "ChiDistrict": {"Sub-district": "長沙灣"},
            "ChiStreet": {"StreetName": "樣本街", "BuildingNoFrom": "1"},
            "BuildingName": "樣本樓",
            "ChiFloor": {"FloorNum": "12"},
            "ChiUnit": {"UnitDescriptor": "室", "UnitNo": "A"},
        }
    }
    assert phone_facts({"residentialAddress": chinese})["address"].value == "九龍長沙灣樣本街1號樣本樓12樓A室"
    free = {"FreeFormatAddress": {"AddressLine1": "1 Example Road", "AddressLine3": "Kowloon"}}
    assert phone_facts({"residentialAddress": free})["address"].value == "1 Example Road\nKowloon"


def test_half_a_number_or_a_day_that_is_none_fills_nothing() -> None:
    assert phone_facts({"idNo": {"Identification": "A123456"}, "birthDate": "19991345"}) == {}
    assert phone_facts({"birthDate": "1951"}) == {}


@given(st.dictionaries(st.sampled_from(sorted(PEOPLE["elder"])), JSON))
def test_whatever_is_said_is_facts_or_nothing(said: dict[str, object]) -> None:
    assert all(filled.value and filled.source == "iam_smart" for filled in phone_facts(said).values())


def test_an_answer_that_is_left_out_is_not_taken_and_can_be_taken_again() -> None:
    shown = entry({"email": Filled("a@example.org", "iam_smart"), "hkid": Filled("A123456(3)", "iam_smart")})
    assert set(shown.turned("email").accepted) == {"hkid"}
    assert shown.turned("email").turned("email").accepted == shown.accepted


def test_seconds_run_down_to_nothing_and_no_further() -> None:
    assert entry().seconds_left(1000.0) == 180
    assert entry().seconds_left(1100.4) == 80
    assert entry().seconds_left(5000.0) == 0


def test_neither_code_nor_answers_stand_in_a_log() -> None:
    shown = entry({"email": Filled("a@example.org", "iam_smart")})
    assert "example.org" not in repr(shown)
    assert "portal.test" not in repr(shown)
