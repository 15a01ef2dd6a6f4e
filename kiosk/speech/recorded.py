"""How far the sentences of the spoken guide have been recorded, and which recordings will not do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hardware.voice.clips import SCRIPT, script_of
from kiosk.catalogue.model import Language
from kiosk.catalogue.texts import Texts
from kiosk.speech.prompts import missing, prompts, words


@dataclass(frozen=True)
class Recorded:
    """How far one language has been recorded."""

    language: Language
    wanted: int
    missing: tuple[str, ...]
    faulty: dict[str, tuple[str, ...]]
    """What is wrong with a recording, by its file."""


def examined(folder: Path, texts: Texts, language: Language) -> Recorded:
    """Compare the folder of one language with its script and with the catalogue's texts."""
    said = script_of(folder, language)
    paths = sorted((folder / language).glob("*.wav"))
    found = {
        path.name: _wrong(path, said.get(path.name), words(texts, language, path.stem), language) for path in paths
    }
    wanted = prompts(texts, language)
    recorded = frozenset(path.stem for path in paths if not found[path.name])
    absent = tuple(prompt.id for prompt in missing(texts, language, recorded))
    faulty = {name: wrong for name, wrong in found.items() if wrong}
    return Recorded(language, len(wanted), absent, faulty)


def _wrong(path: Path, said: str | None, wanted: str | None, language: Language) -> tuple[str, ...]:
    from hardware.voice.recording import faults  # numpy, which a kiosk without recordings does not need here

    if wanted is None:
        return ("there is no such sentence any more",)
    if said is None:
        return (f"stands in no line of {language}/{SCRIPT}",)
    if said != wanted:
        return ("the sentence was changed since it was recorded",)
    return faults(path, language, wanted)
