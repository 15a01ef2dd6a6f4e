"""The real V4L2 code of OpenCV against a camera in a preloaded library (fake_v4l2.c): unplug, stall, damage."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.camera.frame import Frame
from hardware.camera.jpeg import encode_jpeg
from hardware.camera.synthetic import SyntheticSource

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc builds the fake camera")

SOURCE = Path(__file__).with_name("fake_v4l2.c")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("fake_v4l2") / "fake_v4l2.so"
    subprocess.run(["gcc", "-O1", "-Wall", "-shared", "-fPIC", "-o", built, SOURCE, "-ldl"], check=True)
    return built


class FakeCamera:
    """The camera's folder, and `watch` running on it in a process of its own."""

    def __init__(self, library: Path, folder: Path, mode: str = "ok") -> None:
        self.folder = folder
        source = SyntheticSource(sleep=lambda _: None)
        assert source.open() is None
        for number in range(8):
            frame = source.read(1.0)
            assert isinstance(frame, Frame)
            (folder / f"frame-{number}.jpg").write_bytes(encode_jpeg(frame.image))
        self.become(mode)
        self.environment = {**os.environ, "LD_PRELOAD": str(library), "FAKE_V4L2": str(folder)}

    def become(self, mode: str) -> float:
        """Behave so from now on; the monotonic time of the change."""
        fresh = self.folder / "mode.new"
        fresh.write_text(mode)
        fresh.replace(self.folder / "mode")
        return time.monotonic()

    def watch(self) -> "Watch":
        """Start `python -m hardware.camera watch` on it."""
        return Watch(self.environment)


class Watch:
    """What `watch` says, line by line."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "hardware.camera", "watch", "--source", "v4l2:42", "--json"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def until(self, **wanted: object) -> dict[str, object]:
        """The first line with these facts."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            facts: dict[str, object] = json.loads(line)
            if wanted.items() <= facts.items():
                return facts
        raise AssertionError(f"never said {wanted}")

    def rate(self) -> int:
        """The next frame rate it says."""
        assert self.process.stdout is not None
        return next(int(facts["fps"]) for line in self.process.stdout if "fps" in (facts := json.loads(line)))

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)


@pytest.fixture
def camera(library: Path, tmp_path: Path) -> FakeCamera:
    return FakeCamera(library, tmp_path)


@pytest.fixture
def watch(camera: FakeCamera) -> Iterator[Watch]:
    watch = camera.watch()
    yield watch
    watch.close()


@pytest.mark.quiet
def test_the_live_view_runs_at_the_camera_s_rate(watch: Watch) -> None:
    watch.until(state="ready")
    assert max(watch.rate(), watch.rate()) >= 24


@pytest.mark.quiet
def test_an_unplug_is_noticed_within_a_second_and_a_replug_within_three(camera: FakeCamera, watch: Watch) -> None:
    watch.until(state="ready")
    pulled_s = camera.become("unplug")
    watch.until(state="fault", fault="camera_lost")
    assert time.monotonic() - pulled_s < 1
    watch.until(state="fault", fault="camera_missing")
    back_s = camera.become("ok")
    watch.until(state="ready")
    assert time.monotonic() - back_s < 3


def test_a_stall_is_named_and_ends(camera: FakeCamera, watch: Watch) -> None:
    watch.until(state="ready")
    camera.become("stall")
    watch.until(fault="camera_stalled")
    camera.become("ok")
    watch.until(state="ready", fault=None)


def test_truncated_frames_are_seen_and_not_shown_as_the_picture_before(camera: FakeCamera, watch: Watch) -> None:
    watch.until(state="ready")
    camera.become("truncate")
    watch.until(fault="camera_garbled")
    camera.become("ok")
    watch.until(state="ready", fault=None)


def test_a_camera_that_repeats_one_picture_is_frozen(camera: FakeCamera, watch: Watch) -> None:
    watch.until(state="ready")
    camera.become("same")
    watch.until(fault="camera_frozen")


def test_a_camera_that_knows_only_yuyv_still_gives_a_picture(library: Path, tmp_path: Path) -> None:
    camera = FakeCamera(library, tmp_path, "yuyv")
    out = tmp_path / "snap.jpg"
    command = [sys.executable, "-m", "hardware.camera", "snap", "--source", "v4l2:42", "--json", "--out", str(out)]
    told = subprocess.run(command, env=camera.environment, capture_output=True, text=True, check=True).stdout
    assert json.loads(told)["width"] == 1280


def test_a_camera_that_appears_later_is_found(library: Path, tmp_path: Path) -> None:
    camera = FakeCamera(library, tmp_path, "unplug")
    watch = camera.watch()
    watch.until(fault="camera_missing")
    camera.become("ok")
    watch.until(state="ready")
    watch.close()
