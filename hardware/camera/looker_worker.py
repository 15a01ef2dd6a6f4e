"""The process that looks at papers: `python -m hardware.camera.looker_worker`, spoken to by `looker.Looker`.

Each request comes with one frame's pixels, all but "report"; what it keeps of them is the frame before, for stillness,
and the sums of an examination.
"""

from __future__ import annotations

import base64
from typing import Any, Final

from hardware.answering import answer_all, begin
from hardware.camera import document, portrait
from hardware.camera.codes import read_codes
from hardware.camera.frame import Frame, Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.selftest import Examination

MEMORY_BYTES: Final = 2 * 1024**3  # of addresses; resident it stays under 120 MB


def main() -> None:
    """Answer requests until the pipe closes."""
    answers = begin(MEMORY_BYTES)
    load_cv2().setNumThreads(1)
    answer_all(answers, Eyes().answer)


class Eyes:
    """Answers one request after the other."""

    def __init__(self) -> None:
        self._before: Image | None = None
        self._examination = Examination()

    def answer(self, asked: dict[str, Any], raw: bytearray) -> dict[str, Any]:
        """What one request asks for."""
        if asked["task"] == "report":
            return {"report": vars(self._examination.report(asked["seconds"]))}
        frame = Frame.received(asked, raw)
        match asked["task"]:
            case "portrait":
                before, self._before = self._before, frame.image
                return {"code": portrait.assess(frame.image, before).code}
            case "examine":
                self._examination = Examination() if asked["first"] else self._examination
                self._examination.see(frame)
                return {}
        return _of(frame.image, asked)


def _of(image: Image, asked: dict[str, Any]) -> dict[str, Any]:
    """What a picture says by itself."""
    match asked["task"]:
        case "paper":
            return {"code": document.assess(image).code}
        case "sheet":
            return _coded(document.capture(image, document.assess(image)))
        case "photo":
            width_mm, height_mm = asked["size_mm"]
            return _coded(portrait.crop(image, width_mm, height_mm, asked["dpi"]))
        case "whole":
            return _coded(encode_jpeg(image, quality=asked["quality"]))
        case "codes":
            return {"codes": [vars(code) for code in read_codes(image)]}
    raise ValueError("no such task")


def _coded(jpeg: bytes) -> dict[str, Any]:
    return {"jpeg": base64.b64encode(jpeg).decode()}


if __name__ == "__main__":
    main()
