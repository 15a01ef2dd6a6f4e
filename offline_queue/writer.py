"""The one thread that owns the outbox's connection: every write and every checkpoint, one after another."""

import os
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Protocol, TypeVar

from offline_queue.schema import PAGE_BYTES, Connection

T = TypeVar("T")
LONG_LOG_BYTES: Final = 8 * 1024 * 1024
_FRAME_BYTES: Final = 24 + PAGE_BYTES
_ROOMY_BYTES: Final = 64 * 1024 * 1024


class Transaction(Protocol):
    """Runs a function on the connection in a transaction, and returns what it gives after the commit."""

    def __call__(self, work: Callable[[Connection], T], /) -> T:
        """What `work` or the commit raises comes out; nothing of it stands then."""


class Ahead(Protocol):
    """What was saved elsewhere before the database has it."""

    def take_over(self, transaction: Transaction) -> None:
        """Bring it into the database; what that raises leaves it where it is."""

    def tidy(self) -> None:
        """In a quiet moment, when all of it has been taken over."""


@dataclass
class _Job(Generic[T]):
    work: Callable[[Connection], T]
    alone: bool = False
    done: "Future[T]" = field(default_factory=Future)


class _Log:
    """The write-ahead log's length. Its file tells nothing: it never gets shorter when the engine begins it anew.

    Each round of the log has a salt of its own, in the log's header and in the header of each of its frames
    (https://www.sqlite.org/fileformat2.html#walformat).
    """

    def __init__(self, path: Path, long: int) -> None:
        self._path = path
        self._long = long // _FRAME_BYTES
        self._laid_out = long // 2
        self._moved = (b"", 0)
        self._descriptor = -1

    def is_long(self) -> bool:
        """Whether this round has come so far, or so much further since it was last moved."""
        salt = self._read(16)
        before = self._moved[1] if salt == self._moved[0] else 0
        return any(salt) and self._read(32 + (before + self._long) * _FRAME_BYTES + 8) == salt

    def lay_out(self) -> None:
        """Give the file its blocks before they are needed, where the disk has room to spare.

        A commit into blocks that are there waits for one flush, and not for the file system's own journal too. What
        follows the last frame is no frame to the engine: neither salt nor checksum fit. Nothing may be writing.
        """
        with suppress(OSError):  # no log yet, or a disk that is failing
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                size, room = os.fstat(descriptor).st_size, os.fstatvfs(descriptor)
                if size < self._laid_out and room.f_bavail * room.f_frsize >= _ROOMY_BYTES:
                    os.pwrite(descriptor, bytes(self._laid_out - size), size)
                    os.fdatasync(descriptor)
            finally:
                os.close(descriptor)

    def note_moved(self, frames: int) -> None:
        """As much of it as no reader needs is in the database; it had so many frames."""
        self._moved = (self._read(16), frames)

    def _read(self, at: int) -> bytes:
        try:
            if self._descriptor < 0:
                # The engine's locks are on other files: closing this one takes none away.
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._descriptor, 8, at)
        except OSError:
            return b""  # no log yet, or a disk that is failing: the next commit meets that, and says so

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


_WAKE: Final = _Job[Any](lambda _: None)


class Writer:
    """Runs functions on the connection, each in a transaction of its own, and keeps the write-ahead log short."""

    def __init__(
        self,
        connection: Connection,
        log: Path,
        *,
        idle_s: float = 0.25,
        long_log: int = LONG_LOG_BYTES,
        ahead: Ahead | None = None,
    ) -> None:
        self._connection = connection
        self._ahead = ahead
        self._using = threading.Lock()
        self._log = _Log(log, long_log)
        self._idle_s = idle_s
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._wipe = False
        self._dirty = True  # the first quiet moment lays the log out
        self._thread = threading.Thread(target=self._serve, name="outbox-writer", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction and return after its commit; what `work` or the commit raises comes out here."""
        return self._wait_for(_Job(work))

    def peek(self, question: Callable[[Connection], T]) -> T:
        """The answer to a question to the database, on the caller's thread, between two jobs; sqlite3.Error."""
        with self._using:
            if self._closed.is_set():
                raise sqlite3.ProgrammingError("the outbox is closed")
            return question(self._connection)

    def wake(self) -> None:
        """Have a quiet moment soon: something waits ahead of the database."""
        if not self._dirty:
            self._jobs.put(_WAKE)

    def shorten_log(self) -> bool:
        """Move the whole log into the database and empty it now; false when a reader or a full disk is in the way."""
        return self._wait_for(_Job(lambda _: self._checkpoint("TRUNCATE"), alone=True))

    def replace(self, make: Callable[[], Connection]) -> None:
        """Close the connection and go on with the one that `make` gives; what it raises comes out here."""

        def swap(old: Connection) -> None:
            old.close()
            self._log.close()
            self._connection = make()

        self._wait_for(_Job(swap, alone=True))

    def _wait_for(self, job: "_Job[T]") -> T:
        if self._closed.is_set():
            raise sqlite3.ProgrammingError("the outbox is closed")
        self._jobs.put(job)
        return job.done.result()

    def wipe_soon(self) -> None:
        """Ask that the log be emptied at the next quiet moment: it still holds what was just deleted."""
        self._wipe = True
        self._jobs.put(_Job(lambda _: None, alone=True))  # what comes after a quiet moment has another one after it

    def close(self) -> None:
        """Finish what is queued, empty the log, close the connection and join."""
        if not self._closed.is_set():
            self._closed.set()
            self._jobs.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (job := self._next()) is not None:
            with self._using:
                self._run(job)
                if self._log.is_long():
                    self._checkpoint("PASSIVE")  # nobody waits for it: the job has been answered
        with self._using:
            self._take_over()
            self._checkpoint("TRUNCATE")
            self._connection.close()
            self._log.close()

    def _next(self) -> "_Job[Any] | None":
        while True:
            try:
                job = self._jobs.get(timeout=self._idle_s if self._dirty else None)
            except queue.Empty:
                with self._using:
                    self._tidy()
                continue
            if job is not _WAKE:
                return job
            self._dirty = True

    def _run(self, job: "_Job[Any]") -> None:
        self._dirty = True
        try:
            result = job.work(self._connection) if job.alone else self._in_turn(job.work)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the job, not to this thread
            job.done.set_exception(error)
            return
        job.done.set_result(result)

    def _in_turn(self, work: Callable[[Connection], T]) -> T:
        """After what was saved before it."""
        if self._ahead is not None:
            self._ahead.take_over(self._transaction)
        return self._transaction(work)

    def _take_over(self) -> bool:
        """Whether nothing waits ahead of the database any more."""
        try:
            if self._ahead is not None:
                self._ahead.take_over(self._transaction)
                self._ahead.tidy()
        except sqlite3.Error:
            return False  # a full disk: it waits where it is, and the next job or quiet moment tries again
        return True

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

    def _tidy(self) -> None:
        self._dirty = False  # from now on whoever saves wakes this thread again
        self._dirty = not self._take_over()
        wipe, self._wipe = self._wipe, False  # taken first: who asks from now on asks for the next time
        if not self._checkpoint("TRUNCATE" if wipe else "PASSIVE"):
            self._dirty = True  # a reader was in the way: once more at the next quiet moment
            self._wipe = self._wipe or wipe
        self._log.lay_out()

    def _checkpoint(self, mode: str) -> bool:
        try:
            busy, frames, _ = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        except sqlite3.Error:
            return False  # a full disk: the log keeps everything, and the next quiet moment tries again
        self._log.note_moved(frames)
        return not busy
