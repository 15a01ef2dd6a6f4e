"""The supervisor runs any device; these tests run it on a scripted one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from hardware.device import Fault, State, Status, Supervisor, Tell

DEADLINE_S = 60.0


class Heard:
    """Every event told so far, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self._changed = threading.Condition()

    def __call__(self, event: object) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[list[object]], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: wanted(self.events), DEADLINE_S), self.events

    def states(self) -> list[State]:
        return [event.state for event in self.events if isinstance(event, Status)]


@dataclass
class Scripted:
    """A device that plays one entry of its script per attempt, then serves until it is stopped."""

    opens: list[Fault | Exception | None] = field(default_factory=list)
    serves: list[Fault | Exception | Callable[[Tell], Fault | None] | None] = field(default_factory=list)
    name: str = "scripted"

    def __post_init__(self) -> None:
        self.calls: list[str] = []
        self.interrupted = threading.Event()

    def open(self) -> Fault | None:
        self.calls.append("open")
        return play(self.opens.pop(0)) if self.opens else None

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        self.calls.append("serve")
        if self.serves:
            step = self.serves.pop(0)
            return step(tell) if callable(step) else play(step)
        while not stop.is_set():
            self.interrupted.wait()
        return None

    def close(self) -> None:
        self.calls.append("close")

    def interrupt(self) -> None:
        self.interrupted.set()


def play(step: Fault | Exception | None) -> Fault | None:
    if isinstance(step, Exception):
        raise step
    return step


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def run(heard: Heard) -> Iterator[Callable[..., Supervisor]]:
    started: list[Supervisor] = []

    def starter(device: Scripted, **options: object) -> Supervisor:
        supervisor = Supervisor(device, heard, **{"backoff_s": (0.001, 0.004), **options})  # type: ignore[arg-type]
        started.append(supervisor)
        supervisor.start()
        return supervisor

    yield starter
    for supervisor in started:
        assert supervisor.stop()


def test_a_healthy_device_starts_gets_ready_and_stops(run: Callable[..., Supervisor], heard: Heard) -> None:
    device = Scripted()
    supervisor = run(device)
    heard.wait_for(lambda events: Status("scripted", State.READY) in events)
    assert supervisor.stop()
    assert heard.states() == [State.STARTING, State.READY, State.STOPPED]
    assert device.calls == ["open", "serve", "close"]
    assert supervisor.status.state is State.STOPPED


def test_a_device_that_will_not_open_is_closed_and_tried_again(run: Callable[..., Supervisor], heard: Heard) -> None:
    device = Scripted(opens=[Fault("reader_lost"), Fault("reader_lost")])
    run(device)
    heard.wait_for(lambda events: Status("scripted", State.READY) in events)
    assert device.calls[:6] == ["open", "close", "open", "close", "open", "serve"]


def test_the_same_fault_twice_is_told_once(run: Callable[..., Supervisor], heard: Heard) -> None:
    run(Scripted(opens=[Fault("reader_lost"), Fault("reader_lost"), Fault("reader_lost")]))
    heard.wait_for(lambda events: Status("scripted", State.READY) in events)
    assert heard.states() == [State.STARTING, State.FAULT, State.READY]


def test_a_status_the_device_tells_becomes_its_status(run: Callable[..., Supervisor], heard: Heard) -> None:
    busy, out = Status("scripted", State.BUSY), Status("scripted", State.FAULT, Fault("paper_out"))
    told: list[Status] = []

    def serve(tell: Tell) -> Fault | None:
        for status in (busy, busy, out):
            tell(status)
            told.append(supervisor.status)
        tell("an event of its own")
        return Fault("unplugged")

    device = Scripted(serves=[serve])
    supervisor = Supervisor(device, heard, backoff_s=(0.001, 0.001))
    supervisor.start()
    heard.wait_for(lambda events: "an event of its own" in events)
    assert supervisor.stop()
    assert told == [busy, busy, out]
    assert heard.events.count(busy) == 1


