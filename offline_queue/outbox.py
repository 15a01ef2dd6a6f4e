"""The durable outbox: sealed envelopes in one SQLite database, until the portal's signed receipt takes them out.

What holds, whatever happens to power, process, clock or line: `save` returns `Saved` only when it is on the disk, in
the commit log or in the database, which takes the log over before any other work and in the next quiet moment; a stored
envelope never changes; a payload goes only with a receipt signed over its id and digest or an operator's recorded act;
at most the head of a case is out of WAITING; a loan to a sender dies with its lease, its process or its boot.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from offline_queue import ledger
from offline_queue.ballast import Ballast
from offline_queue.clocks import Clocks
from offline_queue.commit_log import CommitLog, DiskFile, Entry, LogFile, OpenFile
from offline_queue.diagnosis import find_item, list_items, with_arriving
from offline_queue.envelope import Malformed, SealedEnvelope, read_receipt
from offline_queue.faults import QueueFault, fault_of
from offline_queue.intake import Intake
from offline_queue.opening import DEFAULT_QUOTA_BYTES, FREEZE_AT, Limits, Ready, lock_file, open_connection
from offline_queue.receipt_numbers import KIOSK_CODE, parse_receipt_number, receipt_number
from offline_queue.records import Claim, Line, OutboxItem, OutboxStatus, Saved, State
from offline_queue.schema import Connect, Connection, connect, connect_read_only
from offline_queue.structure import LaterLook
from offline_queue.writer import Writer

T = TypeVar("T")
_NUMBERS_AT_ONCE: Final = 8


class _NotAllError(Exception):
    """Takes a transaction back: one envelope of several was refused."""

    def __init__(self, fault: QueueFault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class Outbox:
    """Callable from any thread; one writer thread owns the connection, one process owns the file."""

    def __init__(
        self,
        path: Path,
        ready: Ready,
        lock: int,
        log: LogFile,
        *,
        limits: Limits,
        kiosk_code: str,
        receipt_keys: Mapping[str, bytes],
        clocks: Clocks,
        connect: Connect = connect,
    ) -> None:
        self.path = path
        self.salvaged = ready.salvaged
        self._intake = Intake(
            CommitLog(log, limits.commit_log_bytes), path.parent, limits, ready.used_bytes, ready.latest_names
        )
        self._intake.log.begin()
        self._writer = Writer(
            ready.connection,
            path.with_name(path.name + "-wal"),
            long_log=limits.long_log_bytes,
            ahead=self._intake,
        )
        self._saving = threading.Lock()
        self._connect = connect
        self._unseen = ready.unseen
        self._damage = False
        self._lock = lock
        self._limits = limits
        self._kiosk_code = kiosk_code
        self._receipt_keys = dict(receipt_keys)
        self._clocks = clocks
        self._ballast = Ballast(path.with_name(path.name + ".ballast"), limits.ballast_bytes)
        self._numbers: dict[str, list[tuple[int, str]]] = {}  # reserved, by their month; the next one is the last
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._look = (
            LaterLook(path, after_s=limits.look_after_s, sound=self._found_sound, damaged=self._found_damaged)
            if ready.unseen
            else None
        )

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        quota_bytes: int = DEFAULT_QUOTA_BYTES,
        kiosk_code: str = "TB1",
        receipt_keys: Mapping[str, bytes] | None = None,
        limits: Limits | None = None,
        clocks: Clocks | None = None,
        connect: Connect = connect,
        open_log: OpenFile = DiskFile,
        thorough: bool = False,
    ) -> "Outbox | QueueFault":
        """Open or make the outbox at `path`; the folder must exist.

        `receipt_keys` (kid -> raw Ed25519 public key) are the portal keys whose receipts count. A damaged database is
        set aside and what proves itself carried over: see `salvaged`. With a long queue that was closed in good order
        the look for damage comes a minute later, beside the work, unless `thorough`. Faults: queue_in_use, queue_newer,
        disk_full, disk_error, queue_damaged. ValueError on a kiosk code that no number could carry.
        """
        if not KIOSK_CODE.fullmatch(kiosk_code):
            raise ValueError("a kiosk code is a capital letter, then two capitals or digits")
        limits = limits or Limits(quota_bytes=quota_bytes)
        clocks = clocks or Clocks()
        lock = lock_file(path)
        if isinstance(lock, QueueFault):
            return lock
        log = open_log(path.with_name(path.name + ".log"))
        ready = open_connection(path, connect, limits, clocks, log, thorough=thorough)
        if isinstance(ready, QueueFault):
            os.close(lock)
            return ready
        outbox = cls(
            path,
            ready,
            lock,
            log,
            limits=limits,
            kiosk_code=kiosk_code,
            receipt_keys=receipt_keys or {},
            clocks=clocks,
            connect=connect,
        )
        outbox._ballast.fill()
        return outbox

    def close(self) -> None:
        """Finish queued writes, hand back unused receipt numbers, note that all is in good order, unlock."""
        if self._look is not None:
            self._look.stop()
        self._hand_back_numbers()
        if not self._damage:
            self._try(lambda db: ledger.note_closed(db, self._unseen))
        self._writer.close()
        self._intake.log.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` (quick, from any thread) after each save."""
        self._listeners = (*self._listeners, listener)

    def trust(self, receipt_keys: Mapping[str, bytes]) -> None:
        """Accept receipts by these keys too."""
        self._receipt_keys.update(receipt_keys)

    # ---- the applicant's side ----

    def next_receipt_number(self, now: datetime) -> str:
        """A number never given before on this kiosk, such as `TB1 2611 0457 K`; a lost process may leave gaps.

        Raises sqlite3.Error when the disk takes no more: there can be no number to print then.
        """
        month = f"{now.year % 100:02}{now.month:02}"
        left = self._numbers.setdefault(month, [])
        if not left:
            counters = self._writer.run(lambda db: ledger.reserve_numbers(db, month, _NUMBERS_AT_ONCE))
            left += [(counter, receipt_number(self._kiosk_code, month, counter)) for counter in reversed(counters)]
        return left.pop()[1]

    def save(self, sealed: SealedEnvelope, *, deadline: datetime | None = None) -> Saved | QueueFault:
        """Store an envelope; returns when it is on the disk. An earlier `deadline` is sent before a later one.

        Faults: queue_full (the quota), disk_full, disk_error, queue_conflict (same id or same place in the case with
        other bytes).
        """
        return self._save((Entry(sealed, deadline, self._clocks.wall()),))

    def save_all(self, envelopes: Sequence[SealedEnvelope]) -> Saved | QueueFault:
        """Store the envelopes of one case at once, in their order: all of them or none; the first one's place.

        Faults as `save`.
        """
        when = self._clocks.wall()
        return self._save(tuple(Entry(sealed, None, when) for sealed in envelopes))

    def _save(self, entries: tuple[Entry, ...]) -> Saved | QueueFault:
        with self._saving:
            later = self._intake.come_later(entries)
            saved = self._save_in_log(entries, later=later) or self._save_in_database(entries)
        if isinstance(saved, QueueFault):
            return self._full(saved)
        self._tell()
        return saved

    def _save_in_log(self, entries: tuple[Entry, ...], *, later: bool) -> Saved | None:
        """Where it is safe; else, and whenever anything about it is unusual, the database itself answers."""
        intake = self._intake
        try:
            if not intake.takes(entries) or not (later or self._writer.peek(lambda db: intake.are_new(db, entries))):
                return None
            intake.log.append(entries)
        except (sqlite3.Error, OSError):
            return None
        self._writer.wake()
        head = entries[0].sealed.head
        return Saved(head.id, head.receipt_number)

    def _save_in_database(self, entries: tuple[Entry, ...]) -> Saved | QueueFault:
        def every(db: Connection) -> Saved:
            found = [ledger.insert(db, entry.sealed, entry.deadline, entry.when) for entry in entries]
            for outcome in found:
                if isinstance(outcome, QueueFault):
                    raise _NotAllError(outcome)
            self._intake.note_used(db)
            return next(outcome for outcome in found if isinstance(outcome, Saved))

        try:
            return self._try(every)
        except _NotAllError as refused:
            return refused.fault

    def _full(self, fault: QueueFault) -> QueueFault:
        """Tell a full quota, which only the portal can empty, from a full disk."""
        if fault.code == "disk_full" and self.status().disk_bytes >= FREEZE_AT * self._limits.quota_bytes:
            return QueueFault("queue_full", detail=fault.detail)
        return fault

    # ---- the sender's side ----

    def claim(self, *, lease_s: float) -> Claim | None:
        """Lend the next envelope that is due; one whose bytes no longer match its digest is quarantined instead."""
        now, boot = self._clocks.monotonic(), self._clocks.boot_id()
        when = self._clocks.wall()
        claimed = self._try(lambda db: ledger.claim(db, mono=now, boot_id=boot, lease_s=lease_s, when=when))
        return claimed if isinstance(claimed, Claim) else None

    def exchange(self, receipt_text: str, *, lease_s: float) -> tuple[bool, Claim | None]:
        """`acknowledge` and `claim` in one commit: half the waiting for the disk while the queue empties."""
        receipt = read_receipt(receipt_text, self._receipt_keys)
        if isinstance(receipt, Malformed):
            return False, None
        now, boot, when = self._clocks.monotonic(), self._clocks.boot_id(), self._clocks.wall()

        def both(db: Connection) -> tuple[bool, Claim | None]:
            if not ledger.settle(db, receipt, when):
                return False, None
            return True, ledger.claim(db, mono=now, boot_id=boot, lease_s=lease_s, when=when)

        done = self._try_hard(both)
        settled, following = (False, None) if isinstance(done, QueueFault) else done
        if settled:
            self._after_purge()
        return settled, following

    def acknowledge(self, receipt_text: str) -> bool:
        """Take a receipt; true when it settled an envelope. One not signed over our id and digest is ignored."""
        receipt = read_receipt(receipt_text, self._receipt_keys)
        if isinstance(receipt, Malformed):
            return False
        when = self._clocks.wall()
        settled = self._try_hard(lambda db: ledger.settle(db, receipt, when))
        if settled is True:
            self._after_purge()
        return settled is True

    def _after_purge(self) -> None:
        self._writer.wipe_soon()
        self._ballast.fill()

    def put_back(self, claim: Claim, code: str, *, delay_s: float = 0.0, counted: bool = True) -> bool:
        """End a loan without success: due again after `delay_s`; `counted=False` when it was the line, not the item."""
        due = self._clocks.monotonic() + delay_s
        when = self._clocks.wall()
        done = self._try_hard(lambda db: ledger.put_back(db, claim, code, due=due, counted=counted, when=when))
        return done is True

    def quarantine(self, claim: Claim, code: str) -> bool:
        """Set a lent envelope aside for an operator; only its own case waits for it."""
        when = self._clocks.wall()
        return self._try_hard(lambda db: ledger.quarantine(db, claim, code, when)) is True

    def expire_leases(self) -> int:
        """End the loans whose time is over; how many."""
        now, boot, when = self._clocks.monotonic(), self._clocks.boot_id(), self._clocks.wall()
        ended = self._try_hard(lambda db: ledger.expire_leases(db, mono=now, boot_id=boot, when=when))
        return ended if isinstance(ended, int) else 0

    def due_in_s(self) -> float | None:
        """Seconds until some envelope is due (0: now), or None when none is."""
        now = self._clocks.monotonic()
        due = self._try(ledger.next_due)
        return None if due is None or isinstance(due, QueueFault) else max(0.0, due - now)

    def note_line(self, line: Line) -> None:
        """Keep what is known of the line, so that each item can say why it has not gone."""
        self._try(lambda db: ledger.note_line(db, line))

    def note_fleet(self, statement: str) -> None:
        """Keep the portal's statement of all kiosks' keys, for proving slips while the line is down."""
        self._try(lambda db: ledger.keep_note(db, "fleet", statement))

    # ---- the operator's side ----

    def release(self, envelope_id: str, reason: str) -> QueueFault | None:
        """Send a quarantined envelope once more. Faults: unknown_item, wrong_state."""
        when = self._clocks.wall()
        fault = self._try_hard(lambda db: ledger.operator_move(db, envelope_id, State.READY, reason, when))
        if fault is None:
            self._tell()
        return fault

    def abandon(self, envelope_id: str, reason: str) -> QueueFault | None:
        """Give up an envelope that was set aside and then exported. Faults: unknown_item, wrong_state."""
        when = self._clocks.wall()
        fault = self._try_hard(lambda db: ledger.abandon(db, envelope_id, reason, when))
        if fault is None:
            self._after_purge()
            self._tell()
        return fault

    def mark_exported(self, ids: Sequence[str], bundle: str) -> QueueFault | None:
        """Record that these envelopes were copied into a bundle."""
        when = self._clocks.wall()
        return self._try_hard(lambda db: ledger.mark_exported(db, ids, bundle, when))

    def retry_all(self) -> int | QueueFault:
        """Make every READY envelope due now; how many."""
        count = self._try_hard(ledger.make_due)
        self._tell()
        return count

    def status(self) -> OutboxStatus:
        """The queue at a glance, from counters kept in the same transactions as the rows."""
        now = self._clocks.wall()
        quota = self._limits.quota_bytes
        arriving = self._intake.arriving()
        with closing(connect_read_only(self.path)) as db:
            found = with_arriving(db, ledger.status(db, now=now, quota_bytes=quota), arriving, now)
        frozen = found.disk_bytes >= FREEZE_AT * quota or self._disk_low()
        return replace(found, frozen=frozen)

    def find(self, key: str) -> OutboxItem | None:
        """One envelope by its id or receipt number, delivered or not."""
        arriving = self._intake.arriving()
        with closing(connect_read_only(self.path)) as db:
            return find_item(db, parse_receipt_number(key) or key, clocks=self._clocks, arriving=arriving)

    def items(self, *, limit: int = 1000) -> list[OutboxItem]:
        """The pending envelopes in the order they will go, each with why it has not gone."""
        arriving = self._intake.arriving()
        with closing(connect_read_only(self.path)) as db:
            return list_items(db, clocks=self._clocks, limit=limit, arriving=arriving)

    # ---- inside ----

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _disk_low(self) -> bool:
        free = os.statvfs(self.path.parent)
        return free.f_bavail * free.f_frsize < self._limits.low_disk_bytes and self._limits.ballast_bytes > 0

    def _try(self, work: Callable[[Connection], T]) -> T | QueueFault:
        try:
            return self._writer.run(work)
        except (sqlite3.Error, OSError) as error:
            fault = fault_of(error)
            self._damage |= fault.code == "queue_damaged"  # then the next start looks at it all, and salvages
            return fault

    def _try_hard(self, work: Callable[[Connection], T]) -> T | QueueFault:
        """As `_try`, but what empties the queue goes on when the disk is full: log emptied, then ballast thrown out."""
        done = self._try(work)
        for make_room in (self._writer.shorten_log, self._ballast.drop, self._writer.shorten_log):
            if not isinstance(done, QueueFault) or done.code != "disk_full":
                break
            if make_room():
                done = self._try(work)
        return done

    def _found_sound(self) -> None:
        self._unseen = 0

    def _found_damaged(self) -> None:
        """Open it once more, as at a start: what proves itself is carried over, and the work goes on there."""
        with suppress(sqlite3.Error):  # nothing can be saved then, and the next start says why
            self._writer.replace(lambda: self._intake.log.hand_over(self._opened_again))

    def _opened_again(self, log: LogFile) -> Connection:
        ready = open_connection(self.path, self._connect, self._limits, self._clocks, log, thorough=True)
        if isinstance(ready, QueueFault):
            self._damage = True
            raise sqlite3.DatabaseError(ready.code)
        self.salvaged, self._unseen = ready.salvaged, 0
        return ready.connection

    def _hand_back_numbers(self) -> None:
        for month, left in self._numbers.items():
            if left:
                counters = range(left[-1][0], left[0][0] + 1)
                self._try(partial(ledger.hand_back_numbers, year_month=month, left=counters))
        self._numbers = {}
