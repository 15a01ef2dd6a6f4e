"""Prompts recorded by a person, played where there is one; what has none is synthesised."""

from __future__ import annotations

import csv
import wave
from pathlib import Path
from typing import Final, get_args

from hardware.voice.voice import VoiceLanguage

USUAL_VOLUME: Final = 60
"""Recordings are made for this volume, in percent; louder and quieter is a factor of it."""

SCRIPT: Final = "script.csv"
"""What was recorded, a line each: `file` (from the folder of all languages) and `say`, the words that were spoken."""


def script_of(folder: Path, language: VoiceLanguage) -> dict[str, str]:
    """The words of each recorded file of a language by its name; nothing where there is no script."""
    try:
        with (folder / language / SCRIPT).open(encoding="utf-8-sig", newline="") as file:
            rows = [(row.get("file"), row.get("say")) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    return {Path(name).name: say for name, say in rows if name and say}


class Clips:
    """A folder with `<language>/<text id>.wav`, each 16-bit mono at 22 050 Hz, and the script they were spoken from.

    A recording is found by the words that were spoken: one whose text has changed since is never played. A file that is
    no such sound counts as no recording.
    """

    def __init__(self, folder: Path) -> None:
        self._paths: dict[tuple[VoiceLanguage, str], Path] = {}
        for language in get_args(VoiceLanguage):
            for name, say in script_of(folder, language).items():
                path = folder / language / name
                if path.is_file():
                    self._paths[language, say] = path

    def has(self, language: VoiceLanguage, words: str) -> bool:
        """Whether these words were recorded."""
        return (language, words) in self._paths

    def find(self, language: VoiceLanguage, words: str, *, volume: int = USUAL_VOLUME) -> bytes | None:
        """The samples for these words at a volume in percent."""
        path = self._paths.get((language, words))
        if path is None:
            return None
        from hardware.voice.recording import louder, read  # numpy, which a kiosk without recordings does not need here

        try:
            samples = read(path)
        except (OSError, EOFError, ValueError, wave.Error):
            return None
        return louder(samples, volume / USUAL_VOLUME).tobytes()
