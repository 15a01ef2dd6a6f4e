"""Wrong PINs slow a kiosk down, also when each is tried on another card."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hardware.cards import Pin, Staff
from hardware.cards.faults import CardError
from hardware.cards.identify import staff_login
from hardware.cards.lockout import FIRST_PAUSE_S, FREE_TRIES, LONGEST_PAUSE_S, Lockout
from hardware.cards.sim.piv import MADE_UP_PIN
from tests.hardware.cards.test_staff import ROLES, Contact, office

WRONG = "135791"


def test_the_first_tries_are_free_and_each_later_one_doubles_the_pause() -> None:
    lockout, pauses = Lockout(), []
    for _ in range(FREE_TRIES + 3):
        lockout = lockout.after_wrong(100.0)
        pauses.append(lockout.left_s(100.0))
    assert pauses == [0.0] * (FREE_TRIES - 1) + [FIRST_PAUSE_S * 2**n for n in range(4)]
    assert lockout.left_s(100.0 + pauses[-1]) == 0.0


def test_the_pause_has_an_end() -> None:
    lockout = Lockout()
    for _ in range(200):
        lockout = lockout.after_wrong(0.0)
    assert lockout.left_s(0.0) == LONGEST_PAUSE_S


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(CardError) as refused:
        work()
    return refused.value.fault.code


def test_no_pin_is_sent_while_the_kiosk_is_locked_and_the_right_one_is_taken_afterwards() -> None:
    clock = [0.0]
    read = staff_login((office().root,), ROLES, monotonic=lambda: clock[0])
    for _ in range(FREE_TRIES):
        assert code_of(lambda: read(Contact(office().card()), Pin(WRONG), lambda _: None)) == "pin_wrong"
    contact = Contact(office().card())
    assert code_of(lambda: read(contact, Pin(MADE_UP_PIN), lambda _: None)) == "staff_locked_out"
    assert not [command for command in contact.sent if command[1] == 0x20], "the PIN stayed here"
    clock[0] = FIRST_PAUSE_S
    assert isinstance(read(Contact(office().card()), Pin(MADE_UP_PIN), lambda _: None), Staff)
    assert code_of(lambda: read(Contact(office().card()), Pin(WRONG), lambda _: None)) == "pin_wrong", "counted anew"


def test_a_fault_that_is_no_wrong_pin_does_not_count() -> None:
    read = staff_login((office().root,), ROLES, monotonic=lambda: 0.0)
    for _ in range(FREE_TRIES + 1):
        assert code_of(lambda: read(Contact(office().card()), None, lambda _: None)) == "access_key_needed"
    assert isinstance(read(Contact(office().card()), Pin(MADE_UP_PIN), lambda _: None), Staff)
