"""Slips judged as readers and scanners judge them: text is read back from the dots, the code scanned and verified."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz import fuzz

from hardware.printer import NOTO, WIDTH_58_MM, WIDTH_80_MM, Block, Pair, Raster, Text, copy_of, render
from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Catalogue, Language, load_catalogue
from kiosk.receipt import SlipContent, slip_blocks
from offline_queue.envelope import StatementKey, uuid7
from offline_queue.slip_code import SlipCode, read_slip, sign_slip

KEY = StatementKey.generate()
NOW = datetime(2026, 11, 20, 6, 41, tzinfo=UTC)
CODE = SlipCode(KEY.key_id, "TB1 2611 0457 K", "HK-WEL-01", uuid7(NOW), bytes(range(32)), NOW, 7)
URL = sign_slip(CODE, KEY, verify_url="https://portal.example/verify")
WIDTHS = (WIDTH_80_MM, WIDTH_58_MM)
READ_WELL = 80  # of 100: what the reader makes of a line, beside what was printed


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ASSETS)


def blocks(catalogue: Catalogue, language: Language) -> list[Block]:
    content = SlipContent(
        receipt_number=CODE.receipt_number,
        service=catalogue.services["HK-WEL-01"],
        saved_at=NOW,
        site="Treasury Building" if language == "en" else "庫務大樓" if language == "zh_Hant" else "库务大楼",
        site_office="庫務大樓",
        kiosk_id="TB1",
        fee_cents=0,
        delivered=False,
        code_url=URL,
    )
    return slip_blocks(content, catalogue.texts, language, "zh_Hant")


def grey(slip: Raster) -> NDArray[np.uint8]:
    """The slip as a camera would see it: black on white, a margin of paper around."""
    return np.pad(np.asarray(Image.open(io.BytesIO(slip.png())).convert("L")), 40, constant_values=255)


@lru_cache(maxsize=1)
def reader() -> object:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def read_back(slip: Raster) -> str:
    """Everything the bundled reader sees, joined."""
    found = reader()(np.dstack([grey(slip)] * 3))  # type: ignore[operator]
    return "".join(found.txts or ()).replace(" ", "")


def lines(parts: Sequence[Block]) -> list[str]:
    found = [part.text for part in parts if isinstance(part, Text)]
    found += [word for part in parts if isinstance(part, Pair) for word in (part.left, part.right)]
    return [line.replace(" ", "").replace("　", "") for line in found]


QUICK = [("zh_Hant", WIDTH_80_MM), ("zh_Hans", WIDTH_58_MM)]
ALL = list(itertools.product(LANGUAGES, WIDTHS))


@pytest.mark.parametrize(
    ("language", "width"),
    [pytest.param(*one, marks=() if one in QUICK else pytest.mark.soak) for one in ALL],
)
def test_what_is_printed_can_be_read_back(catalogue: Catalogue, language: Language, width: int) -> None:
    printed = blocks(catalogue, language)
    seen = read_back(render(printed, width_dots=width, fonts=NOTO, language=language))
    badly = {line: score for line in lines(printed) if (score := fuzz.partial_ratio(line, seen)) < READ_WELL}
    assert badly == {}, seen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("dpi", [203, 180])
def test_the_code_on_every_slip_scans_and_verifies_offline(
    catalogue: Catalogue, language: Language, width: int, large: bool, dpi: int
) -> None:
    width = width if dpi == 203 else {WIDTH_80_MM: 512, WIDTH_58_MM: 360}[width]
    slip = render(
        copy_of(blocks(catalogue, language)), width_dots=width, fonts=NOTO, language=language, large=large, dpi=dpi
    )
    (found,) = zxingcpp.read_barcodes(grey(slip))
    assert found.text == URL
    assert read_slip(found.text, KEY.public_bytes) == CODE


def test_the_mark_of_a_copy_can_be_read(catalogue: Catalogue) -> None:
    seen = read_back(render(copy_of([Text("收據")]), width_dots=WIDTH_80_MM, fonts=NOTO, language="zh_Hant"))
    assert seen.count("COPY") == 2
    assert "副本" in seen


def test_a_slip_takes_no_more_paper_than_it_needs(catalogue: Catalogue) -> None:
    """Right-sized: little white above and below, and large print costs paper only where it was asked for."""
    for language in LANGUAGES:
        slip = render(blocks(catalogue, language), width_dots=WIDTH_80_MM, fonts=NOTO, language=language)
        dark = np.flatnonzero((grey(slip)[40:-40] < 128).any(axis=1))
        assert dark[0] < 40
        assert slip.height - dark[-1] < 40
        large = render(blocks(catalogue, language), width_dots=WIDTH_80_MM, fonts=NOTO, language=language, large=True)
        assert slip.height < large.height < slip.height * 2.2
