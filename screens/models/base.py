"""What every view model shares: the stage it looks at, and texts in the resident's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from PySide6.QtCore import QObject, Signal

from kiosk.session import Session
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1

Row = dict[str, object]
_T = TypeVar("_T")


class Model(QObject):
    """A view model: empty until `attach` gives it a stage; then announces every change as one signal.

    Each model declares its own `changed`: Qt does not take the signal of a base class as a property's notifier.
    """

    changed: ClassVar[Signal]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage: Stage | None = None

    def attach(self, stage: Stage) -> None:
        """Look at this stage from now on."""
        self._stage = stage
        stage.changed.connect(self.changed)

    @property
    def stage(self) -> Stage:
        """The stage; a model is never asked before it is attached."""
        if self._stage is None:
            raise RuntimeError(f"{type(self).__name__} is not attached to a stage")
        return self._stage

    @property
    def session(self) -> Session:
        """The visit."""
        return self.stage.session

    def say(self, key: str, **values: object) -> str:
        """A text in the resident's language."""
        return self.stage.kiosk.catalogue.texts.say(self.session.language, key, **values)

    def has(self, key: str) -> bool:
        """Whether there is such a text."""
        return key in self.stage.kiosk.catalogue.texts.keys


def page_of(rows: Sequence[_T], page: int, size: int) -> list[_T]:
    """One page of a long list."""
    return list(rows[page * size : (page + 1) * size])


def pages_for(rows: Iterable[object], size: int) -> int:
    """How many pages a list takes, at least one."""
    return max(1, -(-len(list(rows)) // size))
