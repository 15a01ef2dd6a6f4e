"""Which page draws which kind of step, and what this kiosk can draw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Page(StrEnum):
    """The pages a resident can be on; the value is the page's file name."""

    ATTRACT = "Attract"
    CLOSED = "Closed"
    STAFF_PIN = "StaffPin"
    TECHNICIAN = "Technician"
    HOME = "Home"
    SERVICES = "Services"
    SEARCH = "Search"
    SCAN = "Scan"
    STANDING = "Standing"
    EVENTS = "Events"
    EVENT = "Event"
    CASE = "Case"
    CHECKLIST = "Checklist"
    IDENTIFY = "Identify"
    CHIP_KEY = "ChipKey"
    PHONE = "Phone"
    FORM = "Form"
    CHOICE = "Choice"
    PORTRAIT = "Portrait"
    COMPARE = "Compare"
    DOCUMENT = "Document"
    LIST = "List"
    SIGN = "Sign"
    RESULT = "Result"
    SLOT = "Slot"
    PAY = "Pay"
    REVIEW = "Review"
    CONSENT = "Consent"
    SENDING = "Sending"
    SAVED = "Saved"
    SAVED_CASE = "SavedCase"
    SLIP = "Slip"
    SEND = "Send"
    SEND_TO = "SendTo"
    STOPPED = "Stopped"


BY_KIND: Final = {
    "checklist": Page.CHECKLIST,
    "identify": Page.IDENTIFY,
    "form": Page.FORM,
    "choice": Page.CHOICE,
    "portrait": Page.PORTRAIT,
    "document": Page.DOCUMENT,
    "list": Page.LIST,
    "sign": Page.SIGN,
    "result": Page.RESULT,
    "slot": Page.SLOT,
    "pay": Page.PAY,
    "review": Page.REVIEW,
    "consent": Page.CONSENT,
    "submit": Page.SENDING,
    "receipt": Page.SAVED,
}


DRAWN_KINDS: Final = frozenset(BY_KIND)


@dataclass(frozen=True)
class Stop:
    """Why a visit cannot go on: the stem of its texts, and whether Back leads to the answers again."""

    text: str
    has_back: bool
