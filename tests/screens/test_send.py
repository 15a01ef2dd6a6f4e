"""Having the slip sent: the real screens, a real portal, a mail server and a telephone that can be looked into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
import requests

from kiosk.app import Kiosk
from kiosk.catalogue import LANGUAGES, Language
from kiosk.session import Page
from offline_queue.slip_code import SlipCode, read_slip
from offline_queue.slip_message import Way
from offline_queue.sync import SyncState
from portal.simulated_post import UNKNOWN_MAILBOX
from screens.gallery import EVERY, PLAIN, Gallery, Variant
from screens.models.send import Send
from screens.rehearsal import Resident
from tests.screens.conftest import SOME_WAYS, Counter


@pytest.fixture(autouse=True)
def line_up(counter: Counter) -> Iterator[None]:
    yield
    assert counter.kiosk.portal is not None
    counter.kiosk.portal.online()
    counter.kiosk.sync.wake()
    counter.stage.end()


def at_slip(counter: Counter, language: Language = "en", service: str = "HK-WEL-01", **how: object) -> Resident:
    """A resident whose slip is out, at a kiosk that knows that slips can be sent."""
    resident = counter.resident(language, **how)
    resident.service = service
    resident.glass.wait_for(lambda: counter.kiosk.line_up and bool(counter.kiosk.slip_ways), "the line")
    resident.visit()
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("slip.finish")), "the slip to be out", 60)
    return resident


def at_ways(counter: Counter, language: Language = "en", **how: object) -> Resident:
    """A resident who has touched "send it to me"."""
    resident = at_slip(counter, language, **how)  # type: ignore[arg-type]
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    return resident


def press_row(resident: Resident, key: str, note: str = "", **values: object) -> None:
    """Touch a row by its label and what stands under it."""
    label = resident.say(key, **values)
    resident.glass.press(label if not note else f"{label}, {resident.say(note)}")


def type_at(counter: Counter, resident: Resident, way: str, address: str) -> None:
    """Pick a way, type an address and touch Send."""
    known = counter.stage.session.sending and counter.stage.session.sending.known_by(Way(way))
    press_row(resident, f"send.{'other' if known else 'new'}_{way}")
    resident.glass.press(resident.say("bar.next"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND_TO, "the field")
    resident.settle()
    for letter in address:
        counter.screens.type_by_hardware(letter)
    resident.glass.press(resident.say("send.send"))


def wait_state(counter: Counter, resident: Resident, wanted: str) -> None:
    model = counter.screens.model(Send)
    resident.glass.wait_for(lambda: model.property("state") == wanted, f"the message to be {wanted}")


def arrived(counter: Counter, to: str) -> list[dict[str, str]]:
    assert counter.kiosk.portal is not None
    with requests.Session() as web:
        web.trust_env = False
        listed = web.get(f"{counter.kiosk.portal.url}/simulated-messages.json", timeout=10).json()
    return [each for each in listed if each["to"] == to]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("way", "typed", "to"), [("email", "{}@example.org", "{}@example.org"), ("sms", "{}", "+852{}")]
)
def test_a_slip_arrives_in_the_residents_language_with_the_address_that_proves_it(
    counter: Counter, language: Language, way: str, typed: str, to: str
) -> None:
    place = LANGUAGES.index(language)
    who = f"resident{place}" if way == "email" else f"5123000{place}"
    resident = at_ways(counter, language, **{"person": "elder"})
    type_at(counter, resident, way, typed.format(who))
    wait_state(counter, resident, "sent")
    [message] = arrived(counter, to.format(who))
    saved, session = counter.stage.session.saved, counter.stage.session
    assert saved is not None
    assert session.flow is not None
    assert saved.receipt_number in message["text"]
    assert resident.say(session.flow.service.title_key) in message["text"]
    if way == "email":
        assert saved.receipt_number in message["subject"]
    urls = [line for line in message["text"].splitlines() if "?c=" in line]
    code = read_slip(urls[0], counter.kiosk.sender.device_key.public_bytes)
    assert isinstance(code, SlipCode)
    assert code.receipt_number == saved.receipt_number
    for personal in ("A123456", "CHAN", "陳大文"):
        assert personal not in message["text"] + message["subject"]
    resident.glass.press(resident.say("send.slip"))
    resident.glass.wait_for(lambda: session.page is Page.SLIP, "the slip again")


def test_coming_back_to_the_slip_prints_nothing_more(counter: Counter) -> None:
    emulator = counter.kiosk.devices.emulator
    assert emulator is not None
    before = len(emulator.papers)
    resident = at_ways(counter)
    resident.glass.press(resident.say("bar.back"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SLIP, "the slip")
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("slip.finish")), "the way out")
    assert resident.say("slip.printed_title") in resident.glass.words()
    assert len(emulator.papers) == before + 1


def test_a_slip_that_could_not_be_printed_is_not_printed_by_coming_back_to_it(counter: Counter) -> None:
    devices = counter.kiosk.devices
    assert devices.emulator is not None
    assert devices.simulated_a4 is not None
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.SAVED)
    devices.emulator.out_of_paper()
    devices.simulated_a4.out_of_paper()
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("slip.show")), "the kiosk to notice")
    resident.leave_page(Page.SAVED)
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("send.open")), "the slip")
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    counter.mend()
    resident.glass.wait_for(lambda: devices.working("printer"), "the printer")
    resident.glass.press(resident.say("bar.back"))
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("slip.again")), "the offer to print")
    assert resident.say("slip.screen_title") in resident.glass.words()  # it waits to be asked


def test_an_address_of_this_visit_is_offered_masked_and_used_by_a_touch(counter: Counter) -> None:
    resident = at_ways(counter, document="phone")  # iAM Smart gave a mobile number
    words = resident.glass.words()
    assert not any(number in words for number in ("5123 4567", "51234567"))
    assert resident.say("send.simulated") in words  # and nobody is led to believe in it
    press_row(resident, "send.known_sms", "send.known_more", address="+852 51XX XX67")
    before = len(arrived(counter, "+85251234567"))
    resident.glass.press(resident.say("send.send"))
    wait_state(counter, resident, "sent")
    assert len(arrived(counter, "+85251234567")) == before + 1
    assert "51234567" not in resident.glass.words()


@pytest.mark.parametrize(
    ("way", "typed", "problem"),
    [
        ("email", "", "email_form"),
        ("email", "chan.example.org", "email_form"),
        ("email", "a@b.example, c@d.example", "email_form"),
        ("email", "陳@example.org", "email_letters"),
        ("sms", "21234567", "mobile_landline"),
        ("sms", "123", "mobile_form"),
        ("sms", "00447700900123", "mobile_country"),
    ],
)
def test_what_nothing_can_be_sent_to_is_said_at_the_field(counter: Counter, way: str, typed: str, problem: str) -> None:
    resident = at_ways(counter)
    type_at(counter, resident, way, typed)
    resident.glass.wait_for(lambda: resident.say(f"send.problem.{problem}") in resident.glass.words(), "the sentence")
    assert counter.stage.session.page is Page.SEND_TO


def test_where_nobody_is_it_says_so_and_another_address_is_one_touch_away(counter: Counter) -> None:
    resident = at_ways(counter)
    type_at(counter, resident, "email", UNKNOWN_MAILBOX)
    wait_state(counter, resident, "refused")
    assert resident.say("send.refused", address="n***@example.org") in resident.glass.words()
    resident.glass.press(resident.say("send.other"))
    wait_state(counter, resident, "asking")


def test_a_line_that_breaks_in_between_is_told_and_the_next_touch_sends_it_once(counter: Counter) -> None:
    resident = at_ways(counter)
    assert counter.kiosk.portal is not None
    counter.kiosk.portal.offline()
    type_at(counter, resident, "email", "later@example.org")
    wait_state(counter, resident, "offline")
    assert resident.say("send.offline_title") in resident.glass.words()
    counter.kiosk.portal.online()
    counter.kiosk.sync.wake()
    resident.glass.press(resident.say("send.again"))
    wait_state(counter, resident, "sent")
    assert len(arrived(counter, "later@example.org")) == 1
    resident.glass.press(resident.say("send.slip"))
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("send.open")), "the slip")
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    type_at(counter, resident, "email", "later@example.org")
    wait_state(counter, resident, "sent")
    assert len(arrived(counter, "later@example.org")) == 1  # the same slip to the same address is the same message


def test_while_the_line_is_down_it_is_shown_with_the_reason(counter: Counter) -> None:
    resident = at_slip(counter)
    assert counter.kiosk.portal is not None
    counter.kiosk.portal.offline()
    counter.kiosk.sync.wake()
    resident.glass.wait_for(lambda: not counter.kiosk.line_up, "the kiosk to notice")
    resident.glass.wait_for(lambda: resident.say("send.no_line") in resident.glass.words(), "the reason")
    assert not resident.glass.shows(resident.say("send.open"))
    counter.screens.model(Send).open()
    assert counter.stage.session.page is Page.SLIP


def test_without_a_gateway_nothing_is_offered(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kiosk, "slip_ways", frozenset())
    resident = counter.resident("en")
    resident.visit()
    assert not resident.glass.shows(resident.say("send.open"))
    counter.screens.model(Send).open()
    assert counter.stage.session.page is Page.SLIP
    assert SyncState().slip_by == frozenset()


def test_a_departments_answer_that_cannot_be_printed_can_be_sent(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.service = "HK-WEL-03"
    resident.until(lambda page: page is Page.RESULT)
    counter.kiosk.devices.simulated_a4.out_of_paper()  # type: ignore[union-attr]
    counter.kiosk.devices.emulator.out_of_paper()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("answer.show")), "the kiosk to notice")
    resident.visit()
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    type_at(counter, resident, "email", "answer@example.org")
    wait_state(counter, resident, "sent")
    [message] = arrived(counter, "answer@example.org")
    answer = counter.stage.session.answer
    assert answer is not None
    assert answer.reference in message["text"]
    assert all(line in message["text"] for line in answer.lines["en"])


def test_a_case_is_sent_with_every_departments_number_and_proof(counter: Counter) -> None:
    counter.stage.end()
    counter.mend()
    resident = Resident(counter.screens, counter.stage, service="", language="zh_Hant", event="retire")
    resident.glass.wait_for(lambda: counter.kiosk.line_up and bool(counter.kiosk.slip_ways), "the line")
    resident.visit()
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("send.open")), "the slip to be out", 60)
    parts = counter.stage.session.all_saved
    assert len(parts) > 1
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    type_at(counter, resident, "email", "case@example.org")
    wait_state(counter, resident, "sent")
    [message] = arrived(counter, "case@example.org")
    urls = [line for line in message["text"].splitlines() if "?c=" in line]
    codes = [read_slip(url, counter.kiosk.sender.device_key.public_bytes) for url in urls]
    assert [code.receipt_number for code in codes if isinstance(code, SlipCode)] == [p.receipt_number for p in parts]
    assert all(part.receipt_number in message["text"] for part in parts)


def test_after_the_visit_no_address_is_left(counter: Counter) -> None:
    resident = at_ways(counter)
    type_at(counter, resident, "email", "gone@example.org")
    wait_state(counter, resident, "sent")
    counter.stage.end()
    session, model = counter.stage.session, counter.screens.model(Send)
    assert (session.sending, session.posted) == (None, {})
    assert [model.property(name) for name in ("rows", "value")] == [[], ""]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ways", [SOME_WAYS, pytest.param(EVERY, marks=pytest.mark.soak)], ids=["some", "every"])
def test_the_pages_break_no_rule_in_any_way_they_can_be_shown(
    counter: Counter, language: Language, ways: Sequence[Variant]
) -> None:
    resident = at_slip(counter, language, document="phone")
    gallery, found = Gallery(counter.screens, counter.stage, resident), list[str]()

    def look(page: str) -> None:
        found.extend(f"{one.name}: {each}" for one in gallery.looks(page, ways) for each in one.findings)
        gallery.show(PLAIN)

    look("Slip")
    resident.glass.press(resident.say("send.open"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND, "the ways")
    resident.settle()
    look("Send")
    counter.stage.act(lambda: counter.stage.session.pick_target("new-email"))
    resident.glass.press(resident.say("bar.next"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SEND_TO, "the field")
    resident.settle()
    look("SendTo-email")
    resident.glass.press(resident.say("send.send"))
    look("SendTo-problem")
    counter.stage.act(counter.stage.session.back_from_sending)
    resident.settle()
    press_row(resident, "send.known_sms", "send.known_more", address="+852 51XX XX67")
    resident.glass.press(resident.say("send.send"))
    wait_state(counter, resident, "sent")
    look("Send-sent")
    for outcome in ("waiting", "uncertain", "refused", "failed", "offline", "too_many", "enough"):
        counter.stage.act(lambda outcome=outcome: counter.stage.session.sent(outcome))  # type: ignore[misc]
        look(f"Send-{outcome}")
    assert found == []
