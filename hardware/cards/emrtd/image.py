"""Face images of chips as JPEG: JPEG 2000 is decoded within bounds and encoded anew."""

from __future__ import annotations

from io import BytesIO

from hardware.cards.emrtd.lds import JPEG

MAX_PIXELS = 4_000_000
QUALITY = 92


def as_jpeg(image: bytes) -> bytes | None:
    """The image as JPEG; None when it cannot be decoded (the portrait step then takes a new one)."""
    from PIL import Image, ImageFile, UnidentifiedImageError  # only documents with a photo need it

    ImageFile.LOAD_TRUNCATED_IMAGES = False  # some libraries set it for the whole process
    try:
        with Image.open(BytesIO(image), formats=("JPEG", "JPEG2000")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return None
            opened.load()
            if image.startswith(JPEG):
                return image
            target = BytesIO()
            opened.convert("RGB").save(target, "JPEG", quality=QUALITY)
            return target.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
