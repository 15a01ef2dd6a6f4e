"""Where sound goes: a sound device through ALSA's aplay, or a folder of WAV files. And the faults of both."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from hardware.device import Fault

FAULT_CODES: Final = ("voice_missing", "sound_lost")
RATE_HZ: Final = 22_050
"""espeak-ng's own: 16-bit mono."""
CHUNK: Final = 4096  # bytes, what a pipe takes whole
LOOK_S: Final = 0.05  # how soon speech stops


class Sound(Protocol):
    """Plays 16-bit mono PCM."""

    def ready(self) -> Fault | None:
        """Whether there is something to play on."""

    def play(self, pcm: bytes, wanted: Callable[[], bool], *, headset: bool) -> Fault | None:
        """Play to the end, or until `wanted` says no."""


class Aplay:
    """A sound device by its ALSA name; the headset may be another one than the loudspeaker."""

    def __init__(self, speaker: str = "default", headset: str = "default", *, program: str = "aplay") -> None:
        self._devices = {False: speaker, True: headset}
        self._program = program

    def ready(self) -> Fault | None:
        """Whether aplay is installed; whether the device is there is only known when it plays."""
        return None if shutil.which(self._program) else Fault("sound_lost", False, f"{self._program} is not installed")

    def play(self, pcm: bytes, wanted: Callable[[], bool], *, headset: bool) -> Fault | None:
        """Feed the device; looks every few hundredths of a second whether this is still wanted."""
        command = [self._program, "-q", "-D", self._devices[headset], "-t", "raw", "-f", "S16_LE", "-r", str(RATE_HZ)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as player:
            try:
                fed = _feed(player, pcm, wanted) and _ended(player, wanted)
            except BrokenPipeError:
                fed = True
            if not fed:
                player.kill()
                return None
            said = player.wait()
        return Fault("sound_lost", True, f"{self._program} ended with {said}") if said else None


def _feed(player: subprocess.Popen[bytes], pcm: bytes, wanted: Callable[[], bool]) -> bool:
    """Write all of it; False when it is not wanted any more. A device that hangs blocks nobody."""
    if player.stdin is None:
        return False
    pipe = player.stdin.fileno()
    os.set_blocking(pipe, False)
    at = 0
    while at < len(pcm):
        if not wanted():
            return False
        if select.select([], [pipe], [], LOOK_S)[1]:
            at += os.write(pipe, pcm[at : at + CHUNK])
    player.stdin.close()
    return True


def _ended(player: subprocess.Popen[bytes], wanted: Callable[[], bool]) -> bool:
    """Wait for the end of the sound; False when it is not wanted any more."""
    while wanted():
        try:
            player.wait(LOOK_S)
        except subprocess.TimeoutExpired:
            continue
        return True
    return False


class WavFolder:
    """Every utterance as a file, numbered: for machines without a sound device and for the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def ready(self) -> Fault | None:
        """Make the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return Fault("sound_lost", False, str(error))
        return None

    def play(self, pcm: bytes, wanted: Callable[[], bool], *, headset: bool) -> Fault | None:
        """Write NNNN-headset.wav or NNNN-speaker.wav."""
        if not wanted():
            return None
        self._count += 1
        path = self._folder / f"{self._count:04}-{'headset' if headset else 'speaker'}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(pcm)
        return None
