"""Signing in with a phone through the real screens: whole visits, every refusal, nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from kiosk.app import Kiosk
from kiosk.catalogue import LANGUAGES, Language
from kiosk.identity.phone import PhoneEntry
from kiosk.session import Page
from kiosk.simulated_phone import SimulatedPhone
from screens.gallery import EVERY, PLAIN, Gallery, Variant
from screens.models.phone import Phone
from screens.rehearsal import Resident, received_for
from tests.screens.conftest import SOME_WAYS, Counter

SERVICE = "HK-WEL-01"


@pytest.fixture(autouse=True)
def line_up(counter: Counter) -> Iterator[None]:
    yield
    assert counter.kiosk.portal is not None
    counter.kiosk.portal.online()


def at_code(counter: Counter, language: Language = "en") -> Resident:
    """A resident before a code that the portal gave."""
    resident = counter.resident(language, document="phone")
    resident.until(lambda page: page is Page.PHONE)
    resident.glass.wait_for(lambda: bool(counter.screens.model(Phone).property("picture")), "the code")
    return resident


def entry(counter: Counter) -> PhoneEntry:
    assert counter.stage.session.phone is not None
    return counter.stage.session.phone


def state(counter: Counter) -> str:
    return str(counter.screens.model(Phone).property("state"))


def wait_state(counter: Counter, resident: Resident, wanted: str) -> None:
    resident.glass.wait_for(lambda: state(counter) == wanted, f"the sign-in to be {wanted}")


def sees(resident: Resident, key: str) -> None:
    resident.glass.wait_for(lambda: resident.say(key) in resident.glass.words(), key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_by_phone_is_delivered_with_how_it_was_proved(counter: Counter, language: Language) -> None:
    resident = counter.resident(language, document="phone")
    record = resident.visit()
    resident.glass.wait_for(lambda: bool(received_for(counter.kiosk, record.receipt_number)), "the department's copy")
    answers = received_for(counter.kiosk, record.receipt_number)[0]["answers"]
    assert isinstance(answers, dict)
    assert answers["hkid"] == "A123456(3)"
    assert answers["phone"] == "+852 5123 4567"
    evidence = answers["identity_evidence"]
    assert (evidence["document"], evidence["verdict"]) == ("iam_smart", "signed_in")
    assert "hkid" in evidence["answers"]


def test_what_is_left_out_is_not_taken(counter: Counter) -> None:
    resident = at_code(counter)
    SimulatedPhone(entry(counter).code.address).answer()
    wait_state(counter, resident, "done")
    row = next(row for row in counter.screens.model(Phone).property("rows") if row["id"] == "phone")
    resident.glass.press(f"{row['label']}, {row['note']}")
    assert "phone" in entry(counter).left_out
    resident.glass.press(resident.say("phone.use"))
    session = counter.stage.session
    resident.glass.wait_for(lambda: session.page is not Page.PHONE, "the next page")
    assert session.known("phone") is None
    assert session.known("address") is not None


@pytest.mark.parametrize(("wish", "ended"), [("reject", "rejected"), ("cancel", "cancelled")])
def test_a_no_on_the_phone_is_said_and_a_new_code_is_one_touch_away(counter: Counter, wish: str, ended: str) -> None:
    resident = at_code(counter)
    first = entry(counter).code
    SimulatedPhone(first.address).answer(wish)
    wait_state(counter, resident, ended)
    sees(resident, f"phone.{ended}")
    resident.glass.press(resident.say("phone.new_code"))
    wait_state(counter, resident, "waiting")
    assert entry(counter).code.address != first.address


def test_a_code_that_is_too_old_says_so(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    resident = at_code(counter)
    monkeypatch.setattr(PhoneEntry, "seconds_left", lambda *_: 0)
    wait_state(counter, resident, "expired")
    sees(resident, "phone.expired")


def test_a_line_that_goes_down_before_the_code_is_said_with_the_other_ways(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = counter.resident("en", document="phone")
    resident.until(lambda page: page is Page.IDENTIFY)
    assert counter.kiosk.portal is not None
    with monkeypatch.context() as unnoticed:  # a kiosk that has noticed does not offer the phone at all
        unnoticed.setattr(Kiosk, "line_up", True)
        counter.kiosk.portal.offline()
        resident.leave_page(Page.IDENTIFY)
    wait_state(counter, resident, "offline")
    sees(resident, "phone.offline")
    sees(resident, "phone.other_ways")
    counter.kiosk.portal.online()
    resident.glass.press(resident.say("phone.try_again"))
    wait_state(counter, resident, "waiting")


def test_typing_and_back_lead_away_and_the_portal_forgets(counter: Counter) -> None:
    resident = at_code(counter)
    code = entry(counter).code
    resident.glass.press(resident.say("bar.back"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.IDENTIFY, "the page before")
    assert counter.stage.session.phone is None
    desk = counter.kiosk.phone_desk
    resident.glass.wait_for(lambda: getattr(desk.look(code), "code", "") == "unknown_sign_in", "the portal to forget")
    resident = at_code(counter)
    resident.glass.press(resident.say("identify.type"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.FORM, "the form to type in")


def test_a_card_that_comes_first_wins(counter: Counter) -> None:
    resident = at_code(counter)
    reader = counter.kiosk.devices.card
    resident.papers = "card"
    reader.present(resident.document())  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: counter.stage.session.identity_known(), "the card to be read")
    assert counter.stage.session.page is Page.IDENTIFY
    assert counter.stage.session.phone is None


def test_a_service_that_asks_nothing_the_phone_knows_does_not_offer_it(counter: Counter) -> None:
    resident = counter.resident("zh_Hans")
    resident.service = "GD-SOC-01"
    resident.until(lambda page: page is Page.IDENTIFY)
    assert not any(resident.say("phone.sign_in") in word for word in resident.glass.words())


def test_after_the_visit_neither_code_nor_answers_are_left(counter: Counter) -> None:
    resident = at_code(counter)
    SimulatedPhone(entry(counter).code.address).answer()
    wait_state(counter, resident, "done")
    counter.stage.end()
    assert counter.stage.session.phone is None
    assert "phone" not in counter.screens.pictures.names()
    model = counter.screens.model(Phone)
    shown = [model.property(name) for name in ("picture", "number", "who", "rows")]
    assert shown == ["", "", "", []]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ways", [SOME_WAYS, pytest.param(EVERY, marks=pytest.mark.soak)], ids=["some", "every"])
def test_the_phones_page_breaks_no_rule_in_any_way_it_can_be_shown(
    counter: Counter, language: Language, ways: Sequence[Variant]
) -> None:
    found: list[str] = []
    resident = at_code(counter, language)
    gallery = Gallery(counter.screens, counter.stage, resident)
    for page in ("waiting", "done"):
        if page == "done":
            SimulatedPhone(entry(counter).code.address).answer()
            wait_state(counter, resident, "done")
        found += [f"{look.name}: {each}" for look in gallery.looks(page, ways) for each in look.findings]
    gallery.show(PLAIN)
    assert found == []
