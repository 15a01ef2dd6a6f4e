"""A camera under its supervisor: newest frame, named troubles, back after a replug."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from hardware.camera import FAULT_CODES, Camera, Frame, Limits
from hardware.camera.device import Health
from hardware.camera.simulated import SimulatedCamera
from hardware.camera.source_process import Glimpse
from hardware.camera.synthetic import SyntheticSource
from hardware.device import Fault, State, Status, Supervisor

QUICK = Limits(stalled_s=0.1, frozen_s=0.1, dark_s=0.1, reopen_s=0.4, rest_s=float("inf"))


def wait_until(true: Callable[[], bool], timeout_s: float = 60.0) -> float:
    began_s = time.monotonic()
    pause = threading.Event()
    while not true():
        assert time.monotonic() < began_s + timeout_s
        pause.wait(0.005)
    return time.monotonic() - began_s


class Booth:
    """A synthetic camera under a supervisor, and all it told."""

    def __init__(self) -> None:
        self.source = SimulatedCamera()
        self.camera = Camera(self.source, limits=QUICK)
        self.told: list[Status] = []
        self.supervisor = Supervisor(self.camera, self._hear, backoff_s=(0.05, 0.2))

    def _hear(self, event: object) -> None:
        assert isinstance(event, Status)
        self.told.append(event)

    @property
    def fault(self) -> str | None:
        return self.supervisor.status.fault.code if self.supervisor.status.fault else None

    @property
    def live(self) -> bool:
        return self.supervisor.status.state is State.READY and self.camera.latest() is not None


@pytest.fixture
def booth() -> Iterator[Booth]:
    booth = Booth()
    booth.supervisor.start()
    wait_until(lambda: booth.live)
    yield booth
    assert booth.supervisor.stop()
    assert booth.camera.latest() is None


@pytest.mark.quiet
def test_the_newest_frame_is_there_and_fresh(booth: Booth) -> None:
    first = booth.camera.latest()
    assert first is not None
    assert first.image.shape == (720, 1280, 3)
    wait_until(lambda: (booth.camera.latest() or first).number > first.number)
    newest = booth.camera.latest()
    assert newest is not None
    assert time.monotonic() - newest.mono_s < 1


@pytest.mark.parametrize(
    ("knob", "code"),
    [
        ("go_dark", "camera_dark"),
        ("freeze", "camera_frozen"),
        ("stall", "camera_stalled"),
        ("corrupt", "camera_garbled"),
    ],
)
def test_each_trouble_is_named_and_heals(knob: str, code: str, booth: Booth) -> None:
    getattr(booth.source, knob)()
    wait_until(lambda: booth.fault == code)
    if code != "camera_dark":
        assert booth.camera.latest() is None
    booth.source.restore()
    wait_until(lambda: booth.live)
    assert all(status.fault is None or status.fault.code in FAULT_CODES for status in booth.told)


@pytest.mark.quiet
def test_an_unplugged_camera_is_lost_within_a_second_and_live_within_three_of_the_replug(booth: Booth) -> None:
    booth.source.unplug()
    assert wait_until(lambda: booth.fault in ("camera_lost", "camera_missing")) < 1
    assert booth.camera.latest() is None
    wait_until(lambda: booth.fault == "camera_missing")
    booth.source.plug()
    assert wait_until(lambda: booth.live) < 3


def test_a_camera_pulled_while_stalled_is_lost_too(booth: Booth) -> None:
    booth.source.stall()
    wait_until(lambda: booth.fault == "camera_stalled")
    booth.source.unplug()
    wait_until(lambda: booth.fault == "camera_missing")
    booth.source.plug()
    wait_until(lambda: booth.live)


def test_a_stream_that_stays_dead_is_opened_anew(booth: Booth) -> None:
    booth.source.stall()
    wait_until(lambda: [status.state for status in booth.told].count(State.READY) > 1)


@pytest.mark.quiet
def test_a_change_is_told_once(booth: Booth) -> None:
    seen = booth.camera.latest()
    assert seen is not None
    wait_until(lambda: (booth.camera.latest() or seen).number > seen.number + 10)
    assert [status.state for status in booth.told] == [State.STARTING, State.READY]


class Resting(SimulatedCamera):
    """A camera that notes when it is told to rest and to wake."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bool] = []

    def rest(self, resting: bool) -> None:
        self.told.append(resting)
        super().rest(resting)


def test_a_camera_rests_while_nobody_looks_and_is_well_all_the_time() -> None:
    source = Resting()
    camera = Camera(source, limits=Limits(rest_s=0.4, stalled_s=30.0))
    told: list[object] = []
    supervisor = Supervisor(camera, told.append)
    supervisor.start()
    wait_until(lambda: source.told == [True])
    seen = camera.latest()  # what it saw last, and the sign to wake
    assert seen is not None
    wait_until(lambda: False in source.told)
    wait_until(lambda: (camera.latest() or seen).number > seen.number + 5)
    wait_until(lambda: source.told[-1])
    assert supervisor.stop()
    assert [status.state for status in told if isinstance(status, Status)][:2] == [State.STARTING, State.READY]
    assert all(status.fault is None for status in told if isinstance(status, Status))


def test_a_specification_nobody_knows_is_a_fault_that_retries_do_not_help() -> None:
    camera = Camera("telescope:1")
    fault = camera.open()
    assert fault is not None
    assert (fault.code, fault.retriable) == ("camera_unsupported", False)
    camera.close()


@pytest.mark.quiet
def test_the_live_view_reaches_thirty_frames_a_second() -> None:
    source = SyntheticSource("face", fps=1000)
    assert source.open() is None
    began_s = time.process_time()
    for _ in range(30):
        assert isinstance(source.read(1.0), Frame)
    assert time.process_time() - began_s < 1.0


def test_importing_the_camera_does_not_load_opencv() -> None:
    program = "import sys, hardware.camera, hardware.camera.synthetic; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Health, with times handed in ---


def frame(number: int, level: int) -> Glimpse:
    return Glimpse(number, 0.0, level, float(level), 0, 8, 8)


def code(fault: Fault | None) -> str | None:
    return fault.code if fault else None


def test_one_bad_frame_is_no_trouble() -> None:
    health = Health(Limits(), False, 0.0)
    assert health.judge(frame(1, 90), 0.1) is None
    assert health.judge(Fault("image_corrupt"), 0.2) is None
    assert health.judge(frame(2, 91), 0.3) is None


def test_equal_pictures_are_natural_on_a_tray_and_frozen_from_a_live_camera() -> None:
    for still, expected in ((True, None), (False, "camera_frozen")):
        health = Health(Limits(), still, 0.0)
        told = [code(health.judge(frame(number, 90), number * 0.1)) for number in range(30)]
        assert told[-1] == expected


def test_a_covered_lens_is_dark_and_not_frozen() -> None:
    health = Health(Limits(), False, 0.0)
    assert code([health.judge(frame(number, 2), number * 0.1) for number in range(30)][-1]) == "camera_dark"
