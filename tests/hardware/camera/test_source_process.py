"""A source in a process of its own: what is told, what is fetched, and what a process that dies or hangs costs."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.camera.jpeg import encode_jpeg
from hardware.camera.source_process import Glimpse, SourceProcess
from hardware.camera.source_worker import RESTING_S
from hardware.device import Fault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures of different size and light."""
    for name, shape, level in (("1", (48, 64, 3), 40), ("2", (96, 80, 3), 200)):
        (tmp_path / f"{name}.jpg").write_bytes(encode_jpeg(np.full(shape, level, np.uint8)))
    return tmp_path


@pytest.fixture
def source(folder: Path) -> Iterator[SourceProcess]:
    made = SourceProcess(f"images:{folder}")
    yield made
    made.close()


def next_of(source: SourceProcess) -> Glimpse:
    came = source.read(30.0)
    assert isinstance(came, Glimpse)
    return came


def test_each_frame_is_told_with_its_light_and_fetched_with_its_pixels(source: SourceProcess) -> None:
    assert source.open() is None
    for number, (width, height, level) in enumerate(((64, 48, 40), (80, 96, 200)), 1):
        told = next_of(source)
        frame = source.picture(told)
        assert frame is not None
        assert (told.number, frame.width, frame.height) == (number, width, height)
        assert frame.image.shape == (height, width, 3)
        assert abs(told.light - level) < 3
        assert abs(float(frame.image.mean()) - level) < 3


def test_equal_pictures_have_one_fingerprint_and_others_another(source: SourceProcess) -> None:
    assert source.open() is None
    one, other, again, _ = (next_of(source).fingerprint for _ in range(4))
    assert one == again != other


def test_a_frame_that_was_written_over_is_gone_and_not_half_of_another(source: SourceProcess) -> None:
    assert source.open() is None
    old = next_of(source)
    while next_of(source).number < 12:
        pass
    assert source.picture(old) is None


def test_what_is_fetched_while_frames_are_written_is_of_one_frame(tmp_path: Path) -> None:
    for level in range(8):
        picture = np.full((720, 1280, 3), 30 * level + 10, np.uint8)
        (tmp_path / f"{level}.png").write_bytes(_png(picture))
    source = SourceProcess(f"images:{tmp_path}")
    assert source.open() is None
    fetched = 0
    while fetched < 20:
        frame = source.picture(next_of(source))
        if frame is not None:
            fetched += 1
            assert len(set(frame.image[::40, ::40].ravel().tolist())) == 1
    source.close()


def _png(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    import cv2

    return cv2.imencode(".png", picture)[1].tobytes()


def gaps_s(source: SourceProcess) -> Iterator[float]:
    """From each frame to the next, by the time they were taken."""
    before = next_of(source)
    while True:
        told = next_of(source)
        yield told.mono_s - before.mono_s
        before = told


def test_a_source_that_rests_gives_a_few_pictures_a_second_and_then_all_again(source: SourceProcess) -> None:
    assert source.open() is None
    gaps = gaps_s(source)
    assert min(next(gaps) for _ in range(6)) < RESTING_S
    source.rest(True)
    while next(gaps) < RESTING_S:
        pass
    assert min(next(gaps) for _ in range(6)) >= RESTING_S
    source.rest(False)
    while next(gaps) >= RESTING_S:
        pass
    assert min(next(gaps) for _ in range(6)) < RESTING_S


def test_closing_ends_the_process_and_its_frames(source: SourceProcess) -> None:
    assert source.open() is None
    told, pid = next_of(source), source.pid
    source.close()
    assert source.picture(told) is None
    assert not Path(f"/proc/{pid}").exists()
    assert source.read(0.1) == Fault("camera_lost")


def test_a_process_that_dies_is_a_lost_camera_and_opening_begins_another(source: SourceProcess) -> None:
    assert source.open() is None
    pid = source.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while isinstance(came := source.read(30.0), Glimpse):
        pass
    assert came.code == "camera_lost"
    assert source.open() is None
    assert source.pid != pid
    assert next_of(source).number == 1


def test_a_process_that_hangs_is_a_stall_of_the_time_that_was_given_and_is_ended_at_once(folder: Path) -> None:
    program = "import sys, time; print('{}', flush=True); time.sleep(600)"
    source = SourceProcess(f"images:{folder}", command=(sys.executable, "-S", "-c", program))
    assert source.open() is None
    came = source.read(0.05)
    assert isinstance(came, Fault)
    assert came.code == "camera_stalled"
    began_s = time.monotonic()
    source.close()
    assert time.monotonic() - began_s < 60, "it would sleep for ten minutes"


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "import os; os.abort()"])
def test_a_process_that_cannot_open_its_source_is_a_fault_and_leaves_nothing(program: str, folder: Path) -> None:
    source = SourceProcess(f"images:{folder}", command=(sys.executable, "-S", "-c", program))
    fault = source.open()
    assert fault is not None
    assert fault.code == "camera_lost"
    assert source.pid is None


def test_what_is_not_there_is_missing_without_a_process(tmp_path: Path) -> None:
    source = SourceProcess(f"images:{tmp_path / 'nothing'}", command=("/no/such/program",))
    assert source.open() == Fault("camera_missing", detail="nothing")


def test_a_file_that_is_no_film_says_so_through_its_process(tmp_path: Path) -> None:
    (tmp_path / "film.avi").write_bytes(b"no film" * 100)
    fault = SourceProcess(f"file:{tmp_path / 'film.avi'}").open()
    assert fault is not None
    assert (fault.code, fault.retriable) == ("image_corrupt", False)


def test_a_kiosk_that_is_killed_leaves_no_process_behind(folder: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from hardware.camera.source_process import SourceProcess\n"
        f"source = SourceProcess('images:{folder}')\n"
        "assert source.open() is None\n"
        "print(source.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    pid, until_s, pause = int(done.stdout), time.monotonic() + 60, threading.Event()
    while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < until_s
        pause.wait(0.01)
