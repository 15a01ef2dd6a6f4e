"""The simulated camera in its own process, and the knobs that reach into it."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from hardware.camera.controls import AUTOMATIC, Profile
from hardware.camera.frame import Image
from hardware.camera.source_process import SourceProcess
from hardware.device import Fault
from hardware.piped import line_of

if TYPE_CHECKING:
    from hardware.camera.synthetic import Deed
    from hardware.likeness import Look

_CABLE: Final = frozenset(("unplug", "plug"))
_OVER: Final = {"unplug": ("unplug", "plug", "stall"), "plug": ("unplug", "plug")}
"""What a knob puts an end to, itself included; a pulled cable ends a stall."""


class SimulatedCamera(SourceProcess):
    """A drawn scene by its specification; every knob is safe from any thread and outlives a reopen.

    How the knobs stand is kept here and told to every process that is begun.
    """

    def __init__(self, spec: str = "synthetic", *, profile: Profile = AUTOMATIC) -> None:
        super().__init__(spec, profile=profile)
        self._turned: dict[str, bytes] = {}

    def missing(self) -> Fault | None:
        """`camera_missing` while the cable is pulled."""
        return Fault("camera_missing") if "unplug" in self._turned else super().missing()

    def unplug(self) -> None:
        """Pull the cable: reads say lost, opening says missing."""
        self._turn("unplug")

    def plug(self) -> None:
        """Put the cable back."""
        self._turn("plug")

    def go_dark(self) -> None:
        """Cover the lens."""
        self._turn("go_dark")

    def overexpose(self) -> None:
        """Shine a lamp into the lens."""
        self._turn("overexpose")

    def defocus(self) -> None:
        """Lose focus."""
        self._turn("defocus")

    def leave(self) -> None:
        """Nobody in the chair, nothing on the tray."""
        self._turn("leave")

    def fidget(self) -> None:
        """Move too much for a picture."""
        self._turn("fidget")

    def seat(self, person: Look) -> None:
        """Somebody else sits down."""
        self._turn("seat", asdict(person))

    def do(self, deed: Deed) -> None:
        """Turn the head to the person's own left or right and back, or shut both eyes for a moment."""
        self._turn("do", {"deed": deed, "at_s": time.monotonic()})

    def lay(self, paper: Image | None) -> None:
        """Lay a paper on the tray in place of the drawn card (rows x columns x 3); None brings the card back."""
        self._turn("lay", {"shape": None if paper is None else paper.shape}, b"" if paper is None else paper.tobytes())

    def freeze(self) -> None:
        """Give the same picture again and again."""
        self._turn("freeze")

    def stall(self) -> None:
        """Give no picture at all, yet stay plugged in."""
        self._turn("stall")

    def corrupt(self) -> None:
        """Give truncated JPEGs."""
        self._turn("corrupt")

    def restore(self) -> None:
        """Mend everything but the cable; the one who sat there first is back."""
        self._turn("restore")

    def _turn(self, knob: str, values: dict[str, Any] | None = None, raw: bytes = b"") -> None:
        message = line_of({"knob": knob, "values": values or {}}, raw) + raw
        with self._telling:
            over = _OVER.get(knob, (knob,)) if knob != "restore" else self._turned.keys() - _CABLE
            for name in over:
                self._turned.pop(name, None)  # the newest word stands last
            self._turned[knob] = message
            self._tell(message)

    def _opening(self) -> bytes:
        """The source, and how every knob stands."""
        return line_of({**self._asked, "knobs": len(self._turned)}) + b"".join(self._turned.values())


def camera_process(spec: str, profile: Profile = AUTOMATIC) -> SourceProcess:
    """The process for a specification as `source_for` takes it; with knobs where the camera is drawn."""
    drawn = spec.partition("@")[0] in ("synthetic", "synthetic:document")
    return SimulatedCamera(spec, profile=profile) if drawn else SourceProcess(spec, profile=profile)
