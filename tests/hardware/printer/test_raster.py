"""Dots on their way to PNG and to the printer."""

import io
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from weasyprint import HTML

from hardware.printer.faces import NOTO
from hardware.printer.interpreter import Interpreter
from hardware.printer.layout import Rule, Text, render
from hardware.printer.raster import Raster, without_realtime_commands
from hardware.printer.strip import Strip


class StillBody:
    """A printer that always prints."""

    def __init__(self, strip: Strip) -> None:
        self.strip, self.papers = strip, list[Raster]()

    def can_print(self) -> bool:
        return True

    def cut(self) -> None:
        paper = self.strip.cut()
        if paper:
            self.papers.append(paper)

    def paper_byte(self) -> int:
        return 0


def printed(job: bytes, width: int) -> list[Raster]:
    strip = Strip(width, NOTO)
    body = StillBody(strip)
    Interpreter(strip, body, lambda _: None, lambda _: None).feed(job)
    return body.papers


@st.composite
def rasters(draw: st.DrawFn) -> Raster:
    width, height = draw(st.integers(1, 120)), draw(st.integers(1, 300))
    dots = np.random.default_rng(draw(st.integers(0, 2**32))).random((height, width)) < draw(st.floats(0, 1))
    return Raster(width, height, np.packbits(dots, axis=1).tobytes())


@given(rasters())
def test_what_is_sent_is_what_is_printed_but_for_added_dots(raster: Raster) -> None:
    (paper,) = printed(raster.job(), raster.stride * 8)
    assert paper.height == raster.height
    sent, out = np.frombuffer(raster.packed, np.uint8), np.frombuffer(paper.packed, np.uint8)
    assert not np.any(sent & ~out)
    changed = int(np.count_nonzero(sent != out))
    assert changed <= sent.size // 2


@given(st.lists(st.sampled_from((0x10, 0x04, 0x05, 0x14, 0x18, 0xFF)), max_size=60).map(bytes))
def test_no_picture_spells_a_real_time_command(dots: bytes) -> None:
    safe = without_realtime_commands(dots)
    assert len(safe) == len(dots)
    assert not any(b"\x10" + command in safe for command in (b"\x04", b"\x05", b"\x14"))


def test_the_png_is_one_bit_black_on_white() -> None:
    picture = Image.open(io.BytesIO(Raster(10, 1, b"\x80\x00").png()))
    assert (picture.mode, picture.size) == ("1", (10, 1))
    assert [picture.getpixel((x, 0)) for x in (0, 1)] == [0, 255]


def test_the_pdf_is_one_page_of_the_slip_s_true_size() -> None:
    file = Raster(576, 812, bytes(72 * 812)).pdf()
    assert file.startswith(b"%PDF-")
    assert file.count(b"/MediaBox") == 1
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", file)
    assert box is not None
    assert float(box[1]) == pytest.approx(576 / 203 * 72, abs=0.5)
    assert float(box[2]) == pytest.approx(812 / 203 * 72, abs=0.5)


def test_blank_rows_cost_one_byte_each() -> None:
    blank = Raster(576, 128, bytes(72 * 128))
    assert len(blank.escpos()) == 8 + 128


def test_a_raster_whose_bytes_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="disagree"):
        Raster(8, 2, b"\x00")


def test_the_svg_shows_the_same_dots(tmp_path: Path) -> None:
    raster = render([Text("收據 Receipt", "display", True), Rule()], fonts=NOTO, language="zh_Hant")
    style = "@page{margin:0;size:72.08mm 40mm} body{margin:0} img{display:block}"
    page = f'<style>{style}</style><img src="{data_url(raster)}">'
    (tmp_path / "it.pdf").write_bytes(HTML(string=page).write_pdf())
    command = ["pdftoppm", "-mono", "-singlefile", "-r", "203", str(tmp_path / "it.pdf"), str(tmp_path / "it")]
    subprocess.run(command, check=True, timeout=30)
    drawn = np.asarray(Image.open(tmp_path / "it.pbm").convert("L"))[: raster.height, : raster.width] == 0
    rows = np.frombuffer(raster.packed, np.uint8).reshape(raster.height, raster.stride)
    wanted = np.unpackbits(rows, axis=1)[:, : raster.width].astype(bool)
    assert np.mean(drawn == wanted) > 0.97  # edges fall between the pixels of the second drawing


def data_url(raster: Raster) -> str:
    return "data:image/svg+xml," + quote(raster.svg())
