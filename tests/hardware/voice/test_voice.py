"""The voice, real and simulated: says the newest, stops at once, never makes its caller wait; the sound is measured."""

from __future__ import annotations

import array
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.device import Fault, State, Status, Supervisor
from hardware.voice import Aplay, EspeakVoice, SimulatedVoice, Spoken, Utterance, Voice, WavFolder
from hardware.voice.espeak import runs
from hardware.voice.sound import RATE_HZ

WAIT_S = 60.0
TEXTS: dict[str, str] = {"en": "Insert your identity card", "zh_Hant": "請插入身份證", "zh_Hans": "请插入身份证"}


class Ear:
    """Hears what a device tells."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self._condition = threading.Condition()

    def __call__(self, event: object) -> None:
        with self._condition:
            self.events.append(event)
            self._condition.notify_all()

    def wait_for(self, true: Callable[[], bool]) -> bool:
        with self._condition:
            return self._condition.wait_for(true, WAIT_S)

    def count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    def fault(self) -> Fault | None:
        return next((e.fault for e in reversed(self.events) if isinstance(e, Status) and e.fault), None)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture(params=["espeak", "simulated"])
def voice(request: pytest.FixtureRequest, tmp_path: Path) -> Voice:
    return EspeakVoice(WavFolder(tmp_path)) if request.param == "espeak" else SimulatedVoice()


@pytest.fixture
def running(voice: Voice, ear: Ear) -> Iterator[Voice]:
    supervisor = Supervisor(voice, ear)
    supervisor.start()
    assert ear.wait_for(lambda: any(isinstance(e, Status) and e.state is State.READY for e in ear.events))
    yield voice
    assert supervisor.stop()


def test_what_is_said_is_told_when_it_has_ended(running: Voice, ear: Ear) -> None:
    running.say(Utterance("Hello", "en"))
    assert ear.wait_for(lambda: ear.count(Spoken) == 1)


def test_saying_returns_at_once(running: Voice) -> None:
    long = "This is a long text. " * 200
    began = time.perf_counter()
    for _ in range(200):
        running.say(Utterance(long, "en"))
    running.hush()
    assert time.perf_counter() - began < 20, "spoken out it would take hours"


def test_nothing_is_said_after_hush(running: Voice, ear: Ear) -> None:
    running.hush()
    running.say(Utterance("Back", "en"))
    assert ear.wait_for(lambda: ear.count(Spoken) >= 1)


def loudness(path: Path) -> tuple[float, float]:
    """(seconds, root mean square of the samples)."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE_HZ, 2, 1)
        samples = array.array("h", file.readframes(file.getnframes()))
    return len(samples) / RATE_HZ, (sum(s * s for s in samples) / max(1, len(samples))) ** 0.5


def said(folder: Path, *utterances: Utterance) -> list[Path]:
    """Say these, each to its end; gives the files."""
    ear = Ear()
    voice = EspeakVoice(WavFolder(folder))
    supervisor = Supervisor(voice, ear)
    supervisor.start()
    try:
        for count, utterance in enumerate(utterances, 1):
            voice.say(utterance)
            assert ear.wait_for(lambda count=count: ear.count(Spoken) == count), ear.events  # type: ignore[misc]
    finally:
        supervisor.stop()
    return sorted(folder.glob("*.wav"))


@pytest.mark.parametrize("language", TEXTS)
def test_each_language_is_heard(tmp_path: Path, language: str) -> None:
    (path,) = said(tmp_path, Utterance(TEXTS[language], language))  # type: ignore[arg-type]
    seconds, rms = loudness(path)
    assert 0.8 < seconds < 6.0
    assert rms > 300


def test_faster_is_shorter_and_louder_is_louder(tmp_path: Path) -> None:
    text = TEXTS["en"]
    usual, fast, loud = said(
        tmp_path,
        Utterance(text, "en"),
        Utterance(text, "en", rate=1.6),
        Utterance(text, "en", volume=90, headset=True),
    )
    assert loudness(fast)[0] < 0.8 * loudness(usual)[0]
    assert loudness(loud)[1] > 1.2 * loudness(usual)[1]
    assert (usual.name, loud.name) == ("0001-speaker.wav", "0003-headset.wav")


def test_latin_words_in_chinese_are_said_by_the_english_voice() -> None:
    assert list(runs(Utterance("陳 CHAN Tai Man，A 一", "zh_Hant"))) == [
        ("yue", "陳 "),
        ("en-gb", "CHAN Tai Man"),
        ("en-gb", "A"),
        ("yue", " 一"),
    ]


def test_a_text_with_nothing_to_say_is_no_fault(tmp_path: Path) -> None:
    assert loudness(said(tmp_path, Utterance("，", "zh_Hant"))[0])[0] == 0.0


@pytest.mark.parametrize(
    ("voice", "code"),
    [
        (EspeakVoice(WavFolder(Path("/proc/nothing"))), "sound_lost"),
        (EspeakVoice(Aplay(program="no-such-player")), "sound_lost"),
        (EspeakVoice(Aplay(), program="no-such-voice"), "voice_missing"),
    ],
)
def test_what_is_missing_is_a_named_fault(voice: EspeakVoice, code: str) -> None:
    fault = voice.open()
    assert fault is not None
    assert fault.code == code


def player(folder: Path, script: str) -> str:
    path = folder / "player"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_sound_device_that_breaks_is_a_fault_and_is_tried_again(tmp_path: Path, ear: Ear) -> None:
    voice = EspeakVoice(Aplay(program=player(tmp_path, "exit 1")))
    supervisor = Supervisor(voice, ear, backoff_s=(0.01, 0.02))
    supervisor.start()
    try:
        voice.say(Utterance("Hello", "en"))
        assert ear.wait_for(lambda: ear.fault() is not None)
        assert ear.fault().code == "sound_lost"  # type: ignore[union-attr]
        voice._sound = Aplay(program=player(tmp_path, "cat >/dev/null"))
        voice.say(Utterance("Hello", "en"))
        assert ear.wait_for(lambda: ear.count(Spoken) == 1)
    finally:
        assert supervisor.stop()


@pytest.mark.parametrize("stuck", ["head -c 1000 >/dev/null", "cat >/dev/null"], ids=["writing", "ending"])
def test_a_newer_utterance_cuts_the_older_short(tmp_path: Path, ear: Ear, stuck: str) -> None:
    begun = tmp_path / "begun"
    voice = EspeakVoice(Aplay(program=player(tmp_path, f"{stuck}; touch {begun}; exec sleep 30")))
    supervisor = Supervisor(voice, ear)
    supervisor.start()
    try:
        voice.say(Utterance("word " * 400, "en"))
        deadline = time.monotonic() + WAIT_S
        while not begun.exists() and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        assert begun.exists()
        voice._sound._program = player(tmp_path, "cat >/dev/null")  # type: ignore[attr-defined]
        voice.say(Utterance("Stop", "en"))
        assert ear.wait_for(lambda: ear.count(Spoken) == 1)
        assert time.monotonic() < deadline
    finally:
        assert supervisor.stop()
