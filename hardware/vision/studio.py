"""Photographer, comparison and challenge as the kiosk uses them: in a process of their own.

Models, pictures and what was made of a face leave with the visit.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, get_args

from hardware.camera.frame import Frame
from hardware.camera.looker import Looker
from hardware.device import Fault
from hardware.vision.liveness import Outcome, Task
from hardware.vision.match import Band
from hardware.vision.photographer import PLAIN_CODES
from hardware.worker import Worker

COMMAND: Final = (sys.executable, "-m", "hardware.vision.studio_worker")
START_S, LOOK_S, IDLE_S = 20.0, 4.0, 30.0
FAULT_CODES: Final = ("studio_unavailable", "studio_slow")


BANDS: Final = frozenset(get_args(Band))
OUTCOMES: Final = frozenset(get_args(Outcome))


@dataclass(frozen=True)
class Compared:
    """The band, and which model says so: its name and the SHA-256 of its file."""

    band: Band
    model: str
    model_sha256: str


class Step(NamedTuple):
    """Where a challenge stands, and what the person is to do now."""

    outcome: Outcome
    task: Task | None


class Studio(Worker):
    """Judges frames and keeps the best; calls block and belong to a worker thread, one at a time.

    When its process dies or hangs it is started anew; what it had kept is gone, and the next frames fill it again.
    While there is none, the looker judges frames by light, focus and stillness only. `kept` is how many good pictures
    there are to choose from.
    """

    def __init__(
        self,
        looker: Looker,
        *,
        command: Sequence[str] = COMMAND,
        start_s: float = START_S,
        look_s: float = LOOK_S,
        idle_s: float = IDLE_S,
    ) -> None:
        super().__init__("studio", command, start_s=start_s, answer_s=look_s, idle_s=idle_s)
        self.kept = 0
        self._plain = looker

    def look(self, frame: Frame, *, aspect: float = 0.76) -> str:
        """The one thing to say about a frame, for a photo `aspect` wide for 1 high; kept if it is good.

        Empty when nobody could look at it.
        """
        answer = self.ask({"task": "look", "aspect": aspect, **frame.described()}, frame.pixels)
        if not isinstance(answer, Fault) and isinstance(answer.get("code"), str):
            self.kept = int(answer["kept"])
            return str(answer["code"])
        self.kept = 0
        code = self._plain.portrait(frame)
        return PLAIN_CODES.get(code, code)

    def photos(self, frame: Frame, size_mm: tuple[int, int], dpi: int, *, best: bool) -> list[bytes]:
        """JPEGs of exactly the asked size: the best of the last moments, or this very frame where there is none.

        None at all when nobody could cut it.
        """
        asked = {"size_mm": size_mm, "dpi": dpi}
        found = _photos(self.ask({"task": "photos", **asked})) if best else []
        if not found:
            found = _photos(self.ask({"task": "photo", **asked, **frame.described()}, frame.pixels))
        plain = None if found else self._plain.photo(frame, size_mm, dpi)
        return found if plain is None else [plain]

    def compare(self, photo_jpeg: bytes, portrait: bytes | bytearray) -> Compared | Fault:
        """The band of a photo and a document's portrait, both JPEG; about 100 ms. The band is all that comes back."""
        both = bytearray(photo_jpeg) + portrait
        answer = self.ask({"task": "compare", "first": len(photo_jpeg)}, memoryview(both))
        both[:] = bytes(len(both))
        if isinstance(answer, Fault):
            return answer
        if answer.get("band") not in BANDS:
            return Fault(str(answer.get("fault", "studio_unavailable")))
        return Compared(answer["band"], answer.get("model", ""), answer.get("sha256", ""))

    def begin_challenge(self, photo_jpeg: bytes, *, task_s: float) -> Fault | None:
        """A new challenge to the person of a photo, `task_s` seconds a task; the first frame starts the clock."""
        answer = self.ask({"task": "challenge", "task_s": task_s}, photo_jpeg)
        if isinstance(answer, Fault):
            return answer
        return Fault(str(answer["fault"])) if "fault" in answer else None

    def step(self, frame: Frame) -> Step:
        """Show the challenge one frame more. When its process is gone, or a model, it is "interrupted"."""
        answer = self.ask({"task": "step", **frame.described()}, frame.pixels)
        if isinstance(answer, Fault) or answer.get("outcome") not in OUTCOMES:
            return Step("interrupted", None)
        return Step(answer["outcome"], answer["asked"])

    def forget(self) -> None:
        """Overwrite and drop every picture that was kept."""
        self.kept = 0
        if self.running:
            self.ask({"task": "forget"})

    def stop(self) -> None:
        """End the process: nothing of a visit is left in it."""
        self.kept = 0
        super().stop()


def _photos(answer: dict[str, Any] | Fault) -> list[bytes]:
    return [] if isinstance(answer, Fault) else [base64.b64decode(one) for one in answer.get("photos", ())]
