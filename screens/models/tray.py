"""Who types their identity may lay the card on the tray instead of typing: what is printed on it fills the fields."""

from __future__ import annotations

import logging
from datetime import date
from threading import Thread
from typing import Final

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.camera import Frame
from hardware.camera.looker import Looker
from hardware.device import where
from hardware.papers.ocr import OcrReader
from hardware.papers.page import Page as Read
from kiosk.flow.state import Filled
from kiosk.papers.identity import read_identity
from kiosk.papers.paper import LEAST_SURE
from kiosk.session import Page
from screens.models.base import Model
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
log = logging.getLogger(__name__)
SAID: Final = {"reading": "reading.reading", "done": "reading.read_done", "nothing": "reading.read_nothing"}


@QmlElement
@QmlSingleton
class Tray(Model):
    """One button beside the typed identity; nothing is read before it is touched."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.reader: OcrReader | None = None
        self._state = ""
        self._asked = 0

    def attach(self, stage: Stage) -> None:
        """Look at this stage; what is still being read when its page goes is not meant any more."""
        super().attach(stage)
        stage.pageChanged.connect(self._page_changed)
        stage.ended.connect(self._forget)

    def _page_changed(self) -> None:
        if not self._here():
            self._forget()

    def _forget(self) -> None:
        self._state = ""
        self._asked += 1

    def _here(self) -> bool:
        step = self.session.step
        return self.session.page is Page.FORM and step is not None and step.kind == "identify"

    def _label(self) -> str:
        devices, config = self.stage.kiosk.devices, self.stage.kiosk.config
        works = config.document_camera.read and devices.working("document_camera")
        return self.say("reading.read_card") if self._here() and works and self._state != "reading" else ""

    def _lead(self) -> str:
        return self.say(SAID[self._state]) if self._here() and self._state else ""

    label = Property(str, _label, notify=changed)
    lead = Property(str, _lead, notify=changed)

    @Slot()
    def read(self) -> None:
        """Touch "read my card": the sheet on the tray now is read beside the screens."""
        camera, reader = self.stage.kiosk.devices.document_camera, self.reader
        frame = camera.latest() if camera is not None else None
        if frame is None or reader is None:
            self._state = "nothing"
        else:
            self._state = "reading"
            self._asked += 1
            beside = (self.stage.kiosk.devices.looker, reader, frame, self._asked, self.stage.kiosk.now().date())
            Thread(target=self._read_beside, args=beside, daemon=True, name="tray").start()
        self.stage.touch()
        self.changed.emit()

    def _read_beside(self, looker: Looker, reader: OcrReader, frame: Frame, asked: int, today: date) -> None:
        found: dict[str, Filled] = {}
        try:
            sheet = looker.sheet(frame)
            found = {} if sheet is None else _facts(reader, sheet, today)
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the resident goes on typing
            log.error("reading the tray failed: %s", where(error))
        self.stage.hear(lambda: self._take(found, asked))

    def _take(self, found: dict[str, Filled], asked: int) -> None:
        if asked != self._asked or not self._here():
            return
        self._state = "done" if found else "nothing"
        self.session.paper_read(found)


def _facts(reader: OcrReader, sheet: bytes, today: date) -> dict[str, Filled]:
    """What is surely read of an identity document on the tray, as answers to be confirmed."""
    page = reader.read(sheet)
    if not isinstance(page, Read):
        return {}
    facts = read_identity(page, today=today).facts
    return {name: Filled(read.value, "document") for name, read in facts.items() if read.sure >= LEAST_SURE}
