"""From the review's exact content to a sealed envelope on the disk; nothing is "saved" before the commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from kiosk.catalogue import Language
from kiosk.flow import case, engine
from kiosk.flow.case_plan import fact_key
from kiosk.flow.state import FlowState
from kiosk.identity.evidence import Evidence, record
from offline_queue.envelope import Attachment, Json, Payload, Recipient, uuid7
from offline_queue.faults import QueueFault, fault_of
from offline_queue.outbox import Outbox
from offline_queue.sealing import DeviceKey, KeysAhead, SealedEnvelope, seal

_SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class SavedVisit:
    """What is true after the commit: the number, the envelope, and when."""

    receipt_number: str
    envelope_id: str
    sha256: bytes = field(repr=False)
    saved_at: datetime
    service_id: str
    matters: tuple[str, ...] = ()
    case_id: str = ""


@dataclass(frozen=True)
class Sender:
    """Who seals and signs at this kiosk."""

    kiosk_id: str
    device_key: DeviceKey
    recipients: Sequence[Recipient]
    outbox: Outbox

    def seal(
        self, payload: Payload, number: str, now: datetime, *, case_id: str = "", case_seq: int = 1
    ) -> SealedEnvelope:
        """A payload for the portal's worker, under a receipt number; a case of its own where none is named."""
        return seal(
            payload,
            kiosk_id=self.kiosk_id,
            case_id=case_id or uuid7(now),
            case_seq=case_seq,
            receipt_number=number,
            device_key=self.device_key,
            now=now,
            key=self.keys.take(),
        )

    @cached_property
    def keys(self) -> KeysAhead:
        """Content keys for what this kiosk will seal."""
        return KeysAhead(self.recipients, self.kiosk_id, self.device_key.key_id)


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
    sealed = sender.seal(_payload(flow, language, evidence), number, now)
    outcome = sender.outbox.save(sealed)
    if isinstance(outcome, QueueFault):
        return outcome
    return SavedVisit(number, outcome.id, sealed.sha256, now, flow.service.id)


def submit_case(
    sender: Sender, moment: case.Case, language: Language, now: datetime, evidence: Evidence | None = None
) -> tuple[SavedVisit, ...] | QueueFault:
    """Seal one envelope for every department of a case and commit them together: all are saved, or none."""
    case_id, parts = uuid7(now), case.sent_parts(moment)
    try:
        numbers = [sender.outbox.next_receipt_number(now) for _ in parts]
    except sqlite3.Error as error:
        return fault_of(error)
    sealed = [
        sender.seal(_part_payload(moment, part, language, evidence), number, now, case_id=case_id, case_seq=place)
        for place, (part, number) in enumerate(zip(parts, numbers, strict=True), 1)
    ]
    outcome = sender.outbox.save_all(sealed)
    if isinstance(outcome, QueueFault):
        return outcome
    return tuple(
        SavedVisit(number, each.head.id, each.sha256, now, next(iter(part.matters)), tuple(part.matters), case_id)
        for part, number, each in zip(parts, numbers, sealed, strict=True)
    )


def _part_payload(
    moment: case.Case, part: case.DepartmentPart, language: Language, evidence: Evidence | None
) -> Payload:
    """What a department gets: of one matter just what its service alone sends, of several one table each."""
    plain = {matter: _answers(moment, matter, part, evidence) for matter in part.matters}
    only = next(iter(plain))
    return Payload(
        service=only,
        catalogue_version=moment.catalogue.version,
        language=language,
        answers=plain[only] if len(plain) == 1 else {"matters": dict(plain)},
        consent=_part_consent(moment, part),
        attachments=tuple(
            Attachment(
                f"{_attachment_name(key, plain)}.{_SUFFIX.get(capture.media_type, 'bin')}",
                capture.media_type,
                capture.data,
            )
            for key, capture in part.attachments.items()
        ),
    )


def _answers(moment: case.Case, matter: str, part: case.DepartmentPart, evidence: Evidence | None) -> dict[str, Json]:
    """The answers of one matter without its pictures, and what the document proved of them."""
    service = moment.catalogue.services[matter]
    plain = {
        name: value
        for name, value in part.matters[matter].items()
        if fact_key(moment.catalogue, service, name) not in part.attachments
    }
    return {**plain, **record(evidence, moment.plan.walks[matter].facts)}


def _attachment_name(key: str, matters: Mapping[str, object]) -> str:
    """The fact's name; where several matters each have their own, "service.fact"."""
    owner, _, name = key.rpartition("/")
    return name if not owner or len(matters) == 1 or owner not in matters else f"{owner}.{name}"


def _part_consent(moment: case.Case, part: case.DepartmentPart) -> dict[str, Json]:
    """What was agreed to with this department: which texts, over which review."""
    texts: list[Json] = [moment.catalogue.services[matter].declaration_key for matter in part.matters]
    return {
        given.step.partition("/")[0]: {
            "review_hash": given.review_hash,
            "text": texts[0] if len(texts) == 1 else texts,
            "catalogue_version": moment.catalogue.version,
        }
        for given in part.consents
    }


def _payload(flow: FlowState, language: Language, evidence: Evidence | None) -> Payload:
    return Payload(
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
