"""Taking a kiosk's bundle from a USB stick, as if it had come over the line; and the receipts to carry back."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from offline_queue.bundle import Contents, packets, read_contents, receipts_text, signer_of
from offline_queue.envelope import Malformed, Signer
from portal import intake
from portal.intake import Missing, Sender, Taken
from portal.problem import Problem
from portal.store import Store


@dataclass(frozen=True)
class BundleTaken:
    """How many envelopes a bundle brought that were new, known before, and refused (id -> code)."""

    new: int
    again: int
    refused: dict[str, str]
    receipts: tuple[str, ...]


def take_bundle(
    store: Store, source: Path, *, signer: Signer, recipient_kids: frozenset[str], now: datetime
) -> BundleTaken | Malformed:
    """Take every envelope of a bundle; doubles are told by their digest. Malformed: bundle, or the sender's problem."""
    contents = _contents(store, source)
    if isinstance(contents, Malformed):
        return contents
    new, again, refused, receipts = 0, 0, dict.fromkeys(contents.sha256, "missing"), []
    for envelope_id, raw in packets(source, contents):
        found = _take(store, envelope_id, raw, signer, recipient_kids, now)
        if isinstance(found, Problem):
            refused[envelope_id] = found.code
            continue
        refused.pop(envelope_id)
        receipts.append(found.receipt)
        new, again = new + (not found.again), again + found.again
    return BundleTaken(new, again, refused, tuple(receipts))


def write_receipts(taken: BundleTaken, target: Path) -> None:
    """Write the file that goes back to the kiosk."""
    target.write_text(receipts_text(taken.receipts, taken.refused), encoding="utf-8")


def _contents(store: Store, source: Path) -> Contents | Malformed:
    kid = signer_of(source)
    if isinstance(kid, Malformed):
        return kid
    asked: Future[Sender | Problem] = store.submit(lambda db: intake.known_device(db, kid))
    sender = asked.result()
    return Malformed(sender.code) if isinstance(sender, Problem) else read_contents(source, {kid: sender.public})


def _take(
    store: Store, envelope_id: str, raw: bytes, signer: Signer, recipient_kids: frozenset[str], now: datetime
) -> Taken | Problem:
    asked = intake.read_announcement(envelope_id, raw, recipient_kids)
    if isinstance(asked, Problem):
        return asked
    work: Callable[..., Taken | Missing | Problem] = lambda db: intake.announce(db, asked, signer, now)  # noqa: E731
    found = store.submit(work).result()
    return Problem(409, "chunks_missing") if isinstance(found, Missing) else found
