"""Pictures nobody vouches for: typed, bounded, never a crash."""

import struct
import time
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.drawing import wall
from hardware.camera.frame import MAX_FILE_BYTES
from hardware.camera.jpeg import decode_image, decode_jpeg, encode_jpeg, jpeg_size, png_size
from hardware.device import Fault

GOOD = encode_jpeg(np.random.default_rng(1).integers(0, 255, (60, 80, 3)).astype(np.uint8))


def png_head(width: int, height: int) -> bytes:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def code(result: object) -> str | None:
    return result.code if isinstance(result, Fault) else None


def test_a_picture_comes_back_as_it_was() -> None:
    decoded = decode_jpeg(encode_jpeg(wall(), quality=95))
    assert not isinstance(decoded, Fault)
    assert decoded.shape == wall().shape
    assert np.abs(decoded.astype(int) - wall()).mean() < 2


def test_the_size_is_read_from_the_header_alone() -> None:
    assert jpeg_size(GOOD) == (80, 60)
    assert png_size(png_head(7, 9)) == (7, 9)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_a_truncated_picture_is_corrupt(share: float) -> None:
    assert code(decode_jpeg(GOOD[: int(len(GOOD) * share)])) == "image_corrupt"


@pytest.mark.parametrize("file", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe0\x00\x00", b"hello", png_head(10, 10)])
def test_what_is_no_picture_is_corrupt(file: bytes) -> None:
    assert code(decode_jpeg(file)) == "image_corrupt"
    assert code(decode_image(file)) == "image_corrupt"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    began_s = time.monotonic()
    assert code(decode_image(png_head(30_000, 30_000))) == "image_too_large"
    at = GOOD.index(b"\xff\xc0") + 5
    assert code(decode_jpeg(GOOD[:at] + struct.pack(">HH", 60_000, 60_000) + GOOD[at + 4 :])) == "image_too_large"
    assert code(decode_jpeg(GOOD + bytes(MAX_FILE_BYTES))) == "image_too_large"
    assert time.monotonic() - began_s < 20, "unpacked, it would fill the memory first"


def test_the_resolution_on_paper_is_in_the_header() -> None:
    file = encode_jpeg(wall(), dpi=300)
    assert file[13:18] == struct.pack(">BHH", 1, 300, 300)
    assert not isinstance(decode_jpeg(file), Fault)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: GOOD[:200] + tail))
def test_any_bytes_are_a_picture_or_a_named_fault(file: bytes) -> None:
    result = decode_jpeg(file)
    assert code(result) in (None, "image_corrupt", "image_too_large")


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_one_flipped_bit_never_breaks_the_reader(at: int, bit: int) -> None:
    file = bytearray(GOOD)
    file[at] ^= 1 << bit
    assert code(decode_jpeg(bytes(file))) in (None, "image_corrupt", "image_too_large")
