"""The ways of typing that this machine has; what is missing is a named fault, and the keyboard goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.catalogue.model import Language
from kiosk.typing.cangjie import CangjieEngine, CangjieMissingError, CangjieTable
from kiosk.typing.code_point import CodePointEngine
from kiosk.typing.composition import LATIN, InputEngine, Method, methods_for
from kiosk.typing.rime import Rime, RimeMissingError

FAULTS: Final[dict[str, str]] = {
    "rime_missing": "librime1 or its data is not installed; Chinese is typed by 倉頡 and 速成 alone",
    "jyutping_not_built": "粵拼 is not built; run `python -m kiosk.typing`",
    "cangjie_missing": "libcangjie2 is not installed; without librime1 there would be no Chinese keyboard",
    "chinese_missing": "neither librime1 nor libcangjie2 is installed; Chinese can be typed by number only",
}
_rime: dict[Path, Rime] = {}  # librime is one per process


def shared_rime(folder: Path) -> Rime:
    """The process's librime; raises RimeMissingError."""
    if not _rime:
        _rime[folder] = Rime(folder)
    return next(iter(_rime.values()))


class Engines:
    """Opens the libraries when the first method is asked for, and keeps one engine a method.

    `folder` holds what was built at set-up. The two openers exist for machines (and tests) without a library.
    """

    def __init__(
        self,
        folder: Path,
        *,
        open_rime: Callable[[Path], Rime] = shared_rime,
        open_cangjie: Callable[[], CangjieTable] = CangjieTable,
    ) -> None:
        self._folder = folder
        self._open_rime, self._open_cangjie = open_rime, open_cangjie
        self._opened = False
        self._rime: Rime | None = None
        self._cangjie: CangjieTable | None = None
        self._engines: dict[Method, InputEngine] = {}

    def methods(self, language: Language) -> tuple[Method, ...]:
        """What a reader of this language can type with here, the usual method first."""
        self._open()
        return tuple(method for method in methods_for(language) if self._has(method))

    def engine(self, method: Method) -> InputEngine:
        """The engine of a method that `methods` named; KeyError for any other."""
        self._open()
        if method not in self._engines:
            self._engines[method] = self._make(method)
        return self._engines[method]

    def faults(self) -> tuple[str, ...]:
        """The codes of what is missing, for the technician."""
        self._open()
        found = [] if self._rime else ["rime_missing"]
        if self._rime and not self._rime.has("jyutping"):
            found.append("jyutping_not_built")
        if self._cangjie is None:
            found.append("cangjie_missing" if self._rime else "chinese_missing")
        return tuple(found)

    def reset(self) -> None:
        """Forget what is being composed, in every engine."""
        for engine in self._engines.values():
            engine.reset()

    def _open(self) -> None:
        if self._opened:
            return
        self._opened = True
        try:
            self._rime = self._open_rime(self._folder)
        except RimeMissingError:
            self._rime = None
        try:
            self._cangjie = self._open_cangjie()
        except CangjieMissingError:
            self._cangjie = None

    def _has(self, method: Method) -> bool:
        if method in (LATIN, "code"):
            return True
        by_table = self._cangjie is not None and method in ("quick", "cangjie")
        return by_table or (self._rime is not None and self._rime.has(method))

    def _make(self, method: Method) -> InputEngine:
        if method == "code":
            return CodePointEngine()
        if self._rime is not None and self._rime.has(method):
            return self._rime.engine(method)
        if self._cangjie is not None and method in ("quick", "cangjie"):
            return CangjieEngine(self._cangjie, quick=method == "quick")
        raise KeyError(method)
