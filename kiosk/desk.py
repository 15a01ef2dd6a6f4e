"""What a department answers while the resident waits: enquiries, times to book, bills and payments.

Every call may block for as long as its deadline and belongs to a worker thread. Trouble is returned, never raised.
An enquiry is sealed like a submission and brings a key made for it alone, to which the answer is sealed.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from kiosk.catalogue import Language
from kiosk.catalogue.model import Payment, Slot
from kiosk.flow import engine
from kiosk.flow.state import FlowState
from kiosk.submission import Sender
from offline_queue.envelope import Json, Kem, Malformed, Payload, RecipientKey, b64, unb64, uuid7
from offline_queue.portal_client import Kind, PortalClient, Trouble

ANSWER_WITHIN_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.25
_NO_NUMBER: Final = "enquiry"  # an enquiry keeps no receipt number


@dataclass(frozen=True)
class Bill:
    """What a department asks to be paid, in cents of the service's currency."""

    reference: str
    cents: int


@dataclass(frozen=True)
class Answer:
    """What the department said: its lines by language (never logged), and the bill if one is to be paid."""

    reference: str
    lines: Mapping[str, Sequence[str]] = field(repr=False)
    bill: Bill | None
    simulated: bool
    at: datetime


@dataclass(frozen=True)
class Offer:
    """A time with free places; `starts` is the office's local time."""

    id: str
    starts: datetime
    free: int
    simulated: bool = False


@dataclass(frozen=True)
class Desk:
    """The way to the departments' desks: who asks, and to whom questions are sealed."""

    sender: Sender
    client: PortalClient
    within_s: float = ANSWER_WITHIN_S
    monotonic: Callable[[], float] = time.monotonic

    def enquire(self, flow: FlowState, language: Language, now: datetime) -> Answer | Trouble:
        """Ask the department about the answers of this journey; returns with what it says, or why it does not."""
        key = RecipientKey.generate(Kem.X25519)
        client = self.client.another()
        sealed = self.sender.seal(_question(flow, language, key), _NO_NUMBER, now)
        try:
            trouble = client.enquire(sealed)
            text = trouble if trouble is not None else self._fetch(client, sealed.head.id)
        finally:
            client.close()
        if isinstance(text, Trouble):
            return text
        return _opened(text, key, sealed.head.id, now)

    def _fetch(self, client: PortalClient, enquiry_id: str) -> str | Trouble:
        until = self.monotonic() + self.within_s
        while self.monotonic() < until:
            found = client.enquiry_answer(enquiry_id)
            if found is not None:
                return found
            threading.Event().wait(_LOOK_EVERY_S)
        return Trouble(Kind.BUSY, "no_answer")

    def offers(self, service: str) -> tuple[Offer, ...] | Trouble:
        """The times that a service can be booked for."""
        found = self._ask("slots", {"service": service})
        if isinstance(found, Trouble):
            return found
        try:
            rows, simulated = found["slots"], found["simulated"] is True
            return tuple(
                Offer(str(row["id"]), datetime.fromisoformat(row["starts"]), int(row["free"]), simulated)
                for row in rows
            )
        except (KeyError, TypeError, ValueError):
            return Trouble(Kind.OFFLINE, "unreadable")

    def hold(self, service: str, offer: Offer, office: str, now: datetime) -> Slot | Trouble:
        """Keep one place; Trouble "slot_full" when another resident was faster."""
        found = self._ask("hold", {"service": service, "slot": offer.id, "hold": uuid7(now)})
        if isinstance(found, Trouble):
            return found
        hold = found.get("hold")
        if not isinstance(hold, str) or not hold.startswith(offer.id):
            return Trouble(Kind.OFFLINE, "unreadable")
        return Slot(hold, office, f"{offer.starts:%Y-%m-%dT%H:%M}")

    def bill(self, bill: Bill) -> Bill | Trouble:
        """The bill as it stands now: the amount that a payment must match."""
        found = self._ask("bill", {"bill": bill.reference})
        if isinstance(found, Trouble):
            return found
        cents = found.get("cents")
        return Bill(bill.reference, cents) if type(cents) is int else Trouble(Kind.OFFLINE, "unreadable")

    def pay(self, bill: Bill, method: str) -> Payment | Trouble:
        """Tell the portal what the terminal took; the same bill again gives the same payment."""
        found = self._ask("payment", {"bill": bill.reference, "cents": bill.cents})
        if isinstance(found, Trouble):
            return found
        reference = found.get("reference")
        if not isinstance(reference, str) or found.get("cents") != bill.cents:
            return Trouble(Kind.OFFLINE, "unreadable")
        return Payment(reference, bill.cents, method)

    def _ask(self, kind: str, body: Mapping[str, Json]) -> Mapping[str, Any] | Trouble:
        return asked(self.sender, self.client, kind, body)


def asked(sender: Sender, client: PortalClient, kind: str, body: Mapping[str, Json]) -> Mapping[str, Any] | Trouble:
    """One statement of this kiosk's to the portal, over a connection of its own, and what it answers."""
    own = client.another()
    try:
        return own.ask(kind, {**body, "kiosk_id": sender.kiosk_id}, sender.device_key)
    finally:
        own.close()


def _question(flow: FlowState, language: Language, key: RecipientKey) -> Payload:
    """Answers only: a question needs no picture."""
    return Payload(
        service=flow.service.id,
        catalogue_version=flow.catalogue.version,
        language=language,
        answers={
            "answers": engine.payload(flow),
            "bill": "pay" in flow.service.kinds,
            "reply_key": b64(key.recipient.public),
        },
        consent=engine.consent_record(flow),
    )


def _opened(text: str, key: RecipientKey, enquiry_id: str, now: datetime) -> Answer | Trouble:
    """The answer in these bytes, if it was sealed to this question."""
    try:
        clear = key.unwrap_key(unb64(text), enquiry_id.encode())
        if isinstance(clear, Malformed):
            return Trouble(Kind.UNTRUSTED, "not_for_this_question")
        doc = json.loads(clear)
        bill = doc["bill"]
        lines = {language: tuple(map(str, found)) for language, found in doc["lines"].items()}
        due = Bill(str(bill["reference"]), int(bill["cents"])) if bill else None
        return Answer(str(doc["reference"]), lines, due, bool(doc["simulated"]), now)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Trouble(Kind.OFFLINE, "unreadable")
