"""The reader's process: real models on drawn documents, and everything that can happen to it."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hardware.camera.frame import Image
from hardware.camera.jpeg import encode_jpeg
from hardware.device import Fault
from hardware.papers.mrz_lines import zone
from hardware.papers.ocr import OcrReader
from hardware.papers.page import Page
from kiosk.papers.identity import read_identity
from tests.hardware.papers import prints

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def reader() -> Iterator[OcrReader]:
    made = OcrReader()
    yield made
    made.stop()


def page(reader: OcrReader, picture: Image, task: str = "page") -> Page:
    found = reader.read(encode_jpeg(picture), task)  # type: ignore[arg-type]
    assert isinstance(found, Page), found
    return found


def said(reader: OcrReader, words: prints.Words, face: int, condition: str) -> dict[str, str]:
    picture = prints.CONDITIONS[condition](prints.drawn(words, face))
    reading = read_identity(page(reader, picture), today=TODAY)
    return {name: str(fact.value) for name, fact in reading.facts.items()}


HKIC = {"hkid": "A123456(3)", "name_zh": "陳大文", "name_en": "CHAN, Tai Man", "birth_date": "1955-02-01", "sex": "M"}
MAINLAND = {"resident_id": prints.RESIDENT, "name_zh": "李小明", "birth_date": "1990-01-01", "sex": "M"}
PERMIT = {"permit": "H12345678", "name_zh": "陈大文", "name_en": "CHAN, TAIMAN", "birth_date": "1955-02-01", "sex": "M"}
CARDS = [(prints.HKIC, prints.HK, HKIC), (prints.MAINLAND, prints.SC, MAINLAND), (prints.PERMIT, prints.SC, PERMIT)]
QUICK = [(CARDS[0], "glare"), (CARDS[1], "noise"), (CARDS[2], "shadow")]
ALL = [(card, condition) for card in CARDS for condition in prints.CONDITIONS]


@pytest.mark.parametrize(("card", "condition"), QUICK, ids=["HKIC", "Mainland card", "Home Return Permit"])
def test_a_drawn_card_is_read_whole(reader: OcrReader, card: tuple, condition: str) -> None:
    words, face, expected = card
    assert said(reader, words, face, condition) == expected


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("card", "condition"), ALL)
def test_every_drawn_card_is_read_whole_under_every_condition(reader: OcrReader, card: tuple, condition: str) -> None:
    words, face, expected = card
    assert said(reader, words, face, condition) == expected


@pytest.mark.parametrize(
    ("rows", "condition", "task"), [(prints.td3(), "shadow", "mrz"), (prints.td1(), "noise", "page")]
)
def test_a_zone_is_read_without_a_wrong_letter(
    reader: OcrReader, rows: tuple[str, ...], condition: str, task: str
) -> None:
    picture = prints.CONDITIONS[condition](prints.zone_page(rows))
    found = zone([line.text for line in page(reader, picture, task).lines])
    assert found is not None
    assert found.rows == rows


def test_a_card_on_its_head_is_turned(reader: OcrReader) -> None:
    picture = np.ascontiguousarray(prints.drawn(prints.HKIC)[::-1, ::-1])
    found = page(reader, picture)
    assert found.turned == 180
    assert "A123456(3)" in [line.text for line in found.lines]


def test_a_blank_sheet_has_no_lines(reader: OcrReader) -> None:
    assert page(reader, np.full((700, 1000, 3), 235, np.uint8)).lines == ()


@pytest.mark.parametrize("picture", [b"", b"nothing", encode_jpeg(prints.drawn(prints.HKIC))[:4000]])
def test_what_is_no_picture_is_a_fault_and_the_process_lives_on(reader: OcrReader, picture: bytes) -> None:
    assert reader.warm_up() is None
    before = reader.pid
    assert before is not None
    found = reader.read(picture)
    assert isinstance(found, Fault)
    assert found.code == "image_corrupt"
    assert reader.pid == before


def test_a_killed_process_is_started_again_and_the_page_is_read(reader: OcrReader) -> None:
    assert reader.warm_up() is None
    before = reader.pid
    assert before is not None
    done: list[Page | Fault] = []
    picture = encode_jpeg(prints.drawn(prints.HKIC))
    thread = threading.Thread(target=lambda: done.append(reader.read(picture)))
    thread.start()
    os.kill(before, signal.SIGKILL)
    thread.join(60)
    assert isinstance(done[0], Page)
    assert reader.pid != before


# ---- the process replaced by small ones that misbehave --------------------------------------------------------------


def misbehaving(folder: Path, code: str, **how: float) -> OcrReader:
    script = folder / "worker.py"
    script.write_text("import json, os, sys, time\nprint(json.dumps({'ready': True}), flush=True)\n" + code)
    return OcrReader(command=[sys.executable, "-S", str(script)], **how)  # type: ignore[arg-type]


GOOD = "print(json.dumps({'lines': [], 'turned': 0, 'width': 1, 'height': 1}), flush=True)"
READ = "asked = json.loads(sys.stdin.buffer.readline()); sys.stdin.buffer.read(asked['bytes'])\n"


def test_a_process_that_hangs_is_ended_in_time_and_reported(tmp_path: Path) -> None:
    reader = misbehaving(tmp_path, "time.sleep(600)", read_s=0.3)
    began = time.monotonic()
    found = reader.read(b"x")
    assert isinstance(found, Fault)
    assert found.code == "ocr_slow"
    assert time.monotonic() - began < 60, "it would sleep for ten minutes"
    assert not reader.running


def test_one_that_hangs_once_gets_a_second_try(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f"{READ}first = not os.path.exists({str(mark)!r})\nopen({str(mark)!r}, 'w').close()\n"
    code += f"time.sleep(600 if first else 0)\n{GOOD}\ntime.sleep(600)"
    reader = misbehaving(tmp_path, code, read_s=0.5)
    assert isinstance(reader.read(b"x"), Page)
    reader.stop()


@pytest.mark.parametrize("code", [f"{READ}raise MemoryError", "sys.exit(3)", f"{READ}print('no json', flush=True)"])
def test_one_that_dies_or_babbles_is_unavailable_and_leaves_nothing_behind(tmp_path: Path, code: str) -> None:
    reader = misbehaving(tmp_path, code)
    found = reader.read(b"x")
    assert isinstance(found, Fault)
    assert found.code == "ocr_unavailable"
    assert not reader.running


def test_a_program_that_is_not_there_is_unavailable() -> None:
    found = OcrReader(command=["/nowhere/at/all"]).read(b"x")
    assert isinstance(found, Fault)
    assert found.code == "ocr_unavailable"


def test_an_idle_process_goes_by_itself(tmp_path: Path) -> None:
    reader = misbehaving(tmp_path, f"{READ}{GOOD}\ntime.sleep(600)", idle_s=0.1)
    assert isinstance(reader.read(b"x"), Page)
    deadline = time.monotonic() + 60
    while reader.running and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert not reader.running


def test_stopping_in_the_middle_of_a_page_ends_the_reading(tmp_path: Path) -> None:
    reader = misbehaving(tmp_path, "time.sleep(600)")
    done: list[Page | Fault] = []
    thread = threading.Thread(target=lambda: done.append(reader.read(b"x")))
    thread.start()
    deadline = time.monotonic() + 60
    while not reader.running and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    reader.stop()
    reader.stop()
    thread.join(60)
    assert not thread.is_alive()
    reader.stop()
    assert isinstance(done[0], Fault)
