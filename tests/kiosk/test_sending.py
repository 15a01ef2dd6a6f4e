"""The pages on which a slip is sent, without a screen: what is offered, typed, refused and forgotten."""

from __future__ import annotations

import pytest

from kiosk.masking import masked_address
from kiosk.pages import Page
from kiosk.sending import Sending, Target, begun
from offline_queue.slip_message import Way

BOTH = frozenset(Way)
NUMBER = {Way.SMS: "+852 5123 4567"}


class Visit(Sending):
    def __init__(self, given: dict[Way, str] | None = None) -> None:
        self.direction = 0
        self.forget_sending()
        self.open_sending(begun(BOTH, given or {}))


def test_an_address_that_was_given_is_offered_first_and_used_by_a_touch() -> None:
    visit = Visit(NUMBER)
    assert visit.sending is not None
    assert visit.sending.choices == ("known-sms", "new-email", "new-sms")
    assert visit.send_on() is None  # nothing is picked yet
    visit.pick_target("known-sms")
    assert visit.send_on() == Target(Way.SMS, "+85251234567")


@pytest.mark.parametrize("given", ["", "2123 4567", "not a number", "+44 7700 900123"])
def test_an_address_nothing_can_be_sent_to_is_not_offered(given: str) -> None:
    assert begun(BOTH, {Way.SMS: given}).choices == ("new-email", "new-sms")


def test_only_the_ways_of_the_portal_are_offered_and_a_single_one_is_picked() -> None:
    entry = begun({Way.EMAIL}, NUMBER)
    assert (entry.choices, entry.picked) == (("new-email",), "new-email")


def test_a_typed_address_is_sent_to_in_its_one_form() -> None:
    visit = Visit()
    visit.pick_target("new-email")
    assert visit.send_on() is None
    assert visit.send_page() is Page.SEND_TO
    visit.type_address("Chan@EXAMPLE.org")
    target = visit.send_on()
    assert target == Target(Way.EMAIL, "Chan@example.org")
    visit.hand_over(target)
    assert visit.send_page() is Page.SEND


def test_a_wrong_address_stays_in_its_field_with_the_problem_until_it_is_changed() -> None:
    visit = Visit()
    visit.pick_target("new-sms")
    visit.send_on()
    visit.type_address("2123 4567")
    assert visit.send_on() is None
    assert visit.sending is not None
    assert visit.sending.problem == "mobile_landline"
    visit.type_address("5123 4567")
    assert visit.sending.problem == ""
    assert visit.send_on() == Target(Way.SMS, "+85251234567")


def test_what_cannot_be_typed_and_what_is_too_long_does_not_get_in() -> None:
    visit = Visit()
    visit.pick_target("new-email")
    visit.send_on()
    visit.type_address("a\r\nBcc: b" + "x" * 1000)
    assert visit.sending is not None
    typed = visit.sending.typed[Way.EMAIL]
    assert typed.isprintable()
    assert len(typed) == 254


def test_back_goes_from_the_field_to_the_ways_and_from_there_to_the_slip() -> None:
    visit = Visit()
    visit.pick_target("new-email")
    visit.send_on()
    visit.type_address("chan@")
    visit.back_from_sending()
    assert visit.send_page() is Page.SEND
    visit.send_on()
    assert visit.sending is not None
    assert visit.sending.typed[Way.EMAIL] == "chan@"  # nothing that was typed is lost
    visit.back_from_sending()
    visit.back_from_sending()
    assert visit.send_page() is Page.SLIP


def test_after_a_refusal_back_leads_to_the_ways() -> None:
    visit = Visit(NUMBER)
    visit.hand_over(Target(Way.SMS, "+85251234567"))
    visit.sent("refused")
    visit.back_from_sending()
    assert visit.sending is not None
    assert (visit.sending.outcome, visit.sending.target) == ("", None)


def test_touches_after_the_visit_do_nothing() -> None:
    visit = Visit(NUMBER)
    visit.forget_sending()
    visit.pick_target("known-sms")
    visit.type_address("x")
    visit.hand_over(Target(Way.SMS, "+85251234567"))
    visit.sent("sent")
    assert visit.send_on() is None
    assert (visit.sending, visit.posted) == (None, {})


def test_every_form_of_an_address_is_private() -> None:
    visit = Visit(NUMBER)
    visit.pick_target("new-email")
    visit.send_on()
    visit.type_address("chan@")
    visit.hand_over(Target(Way.EMAIL, "chan@example.org"))
    assert visit.sending is not None
    wanted = {"chan@", "chan@example.org", "c***@example.org", "+85251234567", "+852 51XX XX67"}
    assert wanted <= set(visit.sending.private)


def test_no_address_is_in_a_representation() -> None:
    visit = Visit(NUMBER)
    visit.pick_target("new-email")
    visit.send_on()
    visit.type_address("chan@example.org")
    assert "5123" not in repr(visit.sending)
    assert "chan" not in repr(visit.sending)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("+85251234567", "+852 51XX XX67"),
        ("+8613800138000", "+86138 00XX XX00"),
        ("chan.tai.man@example.org", "c***@example.org"),
        ("123", "XXX"),
    ],
)
def test_an_address_can_be_recognised_and_not_copied(address: str, shown: str) -> None:
    assert masked_address(address) == shown
