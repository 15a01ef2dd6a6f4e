"""How Chinese sounds, for searching: pinyin and Jyutping, worked out in a process of its own and kept in a small table.

The libraries behind it hold dictionaries of phrases that take more than 100 MB; a kiosk needs them once, for the names
of its services, and then only the sound of single characters.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "build" / "sounds"
RANGES: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
"""The characters whose sound a query may need: the ones that keyboards and mouths know."""


@dataclass(frozen=True)
class Sounds:
    """`names`: each text with its pinyin and its Jyutping; `characters`: the same for single characters."""

    names: Mapping[str, tuple[str, str]]
    characters: Mapping[str, tuple[str, str]]

    def pinyin(self, text: str) -> str:
        """Mandarin sounds without tones, run together; a text that is not in the table goes by its characters."""
        return self._sound(text, 0)

    def jyutping(self, text: str) -> str:
        """Cantonese sounds without tones, run together."""
        return self._sound(text, 1)

    def _sound(self, text: str, side: int) -> str:
        known = self.names.get(text)
        if known is not None:
            return known[side]
        return "".join(self.characters[char][side] for char in text if char in self.characters)


class CharacterTable(Mapping[str, tuple[str, str]]):
    """The sounds of single characters, in 0.2 MB where a dict of 28,000 takes 3.5: a line in order, and numbers."""

    def __init__(self, sounds: Mapping[str, tuple[str, str]]) -> None:
        self._line = "".join(sorted(sounds))
        self._pairs = tuple(dict.fromkeys(sounds.values()))
        number = {pair: place for place, pair in enumerate(self._pairs)}
        self._numbers = array("H", (number[sounds[char]] for char in self._line))

    def __getitem__(self, char: str) -> tuple[str, str]:
        place = bisect_left(self._line, char)
        if len(char) != 1 or self._line[place : place + 1] != char:
            raise KeyError(char)
        return self._pairs[self._numbers[place]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._line)

    def __len__(self) -> int:
        return len(self._line)


def load(texts: Iterable[str], folder: Path = FOLDER) -> Sounds:
    """The sounds of these texts, from the table that was kept, or worked out now (two seconds) and kept."""
    wanted = sorted(set(texts))
    version = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:16]
    path = folder / f"{version}.json"
    kept = _read(path)
    if kept is None:
        kept = _work_out(wanted)
        _keep(path, kept)
    alike: dict[tuple[str, str], tuple[str, str]] = {}  # 28,000 characters share some 3,000 pairs of sounds
    names, characters = (
        {key: alike.setdefault(pair, pair) for key, (one, two) in kept[part].items() if (pair := (str(one), str(two)))}
        for part in _PARTS
    )
    return Sounds(names, CharacterTable(characters))


_PARTS: Final = ("names", "characters")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and found.keys() >= set(_PARTS) else None


def _keep(path: Path, table: Mapping[str, Any]) -> None:
    """For the next start; a folder that cannot be written to costs two seconds each time, and nothing else."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")  # two kiosks may start at once
    except OSError:
        return
    try:
        beside.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)


def _work_out(texts: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-c", "from kiosk.catalogue.sounds import main; main()"]
    done = subprocess.run(command, input=json.dumps(texts), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# ---- in the process of its own ----


def pinyin(text: str) -> str:
    """Mandarin sounds without tones, run together."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(text, errors="ignore"))


def jyutping(text: str) -> str:
    """Cantonese sounds without tones, run together."""
    import ToJyutping

    pairs: Iterable[tuple[str, str | None]] = ToJyutping.get_jyutping_list(text)
    return "".join((sound or "").split(" ")[0].rstrip("123456") for _char, sound in pairs)


def main() -> None:
    """Read a JSON list of texts, write the table."""
    texts: list[str] = json.load(sys.stdin)
    characters = [chr(code) for first, last in RANGES for code in range(first, last + 1)]
    table = {
        "names": {text: (pinyin(text), jyutping(text)) for text in texts},
        "characters": {char: found for char in characters if any(found := (pinyin(char), jyutping(char)))},
    }
    json.dump(table, sys.stdout, ensure_ascii=False)
