"""Made-up submissions for tests. No person in here exists."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from offline_queue.envelope import Kem, Recipient, RecipientKey, StatementKey, WrappedKey, sign_receipt, uuid7
from offline_queue.opening import Limits
from offline_queue.outbox import Outbox
from offline_queue.sealing import Attachment, Payload, SealedEnvelope, seal

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CANARY = "CANARY-CHAN-TAI-MAN-Z6833655"  # a made-up person
# A short commit log, so that a few saves fill it and a large one does not fit.
NO_BALLAST = Limits(quota_bytes=256 * 1024**2, ballast_bytes=0, low_disk_bytes=0, commit_log_bytes=512 * 1024)

_RECIPIENT_KEY = RecipientKey.generate(Kem.HYBRID)
_cases = itertools.count(1)


def payload(*, pictures: int = 0, picture_bytes: int = 300_000, note: str = CANARY) -> Payload:
    """A made-up application, with so many pictures."""
    images = tuple(
        Attachment(f"photo{n}", "image/jpeg", (CANARY.encode() + bytes([n])) * (picture_bytes // 28))
        for n in range(pictures)
    )
    return Payload("HK-WEL-01", "2026.11", "zh_Hant", {"name": note, "address": "㗎" * 40}, {"share": True}, images)


@dataclass
class Bench:
    """A kiosk's keys and a maker of sealed envelopes."""

    recipients: tuple[Recipient, ...] = (_RECIPIENT_KEY.recipient,)
    key: RecipientKey = _RECIPIENT_KEY
    device: StatementKey = field(default_factory=StatementKey.generate)
    portal: StatementKey = field(default_factory=StatementKey.generate)
    kiosk_id: str = "kiosk-1"

    @property
    def receipt_keys(self) -> dict[str, bytes]:
        return {self.portal.key_id: self.portal.public_bytes}

    def sealed(
        self,
        body: Payload | None = None,
        *,
        case_id: str = "",
        case_seq: int = 1,
        number: str = "TB1 2611 0001 J",
        key: WrappedKey | None = None,
    ) -> SealedEnvelope:
        return seal(
            body or payload(),
            kiosk_id=self.kiosk_id,
            case_id=case_id or f"case-{uuid7(NOON)}",
            case_seq=case_seq,
            receipt_number=number,
            device_key=self.device,
            now=NOON,
            key=key or WrappedKey.make(self.recipients, self.kiosk_id, self.device.key_id),
        )

    def receipt_for(self, sealed: SealedEnvelope) -> str:
        receipt = sign_receipt(
            id=sealed.head.id, sha256=sealed.sha256, reference="P1", accepted=NOON, signer=self.portal
        )
        return receipt.text


def opened(path: Path, bench: Bench, **options: object) -> Outbox:
    """An open outbox, or the test fails."""
    outbox = Outbox.open(path, receipt_keys=bench.receipt_keys, **{"limits": NO_BALLAST, **options})  # type: ignore[arg-type]
    assert isinstance(outbox, Outbox), outbox
    return outbox


def eventually(condition: Callable[[], object], *, within_s: float = 60.0) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)  # a poll of a condition, bounded by the deadline
