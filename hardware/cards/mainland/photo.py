"""The photo of a Mainland card, by a decoder the site supplies: an outside program held in narrow limits.

The photo's form is not public and no open decoder exists. The program reads 1024 bytes from its input and writes an
image (BMP, PNG or JPEG) to its output; without one, the identity stands without a photo.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from io import BytesIO

PHOTO_BYTES = 1024
MAX_IMAGE_BYTES = 1 << 20
MEMORY_BYTES = 256 << 20
CPU_S = 3
MAX_PIXELS = 1_000_000
LIMITER = (
    "/usr/bin/prlimit",
    f"--as={MEMORY_BYTES}",
    f"--cpu={CPU_S}",
    f"--fsize={MAX_IMAGE_BYTES}",
    "--nofile=16",
    "--core=0",
)


def decode(program: Sequence[str], photo: bytes, timeout_s: float = 5.0) -> bytes | None:
    """The photo as JPEG; None when the program fails, takes too long, or gives no image."""
    output = os.memfd_create("photo", os.MFD_CLOEXEC)  # in memory: a face is never written to disk
    try:
        subprocess.run(
            [*LIMITER, *program],
            input=photo,
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=True,
            env={},
        )
        return _as_jpeg(os.pread(output, MAX_IMAGE_BYTES, 0))
    except (OSError, subprocess.SubprocessError):
        return None
    finally:
        os.close(output)


def _as_jpeg(image: bytes) -> bytes | None:
    from PIL import Image, UnidentifiedImageError  # only a site with a decoder needs it

    try:
        with Image.open(BytesIO(image), formats=("BMP", "PNG", "JPEG")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                return None
            target = BytesIO()
            opened.convert("RGB").save(target, "JPEG", quality=92)
            return target.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
