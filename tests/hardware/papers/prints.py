"""Made-up documents drawn for the tests, and what a camera does to them. Nobody real, all invented.

The layouts follow the fields of the real documents, not their design. Numbers carry right check digits.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from hardware.camera.frame import Image
from hardware.camera.mrz import check_digit
from kiosk.identity.numbers import resident_check_character

NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
HK, SC = 4, 2  # faces of the collection
OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")

Words = tuple[tuple[str, tuple[int, int], int], ...]

RESIDENT = "44030519900101001" + resident_check_character("44030519900101001")

HKIC: Words = (
    ("香港永久性居民身份證", (40, 24), 44),
    ("HONG KONG PERMANENT IDENTITY CARD", (40, 84), 34),
    ("陳大文", (420, 150), 60),
    ("CHAN, Tai Man", (420, 236), 44),
    ("7115 1129 2429", (420, 300), 30),
    ("出生日期 Date of Birth", (420, 360), 30),
    ("01-02-1955", (420, 400), 44),
    ("男 M", (800, 400), 44),
    ("***AZ", (420, 460), 40),
    ("簽發日期 Date of Issue", (420, 520), 28),
    ("(01-79)", (420, 556), 34),
    ("15-09-18", (420, 600), 40),
    ("A123456(3)", (700, 590), 56),
)
MAINLAND: Words = (
    ("姓名  李小明", (60, 60), 44),
    ("性别  男    民族  汉", (60, 150), 40),
    ("出生  1990 年 1 月 1 日", (60, 230), 40),
    ("住址  深圳市南山区示例路", (60, 310), 40),
    ("12号3栋404室", (160, 370), 40),
    (f"公民身份号码   {RESIDENT}", (60, 540), 46),
)
PERMIT: Words = (
    ("港澳居民来往内地通行证", (60, 30), 48),
    ("Mainland Travel Permit for Hong Kong and Macao Residents", (60, 96), 26),
    ("姓名 Name", (420, 160), 26),
    ("陈大文", (420, 195), 48),
    ("CHAN, TAIMAN", (420, 255), 40),
    ("出生日期 Date of Birth", (420, 320), 26),
    ("1955.02.01", (420, 355), 42),
    ("性别 Sex", (760, 320), 26),
    ("男", (760, 355), 42),
    ("有效期限 Valid Period", (420, 420), 26),
    ("2020.03.04-2030.03.03", (420, 455), 40),
    ("证件号码 Card No.", (420, 520), 26),
    ("H12345678", (420, 555), 54),
)
ADDRESS_PROOF: Words = (
    ("示例電力有限公司", (80, 60), 46),
    ("EXAMPLE POWER COMPANY LIMITED", (80, 130), 32),
    ("陳大文先生", (80, 240), 40),
    ("香港九龍示例道 1 號 2 樓 A 室", (80, 300), 38),
    ("賬單日期 Bill Date", (700, 240), 30),
    ("12 Jul 2026", (700, 285), 38),
    ("繳費限期 Due Date", (700, 350), 30),
    ("02 Aug 2026", (700, 395), 38),
    ("應繳總額 Amount Due   HK$ 512.30", (80, 480), 36),
    ("Page 1 of 2", (80, 620), 30),
)


@lru_cache(maxsize=32)
def font(face: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(NOTO, size, index=face)


def drawn(words: Words, face: int = HK, size: tuple[int, int] = (1080, 680)) -> Image:
    """A card or sheet with these words."""
    picture = Pictures.new("RGB", size, (238, 240, 236))
    pen = ImageDraw.Draw(picture)
    for text, place, points in words:
        pen.text(place, text, fill=(30, 34, 40), font=font(face, points))
    return np.ascontiguousarray(np.array(picture)[..., ::-1])


def td3(surname: str = "CHAN", given: str = "TAI<MAN", number: str = "K1234567<") -> tuple[str, str]:
    first = f"P<CHN{surname}<<{given}".ljust(44, "<")
    body = f"{number}{check_digit(number)}CHN550201{check_digit('550201')}M300304{check_digit('300304')}" + "<" * 14
    body += "0" if check_digit("<" * 14) == 0 else str(check_digit("<" * 14))
    return first, body + str(check_digit(body[0:10] + body[13:20] + body[21:43]))


def td1(number: str = "C12345678") -> tuple[str, str, str]:
    first = f"I<CHN{number}{check_digit(number)}".ljust(30, "<")
    second = f"550201{check_digit('550201')}M300304{check_digit('300304')}CHN".ljust(29, "<")
    composite = check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    return first, second + str(composite), "CHAN<<TAI<MAN".ljust(30, "<")


def zone_page(rows: tuple[str, ...], *, wide: int = 1250) -> Image:
    """The data page of a booklet or the back of a card, its zone in OCR-B at the foot."""
    high = round(wide * 0.70)
    page = np.full((high, wide, 3), (232, 236, 230), np.uint8)
    for number in range(0, wide, 14):  # a guilloche
        x = np.arange(high)
        y = (number + 10 * np.sin(x / 23 + number)).astype(np.int32)
        cv2.polylines(page, [np.column_stack([y, x]).astype(np.int32)], False, (212, 218, 205), 1, cv2.LINE_AA)
    cv2.rectangle(page, (60, 120), (320, 480), (150, 150, 150), -1)
    picture = Pictures.fromarray(page[..., ::-1])
    pen = ImageDraw.Draw(picture)
    pen.text((380, 140), "CHAN  TAI MAN", fill=(40, 40, 40), font=font(HK, 40))
    step = (wide - 110) / len(rows[0])
    face = ImageFont.truetype(OCR_B, round(step / 0.60))
    for at, row in enumerate(rows):
        for place, letter in enumerate(row):
            pen.text((55 + place * step, high - (len(rows) - at) * step * 2.4), letter, fill=(25, 25, 25), font=face)
    return np.ascontiguousarray(np.array(picture)[..., ::-1])


def noisy(picture: Image, sigma: float = 8.0) -> Image:
    grain = np.random.default_rng(11).normal(0, sigma, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def blurred(picture: Image, sigma: float = 1.3) -> Image:
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def rotated(picture: Image, degrees: float = 3.0) -> Image:
    rows, columns = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 0.94)
    return cv2.warpAffine(picture, matrix, (columns, rows), borderValue=(70, 60, 50), flags=cv2.INTER_CUBIC)


def shadowed(picture: Image) -> Image:
    ramp = np.linspace(0.45, 1.0, picture.shape[1])[None, :, None]
    return np.clip(picture * ramp, 0, 255).astype(np.uint8)


def glared(picture: Image, place: tuple[float, float] = (0.15, 0.5), reach: float = 0.16) -> Image:
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[:rows, :columns]
    near = np.hypot(x - place[0] * columns, y - place[1] * rows) / (reach * columns)
    light = np.clip(1.6 - near, 0, 1)[..., None] * 200
    return np.clip(picture + light, 0, 255).astype(np.uint8)


CONDITIONS = {
    "clean": lambda picture: picture,
    "noise": noisy,
    "blur": blurred,
    "rotation": rotated,
    "shadow": shadowed,
    "glare": glared,
}
