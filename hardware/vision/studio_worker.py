"""The process that looks at faces: `python -m hardware.vision.studio_worker`, spoken to by `studio.Studio`.

It holds the models and the best pictures of the last moments; it is killed when the visit ends, and both with it.
Requests: "look" with a frame's pixels (BGR, rows first), "photos" of the best moments, "photo" of one frame, "forget".
"""

from __future__ import annotations

import base64
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from hardware.bounded import bound
from hardware.camera.frame import Frame, Image, load_cv2
from hardware.vision.models import Sessions
from hardware.vision.photographer import Photographer, photo

MEMORY_BYTES: Final = 2 * 1024**3  # of addresses; resident it stays under 300 MB
MOST_BYTES: Final = 64 * 1024 * 1024


def main() -> None:
    """Answer requests until the pipe closes."""
    bound(MEMORY_BYTES)
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever a library prints must not look like an answer
    load_cv2().setNumThreads(1)
    photographer = Photographer(Sessions(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
    photographer.look(Frame(0, 0.0, np.zeros((480, 640, 3), np.uint8)))  # the models load now
    photographer.forget()
    print(json.dumps({"ready": True}), file=answers, flush=True)
    while request := sys.stdin.buffer.readline():
        print(json.dumps(_answered(photographer, json.loads(request), sys.stdin.buffer)), file=answers, flush=True)


def _answered(photographer: Photographer, asked: dict[str, Any], pipe: BinaryIO) -> dict[str, Any]:
    frame = _frame(asked, pipe) if asked["bytes"] else None
    match asked["task"]:
        case "look" if frame is not None:
            look = photographer.look(frame, aspect=asked["aspect"])
            return {"code": look.code, "kept": len(photographer.best())}
        case "photos":
            shots = photographer.best()
            return {"photos": [_photo(shot.frame.image, shot.face, asked) for shot in shots]}
        case "photo" if frame is not None:
            return {"photos": [_photo(frame.image, photographer.face_in(frame.image), asked)]}
        case "forget":
            photographer.forget()
            return {}
    return {"fault": "not_asked"}


def _frame(asked: dict[str, Any], pipe: BinaryIO) -> Frame | None:
    raw = pipe.read(min(asked["bytes"], MOST_BYTES))
    height, width = asked["height"], asked["width"]
    if len(raw) != height * width * 3:
        return None
    image: Image = np.frombuffer(bytearray(raw), np.uint8).reshape(height, width, 3)
    return Frame(asked["number"], asked["mono_s"], image)


def _photo(image: Image, face: Any, asked: dict[str, Any]) -> str:
    width, height = asked["size_mm"]
    return base64.b64encode(photo(image, face, (width, height), asked["dpi"])).decode()


if __name__ == "__main__":
    main()
