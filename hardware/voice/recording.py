"""What a recorded prompt must be: its format, its level, how it begins and ends, and whether its length can be right.

The level is that of EBU R 128, about -23 dB, taken here as the plain mean over what is not silence. The other limits
are ours: what a listener who moves quickly from thing to thing puts up with.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

RATE_HZ: Final = 22_050
QUIETEST_DB, LOUDEST_DB = -29.0, -17.0
"""Mean level of the speech in dB of full scale."""
SILENCE_DB: Final = -45.0
LONGEST_BEFORE_S, LONGEST_AFTER_S = 0.2, 0.4
FRAME_S: Final = 0.02
CLIPPED: Final = 8
"""Samples at full scale that say it was recorded too loud."""
SECONDS_A_SIGN: Final = {"en": (0.025, 0.25), "zh_Hant": (0.08, 0.7), "zh_Hans": (0.08, 0.7)}
"""Shortest and longest time for a letter of English, or a character of Chinese."""
SHORTEST_S: Final = 0.15

Samples = np.ndarray[tuple[int], np.dtype[np.int16]]
Levels = np.ndarray[tuple[int], np.dtype[np.float64]]


def read(path: Path) -> Samples:
    """The samples of a 16-bit mono WAV at 22 050 Hz; ValueError or wave.Error for anything else."""
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getsampwidth(), file.getnchannels()) != (RATE_HZ, 2, 1):
            raise ValueError("not 16-bit mono at 22 050 Hz")
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def louder(samples: Samples, factor: float) -> Samples:
    """The same sound louder or quieter, cut off at full scale."""
    return np.clip(np.round(samples * factor), -32768, 32767).astype(np.int16)


def faults(path: Path, language: str, words: str) -> tuple[str, ...]:
    """What is wrong with a recording of these words, each as a short sentence; nothing when it can be played."""
    try:
        samples = read(path)
    except (OSError, EOFError, ValueError, wave.Error) as error:
        return (f"cannot be played: {error}",)
    if not len(samples):
        return ("is empty",)
    return tuple(_heard(samples, language, words))


def _heard(samples: Samples, language: str, words: str) -> Iterator[str]:
    levels = _levels(samples)
    loud = np.flatnonzero(levels > SILENCE_DB)
    if not len(loud):
        yield "is silent"
        return
    speech = levels[loud]
    mean = float(10 * np.log10(np.mean(10 ** (speech / 10))))
    if not QUIETEST_DB <= mean <= LOUDEST_DB:
        yield f"speaks at {mean:.0f} dB, wanted {QUIETEST_DB:.0f} to {LOUDEST_DB:.0f}"
    if int(np.count_nonzero(np.abs(samples.astype(np.int32)) >= 32767)) >= CLIPPED:
        yield "is cut off at full scale"
    yield from _ends(levels, loud)
    yield from _length((int(loud[-1]) - int(loud[0]) + 1) * FRAME_S, language, words)


def _levels(samples: Samples) -> Levels:
    """The level of each fiftieth of a second, in dB of full scale."""
    size = round(RATE_HZ * FRAME_S)
    count = -(-len(samples) // size)
    frames = np.zeros(count * size)
    frames[: len(samples)] = samples / 32768
    power = np.mean(frames.reshape(count, size) ** 2, axis=1)
    levels: Levels = 10 * np.log10(np.maximum(power, 1e-12))
    return levels


def _ends(levels: Levels, loud: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Iterator[str]:
    before, after = int(loud[0]) * FRAME_S, (len(levels) - 1 - int(loud[-1])) * FRAME_S
    if before > LONGEST_BEFORE_S:
        yield f"begins after {before:.1f} s of silence"
    if after > LONGEST_AFTER_S:
        yield f"ends with {after:.1f} s of silence"


def _length(seconds: float, language: str, words: str) -> Iterator[str]:
    signs = sum(char.isalnum() for char in words)
    shortest, longest = SECONDS_A_SIGN[language]
    if seconds < max(SHORTEST_S, shortest * signs):
        yield f"is {seconds:.1f} s long, too short for its words"
    elif seconds > max(1.0, longest * signs):
        yield f"is {seconds:.1f} s long, too long for its words"
