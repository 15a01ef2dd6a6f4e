"""How a save comes in: into the commit log where that is safe, and from there into the database."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from offline_queue import ledger
from offline_queue.commit_log import CommitLog, Entry
from offline_queue.envelope import Header
from offline_queue.opening import FREEZE_AT, Limits
from offline_queue.replay import take_in
from offline_queue.schema import Connection
from offline_queue.writer import Transaction

_IN_PAGES: Final = 1.25
"""What an envelope takes of the database, for each of its own bytes."""


class Intake:
    """The commit log before a database: whoever saves fills it, the writer empties it."""

    def __init__(
        self, log: CommitLog, folder: Path, limits: Limits, used_bytes: int, latest_names: tuple[str, str]
    ) -> None:
        self.log = log
        self._folder = folder
        self._limits = limits
        self._used_bytes = used_bytes
        self._last_id, self._last_case = latest_names
        self._refused = False

    # ---- who saves; one at a time ----

    def takes(self, entries: Sequence[Entry]) -> bool:
        """Whether these may wait in the log: there is room there, and will be in the database and on its disk."""
        return self.log.room_for(entries) and self._fits_quota(entries) and self._fits_disk()

    def _fits_quota(self, entries: Sequence[Entry]) -> bool:
        coming = self.log.waiting_bytes + sum(len(entry.sealed.ciphertext) for entry in entries)
        held = self._used_bytes + _IN_PAGES * coming + self._limits.commit_log_bytes
        return held < FREEZE_AT * self._limits.quota_bytes

    def _fits_disk(self) -> bool:
        """All of the log may be written twice more: to the database's own log, and from there into the database."""
        free = os.statvfs(self._folder)
        return free.f_bavail * free.f_frsize >= self._limits.low_disk_bytes + 2 * self._limits.commit_log_bytes

    def come_later(self, entries: Sequence[Entry]) -> bool:
        """Whether each id and each case comes after all that ever came, by the order of their letters; whatever does,
        is new.

        Ids and cases begin with their time (RFC 9562): the next submission's do, on a clock that was not put back.
        Nothing else needs to be looked up then, unless the database has just refused what waits: it says so itself.
        """
        heads = [entry.sealed.head for entry in entries]
        last_id, last_case = self._last_id, self._last_case
        later = not self._refused
        for head in heads:
            later = later and head.id > last_id and head.case_id > last_case
            self._last_id, self._last_case = max(self._last_id, head.id), max(self._last_case, head.case_id)
        return later and _are_apart(heads)

    def are_new(self, db: Connection, entries: Sequence[Entry]) -> bool:
        """Whether none of them is here, and each has a later place in its case than whatever is."""
        heads = [entry.sealed.head for entry in entries]
        return (
            _are_apart(heads)
            and not any(self.log.knows(entry) for entry in entries)
            and all(ledger.is_new(db, head) for head in heads)
        )

    def arriving(self) -> list[Header]:
        """What may not be in the database yet; from any thread, without waiting for the disk."""
        return [entry.sealed.head for record in self.log.waiting() for entry in record.entries]

    # ---- the writer ----

    def note_used(self, db: Connection) -> None:
        """Remember how much the database holds."""
        self._used_bytes = ledger.used_bytes(db)

    def take_over(self, transaction: Transaction) -> None:
        """Bring what waits into the database, in one commit. What that raises leaves it waiting."""
        records = self.log.waiting()
        if not records:
            return

        def store(db: Connection) -> None:
            take_in(db, records)
            self.note_used(db)

        try:
            transaction(store)
        except BaseException:
            self._refused = True
            raise
        self._refused = False
        self.log.taken_over(records[-1].end)

    def tidy(self) -> None:
        """In a quiet moment: write over what the database has."""
        with suppress(OSError):  # then it is not used any more
            self.log.wipe()


def _are_apart(heads: Sequence[Header]) -> bool:
    """Whether no two of them have an id or a place in a case in common."""
    return len({head.id for head in heads}) == len({(head.case_id, head.case_seq) for head in heads}) == len(heads)
