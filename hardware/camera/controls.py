"""Exposure and focus of a camera: what it offers, what it stands at, and setting it as kiosk.toml says.

The controls are those of linux/videodev2.h and v4l2-controls.h; a camera keeps them while it has power.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Name = Literal["exposure", "focus"]
Wish = int | Literal["auto", "keep"]
"""`auto`: the camera decides; `keep`: as it stands; else a number in the camera's own units."""

_QUERY, _GET, _SET = 0xC0445624, 0xC008561B, 0xC008561C  # VIDIOC_QUERYCTRL, VIDIOC_G_CTRL, VIDIOC_S_CTRL
_QUERIED, _VALUE = struct.Struct("<II32siiiiI8x"), struct.Struct("<Ii")
_DISABLED = 0x0001  # V4L2_CTRL_FLAG_DISABLED
_MANUAL: Final = 1


_REFUSALS = (errno.EINVAL, errno.ENOTTY, errno.ERANGE, errno.EACCES, errno.EBUSY, errno.EIO, errno.ENODEV)
"""No such control, not this number, not now, or the camera is gone."""


@dataclass(frozen=True)
class _Control:
    """Two controls of the kernel: the value, and whether the camera decides it; `on` are words for that, best first."""

    value: int
    automatic: int
    on: tuple[int, ...]
    off: int


CONTROLS: Final[dict[Name, _Control]] = {
    "exposure": _Control(0x009A0902, 0x009A0901, (3, 0), _MANUAL),  # aperture priority, else fully automatic
    "focus": _Control(0x009A090A, 0x009A090C, (1,), 0),
}
"""V4L2_CID_EXPOSURE_ABSOLUTE (units of 100 µs) and EXPOSURE_AUTO; FOCUS_ABSOLUTE and FOCUS_AUTO."""


@dataclass(frozen=True)
class Profile:
    """How one camera is set; both are left to the camera where nobody says otherwise."""

    exposure: Wish = "auto"
    focus: Wish = "auto"

    def wish(self, name: Name) -> Wish:
        """What is wished of one control."""
        return self.exposure if name == "exposure" else self.focus


AUTOMATIC: Final = Profile()


@dataclass(frozen=True)
class Setting:
    """How one control stands: what was wished, what it is at, and the numbers that the camera takes.

    `value` is None where the camera has no such control, `automatic` where it cannot decide by itself.
    """

    name: Name
    wish: Wish
    value: int | None = None
    automatic: bool | None = None
    least: int = 0
    most: int = 0
    step: int = 1

    @classmethod
    def made(cls, name: Name, wish: Wish, usual: int, least: int, most: int) -> Setting:
        """How a control stands on a camera that takes every wish within its numbers."""
        value = min(most, max(least, wish)) if isinstance(wish, int) else usual
        return cls(name, wish, value, not isinstance(wish, int), least, most)

    @property
    def offered(self) -> bool:
        """Whether the camera has this control at all."""
        return self.value is not None or self.automatic is not None

    @property
    def met(self) -> bool:
        """Whether it stands as wished; a camera that cannot be set otherwise is as automatic as it gets."""
        if self.wish == "keep":
            return True
        if self.wish == "auto":
            return self.automatic is not False
        return self.value == self.wish and not self.automatic


def wish_of(text: str) -> Wish | None:
    """A wish as kiosk.toml writes it; None for anything else."""
    if text == "auto":
        return "auto"
    if text == "keep":
        return "keep"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def apply(node: Path, profile: Profile) -> None:
    """Set a camera as wished; what it does not have or does not take is left, and shows in `settings`."""
    with opened(node) as camera:
        for name, control in CONTROLS.items() if camera is not None else ():
            wish = profile.wish(name)
            if camera is None or wish == "keep":
                continue
            if wish == "auto":
                any(_set(camera, control.automatic, word) for word in control.on)
                continue
            _set(camera, control.automatic, control.off)  # first: a number is refused while the camera decides
            _set(camera, control.value, wish)


def settings(node: Path, profile: Profile) -> tuple[Setting, ...]:
    """How both controls stand now."""
    with opened(node) as camera:
        return tuple(_setting(camera, name, profile.wish(name)) for name in CONTROLS)


def _setting(camera: int | None, name: Name, wish: Wish) -> Setting:
    control = CONTROLS[name]
    range_ = None if camera is None else _range(camera, control.value)
    decides = None if camera is None or _range(camera, control.automatic) is None else _get(camera, control.automatic)
    automatic = None if decides is None else decides != control.off
    if camera is None or range_ is None:
        return Setting(name, wish, automatic=automatic)
    least, most, step = range_
    return Setting(name, wish, _get(camera, control.value), automatic, least, most, step)


@contextmanager
def opened(node: Path) -> Iterator[int | None]:
    """The node, beside whoever streams from it; None when it is not there or not ours to open."""
    try:
        camera = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        yield None
        return
    try:
        yield camera
    finally:
        os.close(camera)


def _range(camera: int, control: int) -> tuple[int, int, int] | None:
    """Least, most and step of a control; None where the camera has none."""
    asked = bytearray(_QUERIED.pack(control, 0, b"", 0, 0, 0, 0, 0))
    if not _ask(camera, _QUERY, asked):
        return None
    _, _, _, least, most, step, _, flags = _QUERIED.unpack(asked)
    return None if flags & _DISABLED else (least, most, max(1, step))


def _get(camera: int, control: int) -> int | None:
    asked = bytearray(_VALUE.pack(control, 0))
    return int(_VALUE.unpack(asked)[1]) if _ask(camera, _GET, asked) else None


def _set(camera: int, control: int, value: int) -> bool:
    return _ask(camera, _SET, bytearray(_VALUE.pack(control, value)))


def _ask(camera: int, request: int, argument: bytearray) -> bool:
    try:
        fcntl.ioctl(camera, request, argument, True)
    except OSError as error:
        if error.errno in _REFUSALS:
            return False
        raise
    return True
