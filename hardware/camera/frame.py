"""A picture from a camera, what gives pictures, and the one door to OpenCV.

OpenCV is loaded when the first camera opens, never at import: start-up must not pay for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from hardware.device import Fault
from hardware.late import np
from hardware.piped import Payload

if TYPE_CHECKING:
    from numpy.typing import NDArray

Image: TypeAlias = "NDArray[np.uint8]"
"""Rows x columns x 3, blue, green, red."""

FAULT_CODES = (
    "camera_missing",  # nothing there to open
    "camera_lost",  # was there, is gone
    "camera_stalled",  # no picture for a second
    "camera_frozen",  # the same picture again and again
    "camera_garbled",  # pictures arrive, none can be decoded
    "camera_dark",  # covered, or no light
    "camera_unsupported",
    "image_corrupt",
    "image_too_large",
)
"""Every fault code this room can give; each needs a text `fault.<code>` in every language."""

MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
MAX_FILE_BYTES = 32 * 1024 * 1024

_loading = threading.Lock()


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture: its number since the source opened, when it came (monotonic seconds), its pixels.

    `pixels` are rows from the top, each of `width` times blue, green, red: plain bytes, so that whoever only shows or
    passes on a picture needs no NumPy.
    """

    number: int
    mono_s: float
    width: int
    height: int
    pixels: Payload

    @classmethod
    def of(cls, number: int, mono_s: float, image: Image) -> Frame:
        """The frame of an image, whose memory it shares where its rows lie one behind the other."""
        rows = np.ascontiguousarray(image)
        return cls(number, mono_s, rows.shape[1], rows.shape[0], rows.data.cast("B"))

    @classmethod
    def received(cls, described: Mapping[str, Any], pixels: Payload) -> Frame:
        """The frame that another process described and sent."""
        return cls(described["number"], described["mono_s"], described["width"], described["height"], pixels)

    def described(self) -> dict[str, Any]:
        """All of it but its pixels, as it goes to another process."""
        return {"number": self.number, "mono_s": self.mono_s, "width": self.width, "height": self.height}

    @property
    def image(self) -> Image:
        """The pixels as an array of height x width x 3, not a copy."""
        return np.frombuffer(self.pixels, np.uint8).reshape(self.height, self.width, 3)

    def __repr__(self) -> str:
        return f"Frame({self.number}, {self.width}x{self.height})"


class FrameSource(Protocol):
    """Something that gives pictures at its own pace; one thread at a time."""

    still: bool
    """Whether two equal pictures in a row are natural here (a folder, a paper on a tray) and not a frozen camera."""

    def missing(self) -> Fault | None:
        """`camera_missing` where there is plainly nothing to open; cheap, and nothing is opened."""

    def open(self) -> Fault | None:
        """Take the camera; may be called again after `close`."""

    def read(self, timeout_s: float) -> Frame | Fault:
        """The next picture, or `camera_stalled` after about `timeout_s`, `image_corrupt`, `camera_lost`."""

    def close(self) -> None:
        """Let the camera go; harmless when it is not open."""


def load_cv2() -> Any:
    """OpenCV, with its limits set before its first import (it reads them once)."""
    with _loading:
        os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PIXELS))
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")  # seconds a stalled camera may block a read
        os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
        import cv2

        return cv2
