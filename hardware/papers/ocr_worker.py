"""The process that reads: `python -m hardware.papers.ocr_worker`, spoken to by `ocr.OcrReader` over two pipes.

A request is one line of JSON, {"task": "page" or "mrz", "bytes": n}, and n bytes of a JPEG or PNG; the answer is one
line of JSON, {"ready": true} when it has started, then {"lines": …} or {"fault": code} for each. It lives apart since
it takes 300 to 600 MB and seconds of a core; its memory is bounded, and what goes wrong here ends only this process.
"""

from __future__ import annotations

import logging
import os
from functools import partial
from typing import Any

import numpy as np

from hardware.answering import answer_all, begin
from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import decode_image
from hardware.camera.measure import scaled
from hardware.device import Fault

NICE = 5
MEMORY_BYTES = 2 * 1024**3  # of addresses, most of them never touched: resident it stays under 600 MB
PAGE_SIDE = 1700
PAGE_LEAST_SIDE = 736
MRZ_SIDES = (736, 960)
MRZ_LEAST_SIDE = 64
LEAST_MRZ_WIDTH = 0.45  # of the picture
LEAST_MRZ_SHAPE = 9.0  # width over height of a line
TURNS = (0, 180, 90, 270)


def main() -> None:
    """Answer requests until the pipe closes."""
    os.nice(NICE)
    answers = begin(MEMORY_BYTES)
    answer_all(answers, partial(_answered, load_engine()))


def load_engine() -> Any:
    """RapidOCR with the models of its own package, one thread, no word in any log."""
    logging.disable(logging.CRITICAL)
    load_cv2().setNumThreads(1)
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.3,
            "Global.max_side_len": PAGE_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    engine(np.full((64, 320, 3), 255, np.uint8), use_det=True, use_cls=False, use_rec=True)  # its models load now
    return engine


def _enlarge_up_to(engine: Any, side: int) -> None:
    """Enlarge pictures with a shorter side before lines are looked for: small cards need it, zones do not."""
    engine.text_det.limit_side_len = side


def _answered(engine: Any, asked: dict[str, Any], raw: bytearray) -> dict[str, Any]:
    picture = decode_image(bytes(raw))
    if isinstance(picture, Fault):
        return {"fault": picture.code}
    return read_mrz(engine, picture) if asked["task"] == "mrz" else read_page(engine, picture)


def read_page(engine: Any, picture: Image) -> dict[str, Any]:
    """Every line; a page on its side or head is turned until most of what is read makes sense."""
    _enlarge_up_to(engine, PAGE_LEAST_SIDE)
    small = scaled(picture, PAGE_SIDE)
    factor = picture.shape[1] / small.shape[1]
    best: dict[str, Any] = {"lines": [], "turned": 0}
    best_score = -1.0
    for turn in TURNS:
        turned = _turned(small, turn)
        lines = _lines(engine(turned, use_det=True, use_cls=False, use_rec=True), factor)
        score = _sense(lines)
        if score > best_score:
            height, width = (round(side * factor) for side in turned.shape[:2])
            best, best_score = {"lines": lines, "turned": turn, "width": width, "height": height}, score
        if score >= GOOD_SENSE or (turn == 0 and not lines):
            break
    return best


GOOD_SENSE = 0.80


def _sense(lines: list[dict[str, Any]]) -> float:
    """How much of a page reads as text: sureness of the letters, nothing for lines that stand upright."""
    letters = sum(len(line["text"]) for line in lines)
    if letters < 3:
        return 0.0
    lying = [line for line in lines if _lies(line["corners"])]
    return float(sum(line["sure"] * len(line["text"]) for line in lying) / letters)


def _lies(corners: list[list[float]]) -> bool:
    across = np.hypot(corners[1][0] - corners[0][0], corners[1][1] - corners[0][1])
    down = np.hypot(corners[3][0] - corners[0][0], corners[3][1] - corners[0][1])
    return bool(across >= down)


def read_mrz(engine: Any, picture: Image) -> dict[str, Any]:
    """The long lines only: found at 736 pixels, then 960, read at full size; with a black-hat and turned if need be.

    Says lines as they were recognised; whether they are a machine-readable zone is for `mrz.parse_mrz`.
    """
    from hardware.papers.mrz_lines import zone

    tried: list[dict[str, Any]] = []
    for turn in (0, 180, 90, 270):
        turned = _turned(picture, turn)
        for prepared, side in ((turned, MRZ_SIDES[0]), (turned, MRZ_SIDES[1]), (_black_hat(turned), MRZ_SIDES[1])):
            lines = _long_lines(engine, prepared, side)
            tried = tried or lines
            if zone([line["text"] for line in lines]) is not None:
                return _found(lines, turn, turned)
        if turn == 180 and max(turned.shape[:2]) > 3000:
            break  # a large page: the quarter turns would take longer than a person waits
    return _found(tried, 0, picture)


def _found(lines: list[dict[str, Any]], turn: int, picture: Image) -> dict[str, Any]:
    return {"lines": lines, "turned": turn, "width": picture.shape[1], "height": picture.shape[0]}


def _long_lines(engine: Any, picture: Image, side: int) -> list[dict[str, Any]]:
    cv2 = load_cv2()
    _enlarge_up_to(engine, MRZ_LEAST_SIDE)
    small = scaled(picture, side)
    factor = picture.shape[1] / small.shape[1]
    found = engine(small, use_det=True, use_cls=False, use_rec=False)
    boxes = [] if found.boxes is None else [np.array(box, np.float32) * factor for box in found.boxes]
    long = [box for box in boxes if _is_long(box, picture.shape[1])]
    lines: list[dict[str, Any]] = []
    for box in sorted(long, key=lambda box: float(box[:, 1].mean())):
        width, height = (max(8, round(float(np.hypot(*(box[end] - box[0]))))) for end in (1, 3))
        target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        strip = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(box, target), (width, height))
        said = engine(strip, use_det=False, use_cls=False, use_rec=True)
        for text, sure in zip(said.txts or (), said.scores or (), strict=False):
            lines.append({"text": text, "sure": float(sure), "corners": box.tolist()})
    return lines


def _is_long(box: Any, width: int) -> bool:
    across, down = (float(np.hypot(*(box[end] - box[0]))) for end in (1, 3))
    return across > LEAST_MRZ_WIDTH * width and across > LEAST_MRZ_SHAPE * max(down, 1.0)


def _black_hat(picture: Image) -> Image:
    """Dark letters alone, dark on white: guilloche and shadows under them are gone."""
    cv2 = load_cv2()
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = max(9, round(picture.shape[1] / 75)) | 1
    letters = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8))
    plain = 255 - cv2.normalize(letters, None, 0, 255, cv2.NORM_MINMAX)
    return np.asarray(cv2.cvtColor(plain, cv2.COLOR_GRAY2BGR), np.uint8)


def _turned(picture: Image, turn: int) -> Image:
    return np.ascontiguousarray(np.rot90(picture, k=-turn // 90)) if turn else picture


def _lines(found: Any, factor: float) -> list[dict[str, Any]]:
    if found.boxes is None or found.txts is None:
        return []
    return [
        {"text": text, "sure": float(sure), "corners": (np.array(box) * factor).round(1).tolist()}
        for box, text, sure in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


if __name__ == "__main__":
    main()
