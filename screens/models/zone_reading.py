"""Reads the zone at the foot of a document's photo page off the tray, beside the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread

from hardware.camera import Frame
from hardware.camera.looker import Looker
from hardware.cards import MrzKey
from hardware.device import Fault, where
from hardware.papers.mrz_lines import zone
from hardware.papers.ocr import OcrReader

log = logging.getLogger(__name__)
QUALITY = 95  # the zone's letters are some 20 pixels high on the tray


class ZoneReading:
    """One reading at a time; `told` gets the key, or None, through `hear` on the GUI thread."""

    def __init__(self, hear: Callable[[Callable[[], None]], None], looker: Looker) -> None:
        self._hear, self._looker = hear, looker
        self._reader = OcrReader()
        self._asked = 0
        self.running = False

    def begin(self, frame: Frame, told: Callable[[MrzKey | None], None]) -> None:
        """Look for the zone in this picture; whatever was asked before is not told any more."""
        self._asked += 1
        self.running = True
        asked = self._asked
        Thread(target=self._guarded, args=(frame, lambda key: self._tell(asked, key, told)), daemon=True).start()

    def forget(self) -> None:
        """Nothing that is still read is told; the reader goes with all it has in memory."""
        self._asked += 1
        self.running = False
        Thread(target=self._reader.stop, daemon=True).start()

    def _tell(self, asked: int, key: MrzKey | None, told: Callable[[MrzKey | None], None]) -> None:
        if asked == self._asked:
            self.running = False
            told(key)

    def _guarded(self, frame: Frame, tell: Callable[[MrzKey | None], None]) -> None:
        key = None
        try:
            key = self._read(frame)
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the resident types instead
            log.error("reading a zone failed: %s", where(error))
        self._hear(lambda: tell(key))

    def _read(self, frame: Frame) -> MrzKey | None:
        whole = self._looker.whole(frame, QUALITY)
        if whole is None:
            log.error("a zone could not be read: nobody looks")
            return None
        page = self._reader.read(whole, "mrz")
        if isinstance(page, Fault):
            log.error("a zone could not be read: %s", page.code)
            return None
        found = zone([line.text for line in page.lines])
        if found is None:
            return None
        return MrzKey(found.mrz.number.text, found.mrz.birth_date.text, found.mrz.expiry_date.text)
