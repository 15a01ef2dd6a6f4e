"""Slips as dots: three languages, two papers, large print, any text."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.faces import NOTO, Language, face, face_index, forget_faces
from hardware.printer.layout import (
    MARGIN,
    MAX_HEIGHT,
    WIDTH_58_MM,
    WIDTH_80_MM,
    Block,
    Code,
    CodeTooLongError,
    Pair,
    Space,
    Text,
    bar_modules,
    copy_of,
    render,
)
from hardware.printer.raster import Raster
from hardware.printer.sample import SAMPLE_LINK, SAMPLE_NUMBER, sample_slip

LANGUAGES: tuple[Language, ...] = ("en", "zh_Hant", "zh_Hans")
sizes = pytest.mark.parametrize(("width", "large"), [(WIDTH_80_MM, False), (WIDTH_80_MM, True), (WIDTH_58_MM, False)])
languages = pytest.mark.parametrize("language", LANGUAGES)


def dots(raster: Raster) -> Any:
    packed = np.frombuffer(raster.packed, np.uint8).reshape(raster.height, raster.stride)
    return np.unpackbits(packed, axis=1)[:, : raster.width].astype(bool)


def codes(raster: Raster) -> list[str]:
    picture = np.array(Image.open(io.BytesIO(raster.png())).convert("L"))
    return [code.text for code in zxingcpp.read_barcodes(np.pad(picture, 20, constant_values=255))]


def one(text: str, **how: Any) -> Raster:
    return render([Text(text, **how)], fonts=NOTO, language="zh_Hant")


@languages
@sizes
def test_the_sample_slip_carries_its_code_and_stays_on_the_paper(language: Language, width: int, large: bool) -> None:
    raster = render(sample_slip(language), width_dots=width, fonts=NOTO, language=language, large=large)
    assert raster.width == width
    assert sorted(codes(raster)) == [SAMPLE_NUMBER, SAMPLE_LINK]
    black = dots(raster)
    assert not black[:, :MARGIN].any()
    assert not black[:, -MARGIN:].any()
    assert 0.05 < black.mean() < 0.35
    assert raster.height < (1800 if large or width == WIDTH_58_MM else 1000)


def test_letters_are_as_large_on_a_printer_of_180_dots_an_inch() -> None:
    fine = render([Text("樣本")] * 10, fonts=NOTO, language="zh_Hant")
    coarse = render([Text("樣本")] * 10, width_dots=512, dpi=180, fonts=NOTO, language="zh_Hant")
    assert coarse.height / 180 == pytest.approx(fine.height / 203, rel=0.06)


@languages
def test_large_print_is_larger(language: Language) -> None:
    usual, large = (render(sample_slip(language), fonts=NOTO, language=language, large=big) for big in (False, True))
    assert large.height > usual.height * 1.15


def test_hong_kong_and_mainland_shapes_differ() -> None:
    hant, hans = (render([Text("直骨角")], fonts=NOTO, language=language) for language in ("zh_Hant", "zh_Hans"))
    assert hant.packed != hans.packed


def test_faces_are_found_by_name_and_not_by_number() -> None:
    assert face_index(NOTO.regular, "Noto Sans CJK HK") != face_index(NOTO.regular, "Noto Sans CJK SC")
    assert face_index(NOTO.regular, "No Such Face") == 0


def test_faces_that_were_forgotten_draw_the_same_slip_again() -> None:
    slip = [Text("陳大文 收據 receipt", bold=True), Text("已儲存")]
    before = render(slip, fonts=NOTO, language="zh_Hant")
    assert face.cache_info().currsize >= 2
    forget_faces()
    assert face.cache_info().currsize == 0
    assert render(slip, fonts=NOTO, language="zh_Hant") == before


@pytest.mark.parametrize("character", "㗎𨋢䶮嘅冇预费谢")
def test_rare_characters_have_shapes_of_their_own(character: str) -> None:
    for language in ("zh_Hant", "zh_Hans"):
        letters = face(NOTO, language, False, 26)
        box = letters.glyph("\ufffe").dots
        assert letters.glyph(character).dots.tobytes() != box.tobytes()
        assert letters.glyph(character).dots.getbbox() is not None


def test_a_pair_that_fits_takes_one_line_and_one_that_does_not_takes_more() -> None:
    short = render([Pair("費用", "免費")], fonts=NOTO, language="zh_Hant")
    long = render([Pair("狀況", "已儲存在這部機，" * 6)], fonts=NOTO, language="zh_Hant")
    assert short.height == one("費用").height
    assert long.height > 2 * short.height
    assert dots(short)[:, :200].any()
    assert dots(short)[:, -100:].any()


def test_alignment_moves_the_ink() -> None:
    starts = [int(np.flatnonzero(dots(one("中", align=align)).any(axis=0))[0]) for align in ("left", "center", "right")]
    assert starts[0] < 60 < starts[1] < starts[2]


def test_a_code_that_cannot_be_read_on_the_paper_is_refused() -> None:
    for data in ("x" * 5000, "x" * 1500):
        with pytest.raises(CodeTooLongError):
            render([Code(data)], width_dots=WIDTH_58_MM, fonts=NOTO, language="en")


@pytest.mark.parametrize("width", [WIDTH_80_MM, WIDTH_58_MM])
@pytest.mark.parametrize("dpi", [203, 180])
def test_bars_are_read_by_a_counters_reader(width: int, dpi: int) -> None:
    width = width if dpi == 203 else {WIDTH_80_MM: 512, WIDTH_58_MM: 360}[width]
    raster = render([Code("TB126110457K", "code128")], width_dots=width, fonts=NOTO, language="en", dpi=dpi)
    picture = np.pad(np.array(Image.open(io.BytesIO(raster.png())).convert("L")), 20, constant_values=255)
    (found,) = zxingcpp.read_barcodes(picture)
    assert (found.text, found.format) == ("TB126110457K", zxingcpp.BarcodeFormat.Code128)


@pytest.mark.parametrize("data", ["", "收據", "A" * 60, "A" * 500, "\ud800"])
def test_bars_that_cannot_be_read_on_the_paper_are_refused(data: str) -> None:
    with pytest.raises(CodeTooLongError):
        render([Code(data, "code128")], width_dots=WIDTH_58_MM, fonts=NOTO, language="en")


@given(st.text(max_size=40))
def test_any_text_becomes_bars_or_a_typed_refusal(text: str) -> None:
    with contextlib.suppress(CodeTooLongError):
        assert len(bar_modules(text)) > len(text)


def test_a_reprint_says_copy_above_and_below() -> None:
    blocks = sample_slip("en")
    marked = copy_of(blocks)
    assert marked[0] == marked[-1]
    assert isinstance(marked[0], Text)
    assert marked[0].text == "COPY 副本"
    assert render(marked, fonts=NOTO, language="en").packed != render(blocks, fonts=NOTO, language="en").packed


def test_a_ten_thousand_character_name_is_cut_with_an_ellipsis() -> None:
    for text in ("字" * 10_000, "A" * 10_000, "e\u0301\u0489" * 3_333, "\n" * 10_000):
        assert one(text).height <= 61 * 40


def test_whatever_the_blocks_the_slip_has_an_end() -> None:
    blocks: list[Block] = [Space(10**9), *[Text("字" * 10_000, "display")] * 300]
    raster = render(blocks, fonts=NOTO, language="zh_Hant")
    assert raster.height <= MAX_HEIGHT


def test_an_empty_slip_is_only_its_edges() -> None:
    assert render([], fonts=NOTO, language="en").height == 2 * MARGIN


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(LANGUAGES), st.booleans())
def test_any_text_becomes_dots(text: str, other: str, language: Language, large: bool) -> None:
    blocks: list[Block] = [Text(text, "title", True, "center"), Pair(text, other), Text(other, "small", align="right")]
    raster = render(blocks, width_dots=WIDTH_58_MM, fonts=NOTO, language=language, large=large)
    assert raster.height <= MAX_HEIGHT
    assert not dots(raster)[:, :MARGIN].any()


@pytest.mark.parametrize("text", ["שלום עולם", "مرحبا", "😀👨‍👩‍👧‍👦🇭🇰", "ｆｕｌｌ　ｗｉｄｔｈ", "\u0e01\u0e33\u0e49"])
def test_scripts_the_face_lacks_are_boxes_and_not_a_crash(text: str) -> None:
    assert dots(one(text)).any()
