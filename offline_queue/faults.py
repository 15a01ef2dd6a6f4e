"""What can go wrong with the queue, as values; each has a screen text `fault.<code>`."""

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True)
class QueueFault:
    """An expected trouble of the queue; `detail` is for technicians and holds nothing personal.

    Codes: queue_in_use, queue_damaged, queue_newer, queue_full, queue_conflict, disk_full, disk_error, trust_missing,
    trust_damaged, unknown_item, wrong_state, queue_missing, bundle_damaged.
    """

    code: str
    retriable: bool = True
    detail: str = ""

    @property
    def text_id(self) -> str:
        """The id of the sentence a person sees."""
        return f"fault.{self.code}"


def fault_of(error: sqlite3.Error | OSError) -> QueueFault:
    """The fault behind a database or file error."""
    if isinstance(error, OSError):
        return QueueFault("disk_error", detail=error.strerror or "")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return QueueFault("disk_full", detail=str(error))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return QueueFault("queue_damaged", retriable=False, detail=str(error))
    return QueueFault("disk_error", detail=str(error))
