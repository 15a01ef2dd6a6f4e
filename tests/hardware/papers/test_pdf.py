from __future__ import annotations

import io

import numpy as np
import pytest
from pypdf import PdfReader

from hardware.camera.jpeg import encode_jpeg
from hardware.papers.pdf import as_pdf
from tests.hardware.papers import prints


def sheet(width: int, height: int) -> bytes:
    return encode_jpeg(np.random.default_rng(1).integers(180, 255, (height, width, 3)).astype(np.uint8), quality=90)


@pytest.mark.parametrize(
    ("size", "mm"), [((1000, 1414), (210, 297)), ((1414, 1000), (297, 210)), ((1284, 810), (85.6, 54))]
)
def test_a_page_is_as_large_as_its_paper(size: tuple[int, int], mm: tuple[float, float]) -> None:
    box = PdfReader(io.BytesIO(as_pdf([sheet(*size)]))).pages[0].mediabox
    assert (float(box.width) / 72 * 25.4, float(box.height) / 72 * 25.4) == pytest.approx(mm, rel=0.02)


def test_pages_stand_in_their_order_and_the_file_is_not_larger_than_its_pictures() -> None:
    pages = [encode_jpeg(prints.drawn(words)) for words in (prints.HKIC, prints.ADDRESS_PROOF, prints.PERMIT)]
    made = as_pdf(pages)
    read = PdfReader(io.BytesIO(made))
    assert len(read.pages) == 3
    assert len(made) < sum(map(len, pages)) + 4000
    first = np.array(read.pages[0].images[0].image.convert("L"))
    assert abs(float(first.mean()) - float(prints.drawn(prints.HKIC).mean())) < 3


def test_a_picture_larger_than_the_camera_s_is_made_smaller() -> None:
    picture = PdfReader(io.BytesIO(as_pdf([sheet(3000, 4243)]))).pages[0].images[0].image
    assert max(picture.size) == 2480


def test_no_page_is_no_paper() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        as_pdf([])


def test_nothing_but_the_pages_is_written_into_the_file() -> None:
    about = PdfReader(io.BytesIO(as_pdf([sheet(500, 700)]))).metadata
    assert not (about and (about.author or about.title or about.subject))
