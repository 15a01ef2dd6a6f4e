"""What the eyes take: faces, zones, codes and pages, beside the libraries that do the same, on pictures made here."""

from __future__ import annotations

import importlib
import os
import resource
import statistics
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.row import Row
from hardware.camera import Camera, read_codes
from hardware.camera.frame import Image, load_cv2
from hardware.camera.jpeg import encode_jpeg
from hardware.device import Fault, Supervisor
from hardware.papers.mrz_lines import zone
from hardware.papers.ocr import OcrReader
from hardware.papers.page import Page
from hardware.vision.face import FaceReader, chip
from hardware.vision.match import Matcher
from hardware.vision.models import Sessions

ROUNDS = 30
LIVE_S = 5.0


def run() -> list[Row]:
    """All of it, about two minutes; the pictures are those of the tests."""
    load_cv2().setNumThreads(1)
    return [*_faces(), *_live(), *_zones(), *_codes(), *_pages()]


def _median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Of one core's own time: what else runs on the machine is not counted."""
    work()
    times = []
    for _ in range(rounds):
        began = time.thread_time()
        work()
        times.append(time.thread_time() - began)
    return statistics.median(times) * 1000


# ---- faces -----------------------------------------------------------------------------------------------------------


def _faces() -> Iterator[Row]:
    heads: Any = importlib.import_module("tests.hardware.vision.heads")

    sessions = Sessions()
    reader, matcher, frame = FaceReader(sessions), Matcher(sessions), heads.portrait(150)
    other = heads.portrait(80)

    def transaction() -> None:
        face = _one(reader, frame)
        reader.eyes(frame, face)
        matcher.embed((chip(frame, face), chip(other, face)))

    yield Row("face: detection and mesh, 1280x720, one core", _median_ms(lambda: reader.find(frame)), "ms", "<= 20")
    yield Row("face: detection, mesh, eyes and comparison", _median_ms(transaction), "ms", "<= 40")
    found = [bool(reader.find(picture)) for picture in heads.small_faces()]
    yield Row("face: found of 100 cuts of 25 pixels", sum(found[:100]), "", ">= 96")
    yield Row("face: found in 100 cuts without one", sum(found[100:]), "", "<= 0")


def _one(reader: FaceReader, frame: Image) -> Any:
    faces = reader.find(frame)
    assert not isinstance(faces, Fault)
    return faces[0]


def _live() -> Iterator[Row]:
    """A timer of the GUI's kind while a camera draws and every frame is judged in a thread."""
    from PySide6.QtCore import QCoreApplication, QElapsedTimer, Qt, QTimer

    app = QCoreApplication.instance() or QCoreApplication([])
    camera = Camera("synthetic")
    supervisor = Supervisor(camera, lambda _: None)
    supervisor.start()
    over, judged = threading.Event(), [0]
    thread = threading.Thread(target=_judge_all, args=(camera, over, judged), daemon=True)
    thread.start()
    lateness: list[float] = []
    clock, timer = QElapsedTimer(), QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(16)

    def tick() -> None:
        lateness.append(clock.nsecsElapsed() / 1e6 - 16)
        clock.start()

    timer.timeout.connect(tick)
    clock.start()
    timer.start()
    end = time.monotonic() + LIVE_S
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.0005)
    over.set()
    thread.join()
    supervisor.stop()
    yield Row("face: frames judged a second, live", judged[0] / LIVE_S, "fps", ">= 24")
    yield Row("face: GUI timer lateness meanwhile, 99th percentile", float(np.percentile(lateness, 99)), "ms", "<= 10")


def _judge_all(camera: Camera, over: threading.Event, judged: list[int]) -> None:
    reader, last = FaceReader(Sessions()), 0
    while not over.is_set():
        frame = camera.latest()
        if frame is None or frame.number == last:
            time.sleep(0.002)
            continue
        last = frame.number
        reader.find(frame.image)
        judged[0] += 1


