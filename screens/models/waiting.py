"""What the pages share that ask a department: one call at a time beside the GUI thread, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

from hardware.device import where
from offline_queue.portal_client import Trouble
from screens.models.base import Model
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
log = logging.getLogger(__name__)
T = TypeVar("T")


class Asking(Model):
    """A page that waits for a department. `trouble` is the code of the last failure, "" while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._call = object()
        self.asking = False
        self.trouble = ""

    def attach(self, stage: Stage) -> None:
        """Look at this stage; what was asked for another page or visit is not listened to."""
        super().attach(stage)
        stage.pageChanged.connect(self._arrived)
        stage.ended.connect(self._forget)

    def _forget(self) -> None:
        self._call, self.asking, self.trouble = object(), False, ""

    def _arrived(self) -> None:
        self._forget()
        self._begin()

    def _begin(self) -> None:
        """The page may be this one: ask what it needs."""

    def ask(self, work: Callable[[], T | Trouble], done: Callable[[T], None]) -> None:
        """Run `work` beside the GUI thread; `done` gets its result here unless the page was left."""
        self._call = call = object()
        self.asking, self.trouble = True, ""
        Thread(target=self._beside, args=(work, done, call), daemon=True, name="desk").start()
        self.changed.emit()

    def _beside(self, work: Callable[[], T | Trouble], done: Callable[[T], None], call: object) -> None:
        try:
            found: T | Trouble = work()
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the page must not wait for ever
            log.error("asking a department failed: %s", where(error))
            self.stage.hear(lambda: self._defect(call))
            return
        self.stage.hear(lambda: self._came(found, done, call))

    def _defect(self, call: object) -> None:
        if call is self._call:
            self.session.defect()

    def _came(self, found: T | Trouble, done: Callable[[T], None], call: object) -> None:
        if call is not self._call:
            return
        self.asking = False
        if isinstance(found, Trouble):
            self.trouble = found.code
        else:
            done(found)

    def department(self) -> str:
        """The department that is asked, in words."""
        flow = self.session.flow
        return self.say(f"department.{flow.service.department}") if flow else ""
