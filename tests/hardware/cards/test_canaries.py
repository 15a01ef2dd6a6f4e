"""Nothing of a document, its key or a PIN is in a log, an event's words, a trace or a fault, at any level of talk."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable
from functools import partial

import pytest

from hardware.cards import Can, MrzKey, Pin, people
from hardware.cards.documents import IdentityDocument
from hardware.cards.emrtd import lds
from hardware.cards.emrtd.pace import ECDH_CAM, PaceInfo
from hardware.cards.faults import CardError
from hardware.cards.identify import card_reading, staff_login
from hardware.cards.sim import issuer
from hardware.cards.sim.issuer import utopia
from hardware.cards.sim.piv import MADE_UP_PIN
from hardware.cards.trace import Line, traced
from tests.hardware.cards.emrtd.test_document import Contact
from tests.hardware.cards.test_staff import ROLES, office
from tests.hardware.cards.test_staff import Contact as StaffContact

CARD = utopia().card(people.RARE, offer=PaceInfo(f"{ECDH_CAM}.2", 13))
PHOTO = people.RARE.document().photo_jpeg or b""
CANARIES = {
    "number": "UT1234567",
    "birth": "480229",
    "expiry": issuer.SPECIMEN_EXPIRY,
    "can": issuer.SPECIMEN_CAN,
    "pin": MADE_UP_PIN,
    "pin in hex": MADE_UP_PIN.encode().hex(),
    "name": "YEUNG",
    "characters": people.RARE.name_zh,
    "zone in hex": CARD.files[lds.DG1][5:25].hex(),
    "photo in hex": PHOTO[200:216].hex(),
    "photo": repr(PHOTO[200:216])[2:-1],
}


def spoilt(answer: bytes) -> bytes:
    return answer[:-3] + b"\0\x90\0"


@pytest.mark.parametrize("spoils", [0, 3, 9, 14])
def test_no_canary_sings(spoils: int, caplog: pytest.LogCaptureFixture) -> None:
    said = io.StringIO()
    lines: list[Line] = []
    events: list[object] = []

    def tried(work: Callable[[], object]) -> None:
        try:
            said.write(repr(work()))
        except CardError as error:
            said.write(repr(error.fault) + "".join(traceback.format_exception(error)))

    with caplog.at_level(logging.DEBUG):
        read = traced(card_reading((utopia().anchor,)), lines.append)
        for key in (Can(issuer.SPECIMEN_CAN), Can("999999"), MrzKey("UT1234567", "480229", issuer.SPECIMEN_EXPIRY)):
            CARD.reset()
            contact = Contact(CARD, lambda count, answer: spoilt(answer) if count == spoils else answer)
            tried(partial(read, contact, key, events.append))
            said.write(repr(key))
        login = traced(staff_login((office().root,), ROLES), lines.append)
        for pin in (MADE_UP_PIN, "135791"):
            tried(partial(login, StaffContact(office().card()), Pin(pin), events.append))
    told = said.getvalue() + repr(lines) + repr(events) + caplog.text
    assert len(lines) > 20
    assert [name for name, canary in CANARIES.items() if canary.lower() in told.lower()] == []


def test_the_canaries_are_in_what_was_read() -> None:
    found = card_reading((utopia().anchor,))(Contact(CARD), Can(issuer.SPECIMEN_CAN), lambda _: None)
    assert isinstance(found, IdentityDocument)
    assert (found.number, found.name_zh) == (CANARIES["number"], CANARIES["characters"])
    assert PHOTO[200:216] in (found.photo_jpeg or b"")
