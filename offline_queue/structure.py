"""Looking through a whole database for damage: at the start, or beside the running writer when it is long."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from offline_queue.faults import QueueFault, fault_of
from offline_queue.schema import Connection, connect_read_only


def structure_fault(connection: Connection) -> QueueFault | None:
    """What is wrong with the structure of any tree, if anything is; reads the whole file."""
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if verdict == "ok" else QueueFault("queue_damaged", retriable=False, detail=str(verdict)[:200])


class LaterLook:
    """Looks once, on a thread and a connection of its own, some time after a start that did not wait for it."""

    def __init__(self, path: Path, *, after_s: float, sound: Callable[[], None], damaged: Callable[[], None]) -> None:
        self._path = path
        self._after_s = after_s
        self._sound = sound
        self._damaged = damaged
        self._ended = threading.Event()
        self._db: sqlite3.Connection | None = None
        self._thread = threading.Thread(target=self._run, name="outbox-look", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give up what is not done yet, and join."""
        self._ended.set()
        if self._db is not None:
            self._db.interrupt()
        self._thread.join()

    def _run(self) -> None:
        if self._ended.wait(self._after_s):
            return
        fault = self._fault()
        if self._ended.is_set():
            return  # it may have been cut short
        if fault is None:
            self._sound()
        elif fault.code == "queue_damaged":
            self._damaged()

    def _fault(self) -> QueueFault | None:
        try:
            with closing(connect_read_only(self._path)) as self._db:
                return structure_fault(self._db)
        except sqlite3.Error as error:
            return fault_of(error)
        finally:
            self._db = None
