"""How sure the kiosk is of who stands before it: carried to the department with the answers, never shown as more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from hardware.cards import IdentityDocument
from kiosk.flow.filled import Filled
from kiosk.identity import by_face
from kiosk.identity.by_face import Likeness
from offline_queue.envelope import Json

Verdict = Literal["genuine", "chip_may_be_copy", "no_trust_anchor", "unsigned", "signed_in"]
RECORD: Final = "identity_evidence"
"""The record's name beside the answers; no fact may be called so."""


@dataclass(frozen=True)
class Evidence:
    """What one document proved: its kind, the verdict, and the answers it gave as they were then.

    `genuine`: its issuer signed the data and the chip proved that it is the one it was issued as. `chip_may_be_copy`:
    the data is its issuer's, the chip has no key to prove itself by. `no_trust_anchor`: whole and signed, by somebody
    this site's master list does not have. `unsigned`: nothing on it is signed. `signed_in`: no document was here; an
    account was proved on the resident's own phone. `portrait` is the document's own picture (JPEG), to be compared with
    and never sent; `likenesses` is what that said of each photo taken here.
    """

    kind: str
    verdict: Verdict
    gave: Mapping[str, Filled] = field(repr=False)
    portrait: bytearray | None = field(default=None, repr=False, compare=False)
    likenesses: tuple[Likeness, ...] = ()

    def wipe(self) -> None:
        """Overwrite the document's picture where it lies."""
        if self.portrait is not None:
            self.portrait[:] = bytes(len(self.portrait))


def verdict_of(document: IdentityDocument) -> Verdict:
    """The verdict in one word."""
    if document.origin != "genuine":
        return document.origin
    return "genuine" if document.chip_proved else "chip_may_be_copy"


def record(evidence: Evidence | None, facts: Mapping[str, Filled]) -> dict[str, Json]:
    """The record to seal beside these answers: which of them still stand as the document gave them; empty for none."""
    if evidence is None:
        return {}
    standing = sorted(
        name for name, given in evidence.gave.items() if name in facts and facts[name].value == given.value
    )
    if not standing:
        return {}
    return {
        RECORD: {"document": evidence.kind, "verdict": evidence.verdict, "answers": list(standing)},
        **by_face.record(evidence.likenesses, evidence.kind, facts),
    }
