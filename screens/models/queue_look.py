"""The queue as the technician's page shows it: read beside the GUI thread, which never waits for the disk."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject, QTimer

from hardware.device import where
from offline_queue.records import OutboxItem, OutboxStatus
from screens.stage import Stage

LOOK_MS: Final = 2000
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Queue:
    """What was found: the counters, the envelope that goes first, and the part of the disk that is free (0 to 1)."""

    status: OutboxStatus
    first: OutboxItem | None
    free: float


class QueueLook:
    """Looks every two seconds from `start` to `stop`; one look at a time, so that a disk that hangs holds one thread.

    `found` is what the last look found, None before the first has come back.
    """

    def __init__(self, parent: QObject, changed: Callable[[], None]) -> None:
        self.found: Queue | None = None
        self._changed = changed
        self._timer = QTimer(parent)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._stage: Stage | None = None
        self._looking = False

    def start(self, stage: Stage) -> None:
        """Somebody stands before the page."""
        self._stage = stage
        self._timer.start()
        self.look()

    def stop(self) -> None:
        """Nobody does any more."""
        self._timer.stop()
        self._stage = self.found = None

    def look(self) -> None:
        """Look now; nothing if a look is under way."""
        if self._stage is not None and not self._looking:
            self._looking = True
            Thread(target=self._beside, args=(self._stage,), daemon=True, name="queue-look").start()

    def send_all(self) -> None:
        """Let everything that waits go now, then look; a writer that hangs holds its own thread."""
        if self._stage is not None:
            Thread(target=self._send_beside, args=(self._stage,), daemon=True, name="queue-send").start()

    def _send_beside(self, stage: Stage) -> None:
        stage.kiosk.sender.outbox.retry_all()  # a fault of the queue shows in the figures
        stage.kiosk.sync.wake()
        stage.hear(self.look)

    def _beside(self, stage: Stage) -> None:
        found: Queue | None = None
        try:
            found = look(stage)
        except (OSError, sqlite3.Error) as error:  # the page keeps what it showed
            log.error("looking at the queue failed: %s", where(error))
        finally:
            stage.hear(lambda: self._came(found))

    def _came(self, found: Queue | None) -> None:
        self._looking = False
        if found is not None and self._stage is not None:
            self.found = found
            self._changed()


def look(stage: Stage) -> Queue:
    """Read the queue; blocks for as long as the disk does."""
    kiosk = stage.kiosk
    outbox, disk = kiosk.sender.outbox, shutil.disk_usage(kiosk.config.queue.folder)
    return Queue(outbox.status(), next(iter(outbox.items(limit=1)), None), disk.free / disk.total)


def longest_unit(seconds: float) -> tuple[str, int]:
    """An age as one figure: whole days from two days on, hours from two hours on, else minutes."""
    minutes = int(seconds // 60)
    for unit, length in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * length:
            return unit, minutes // length
    return "minutes", minutes
