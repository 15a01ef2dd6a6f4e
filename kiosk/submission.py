"""From the review's exact content to a sealed envelope on the disk; nothing is "saved" before the commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.catalogue import Language
from kiosk.flow import engine
from kiosk.flow.state import FlowState
from kiosk.identity.evidence import Evidence, record
from offline_queue.envelope import Attachment, Payload, Recipient, uuid7
from offline_queue.faults import QueueFault, fault_of
from offline_queue.outbox import Outbox
from offline_queue.sealing import DeviceKey, SealedEnvelope, seal

_SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class SavedVisit:
    """What is true after the commit: the number, the envelope, and when."""

    receipt_number: str
    envelope_id: str
    sha256: bytes = field(repr=False)
    saved_at: datetime
    service_id: str


@dataclass(frozen=True)
class Sender:
    """Who seals and signs at this kiosk."""

    kiosk_id: str
    device_key: DeviceKey
    recipients: Sequence[Recipient]
    outbox: Outbox


def submit(
    sender: Sender, flow: FlowState, language: Language, now: datetime, evidence: Evidence | None = None
) -> SavedVisit | QueueFault:
    """Seal what the review showed and commit it; returns after the commit or with the reason it is not there.

    `evidence` says what the resident's document proved; it is sealed beside the answers it still stands behind.
    """
    try:
        number = sender.outbox.next_receipt_number(now)
    except sqlite3.Error as error:
        return fault_of(error)
    sealed = _sealed(sender, flow, language, number, now, evidence)
    outcome = sender.outbox.save(sealed)
    if isinstance(outcome, QueueFault):
        return outcome
    return SavedVisit(number, outcome.id, sealed.sha256, now, flow.service.id)


def _sealed(
    sender: Sender, flow: FlowState, language: Language, number: str, now: datetime, evidence: Evidence | None
) -> SealedEnvelope:
    payload = Payload(
        service=flow.service.id,
        catalogue_version=flow.catalogue.version,
        language=language,
        answers={**engine.payload(flow), **record(evidence, flow.walk.facts)},
        consent=engine.consent_record(flow),
        attachments=tuple(
            Attachment(f"{name}.{_SUFFIX.get(capture.media_type, 'bin')}", capture.media_type, capture.data)
            for name, capture in engine.attachments(flow)
        ),
    )
    return seal(
        payload,
        kiosk_id=sender.kiosk_id,
        case_id=uuid7(now),
        case_seq=1,
        receipt_number=number,
        recipients=sender.recipients,
        device_key=sender.device_key,
        now=now,
    )
