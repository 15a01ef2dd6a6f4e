"""Taking possession of an outbox's files: the lock, the connection, the checks at the start, the way out of damage."""

import fcntl
import os
import sqlite3
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from offline_queue import ledger
from offline_queue.clocks import Clocks
from offline_queue.faults import QueueFault, fault_of
from offline_queue.salvage import Salvage, salvage
from offline_queue.schema import SCHEMA_VERSION, Connect, Connection, migrate, prepare, version_of
from offline_queue.writer import LONG_LOG_BYTES

DEFAULT_QUOTA_BYTES: Final = 2 * 1024**3
LOW_DISK_BYTES: Final = 64 * 1024**2


@dataclass(frozen=True)
class Limits:
    """How much the outbox may hold, and the disk space it keeps in hand for a full disk (bytes)."""

    quota_bytes: int = DEFAULT_QUOTA_BYTES
    ballast_bytes: int = 16 * 1024**2
    low_disk_bytes: int = LOW_DISK_BYTES

    @property
    def long_log_bytes(self) -> int:
        """From this size the log is moved into the database without waiting: the ballast must have room for it."""
        return min(LONG_LOG_BYTES, self.ballast_bytes // 2) or LONG_LOG_BYTES


@dataclass(frozen=True)
class Ready:
    """A connection that may be written to; `salvaged` when the database before it was damaged."""

    connection: Connection
    salvaged: Salvage | None = None


def lock_file(path: Path) -> int | QueueFault:
    """The descriptor that holds the queue for this process until it is closed. Faults: queue_in_use, disk_error."""
    try:
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return fault_of(error)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return QueueFault("queue_in_use", retriable=False, detail=path.name)
    return descriptor


def open_connection(path: Path, connect: Connect, limits: Limits, clocks: Clocks) -> Ready | QueueFault:
    """A checked connection; what a damaged database still holds is carried over into a new one."""
    opened = _open(path, connect, limits, clocks)
    if not isinstance(opened, QueueFault) or opened.code != "queue_damaged":
        return opened
    try:
        found = salvage(path, partial(prepare, quota_bytes=limits.quota_bytes), clocks.wall())
    except (sqlite3.Error, OSError) as error:
        return fault_of(error)
    again = _open(path, connect, limits, clocks)
    return again if isinstance(again, QueueFault) else Ready(again.connection, found)


def _open(path: Path, connect: Connect, limits: Limits, clocks: Clocks) -> Ready | QueueFault:
    try:
        path.touch(mode=0o600)  # before the engine makes it: its log takes the same mode
        connection = connect(path)
    except (sqlite3.Error, OSError) as error:
        return fault_of(error)
    try:
        fault = _make_ready(connection, limits, clocks)
    except sqlite3.Error as error:
        fault = fault_of(error)
    if fault is not None:
        connection.close()
        return fault
    return Ready(connection)


def _make_ready(connection: Connection, limits: Limits, clocks: Clocks) -> QueueFault | None:
    prepare(connection, quota_bytes=limits.quota_bytes)
    version = version_of(connection)
    if version > SCHEMA_VERSION:
        return QueueFault("queue_newer", retriable=False, detail=f"schema {version}, known {SCHEMA_VERSION}")
    if version < SCHEMA_VERSION and isinstance(connection, sqlite3.Connection):
        migrate(connection)
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        return QueueFault("queue_damaged", retriable=False, detail=str(verdict)[:200])
    connection.execute("BEGIN IMMEDIATE")
    ledger.begin_process(connection, boot_id=clocks.boot_id(), mono=clocks.monotonic(), when=clocks.wall())
    connection.execute("COMMIT")
    return None