# ---- machine-readable zones ------------------------------------------------------------------------------------------


def _zones() -> Iterator[Row]:
    prints: Any = importlib.import_module("tests.hardware.papers.prints")

    rows = [prints.td3(), prints.td1(), prints.td3("LEUNG", "KA<YAN<AMY", "H9876543<")]
    made = [(each, spoil(prints.zone_page(each))) for each in rows for spoil in prints.CONDITIONS.values()]
    reader = OcrReader(idle_s=600)
    reader.warm_up()
    reader.read(encode_jpeg(made[0][1]), "mrz")
    ours = [_timed(lambda picture=picture: _our_zone(reader, picture)) for _, picture in made]  # type: ignore[misc]
    reader.stop()
    theirs = [_timed(lambda picture=picture: _passporteye(picture)) for _, picture in made]  # type: ignore[misc]
    yield Row("zone: median time", statistics.median(s for s, _ in ours), "s", "<= 0.5")
    yield Row("zone: PassportEye's median time", statistics.median(s for s, _ in theirs), "s", "")
    right = [sum(got == row for (_, got), (row, _) in zip(found, made, strict=True)) for found in (ours, theirs)]
    lower = sum(bool(got) and got[1:2] == row[1:2] for (_, got), (row, _) in zip(theirs, made, strict=True))
    yield Row(f"zone: read without a wrong letter, of {len(made)}", right[0], "", f">= {len(made) - 1}")
    yield Row(f"zone: PassportEye's, of {len(made)}", right[1], "", "")
    yield Row(f"zone: PassportEye's row of numbers and dates alone, of {len(made)}", lower, "", "")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    got = work()
    return time.perf_counter() - began, got


def _our_zone(reader: OcrReader, picture: Image) -> tuple[str, ...] | None:
    page = reader.read(encode_jpeg(picture), "mrz")
    found = zone([line.text for line in page.lines]) if isinstance(page, Page) else None
    return found.rows if found else None


def _passporteye(picture: Image) -> tuple[str, ...] | None:
    warnings.simplefilter("ignore")  # of the scikit-image it was written for
    from passporteye import read_mrz

    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(encode_jpeg(picture))
        file.flush()
        found = read_mrz(file.name)
    return tuple(found.aux["text"].split("\n")) if found is not None and found.valid_score > 0 else None


# ---- codes -----------------------------------------------------------------------------------------------------------


def _codes() -> Iterator[Row]:
    from pyzbar import pyzbar

    cv2 = load_cv2()
    frames = list(_code_frames())
    detector = cv2.QRCodeDetectorAruco()
    readers: dict[str, Callable[[Image], list[str]]] = {
        "ours (zxing)": lambda frame: [code.text for code in read_codes(frame)],
        "pyzbar": lambda frame: [code.data.decode() for code in pyzbar.decode(frame)],
        "cv2": lambda frame: [detector.detectAndDecode(frame)[0]],
    }
    for name, read in readers.items():
        found = [_timed(lambda frame=frame, read=read: read(frame)) for _, frame in frames]  # type: ignore[misc]
        right = sum(text in got for (_, got), (text, _) in zip(found, frames, strict=True))
        best = ">= 50" if name.startswith("ours") else ""
        yield Row(f"codes, 720p: read of {len(frames)}, {name}", right, "", best)
        limit = "<= 10" if best else ""
        yield Row(f"codes, 720p: median, {name}", statistics.median(s for s, _ in found) * 1000, "ms", limit)


def _code_frames() -> Iterator[tuple[str, Image]]:
    """QR codes in a frame: plain, inverted, noisy, blurred, turned, slanted; ten texts each."""
    import qrcode

    cv2, chance = load_cv2(), np.random.default_rng(4)
    for number in range(10):
        text = f"https://portal.example/verify?r=TB1-{number:06d}-{chance.integers(10**9)}"
        made = qrcode.QRCode(border=4, box_size=4 + number % 4)
        made.add_data(text)
        code = np.array(made.make_image().get_image().convert("RGB"), np.uint8)
        for how in ("plain", "inverted", "noise", "blur", "turned", "slanted"):
            frame = np.full((720, 1280, 3), 190, np.uint8)
            side = code.shape[0]
            frame[200 : 200 + side, 400 : 400 + side] = 255 - code if how == "inverted" else code
            yield text, _spoiled(cv2, chance, frame, how)


