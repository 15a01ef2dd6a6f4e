"""Taking possession of an outbox's files: the lock, the connection, the checks at the start, the way out of damage."""

import fcntl
import os
import sqlite3
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from offline_queue import ledger
from offline_queue.clocks import Clocks
from offline_queue.commit_log import LogFile, read_records
from offline_queue.faults import QueueFault, fault_of
from offline_queue.replay import take_in
from offline_queue.salvage import Salvage, salvage
from offline_queue.schema import PAGE_BYTES, SCHEMA_VERSION, Connect, Connection, migrate, prepare, version_of
from offline_queue.structure import structure_fault
from offline_queue.writer import LONG_LOG_BYTES

DEFAULT_QUOTA_BYTES: Final = 2 * 1024**3
FREEZE_AT: Final = 0.8
"""From this share of the quota on no new visit should begin."""
LOW_DISK_BYTES: Final = 64 * 1024**2
SHORT_BYTES: Final = 32 * 1024**2
STARTS_UNSEEN: Final = 20
"""So many starts in a row may put looking through a long database off."""


@dataclass(frozen=True)
class Limits:
    """How much the outbox may hold, and the disk space it keeps in hand for a full disk (bytes).

    What is saved waits in a commit log of up to `commit_log_bytes` until the database takes it over; 0: it has none.

    A database of up to `short_bytes` is looked through for damage at every start. So is a longer one that was not
    closed in good order; else the start does not wait for that, and it is done `look_after_s` later.
    """

    quota_bytes: int = DEFAULT_QUOTA_BYTES
    ballast_bytes: int = 16 * 1024**2
    low_disk_bytes: int = LOW_DISK_BYTES
    commit_log_bytes: int = 8 * 1024**2
    short_bytes: int = SHORT_BYTES
    look_after_s: float = 60.0

    @property
    def long_log_bytes(self) -> int:
        """From this size the log is moved into the database without waiting: the ballast must have room for it."""
        return min(LONG_LOG_BYTES, self.ballast_bytes // 2) or LONG_LOG_BYTES


@dataclass(frozen=True)
class Ready:
    """A connection that may be written to; `salvaged` when the database before it was damaged.

    `unseen` is how many starts ago it was looked through: 0 when it has just been.
    """

    connection: Connection
    used_bytes: int
    latest_names: tuple[str, str]
    salvaged: Salvage | None = None
    unseen: int = 0


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


def open_connection(
    path: Path, connect: Connect, limits: Limits, clocks: Clocks, log: LogFile, *, thorough: bool = False
) -> Ready | QueueFault:
    """A connection that may be used; what a damaged database still holds is carried over into a new one.

    What the last process left in its commit log is in the database then. `thorough`: however long the database, it is
    looked through first.
    """
    opened = _open(path, connect, limits, clocks, log, thorough=thorough)
    if not isinstance(opened, QueueFault) or opened.code != "queue_damaged":
        return opened
    try:
        found = salvage(path, partial(prepare, quota_bytes=limits.quota_bytes), clocks.wall())
    except (sqlite3.Error, OSError) as error:
        return fault_of(error)
    again = _open(path, connect, limits, clocks, log, thorough=True)
    return again if isinstance(again, QueueFault) else replace(again, salvaged=found)


def _open(
    path: Path, connect: Connect, limits: Limits, clocks: Clocks, log: LogFile, *, thorough: bool
) -> Ready | QueueFault:
    try:
        path.touch(mode=0o600)  # before the engine makes it: its log takes the same mode
        connection = connect(path)
    except (sqlite3.Error, OSError) as error:
        return fault_of(error)
    try:
        ready = _make_ready(connection, limits, clocks, log, thorough=thorough)
    except (sqlite3.Error, OSError) as error:
        ready = fault_of(error)
    if isinstance(ready, QueueFault):
        connection.close()
    return ready


def _make_ready(
    connection: Connection, limits: Limits, clocks: Clocks, log: LogFile, *, thorough: bool
) -> Ready | QueueFault:
    prepare(connection, quota_bytes=limits.quota_bytes)
    version = version_of(connection)
    if version > SCHEMA_VERSION:
        return QueueFault("queue_newer", retriable=False, detail=f"schema {version}, known {SCHEMA_VERSION}")
    if version < SCHEMA_VERSION and isinstance(connection, sqlite3.Connection):
        migrate(connection)
    unseen = 0 if thorough else _may_wait(connection, limits)
    fault = None if unseen else structure_fault(connection)
    if fault is not None:
        return fault
    connection.execute("BEGIN IMMEDIATE")
    ledger.begin_process(connection, boot_id=clocks.boot_id(), mono=clocks.monotonic(), when=clocks.wall())
    take_in(connection, read_records(log))
    connection.execute("COMMIT")
    return Ready(connection, ledger.used_bytes(connection), ledger.latest_names(connection), unseen=unseen)


def _may_wait(connection: Connection, limits: Limits) -> int:
    """Which start in a row this is that puts looking through the database off; 0 when it must not be put off."""
    if connection.execute("PRAGMA page_count").fetchone()[0] * PAGE_BYTES <= limits.short_bytes:
        return 0
    unseen = ledger.starts_unseen(connection)
    return 0 if unseen is None or unseen >= STARTS_UNSEEN else unseen + 1
