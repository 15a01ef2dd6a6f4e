"""Sets A4 documents in a process of its own, which ends with each: what it read, and the 60 MB it needs, go with it."""

from __future__ import annotations

import base64
import sys
import threading
from collections.abc import Sequence
from typing import Final

from hardware.device import Fault
from hardware.printer.document import Sheet, markup
from hardware.printer.layout import Block
from hardware.worker import Worker

COMMAND: Final = (sys.executable, "-m", "hardware.printer.typesetter_worker")
START_S, SET_S, IDLE_S = 30.0, 20.0, 30.0


class Typesetter(Worker):
    """Turns blocks into PDF; any thread may ask, it blocks for about a second."""

    def __init__(self, command: Sequence[str] = COMMAND, *, start_s: float = START_S, set_s: float = SET_S) -> None:
        super().__init__("typesetter", command, start_s=start_s, answer_s=set_s, idle_s=IDLE_S)
        self._one_document = threading.Lock()

    def document(self, blocks: Sequence[Block], sheet: Sheet) -> bytes | Fault:
        """The blocks as a PDF, or `printer_error` when the process could not; `CodeTooLongError` as `markup`."""
        html = markup(blocks, sheet).encode()
        with self._one_document:
            answer = self.ask({}, html)
            self.stop()
        if isinstance(answer, Fault):
            return Fault("printer_error", detail=answer.code)
        return base64.b64decode(answer["pdf"])