def _spoiled(cv2: Any, chance: np.random.Generator, frame: Image, how: str) -> Image:
    if how == "noise":
        return np.clip(frame + chance.normal(0, 25, frame.shape), 0, 255).astype(np.uint8)
    if how == "blur":
        return np.asarray(cv2.GaussianBlur(frame, (0, 0), 1.6), np.uint8)
    matrix = cv2.getRotationMatrix2D((500, 320), 27 if how == "turned" else 0, 1.0)
    if how == "slanted":
        matrix[0, 1] += 0.25
    return np.asarray(cv2.warpAffine(frame, matrix, (1280, 720), borderValue=(190, 190, 190)), np.uint8)


# ---- pages -----------------------------------------------------------------------------------------------------------

FORM = (
    "示例電力有限公司 EXAMPLE POWER", "陳大文先生 CHAN Tai Man", "香港九龍示例道1號2樓A室", "賬單日期 12 Oct 2026",
    "應繳總額 HK$512.30", "客戶號碼 8812-3456-70", "繳費限期 02 Dec 2026", "用電量 318 度", "上次讀數 40217",
    "今次讀數 40535", "查詢熱線 2345 6789", "多謝使用自動轉賬服務",
)  # fmt: skip


def _pages() -> Iterator[Row]:
    prints: Any = importlib.import_module("tests.hardware.papers.prints")

    words = tuple((text, (90, 60 + 62 * at), 36) for at, text in enumerate(FORM))
    pictures = [spoil(prints.drawn(words, size=(1240, 816))) for spoil in prints.CONDITIONS.values()]
    reader = OcrReader(idle_s=600)
    reader.warm_up()
    reader.read(encode_jpeg(pictures[0]))
    ours = [_timed(lambda picture=picture: _our_text(reader, picture)) for picture in pictures]  # type: ignore[misc]
    memory_mb = _resident_mb(reader.pid)
    reader.stop()
    theirs = [_timed(lambda picture=picture: _tesseract(picture)) for picture in pictures]  # type: ignore[misc]
    yield Row("page of 12 lines: median time", statistics.median(s for s, _ in ours), "s", "<= 4")
    yield Row("page: Tesseract's median time", statistics.median(s for s, _ in theirs), "s", "")
    yield Row("page: characters wrong", _error_share([text for _, text in ours]) * 100, "%", "<= 2")
    yield Row("page: Tesseract's", _error_share([text for _, text in theirs]) * 100, "%", "")
    yield Row("page: the reader's memory", memory_mb, "MB", "<= 600")
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Row("page: largest child process of this run", peak_mb, "MB", "")


def _our_text(reader: OcrReader, picture: Image) -> str:
    page = reader.read(encode_jpeg(picture))
    return "".join(line.text for line in page.lines) if isinstance(page, Page) else ""


def _tesseract(picture: Image) -> str:
    command = ["tesseract", "stdin", "stdout", "-l", "chi_tra+eng", "--psm", "6"]
    environment = dict(os.environ, OMP_THREAD_LIMIT="1")
    done = subprocess.run(command, input=encode_jpeg(picture), capture_output=True, check=True, env=environment)
    return done.stdout.decode()


def _error_share(texts: Sequence[str]) -> float:
    from rapidfuzz.distance import Levenshtein

    wanted = "".join("".join(FORM).split())
    wrong = sum(Levenshtein.distance(wanted, "".join(text.split())) for text in texts)
    return wrong / (len(wanted) * len(texts))


def _resident_mb(pid: int | None) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
