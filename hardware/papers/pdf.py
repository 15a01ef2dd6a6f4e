"""Several pictures of one paper as one PDF, each page as large as its paper is likely to be."""

from __future__ import annotations

import io
from collections.abc import Sequence

QUALITY = 82
MOST_SIDE = 2480  # A4 at 212 dpi, what the document camera gives of a sheet
A4_MM, CARD_MM = (210.0, 297.0), (54.0, 85.6)
SHAPES = (A4_MM, CARD_MM)
SHAPE_SLACK = 0.06
OTHER_DPI = 200.0


def as_pdf(pages: Sequence[bytes]) -> bytes:
    """One PDF of JPEG pictures in their order; pictures larger than the camera's are made smaller.

    Raises ValueError without a page. Pictures come from our own encoder; strangers' are checked before they get here.
    """
    from PIL import Image

    if not pages:
        raise ValueError("a paper has at least one page")
    written = io.BytesIO()
    made = []
    for page in pages:
        picture = Image.open(io.BytesIO(page)).convert("RGB")
        picture.thumbnail((MOST_SIDE, MOST_SIDE))
        made.append(picture)
    dpi = dpi_of(made[0].size)  # one resolution a file: pages of one paper are of one size
    made[0].save(
        written, "PDF", save_all=True, append_images=made[1:], resolution=dpi, quality=QUALITY, title="", producer=""
    )
    return written.getvalue()


def dpi_of(size: tuple[int, int]) -> float:
    """Dots an inch at which a picture of this shape has its paper's true size: A4, an ID-1 card, else 200."""
    short, long = sorted(size)
    for width, height in SHAPES:
        if abs(long / short - height / width) < SHAPE_SLACK:
            return long / height * 25.4
    return OTHER_DPI
