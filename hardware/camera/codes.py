"""Codes held into the live view: QR, PDF417, Code 128, Data Matrix and Aztec, dark on light or light on dark.

What a stranger's code says is hostile until proven otherwise: it is bounded, its control characters are taken out, it
is never opened, and it never stands in a log.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from hardware.camera.frame import Image

MAX_TEXT = 4096
MAX_CODES = 8
LONGEST_SIDE = 2560

KINDS = {
    "QRCode": "qr",
    "MicroQRCode": "qr",
    "RMQRCode": "qr",
    "PDF417": "pdf417",
    "Code128": "code128",
    "DataMatrix": "datamatrix",
    "Aztec": "aztec",
}
"""zxing-cpp's names of the formats that are read, and ours."""


@dataclass(frozen=True)
class ScannedCode:
    """One code: its kind, its text without control characters, and its corners in the frame, clockwise."""

    kind: str
    text: str = field(repr=False)
    corners: tuple[tuple[int, int], ...]
    cleaned: bool
    """Whether characters were taken out or the end was cut: such a text must not be used as it stands."""


def read_codes(image: Image) -> tuple[ScannedCode, ...]:
    """Every code in a picture, at most `MAX_CODES`; about 3 ms for 1280 x 720 without one."""
    import zxingcpp

    from hardware.camera.measure import scaled

    if min(image.shape[:2]) < 8:
        return ()
    small = scaled(image, LONGEST_SIDE)
    factor = image.shape[1] / small.shape[1]
    formats = zxingcpp.BarcodeFormats([getattr(zxingcpp.BarcodeFormat, name) for name in KINDS])
    found = zxingcpp.read_barcodes(small, formats=formats, text_mode=zxingcpp.TextMode.Plain)
    return tuple(_code(each, factor) for each in found[:MAX_CODES] if each.valid)


def _code(found: Any, factor: float) -> ScannedCode:
    place = found.position
    ends = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    raw: str = found.text
    text = clean(raw)
    return ScannedCode(
        kind=KINDS[found.format.name],
        text=text,
        corners=tuple((round(end.x * factor), round(end.y * factor)) for end in ends),
        cleaned=text != raw,
    )


def clean(text: str) -> str:
    """The text without control, format, private and surrogate characters, and at most `MAX_TEXT` of it."""
    return "".join(character for character in text[:MAX_TEXT] if unicodedata.category(character)[0] != "C")
