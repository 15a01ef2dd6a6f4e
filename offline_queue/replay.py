"""From the commit log into the database."""

from collections.abc import Iterable

from offline_queue import ledger
from offline_queue.commit_log import Record
from offline_queue.faults import QueueFault
from offline_queue.schema import Connection


def take_in(db: Connection, records: Iterable[Record]) -> None:
    """Store what these hold, in an open transaction; what the database has already stays as it is."""
    for record in records:
        for entry in record.entries:
            outcome = ledger.insert(db, entry.sealed, entry.deadline, entry.when)
            if isinstance(outcome, QueueFault):
                ledger.record(db, entry.sealed.head.id, None, None, outcome.code, entry.when)
