"""How many of pictures that nobody has tuned for are read: a fresh random set each time, its seed printed.

`KIOSK_SEED=n python -m benchmarks unseen` draws one set again. Everybody and everything in it is made up.
"""

from __future__ import annotations

import importlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from random import Random
from typing import Any

import numpy as np

from benchmarks.row import Row
from hardware.camera import read_codes
from hardware.camera.drawing import seated
from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.mrz import check_digit
from hardware.device import Fault
from hardware.likeness import Look
from hardware.papers.mrz_lines import zone
from hardware.papers.ocr import OcrReader, Task
from hardware.papers.page import Page
from hardware.vision.face import FaceReader
from hardware.vision.models import Sessions
from kiosk.identity.numbers import hkid_check_digit, resident_check_character
from kiosk.papers.identity import read_identity

ZONES, CARDS, FORMS, CODES, FACES = 12, 12, 6, 40, 24
TODAY = date(2026, 11, 25)
LATIN = ("CHAN", "WONG", "LEUNG", "AU YEUNG", "HO", "SZETO", "NGAI", "KWOK", "TSUI", "FERNANDES")
GIVEN = ("TAI MAN", "SIU MING", "KA YAN AMY", "MEI", "CHI KEUNG", "YUK LAN", "WAI", "HOI SHAN")
TRADITIONAL = ("陳大文", "歐陽麗華", "黃小明", "區志強", "劉國樑", "鄭寶儀", "蕭潔貞", "譚耀宗", "龔詠雯")
SIMPLIFIED = ("李小明", "欧阳丽华", "刘国梁", "郑宝仪", "萧洁贞", "谭耀宗", "龚咏雯", "马云飞", "许志强")
TRADITIONAL_LINES = (
    "賬單日期", "應繳總額", "客戶號碼", "繳費限期", "用電量", "上次讀數", "多謝使用自動轉賬服務",
    "香港九龍示例道", "通訊地址",
    "申請人姓名", "出生日期及地點", "婚姻狀況", "職業", "緊急聯絡人", "本人謹此聲明", "簽署", "檔案編號",
    "入境事務處",
)  # fmt: skip
SIMPLIFIED_LINES = (
    "账单日期", "应缴总额", "客户号码", "缴费期限", "用电量", "上次读数", "感谢使用自动转账服务",
    "深圳市南山区示例路", "通讯地址",
    "申请人姓名", "出生日期及地点", "婚姻状况", "职业", "紧急联系人", "本人郑重声明", "签名", "档案编号",
    "出入境管理局",
)  # fmt: skip


def run() -> list[Row]:
    """All of it, about two minutes; the first row is the seed."""
    seed = int(os.environ.get("KIOSK_SEED", secrets.randbelow(10**6)))
    chance = Random(seed)
    load_cv2().setNumThreads(1)
    reader = OcrReader(idle_s=600)
    try:
        papers = [*_zones(reader, chance), *_cards(reader, chance), *_forms(reader, chance)]
    finally:
        reader.stop()
    return [Row("unseen: seed of this run", seed, "", ""), *papers, *_codes(chance), *_faces(chance)]


def _spoiled(picture: Image, chance: Random) -> Image:
    """What a camera does to a picture: one thing of six, as strongly as it comes."""
    prints: Any = importlib.import_module("tests.hardware.papers.prints")
    glare = (chance.uniform(0.05, 0.25), chance.uniform(0.2, 0.6))
    ways: Sequence[Callable[[], Image]] = (
        lambda: picture,
        lambda: _noisy(picture, chance.uniform(3, 12), chance),
        lambda: prints.blurred(picture, chance.uniform(0.5, 1.5)),
        lambda: prints.rotated(picture, chance.uniform(-5, 5)),
        lambda: prints.shadowed(picture),
        lambda: prints.glared(picture, glare, chance.uniform(0.06, 0.15)),
    )
    return np.ascontiguousarray(chance.choice(ways)())


