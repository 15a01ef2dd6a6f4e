"""The one connection that writes to the outbox: every transaction and every checkpoint, one after another.

A transaction runs on the thread that asks for it, which has to wait for the disk anyway: handing it to a thread of the
connection's own and being woken by it costs as much again as the statements do. What is tidied, is tidied by a thread
that waits for a quiet moment.
"""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from offline_queue.schema import Connection

T = TypeVar("T")
LONG_LOG_BYTES: Final = 8 * 1024 * 1024


class Writer:
    """Runs functions on the connection, each in a transaction of its own, and keeps the write-ahead log short."""

    def __init__(
        self, connection: Connection, log: Path, *, idle_s: float = 0.25, long_log: int = LONG_LOG_BYTES
    ) -> None:
        self._connection = connection
        self._log = log
        self._idle_s = idle_s
        self._long_log = long_log
        self._turn = threading.Lock()
        self._changed = threading.Event()
        self._long = threading.Event()
        self._done = 0
        self._closed = False
        self._wipe = False
        self._thread = threading.Thread(target=self._tidy_when_quiet, name="outbox-tidy", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return after its commit; what `work` or the commit raises comes out here."""
        with self._turn:
            self._must_be_open()
            try:
                return self._transaction(work)
            finally:
                self._done += 1
                self._changed.set()
                if self._log_bytes() > self._long_log:
                    self._long.set()

    def shorten_log(self) -> bool:
        """Move the whole log into the database and empty it now; false when a reader or a full disk is in the way."""
        with self._turn:
            self._must_be_open()
            return self._checkpoint("TRUNCATE")

    def wipe_soon(self) -> None:
        """Ask that the log be emptied at the next quiet moment: it still holds what was just deleted."""
        self._wipe = True
        self._changed.set()

    def close(self) -> None:
        """Let the transaction in hand end, empty the log, close the connection and join."""
        with self._turn:
            if not self._closed:
                self._closed = True
                self._checkpoint("TRUNCATE")
                self._connection.close()
        self._changed.set()
        self._long.set()
        self._thread.join()

    def _must_be_open(self) -> None:
        if self._closed:
            raise sqlite3.ProgrammingError("the outbox is closed")

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        return result

    def _roll_back(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return  # the engine has rolled back by itself, as it does on a full disk

    # ---- the thread that tidies ----

    def _tidy_when_quiet(self) -> None:
        while not self._closed:
            self._changed.wait()
            before = self._done
            # A long log is not left to grow until it is quiet: the disk space kept in hand must have room for it.
            if self._long.wait(self._idle_s) or before == self._done:
                self._tidy()

    def _tidy(self) -> None:
        with self._turn:
            if self._closed:
                return
            self._changed.clear()
            self._long.clear()
            wipe, self._wipe = self._wipe, False
            if not self._checkpoint("TRUNCATE" if wipe else "PASSIVE"):
                self._wipe = self._wipe or wipe
                self._changed.set()  # a reader was in the way: once more at the next quiet moment

    def _log_bytes(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    def _checkpoint(self, mode: str) -> bool:
        try:
            busy = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()[0]
        except sqlite3.Error:
            return False  # a full disk: the log keeps everything, and the next quiet moment tries again
        return not busy
