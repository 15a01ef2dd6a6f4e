"""espeak-ng as the voice: Cantonese, Putonghua and English, synthesised in a process of its own.

Latin words within Chinese are said by the English voice: espeak-ng's Putonghua would read them as pinyin.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import wave
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Final

from hardware.device import Fault, State, Status, Tell
from hardware.voice.clips import Clips
from hardware.voice.sound import RATE_HZ, Sound
from hardware.voice.voice import Mouth, Spoken, Utterance, VoiceLanguage

PROGRAM: Final = "espeak-ng"
VOICES: Final[dict[VoiceLanguage, str]] = {"en": "en-gb", "zh_Hant": "yue", "zh_Hans": "cmn-latn-pinyin"}
WORDS_A_MINUTE: Final = {"en-gb": 160, "yue": 170, "cmn-latn-pinyin": 170}
LOUDEST: Final = 200
_LATIN: Final = re.compile(r"([A-Za-z][A-Za-z'’.@_-]*(?: [A-Za-z][A-Za-z'’.@_-]*)*)")
SYNTHESIS_S: Final = 20.0
BETWEEN: Final = bytes(2 * round(0.12 * RATE_HZ))
"""The pause before and after a recorded part: silence of 0.12 s."""


class EspeakVoice:
    """Says utterances through a sound; a clip that was recorded for a text is played instead of synthesised."""

    name = "voice"

    def __init__(self, sound: Sound, *, clips: Clips | None = None, program: str = PROGRAM) -> None:
        self._sound = sound
        self._clips = clips
        self._program = program
        self._mouth = Mouth()

    def say(self, utterance: Utterance) -> None:
        """Say this now; what is being said stops."""
        self._mouth.put(utterance)

    def hush(self) -> None:
        """Say nothing more."""
        self._mouth.put(None)

    def open(self) -> Fault | None:
        """Whether the program and the sound are there."""
        if shutil.which(self._program) is None:
            return Fault("voice_missing", False, f"{self._program} is not installed")
        return self._sound.ready()

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Say what comes, one after the other; the newest wins."""
        tell(Status(self.name, State.READY))
        while not stop.is_set():
            fault = self._serve_one(stop, tell)
            if fault is not None:
                return fault
        return None

    def _serve_one(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """A frame of its own: what was said is not kept while the next one is awaited."""
        taken = self._mouth.take(stop)
        if taken is None:
            return None
        utterance, turn = taken
        fault = self._speak(utterance, turn, stop)
        if fault is None and self._mouth.still(turn):
            tell(Spoken())
        return fault

    def close(self) -> None:
        """Nothing is kept."""

    def interrupt(self) -> None:
        """Let `serve` look at its stop flag."""
        self._mouth.wake()

    def _speak(self, utterance: Utterance, turn: int, stop: threading.Event) -> Fault | None:
        def wanted() -> bool:
            return self._mouth.still(turn) and not stop.is_set()

        pcm = self._sounds(utterance)
        if isinstance(pcm, Fault):
            return pcm
        return self._sound.play(pcm, wanted, headset=utterance.headset)

    def _sounds(self, utterance: Utterance) -> bytes | Fault:
        """Recorded parts as they were recorded, all between them by the synthesiser; at another speed all of it."""
        found = b""
        for clip, words in self._pieces(utterance):
            part = clip if clip is not None else self._synthesised(replace(utterance, text=words))
            if isinstance(part, Fault):
                return part
            found += (BETWEEN if found else b"") + part
        return found

    def _pieces(self, utterance: Utterance) -> Iterator[tuple[bytes | None, str]]:
        """(samples, "") of a recorded part, (None, words) of what stands between two of them."""
        clips = self._clips if utterance.rate == 1.0 else None
        parts = utterance.parts or (utterance.text,)
        if clips is None or not any(clips.has(utterance.language, part) for part in parts):
            yield None, utterance.text
            return
        between: list[str] = []
        for part in parts:
            clip = clips.find(utterance.language, part, volume=utterance.volume)
            if clip is None:
                between.append(part)
                continue
            if between:
                yield None, ", ".join(between)
                between.clear()
            yield clip, ""
        if between:
            yield None, ", ".join(between)

    def _synthesised(self, utterance: Utterance) -> bytes | Fault:
        found = b""
        for voice, text in runs(utterance):
            part = self._run(voice, text, utterance)
            if isinstance(part, Fault):
                return part
            found += part
        return found

    def _run(self, voice: str, text: str, utterance: Utterance) -> bytes | Fault:
        speed = round(WORDS_A_MINUTE[voice] * max(0.5, min(2.0, utterance.rate)))
        loudness = round(LOUDEST * max(0, min(100, utterance.volume)) / 100)
        command = [self._program, "-v", voice, "-s", str(speed), "-a", str(loudness), "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=text.encode("utf-8"), capture_output=True, timeout=SYNTHESIS_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Fault("voice_missing", True, type(error).__name__)
        if done.returncode != 0 or not done.stdout:
            return Fault("voice_missing", True, f"{self._program} ended with {done.returncode}")
        return pcm_of(done.stdout)


def runs(utterance: Utterance) -> Iterator[tuple[str, str]]:
    """(voice, text) of each part: a Chinese text's Latin words by the English voice."""
    voice = VOICES[utterance.language]
    if utterance.language == "en":
        yield voice, utterance.text
        return
    for place, part in enumerate(_LATIN.split(utterance.text)):
        if re.search(r"\w", part):
            yield (VOICES["en"] if place % 2 else voice), part


def pcm_of(sound: bytes) -> bytes:
    """The samples of a WAV whose header may give no length (espeak-ng writes to a pipe)."""
    with wave.open(BytesIO(sound)) as file:
        if file.getframerate() != RATE_HZ or file.getsampwidth() != 2 or file.getnchannels() != 1:
            raise ValueError("not 16-bit mono at 22 050 Hz")
    at = sound.index(b"data") + 8
    return sound[at:]
