"""The part of a visit in which the photo just taken is compared with the document's own.

Asked first, for it is the resident's to give; help for staff, never a refusal: every way through it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kiosk.catalogue import Capture
from kiosk.flow.filled import Filled
from offline_queue.envelope import Json

Band = Literal["match", "ask_staff", "no_match"]
Stage = Literal["asking", "challenge", "missed", "working", "told"]
RECORD: Final = "face_evidence"
"""The record's name beside the answers; no fact may be called so."""


@dataclass(frozen=True)
class Likeness:
    """What a comparison said of one photo: the band, which model said it, and whether a challenge was met before.

    No figure and no measure of a face is in it. `live` false says nothing: not asked, not able, not wished, not seen.
    """

    photo: Capture = field(repr=False)
    band: Band
    model: str
    model_sha256: str
    live: bool = False


@dataclass(frozen=True)
class Comparing:
    """A comparison under way: where it stands, what is chosen on its first page, what came out ("" for nothing)."""

    stage: Stage = "asking"
    agreed: bool | None = None
    live: bool = False
    band: Band | Literal[""] = ""


def record(likenesses: Sequence[Likeness], document: str, facts: Mapping[str, Filled]) -> dict[str, Json]:
    """The record to seal beside these answers, where a photo that was compared is among them; else empty."""
    sent = [filled.value for filled in facts.values()]
    likeness = next((each for each in reversed(likenesses) if each.photo in sent), None)
    if likeness is None:
        return {}
    return {
        RECORD: {
            "compared_with": document,
            "band": likeness.band,
            "model": likeness.model,
            "model_sha256": likeness.model_sha256,
            "liveness": "passed" if likeness.live else "not_done",
        }
    }


class ByFace:
    """The comparison under way; its pages stand on the portrait's step."""

    direction: int
    picture: Capture | None
    comparing: Comparing | None
    no_comparison: bool  # the resident said no: not asked again in this visit

    def forget_face(self) -> None:
        """Wipe the comparison and what was said to it."""
        self.comparing, self.no_comparison = None, False

    def ask_to_compare(self) -> None:
        """Before anything is compared: the resident decides."""
        self.comparing, self.direction = Comparing(), 1

    def choose_comparison(self, *, agreed: bool) -> None:
        """Touch one of the two answers."""
        self._compare_on("asking", agreed=agreed)

    def begin_comparison(self, *, challenge: bool) -> None:
        """Touch Continue with a yes: first the challenge, where the service asks for one."""
        if self.comparing is not None and self.comparing.agreed:
            self._compare_on("challenge" if challenge else "working")

    def challenge_over(self, *, met: bool) -> None:
        """The challenge was met, or it was not seen to be."""
        if self.comparing is not None and self.comparing.stage == "challenge":
            self._compare_on("working" if met else "missed", live=met)

    def challenge_again(self) -> None:
        """Touch "try again"."""
        self._compare_on("challenge")

    def skip_challenge(self) -> None:
        """Touch "go on without": of equal standing."""
        self._compare_on("working")

    def comparison_told(self, band: Band | Literal[""]) -> None:
        """What came out; "" when the pictures could not be compared."""
        self._compare_on("told", band=band)

    def leave_comparison(self) -> None:
        """Back to the photo that was taken."""
        self.comparing, self.direction = None, -1

    def photograph_again(self) -> None:
        """Another photo, please: nothing of the comparison stays."""
        self.leave_comparison()
        self.picture = None

    def _compare_on(self, stage: Stage, **changed: object) -> None:
        if self.comparing is not None:
            self.comparing = replace(self.comparing, stage=stage, **changed)  # type: ignore[arg-type]
