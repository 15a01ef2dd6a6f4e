"""The simulated camera: a drawn person who breathes, blinks and does as asked, or a card on the tray; with knobs."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from hardware.camera import drawing
from hardware.camera.controls import AUTOMATIC, Profile, Setting
from hardware.camera.frame import Frame, Image, load_cv2
from hardware.camera.jpeg import decode_jpeg, encode_jpeg
from hardware.camera.sources import Pace
from hardware.device import Fault
from hardware.late import np
from hardware.likeness import FACES, HEIGHT, WIDTH, bust, look_of
from hardware.likeness import Look as Face

Scene = Literal["face", "document"]
Look = Literal["clear", "dark", "bright", "blurred", "empty", "fidgeting"]

BLINK_EVERY_S, BLINK_S = 4.0, 0.15
Deed = Literal["turn_left", "turn_right", "blink"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
TURN_S, TURNED = 3.0, 55  # how long a head takes there and back, and how far it goes in degrees
SHUT_S = (0.2, 0.8)
KNOBS = frozenset(
    ("unplug", "plug", "go_dark", "overexpose", "defocus", "leave", "fidget", "freeze", "stall", "corrupt", "restore")
)
"""Those that need no value."""

STEP = 5  # degrees from one drawing of a turning head to the next


class SyntheticSource:
    """1280 x 720 pictures of a made-up scene at `fps`; every knob is safe from any thread and outlives a reopen."""

    def __init__(
        self,
        scene: Scene = "face",
        *,
        fps: float = 30.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        profile: Profile = AUTOMATIC,
    ) -> None:
        self.scene = scene
        self._profile = profile
        self.still = scene == "document"
        self._pace = Pace(fps, sleep, monotonic)
        self._plugged = threading.Event()
        self._plugged.set()
        self._moving = threading.Event()
        self._moving.set()
        self._look: Look = "clear"
        self._person = FACES["elder"]
        self._deed: tuple[Deed, float] | None = None
        self._monotonic = monotonic
        self._freezing = False
        self._laid: Image | None = None
        self._corrupting = False
        self._open = False
        self._count = 0
        self._last: Image | None = None

    # Knobs -----------------------------------------------------------------------------------------------------------

    def unplug(self) -> None:
        """Pull the cable: reads say lost, opening says missing."""
        self._plugged.clear()
        self._moving.set()

    def plug(self) -> None:
        """Put the cable back."""
        self._plugged.set()

    def go_dark(self) -> None:
        """Cover the lens."""
        self._look = "dark"

    def overexpose(self) -> None:
        """Shine a lamp into the lens."""
        self._look = "bright"

    def defocus(self) -> None:
        """Lose focus."""
        self._look = "blurred"

    def leave(self) -> None:
        """Nobody in the chair, nothing on the tray."""
        self._look = "empty"

    def fidget(self) -> None:
        """Move too much for a picture."""
        self._look = "fidgeting"

    def seat(self, person: Face) -> None:
        """Somebody else sits down."""
        self._person = person

    def do(self, deed: Deed, at_s: float | None = None) -> None:
        """Turn the head to the person's own left or right and back, or shut both eyes; begun now, or at `at_s`."""
        self._deed = (deed, self._monotonic() if at_s is None else at_s)

    def lay(self, paper: Image | None) -> None:
        """Lay a paper on the tray in place of the drawn card (rows x columns x 3); None brings the card back."""
        self._laid = paper

    def freeze(self) -> None:
        """Give the same picture again and again."""
        self._freezing = True

    def stall(self) -> None:
        """Give no picture at all, yet stay plugged in."""
        self._moving.clear()

    def corrupt(self) -> None:
        """Give truncated JPEGs."""
        self._corrupting = True

    def restore(self) -> None:
        """Mend everything but the cable; the one who sat there first is back."""
        self._person, self._deed = FACES["elder"], None
        self._look, self._freezing, self._corrupting, self._laid = "clear", False, False, None
        self._moving.set()

    def turn(self, knob: str, values: Mapping[str, Any], raw: bytes = b"") -> None:
        """A knob by its name, as it comes from another process: `values` and bytes as `simulated` sends them."""
        match knob:
            case "do":
                self.do(**values)
            case "seat":
                self.seat(look_of(values))
            case "lay":
                self.lay(np.frombuffer(raw, np.uint8).reshape(values["shape"]) if raw else None)
            case _ if knob in KNOBS:
                getattr(self, knob)()
            case _:
                raise ValueError(f"no knob {knob}")

    def settings(self) -> tuple[Setting, ...]:
        """How exposure and focus stand: as wished, for nothing here depends on them."""
        exposure, focus = self._profile.exposure, self._profile.focus
        return Setting.made("exposure", exposure, 156, 3, 2047), Setting.made("focus", focus, 30, 0, 250)

    # FrameSource -----------------------------------------------------------------------------------------------------

    def missing(self) -> Fault | None:
        """`camera_missing` while the cable is pulled."""
        return None if self._plugged.is_set() else Fault("camera_missing")

    def open(self) -> Fault | None:
        """Take the camera, if it is plugged in."""
        if (fault := self.missing()) is not None:
            return fault
        self._picture(0.0)  # draw everything once, before the first frame is due
        self._open = True
        return None

    def read(self, timeout_s: float) -> Frame | Fault:
        """The next picture."""
        if not self._moving.wait(timeout_s):
            return Fault("camera_stalled")
        now_s = self._pace.wait()
        if not self._open or not self._plugged.is_set():
            return Fault("camera_lost")
        if self._corrupting:
            damaged = decode_jpeg(encode_jpeg(drawing.wall())[:2000])
            return damaged if isinstance(damaged, Fault) else Fault("image_corrupt")
        self._count += 1
        if self._last is None or not self._freezing:
            self._last = self._picture(now_s)
        return Frame.of(self._count, now_s, self._last)

    def close(self) -> None:
        """Let the camera go."""
        self._open = False

    # Pictures --------------------------------------------------------------------------------------------------------

    def _picture(self, now_s: float) -> Image:
        picture = self._grained(self._face(now_s) if self.scene == "face" else self._tray())
        if self._look == "dark":
            return np.asarray(picture // 40, np.uint8)
        if self._look == "bright":
            return np.asarray(np.minimum(picture.astype(np.uint16) * 2 + 90, 255), np.uint8)
        if self._look == "blurred":
            return np.asarray(load_cv2().GaussianBlur(picture, (0, 0), 7), np.uint8)
        return picture

    def _tray(self) -> Image:
        if self._laid is not None:
            picture = drawing.tray().copy()
            height, width = (
                min(side, room) for side, room in zip(self._laid.shape[:2], picture.shape[:2], strict=True)
            )
            top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
            picture[top : top + height, left : left + width] = self._laid[:height, :width]
            return picture
        return drawing.tray() if self._look == "empty" else drawing.tray_with_card()

    def _grained(self, picture: Image) -> Image:
        """Sensor noise, so that no two frames are equal: a live camera's never are."""
        down, right = self._count * 7 % 32, self._count * 11 % 31
        part = drawing.grain()[down : down + HEIGHT, right : right + WIDTH]
        return np.asarray(load_cv2().add(picture, part), np.uint8)

    def _face(self, now_s: float) -> Image:
        picture = drawing.wall().copy()
        if self._look == "empty":
            return picture
        reach = 80.0 if self._look == "fidgeting" else 5.0
        pace = 9.0 if self._look == "fidgeting" else 0.9
        yaw, shut = self._doing(now_s)
        drawn = bust(self._person, not shut and now_s % BLINK_EVERY_S > BLINK_S, yaw)
        dx, dy = round(reach * math.sin(now_s * pace)), round(3 * math.sin(now_s * 1.3)) + 3
        source, target = _overlap(dx, WIDTH), _overlap(-dx, WIDTH)
        rows, shifted = slice(0, HEIGHT - dy), slice(dy, HEIGHT)
        load_cv2().copyTo(drawn.pixels[rows, target], drawn.mask[rows, target], picture[shifted, source])
        return picture

    def _doing(self, now_s: float) -> tuple[int, bool]:
        """How far the head is turned now, to the picture's right, and whether the eyes are shut."""
        deed, began_s = self._deed or ("", 0.0)
        since_s = now_s - began_s
        if deed == "blink":
            return 0, SHUT_S[0] <= since_s < SHUT_S[1]
        if not deed or not 0 <= since_s < TURN_S:
            return 0, False
        turned = TURNED * math.sin(math.pi * since_s / TURN_S)
        return round(turned / STEP) * STEP * (1 if deed == "turn_left" else -1), False


def _overlap(shift: int, length: int) -> slice:
    """The part of a row that stays in the picture when it moves by `shift`."""
    return slice(max(0, shift), length + min(0, shift))
