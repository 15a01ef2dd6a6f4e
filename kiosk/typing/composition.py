"""What every way of typing shares: its name, its keys, and what stands between a key and a character."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from kiosk.catalogue.model import Language

Method = Literal["latin", "quick", "cangjie", "stroke", "jyutping", "pinyin", "pinyin_hant", "code"]
LATIN: Final[Method] = "latin"
CHINESE_METHODS: Final[tuple[Method, ...]] = ("quick", "cangjie", "stroke", "jyutping", "pinyin", "pinyin_hant", "code")
MOST_CANDIDATES: Final = 300
"""How many candidates one composition offers; the rest is reached by typing more of the code."""

_BY_LANGUAGE: Final[dict[Language, tuple[Method, ...]]] = {
    "en": ("latin", "jyutping", "pinyin_hant", "pinyin", "quick", "cangjie", "stroke", "code"),
    "zh_Hant": ("quick", "cangjie", "stroke", "jyutping", "pinyin_hant", "latin", "code"),
    "zh_Hans": ("pinyin", "stroke", "pinyin_hant", "jyutping", "latin", "code"),
}

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
RADICALS: Final = dict(zip(_LETTERS, "日月金木水火土竹戈十大中一弓人心手口尸廿山女田難卜重", strict=True))
"""The word on each key of 倉頡 and 速成."""
STROKES: Final = {"h": "一", "s": "丨", "p": "丿", "n": "丶", "z": "乙"}
"""The five strokes: 橫 豎 撇 點 折."""


@dataclass(frozen=True)
class Composition:
    """What is being composed: the text on its way, what it may become (best first), and what has just become final."""

    preedit: str = ""
    candidates: tuple[str, ...] = ()
    commit: str = ""

    @property
    def active(self) -> bool:
        """Whether something is on its way."""
        return self.preedit != ""


EMPTY: Final = Composition()


class InputEngine(Protocol):
    """One way of typing. Answers within 30 ms on the caller's thread; keeps nothing once `reset` returns."""

    def feed(self, key: str) -> Composition:
        """One key of this method's keyboard (a lower-case letter or a digit)."""

    def erase(self) -> Composition:
        """Take the last key back."""

    def pick(self, index: int) -> Composition:
        """Take a candidate; `commit` holds the text once nothing is left to choose; a wrong index does nothing."""

    def reset(self) -> None:
        """Forget what was being composed."""


def methods_for(language: Language) -> tuple[Method, ...]:
    """The methods a reader of this language knows, the usual one first."""
    return _BY_LANGUAGE[language]


def default_method(language: Language, *, han_only: bool) -> Method:
    """The method a Chinese text begins with; English readers begin with letters unless only Chinese will do."""
    first, *others = _BY_LANGUAGE[language]
    return others[0] if han_only and first == LATIN else first
