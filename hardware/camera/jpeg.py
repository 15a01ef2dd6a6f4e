"""JPEG in and out, for pictures nobody vouches for: size is read from the header before a pixel is unpacked."""

from __future__ import annotations

import struct

from hardware.camera.frame import MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE, Image, load_cv2
from hardware.device import Fault
from hardware.late import np

FRAME_HEADERS = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""SOF0 to SOF15 (ITU-T T.81, table B.1), without DHT, JPG and DAC."""

STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def jpeg_size(file: bytes) -> tuple[int, int] | None:
    """Width and height from the first frame header, None when there is none."""
    at = 2
    while file[:2] == b"\xff\xd8" and at + 4 <= len(file):
        if file[at] != 0xFF:
            return None
        marker = file[at + 1]
        if marker == 0xFF or marker in STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in FRAME_HEADERS and at + 9 <= len(file):
            height, width = struct.unpack_from(">HH", file, at + 5)
            return width, height
        at += 2 + max(2, struct.unpack_from(">H", file, at + 2)[0])
    return None


def png_size(file: bytes) -> tuple[int, int] | None:
    """Width and height from IHDR, None when this is no PNG."""
    if file[:8] != b"\x89PNG\r\n\x1a\n" or len(file) < 24:
        return None
    width, height = struct.unpack_from(">II", file, 16)
    return width, height


def decode_jpeg(file: bytes) -> Image | Fault:
    """The picture of a JPEG, upright by its EXIF; `image_corrupt` or `image_too_large`, in bounded time and memory."""
    return _decode(file, jpeg_size(file[: 1024 * 1024]))


def decode_image(file: bytes) -> Image | Fault:
    """The picture of a JPEG or PNG file."""
    return _decode(file, jpeg_size(file[: 1024 * 1024]) or png_size(file))


def _decode(file: bytes, size: tuple[int, int] | None) -> Image | Fault:
    if len(file) > MAX_FILE_BYTES:
        return Fault("image_too_large", retriable=False, detail=f"{len(file)} bytes")
    if size is None or 0 in size:
        return Fault("image_corrupt", detail="no size in the header")
    if size[0] * size[1] > MAX_PIXELS or max(size) > MAX_SIDE:
        return Fault("image_too_large", retriable=False, detail=f"{size[0]}x{size[1]}")
    cv2 = load_cv2()
    try:
        image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None or image.ndim != 3:
        return Fault("image_corrupt", detail="not decodable")
    return np.asarray(image, np.uint8)


def encode_jpeg(image: Image, *, quality: int = 90, dpi: int | None = None) -> bytes:
    """A JPEG of a picture; with `dpi` its JFIF header says how large it is on paper."""
    cv2 = load_cv2()
    done, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("no such picture")
    file = bytearray(coded.tobytes())
    if dpi is not None and file[6:11] == b"JFIF\0":
        file[13:18] = struct.pack(">BHH", 1, dpi, dpi)  # density units: dots an inch (JFIF 1.02, page 5)
    return bytes(file)