def test_pauses_double_up_to_the_longest_and_start_over_after_health(
    monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    pauses: list[float | None] = []
    now_s = 0.0

    def healthy(tell: Tell) -> Fault | None:
        nonlocal now_s
        now_s += 30.0
        return Fault("lost")

    def pause(self: Supervisor, stop: threading.Event, pause_s: float | None) -> None:
        pauses.append(pause_s)

    monkeypatch.setattr(Supervisor, "_pause", pause)
    lost = Fault("lost")
    device = Scripted(serves=[lost, lost, lost, lost, healthy, lost])
    supervisor = Supervisor(device, heard, backoff_s=(0.5, 3.0), monotonic=lambda: now_s)
    supervisor.start()
    heard.wait_for(lambda events: heard.states().count(State.READY) == 7)
    assert supervisor.stop()
    assert pauses == [0.5, 1.0, 2.0, 3.0, 0.5, 1.0]


def test_a_fault_that_is_not_retriable_waits_for_the_technician(run: Callable[..., Supervisor], heard: Heard) -> None:
    device = Scripted(opens=[Fault("wrong_model", retriable=False)])
    supervisor = run(device)
    heard.wait_for(lambda events: any(isinstance(e, Status) and e.state is State.FAULT for e in events))
    assert device.calls.count("open") == 1
    supervisor.retry()
    heard.wait_for(lambda events: Status("scripted", State.READY) in events)


def test_a_defect_in_the_driver_is_a_fault_without_its_message(
    run: Callable[..., Supervisor], heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "A123456(3) of a made-up person"
    with caplog.at_level(logging.DEBUG):
        run(Scripted(serves=[ValueError(secret)]))
        heard.wait_for(lambda events: events.count(Status("scripted", State.READY)) == 2)
    faults = [e.fault for e in heard.events if isinstance(e, Status) and e.fault]
    assert [fault.code for fault in faults] == ["device_crashed"]
    assert faults[0].detail.startswith("serve: ValueError at test_device.py:")
    assert secret not in caplog.text + repr(heard.events)


def test_a_driver_that_ends_by_itself_counts_as_lost(run: Callable[..., Supervisor], heard: Heard) -> None:
    run(Scripted(serves=[None]))
    heard.wait_for(lambda events: events.count(Status("scripted", State.READY)) == 2)
    assert [e.fault.code for e in heard.events if isinstance(e, Status) and e.fault] == ["device_lost"]


def test_a_failing_listener_does_not_stop_the_device() -> None:
    ready = threading.Event()

    def listener(event: object) -> None:
        if event == Status("scripted", State.READY):
            ready.set()
        raise RuntimeError

    supervisor = Supervisor(Scripted(), listener)
    supervisor.start()
    assert ready.wait(DEADLINE_S)
    assert supervisor.stop()


def test_stop_ends_a_long_pause_at_once(heard: Heard) -> None:
    supervisor = Supervisor(Scripted(opens=[Fault("lost")]), heard, backoff_s=(600.0, 600.0))
    supervisor.start()
    heard.wait_for(lambda events: State.FAULT in [e.state for e in events if isinstance(e, Status)])
    assert supervisor.stop(DEADLINE_S)


def test_a_supervisor_may_be_started_again_and_leaves_no_thread(heard: Heard) -> None:
    supervisor = Supervisor(Scripted(), heard)
    for round_number in (1, 2, 3):
        supervisor.start()
        supervisor.start()
        heard.wait_for(lambda events, n=round_number: heard.states().count(State.READY) == n)  # type: ignore[misc]
        assert supervisor.stop()
        assert supervisor.stop()
    assert not [t for t in threading.enumerate() if t.name == "device-scripted"]


def test_stop_may_come_from_the_listener_itself() -> None:
    done = threading.Event()

    def listener(event: object) -> None:
        if event == Status("scripted", State.READY):
            assert supervisor.stop()
        if event == Status("scripted", State.STOPPED):
            done.set()

    supervisor = Supervisor(Scripted(), listener)
    supervisor.start()
    assert done.wait(DEADLINE_S)
    assert supervisor.stop()
