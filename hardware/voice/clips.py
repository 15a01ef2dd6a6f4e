"""Prompts recorded by a person, played where there is one; the check names every fixed prompt that has none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from hardware.voice.voice import VoiceLanguage


class Clips:
    """A folder with `clips.toml`: one table a language, each text with its WAV file (16-bit mono, 22 050 Hz).

    A file that is missing counts as no clip: the text is synthesised.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        index = folder / "clips.toml"
        self._files: Mapping[str, Mapping[str, str]] = (
            tomllib.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
        )

    def find(self, language: VoiceLanguage, text: str) -> bytes | None:
        """The samples for a text."""
        name = self._files.get(language, {}).get(text)
        path = self._folder / name if name else None
        return path.read_bytes()[44:] if path is not None and path.is_file() else None

    def missing(self, language: VoiceLanguage, texts: Iterable[str]) -> list[str]:
        """Which of these texts have no recording."""
        return [text for text in texts if self.find(language, text) is None]
