"""The paper of a document page: its pages, their reading beside the screens, and the notes about them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Thread
from typing import Final

from hardware.device import Fault, where
from hardware.papers.ocr import OcrReader
from hardware.papers.page import Page
from kiosk.flow.state import FlowState
from kiosk.papers.paper import Paper
from kiosk.papers.remarks import Remark
from screens.models.base import Row

log = logging.getLogger(__name__)
MOST_NOTES: Final = 2

Say = Callable[..., str]


class PaperDesk:
    """Holds one paper at a time; what was read comes back through `hear`, on the GUI thread."""

    def __init__(self, hear: Callable[[Callable[[], None]], None]) -> None:
        self._hear = hear
        self.reader = OcrReader()
        self._reads = False
        self.paper = Paper("")

    def open(self, fact_id: str, *, reads: bool) -> None:
        """A page for this paper is shown; the reader starts beside it if there is something to read for."""
        self.paper = Paper(fact_id)
        self._reads = reads and self.paper.rule is not None
        if self._reads:
            self._beside(self.reader.warm_up)

    def add(self, picture: bytes) -> None:
        """A page was photographed."""
        place = self.paper.add(picture)
        if self._reads:
            paper = self.paper
            self._beside(lambda: self._read(paper, place, picture))

    def drop(self) -> None:
        """The last page is to be taken again."""
        self.paper.drop()

    def forget(self, *, visit_over: bool) -> None:
        """Drop the paper; at the end of the visit the reader goes too, with all it has in memory."""
        self.paper = Paper("")
        if visit_over:
            self._beside(self.reader.stop)

    def _read(self, paper: Paper, place: int, picture: bytes) -> None:
        found = self.reader.read(picture)
        self._hear(lambda: paper.read(place, picture, found))

    def _beside(self, work: Callable[[], Page | Fault | None]) -> None:
        def guarded() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - a worker's supervisor: the page goes on without a reading
                log.error("reading a paper failed: %s", where(error))

        Thread(target=guarded, daemon=True, name="paper").start()

    # ---- what the page shows ----

    def notes(self, flow: FlowState | None, say: Say) -> list[Row]:
        """What to say about the paper as it stands, most important first."""
        if flow is None or not self._reads or not self.paper.pictures:
            return []
        if self.paper.reading_on:
            return [_note("info", say("reading.reading"))]
        if self.paper.unread:
            return [_note("attention", say("reading.unread"))]
        told = self.paper.remarks(flow)
        if not told:
            return [_note("ok", say("reading.nothing"))]
        return [_remark(remark, say) for remark in told[:MOST_NOTES]]


def _note(kind: str, text: str, more: str = "") -> Row:
    return {"kind": kind, "text": text, "more": more}


def _remark(remark: Remark, say: Say) -> Row:
    stem = f"reading.{remark.code}"
    return _note("attention", say(stem, **remark.values), say(f"{stem}_more", **remark.values))
