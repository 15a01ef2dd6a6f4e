"""A4 documents carry their fonts, their structure and their code, and set any text."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pypdf
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.document import TAGS, Sheet, document, markup
from hardware.printer.faces import Language
from hardware.printer.layout import Block, Code, Pair, Rule, Space, Text
from hardware.printer.sample import SAMPLE_LINK, SAMPLE_NUMBER, sample_slip

LANGUAGES: tuple[Language, ...] = get_args(Language)
FACES = {"en": "CJK-HK", "zh_Hant": "CJK-HK", "zh_Hans": "CJK-SC"}
POPPLER = shutil.which("pdftoppm")


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def sample(language: Language) -> bytes:
    return document(sample_slip(language), Sheet("Sample 樣本", language, footer="Kiosk TB1 · 庫務大樓"))


def fonts(pdf: bytes) -> dict[str, Any]:
    """Every font of the document, by name, with its descriptor."""
    found: dict[str, Any] = {}
    for page in read(pdf).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            under = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(font["/BaseFont"])] = under["/FontDescriptor"].get_object()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_is_tagged_titled_and_says_its_language(language: Language) -> None:
    reader = read(sample(language))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == TAGS[language]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Sample 樣本"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert {"/H1", "/P", "/Table", "/Figure"} <= kinds(root["/StructTreeRoot"])


def kinds(node: Any) -> set[str]:
    """Every kind of structure element under a node."""
    found = {str(node["/S"])} if "/S" in node else set()
    below = node.get("/K", [])
    for child in below if isinstance(below, list) else [below]:
        child = child.get_object()
        if isinstance(child, dict):
            found |= kinds(child)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_is_inside_and_the_language_picks_the_shapes(language: Language) -> None:
    found = fonts(sample(language))
    assert all("/FontFile3" in descriptor or "/FontFile2" in descriptor for descriptor in found.values())
    assert any(FACES[language] in name for name in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_can_be_copied_out_again(language: Language) -> None:
    text = words(sample(language)).replace(" ", "").replace("\n", "")
    for block in sample_slip(language):
        if isinstance(block, Text):
            assert block.text.replace(" ", "").replace("　", "") in text.replace("　", "")


@pytest.mark.skipif(POPPLER is None, reason="pdftoppm is not installed")
def test_the_code_can_be_scanned_from_the_printed_page(tmp_path: Path) -> None:
    picture = pictured(sample("zh_Hant"), tmp_path, dpi=100)
    assert sorted(code.text for code in zxingcpp.read_barcodes(picture)) == [SAMPLE_NUMBER, SAMPLE_LINK]


def pictured(pdf: bytes, folder: Path, *, dpi: int) -> Any:
    """The first page as a fax machine would see it."""
    (folder / "it.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-gray", "-singlefile", "-r", str(dpi), str(folder / "it.pdf"), str(folder / "it")]
    subprocess.run(command, check=True, timeout=30)
    return np.asarray(Image.open(folder / "it.pgm"))


def test_hong_kong_and_mainland_characters_are_in_the_fonts() -> None:
    pdf = document([Text("㗎𨋢嘅喺啲咁𠝹 简体字 预费谢 龘")], Sheet("x", "zh_Hant"))
    assert "㗎𨋢嘅喺啲咁𠝹" in words(pdf)
    assert "预费谢" in words(pdf)
    assert all("CJK" in name for name in fonts(pdf))


def test_the_offices_lines_take_the_offices_shapes() -> None:
    pdf = document([Text("骨"), Text("骨", language="zh_Hant")], Sheet("x", "zh_Hans"))
    assert {part for name in fonts(pdf) for part in ("HK", "SC") if f"CJK-{part}" in name} == {"HK", "SC"}


def test_a_long_list_goes_on_on_further_pages_which_are_numbered() -> None:
    rows: list[Block] = [Pair(f"文件 {number}", "身份證明文件副本") for number in range(120)]
    pdf = document(rows, Sheet("x", "zh_Hant", footer="TB1"))
    count = len(read(pdf).pages)
    assert count > 1
    assert f"{count} / {count}" in words(pdf)


def test_large_print_takes_larger_letters() -> None:
    small, large = (
        len(read(document([Text("字" * 3000)], Sheet("x", "en", large=big))).pages) for big in (False, True)
    )
    assert large > small


def test_markup_in_a_text_is_text() -> None:
    evil = '<img src="file:///etc/passwd"><script>1</script>&amp; "</style>'
    html = markup([Text(evil), Pair(evil, evil)], Sheet(evil, "en", footer=evil, code_words=evil))
    assert "<script" not in html
    assert "passwd" in html
    assert html.count("</style>") == 1
    assert "<script>1</script>" in words(document([Text(evil)], Sheet("x", "en")))


BLOCKS = st.lists(
    st.builds(Text, st.text(max_size=40), st.sampled_from(["small", "body", "title", "display"]), st.booleans())
    | st.builds(Pair, st.text(max_size=30), st.text(max_size=30))
    | st.builds(Space, st.integers(-5, 10_000))
    | st.just(Rule())
    | st.builds(Code, st.text(max_size=30)),
    max_size=5,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BLOCKS, st.sampled_from(LANGUAGES))
def test_any_blocks_become_a_readable_document(blocks: list[Block], language: Language) -> None:
    assert len(read(document(blocks, Sheet("x", language))).pages) >= 1


@pytest.mark.parametrize(
    "name", ["字" * 10_000, "a" * 1_500, "👨‍👩‍👧‍👦🇭🇰" * 50, "שלום مرحبا " * 40, "\ud800\x00\u202e"]
)
def test_names_nobody_foresaw_are_set_within_few_pages(name: str) -> None:
    assert len(read(document([Text(name), Pair(name[:400], name[:400])], Sheet(name[:80], "zh_Hant"))).pages) <= 30
