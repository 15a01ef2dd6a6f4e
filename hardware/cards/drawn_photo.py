"""The process that draws the photo on a made-up card: a look as JSON on its input, a JPEG on its output."""

from __future__ import annotations

import json
import sys
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from hardware.likeness import Look, bust, look_of

PHOTO_SIZE = (300, 375)  # 4:5 as on the card, in pixels
BACKGROUND = (238, 232, 226)  # blue, green, red


def draw_photo(look: Look) -> bytes:
    """A drawn face as JPEG, marked SPECIMEN, in another light than the kiosk's."""
    drawn = bust(look)
    wall = np.full_like(drawn.pixels, BACKGROUND)
    person = np.where(drawn.mask[..., None] > 0, drawn.pixels, wall)[30:680, 380:900]
    image = Image.fromarray(np.ascontiguousarray(person[..., ::-1])).resize(PHOTO_SIZE, Image.Resampling.LANCZOS)
    image = image.point([min(255, round(value * 0.94 + 10)) for value in range(256)] * 3)
    pen = ImageDraw.Draw(image)
    pen.text((150, 352), "SPECIMEN · MADE UP", fill=(250, 250, 250), anchor="mm", font_size=20)
    target = BytesIO()
    image.save(target, "JPEG", quality=88)
    return target.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(draw_photo(look_of(json.load(sys.stdin))))
