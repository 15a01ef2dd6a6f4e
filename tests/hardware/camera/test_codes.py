"""Codes in the live view: kinds, light on dark, turned, and hostile."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
import qrcode
import zxingcpp

from hardware.camera.codes import MAX_CODES, MAX_TEXT, ScannedCode, clean, read_codes
from hardware.camera.drawing import tray, wall

KINDS = ("QRCode", "PDF417", "Code128", "DataMatrix", "Aztec")


def made(kind: str, text: str, scale: int = 4) -> Any:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    return np.asarray(code.to_image(scale=scale, add_quiet_zones=True))


def held(code: Any, degrees: float = 0.0) -> Any:
    """A code on a white card held before the wall."""
    picture = wall().copy()
    height, width = code.shape
    card = np.full((height + 40, width + 40), 255, np.uint8)
    card[20:-20, 20:-20] = code
    turn = cv2.getRotationMatrix2D((card.shape[1] / 2, card.shape[0] / 2), degrees, 1.0)
    turn[:, 2] += (640 - card.shape[1] / 2, 360 - card.shape[0] / 2)
    grey = cv2.warpAffine(card, turn, (1280, 720), borderValue=200)
    inside = cv2.warpAffine(np.full_like(card, 255), turn, (1280, 720))
    return np.where(inside[..., None] > 0, grey[..., None], picture).astype(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("degrees", [0, 7, 90])
def test_each_kind_is_read_and_named(kind: str, degrees: float) -> None:
    (code,) = read_codes(held(made(kind, "TB1-2611-0457-K", 2 if kind == "Code128" else 4), degrees))
    assert (code.kind, code.text, code.cleaned) == (kind.lower().removesuffix("code"), "TB1-2611-0457-K", False)


def test_light_on_dark_is_read() -> None:
    (code,) = read_codes(np.repeat(255 - made("QRCode", "dark mode phone")[..., None], 3, axis=2))
    assert code.text == "dark mode phone"


def test_chinese_text_and_corners_come_back() -> None:
    image = qrcode.make("回執 TB1 㗎".encode(), box_size=6).get_image()
    out = io.BytesIO()
    image.save(out, "PNG")
    (code,) = read_codes(held(np.array(image.convert("L"))))
    assert code.text == "回執 TB1 㗎"
    assert all(300 < x < 980 and 40 < y < 680 for x, y in code.corners)


def test_a_large_picture_s_corners_are_in_its_own_pixels() -> None:
    large = cv2.resize(held(made("QRCode", "large")), (5120, 2880), interpolation=cv2.INTER_NEAREST)
    (code,) = read_codes(np.asarray(large, np.uint8))
    assert max(x for x, _ in code.corners) > 2000


def test_pictures_without_a_code_have_none() -> None:
    noise = np.random.default_rng(4).integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    for picture in (wall(), tray(), noise, np.zeros((1, 1, 3), np.uint8), np.zeros((3, 4000, 3), np.uint8)):
        assert read_codes(picture) == ()


def test_control_characters_are_taken_out_and_said_so() -> None:
    (code,) = read_codes(held(made("QRCode", "https://a.example/\x1b[2J\u202egpj\x00")))
    assert code.cleaned
    assert code.text == "https://a.example/[2Jgpj"


def test_a_text_has_an_end() -> None:
    assert len(clean("A" * (MAX_TEXT + 5))) == MAX_TEXT


def test_many_codes_are_bounded() -> None:
    row = np.hstack([made("QRCode", f"code {number}", 3) for number in range(4)])
    assert 1 < len(read_codes(np.repeat(np.vstack([row] * 4)[..., None], 3, axis=2))) <= MAX_CODES


def test_what_a_code_says_is_not_in_its_repr() -> None:
    assert "secret" not in repr(ScannedCode("qr", "secret", (), False))