def _noisy(picture: Image, sigma: float, chance: Random) -> Image:
    grain = np.random.default_rng(chance.getrandbits(32)).normal(0, sigma, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def _read(reader: OcrReader, picture: Image, task: Task = "page") -> Page | None:
    found = reader.read(encode_jpeg(picture), task)
    return found if isinstance(found, Page) else None


# ---- papers ----------------------------------------------------------------------------------------------------------


def _zones(reader: OcrReader, chance: Random) -> Iterator[Row]:
    prints: Any = importlib.import_module("tests.hardware.papers.prints")
    right = wrong = 0
    for _ in range(ZONES):
        rows = _td3(chance) if chance.random() < 0.6 else prints.td1(f"C{chance.randrange(10**8):08d}")
        page = _read(reader, _spoiled(prints.zone_page(rows), chance), "mrz")
        found = zone([line.text for line in page.lines]) if page is not None else None
        right += found is not None and found.rows == rows
        wrong += found is not None and found.mrz.valid and found.rows[1:] != rows[1:] and len(rows) == 2
    yield Row(f"unseen zones: every letter right, of {ZONES}", right, "", f">= {ZONES * 46 / 53:.0f}")
    yield Row("unseen zones: a wrong row of numbers taken for valid", wrong, "", "<= 0")


def _td3(chance: Random) -> tuple[str, str]:
    name = f"{chance.choice(LATIN)}<<{chance.choice(GIVEN)}".replace(" ", "<")
    number, birth = f"K{chance.randrange(10**7):07d}<", f"{chance.randrange(30, 99):02d}{chance.randrange(1, 13):02d}15"
    body = f"{number}{check_digit(number)}CHN{birth}{check_digit(birth)}F310304{check_digit('310304')}" + "<" * 14 + "0"
    first = f"P<CHN{name}".ljust(44, "<")[:44]
    return first, body + str(check_digit(body[0:10] + body[13:20] + body[21:43]))


def _cards(reader: OcrReader, chance: Random) -> Iterator[Row]:
    """Faces of identity cards in three scripts: what stands on each, and what was read of it."""
    prints: Any = importlib.import_module("tests.hardware.papers.prints")
    numbers = wrong = names = 0
    for at in range(CARDS):
        words, face, fact, number, name = (_hkic if at % 2 else _mainland)(prints, chance)
        page = _read(reader, _spoiled(prints.drawn(words, face), chance))
        found = {} if page is None else read_identity(page, today=TODAY).facts
        facts = {each: read.value for each, read in found.items()}
        numbers += facts.get(fact) == number
        wrong += facts.get(fact) not in (None, number)
        names += facts.get("name_zh") == name
    yield Row(f"unseen identity cards: number right, of {CARDS}", numbers, "", f">= {CARDS * 46 / 53:.0f}")
    yield Row("unseen identity cards: a wrong number taken", wrong, "", "<= 0")
    yield Row(f"unseen identity cards: Chinese name right, of {CARDS}", names, "", "")


Card = tuple[tuple[tuple[str, tuple[int, int], int], ...], int, str, str, str]


def _hkic(prints: Any, chance: Random) -> Card:
    letters, digits = chance.choice("ABCDEGHKPRYZ"), f"{chance.randrange(10**6):06d}"
    number = f"{letters}{digits}({hkid_check_digit(letters, digits)})"
    name = chance.choice(TRADITIONAL)
    latin = f"{chance.choice(LATIN)}, {chance.choice(GIVEN).title()}"
    given = {"陳大文": name, "CHAN, Tai Man": latin, "A123456(3)": number}
    return (
        tuple((given.get(text, text), place, size) for text, place, size in prints.HKIC),
        prints.HK,
        "hkid",
        number,
        name,
    )


def _mainland(prints: Any, chance: Random) -> Card:
    year, month, day = chance.randrange(1940, 2005), chance.randrange(1, 13), chance.randrange(1, 29)
    body = f"440305{year}{month:02d}{day:02d}{chance.randrange(1000):03d}"
    number, name = body + resident_check_character(body), chance.choice(SIMPLIFIED)
    given = {
        "姓名  李小明": f"姓名  {name}",
        "出生  1990 年 1 月 1 日": f"出生  {year} 年 {month} 月 {day} 日",
        f"公民身份号码   {prints.RESIDENT}": f"公民身份号码   {number}",
    }
    words = tuple((given.get(text, text), place, size) for text, place, size in prints.MAINLAND)
    return words, prints.SC, "resident_id", number, name


def _forms(reader: OcrReader, chance: Random) -> Iterator[Row]:
    from rapidfuzz.distance import Levenshtein

    prints: Any = importlib.import_module("tests.hardware.papers.prints")
    for script, lines, face, limit in (
        ("Traditional", TRADITIONAL_LINES, prints.HK, 2),
        ("Simplified", SIMPLIFIED_LINES, prints.SC, 1),
    ):
        wrong = wanted = 0
        for _ in range(FORMS // 2):
            texts = [f"{line}  {chance.randrange(10**6)}" for line in chance.sample(lines, 10)]
            words = tuple((text, (90, 60 + 70 * at), 36) for at, text in enumerate(texts))
            page = _read(reader, _spoiled(prints.drawn(words, face, (1240, 816)), chance))
            read = "".join(line.text for line in page.lines) if page is not None else ""
            plain = "".join("".join(texts).split())
            wrong += Levenshtein.distance(plain, "".join(read.split()))
            wanted += len(plain)
        yield Row(f"unseen forms, {script}: characters wrong", 100 * wrong / wanted, "%", f"<= {limit}")


# ---- codes and faces -------------------------------------------------------------------------------------------------


def _codes(chance: Random) -> Iterator[Row]:
    import qrcode

    right = 0
    for _ in range(CODES):
        text = f"https://portal.example/verify?r=TB1-{chance.randrange(10**6):06d}-{chance.getrandbits(48)}"
        made = qrcode.QRCode(border=4, box_size=chance.randrange(3, 8))
        made.add_data(text)
        code = np.array(made.make_image().get_image().convert("RGB"), np.uint8)
        frame = np.full((720, 1280, 3), chance.randrange(120, 230), np.uint8)
        top, left = chance.randrange(0, 720 - code.shape[0]), chance.randrange(0, 1280 - code.shape[1])
        frame[top : top + code.shape[0], left : left + code.shape[1]] = 255 - code if chance.random() < 0.2 else code
        right += text in [found.text for found in read_codes(_spoiled(frame, chance))]
    yield Row(f"unseen codes, 720p: read, of {CODES}", right, "", f">= {CODES * 120 / 141:.0f}")


def _faces(chance: Random) -> Iterator[Row]:
    reader, found, upright = FaceReader(Sessions()), 0, 0
    for _ in range(FACES):
        faces = reader.find(_spoiled(seated(_anybody(chance)), chance))
        assert not isinstance(faces, Fault), "make setup makes the models"
        found += len(faces) == 1
        upright += len(faces) == 1 and abs(faces[0].yaw) < 12
    yield Row(f"unseen drawn faces: found, of {FACES}", found, "", f">= {FACES * 48 / 50:.0f}")
    yield Row(f"unseen drawn faces: read as looking ahead, of {FACES}", upright, "", "")


def _anybody(chance: Random) -> Look:
    """Somebody nobody has drawn before."""

    def between(least: float, most: float) -> float:
        return chance.uniform(least, most)

    tone = between(0.35, 1.0)
    skin = (round(172 * tone), round(200 * tone), round(232 * tone))
    hair = (round(between(20, 200)),) * 3
    return Look(
        skin=skin, hair=hair, brows=hair, face=between(0.85, 1.08), jaw=between(0, 1), eyes=between(0.8, 1.3),
        apart=between(0.9, 1.12), eye_tilt=between(-7, 7), brow=between(-6, 7), brow_thick=between(4, 13),
        nose=between(0.6, 2.2), nose_long=between(-15, 10), mouth=between(0.6, 1.25), smile=between(0.1, 1.1),
        long_hair=chance.random() < 0.5, beard=chance.random() < 0.2, lines=chance.random() < 0.4,
    )  # fmt: skip
