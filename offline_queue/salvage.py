"""When the database is damaged: set it aside whole, and carry over each envelope whose bytes still prove themselves."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from offline_queue import ledger
from offline_queue.audit import GENESIS, chain
from offline_queue.envelope import envelope_digest
from offline_queue.records import State
from offline_queue.schema import migrate

_COLUMNS: Final = (
    "seq, id, case_id, case_seq, service, receipt_number, state, deadline, created, size, chunk_count, sha256, header,"
    " signature, attempts, last_code, receipt"
)
_SETTLED: Final = ("ACKED", "PURGED", "ABANDONED")
# Numbers that may have been given out in what can no longer be read.
_NUMBERS_SKIPPED: Final = 500


@dataclass(frozen=True)
class Salvage:
    """What came over from a damaged database: whole envelopes, known but unreadable ones, and where the damage lies."""

    kept: int
    unreadable: int
    aside: Path


def salvage(path: Path, prepare: Callable[[sqlite3.Connection], None], when: datetime) -> Salvage:
    """Make a new database from what can be read of the one at `path`, and only then let it take its place.

    OSError, sqlite3.Error: everything is as it was.
    """
    fresh = path.with_name(path.name + ".salvaged")
    _forget(fresh)
    fresh.touch(mode=0o600)
    with closing(sqlite3.connect(fresh, isolation_level=None)) as new, closing(sqlite3.connect(path)) as old:
        prepare(new)
        migrate(new)
        new.execute("BEGIN IMMEDIATE")
        kept, unreadable = _carry_envelopes(old, new)
        _carry_table(old, new, "meta", 2)
        _carry_numbers(old, new)
        _carry_audit(old, new)
        code = f"salvaged:kept={kept},unreadable={unreadable}"
        ledger.record(new, "", None, None, code, when)
        new.execute("COMMIT")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return Salvage(kept, unreadable, _exchange(path, fresh))


def _forget(fresh: Path) -> None:
    """Remove what a salvage left that was cut off."""
    for suffix in ("", "-wal", "-shm"):
        fresh.with_name(fresh.name + suffix).unlink(missing_ok=True)


def _exchange(path: Path, fresh: Path) -> Path:
    """Put the new database in the damaged one's place; where that lies now. At no moment is there none."""
    number = 1 + len(list(path.parent.glob(path.name + ".damaged-*[0-9]")))
    aside = path.with_name(f"{path.name}.damaged-{number}")
    os.link(path, aside)
    for suffix in ("-wal", "-shm"):  # whoever still reads the damaged one keeps its files; the new one has its own
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    fresh.replace(path)
    return aside


def _rows(db: sqlite3.Connection, sql: str, parameters: tuple[object, ...] = ()) -> list[Any]:
    """What a statement still gives; nothing where the damage stops it."""
    try:
        return db.execute(sql, parameters).fetchall()
    except sqlite3.Error:
        return []


def _carry_envelopes(old: sqlite3.Connection, new: sqlite3.Connection) -> tuple[int, int]:
    kept = unreadable = 0
    for seq in _sequence(old):
        for row in _rows(old, f"SELECT {_COLUMNS} FROM envelope WHERE seq = ?", (seq,)):  # noqa: S608 - constants
            whole = _carry_one(old, new, row)
            kept, unreadable = kept + whole, unreadable + (not whole)
    return kept, unreadable


def _sequence(old: sqlite3.Connection) -> Iterator[int]:
    """Every seq that any tree still knows of, and all below it."""
    lasts = [
        *_rows(old, "SELECT seq FROM envelope ORDER BY seq DESC LIMIT 1"),
        *_rows(old, "SELECT max(seq) FROM envelope INDEXED BY sqlite_autoindex_envelope_1 WHERE id > ''"),
        *_rows(old, "SELECT max(place) / 1024 FROM chunk"),
    ]
    return iter(range(1, 1 + max((last for (last,) in lasts if isinstance(last, int)), default=0)))


def _carry_one(old: sqlite3.Connection, new: sqlite3.Connection, row: Any) -> bool:
    seq, state, count, digest, header = row[0], row[6], row[10], row[11], row[12]
    chunks = [] if state in _SETTLED else _chunks(old, seq)
    whole = state in _SETTLED or (len(chunks) == count and _proven(header, chunks, digest))
    values = list(row)
    values[6] = _state_after(state, whole)
    values[15] = row[15] if whole else "damaged_on_disk"
    marks = ", ".join("?" * len(values))
    new.execute(f"INSERT OR IGNORE INTO envelope ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608 - constants
    if whole:
        new.executemany("INSERT INTO chunk VALUES (?, ?, ?)", chunks)
    return whole


def _chunks(old: sqlite3.Connection, seq: int) -> list[Any]:
    sql = "SELECT place, sha256, data FROM chunk WHERE place >= ? * 1024 AND place < (? + 1) * 1024 ORDER BY place"
    return _rows(old, sql, (seq, seq))


def _proven(header: object, chunks: list[Any], digest: object) -> bool:
    if not isinstance(header, bytes) or not all(isinstance(data, bytes) for _, _, data in chunks):
        return False
    return envelope_digest(header, b"".join(data for _, _, data in chunks)) == digest


def _state_after(state: str, whole: bool) -> str:
    if not whole:
        return State.QUARANTINED.value
    return State.READY.value if state == State.SENDING else state


def _carry_table(old: sqlite3.Connection, new: sqlite3.Connection, table: str, width: int) -> None:
    marks = ", ".join("?" * width)
    rows = _rows(old, f"SELECT * FROM {table}")  # noqa: S608 - a constant
    new.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)  # noqa: S608 - constants


def _carry_numbers(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Counters as they stood, or well past any number that an envelope still shows."""
    _carry_table(old, new, "receipt_counter", 2)
    seen: dict[str, int] = {}
    for (number,) in new.execute("SELECT receipt_number FROM envelope").fetchall():
        if found := re.fullmatch(r"\S+ (\d{4}) (\d+) \S", number):
            seen[found[1]] = max(seen.get(found[1], 0), int(found[2]))
    for month, last in seen.items():
        sql = "INSERT OR IGNORE INTO receipt_counter VALUES (?, ?)"
        new.execute(sql, (month, last + _NUMBERS_SKIPPED))
        new.execute("UPDATE receipt_counter SET next = max(next, ?) WHERE year_month = ?", (last + 1, month))


def _carry_audit(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """The chain as far as it holds."""
    previous, wanted = GENESIS, 1
    for seq, event, digest in _readable_audit(old):
        if seq != wanted or chain(previous, event) != digest:
            return
        new.execute("INSERT INTO audit VALUES (?, ?, ?)", (seq, event, digest))
        previous, wanted = digest, wanted + 1


def _readable_audit(old: sqlite3.Connection) -> Iterator[tuple[int, bytes, bytes]]:
    try:
        yield from old.execute("SELECT seq, event, hash FROM audit ORDER BY seq")
    except sqlite3.Error:
        return
