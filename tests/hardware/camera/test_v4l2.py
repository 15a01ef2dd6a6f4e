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
    assert any(watch.rate() >= 24 for _ in range(20)), "in none of twenty seconds"


@pytest.mark.quiet
def test_an_unplug_is_noticed_within_a_second_and_a_replug_within_three(camera: FakeCamera, watch: Watch) -> None:
    taken_s = []
    watch.until(state="ready")
    for _ in range(3):
        pulled_s = camera.become("unplug")
        watch.until(state="fault", fault="camera_lost")
        lost_s = time.monotonic() - pulled_s
        watch.until(state="fault", fault="camera_missing")
        back_s = camera.become("ok")
        watch.until(state="ready")
        taken_s.append((lost_s, time.monotonic() - back_s))
    lost, back = zip(*taken_s, strict=True)
    assert min(lost) < 1, "a machine with other work may be late, but not each time"
    assert min(back) < 3


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


EXPOSURE_AUTO, EXPOSURE, FOCUS_AUTO, FOCUS = "9a0901", "9a0902", "9a090c", "9a090a"


def controls(camera: FakeCamera, *options: str) -> tuple[int, list[dict[str, object]], list[tuple[str, int]]]:
    """What `controls` ends with and says, and what the camera was set to, in order."""
    command = [sys.executable, "-m", "hardware.camera", "controls", "--source", "v4l2:42", "--json", *options]
    done = subprocess.run(command, env=camera.environment, capture_output=True, text=True, check=False)
    lines = (camera.folder / "set").read_text().splitlines() if (camera.folder / "set").exists() else []
    were = [(line.split()[0], int(line.split()[1])) for line in lines]
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], were


def test_controls_are_shown_and_nothing_is_changed(camera: FakeCamera) -> None:
    code, said, were = controls(camera)
    assert (code, were) == (0, [])
    assert said == [
        {"control": "exposure", "offered": True, "value": 156, "automatic": True, "takes": "3 to 2047, step 1",
         "as_wished": True},
        {"control": "focus", "offered": True, "value": 30, "automatic": True, "takes": "0 to 250, step 1",
         "as_wished": True},
    ]  # fmt: skip


def test_a_number_is_set_after_the_camera_was_told_not_to_decide(camera: FakeCamera) -> None:
    code, said, were = controls(camera, "--exposure", "300", "--focus", "12")
    assert code == 0
    assert were == [(EXPOSURE_AUTO, 1), (EXPOSURE, 300), (FOCUS_AUTO, 0), (FOCUS, 12)]
    assert [(each["value"], each["automatic"]) for each in said] == [(300, False), (12, False)]


def test_what_the_camera_does_not_take_is_left_and_said(camera: FakeCamera) -> None:
    code, said, were = controls(camera, "--focus", "999")
    assert code == 1
    assert were == [(FOCUS_AUTO, 0)]
    assert [each["as_wished"] for each in said] == [True, False]


def test_automatic_is_the_word_that_this_camera_knows_for_it(camera: FakeCamera) -> None:
    code, _, were = controls(camera, "--exposure", "auto", "--focus", "auto")
    assert (code, were) == (0, [(EXPOSURE_AUTO, 3), (FOCUS_AUTO, 1)])


def test_a_camera_without_controls_gives_pictures_all_the_same(library: Path, tmp_path: Path) -> None:
    camera = FakeCamera(library, tmp_path, "fixed")
    code, said, were = controls(camera, "--exposure", "auto")
    assert (code, were) == (0, [])
    assert [(each["offered"], each["value"]) for each in said] == [(False, None), (False, None)]
    code, said, _ = controls(camera, "--exposure", "300")
    assert (code, said[0]["as_wished"]) == (1, False)


def test_a_running_camera_is_set_at_each_opening_and_can_be_asked_while_it_runs(camera: FakeCamera) -> None:
    program = (
        "import json, threading\n"
        "from hardware.camera import Camera\n"
        "from hardware.camera.controls import Profile\n"
        "camera = Camera('v4l2:42', profile=Profile(300, 12))\n"
        "for _ in range(2):\n"
        "    assert camera.open() is None\n"
        "    stop = threading.Event()\n"
        "    served = threading.Thread(target=camera.serve, args=(stop, lambda _: None))\n"
        "    served.start()\n"
        "    while camera.latest() is None: pass\n"
        "    asked = [(each.name, each.value, each.automatic, each.met) for each in camera.settings()]\n"
        "    first = camera.latest().number\n"
        "    while camera.latest().number < first + 3: pass\n"
        "    stop.set(); served.join(); camera.close()\n"
        "print(json.dumps(asked))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=camera.environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == [["exposure", 300, False, True], ["focus", 12, False, True]]
    were = (camera.folder / "set").read_text().splitlines()
    assert were == [f"{EXPOSURE_AUTO} 1", f"{EXPOSURE} 300", f"{FOCUS_AUTO} 0", f"{FOCUS} 12"] * 2
