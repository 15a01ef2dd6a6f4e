"""The outbox's commit log: what is saved is here first, by one write and one flush into blocks the file has already.

A record is the envelopes of one save, all or none. It counts when its checksum holds and each ciphertext has the digest
that its kiosk signed: nothing else in the file is ever taken for a save. Whatever counts may be taken into the database
again, which knows its ids for ever: so nothing needs to tell how far it had come when the power went.
"""

import errno
import mmap
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeVar

from offline_queue.envelope import Header, SealedEnvelope, envelope_digest, parse_header

T = TypeVar("T")
_MAGIC: Final = b"KCL1"
_HEAD: Final = struct.Struct(">4sQHII")  # magic, length, entries, bytes that describe them, CRC-32 of these and of that
_ENTRY: Final = struct.Struct(">IQH32sqq")  # lengths of header, ciphertext and signature; digest; deadline, when (ms)
_BLOCK: Final = 4096
"""Records begin on a block of the disk, and fill their last one: none is ever read in order to write a part of it."""
_SLICE: Final = 256 * _BLOCK
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_ROOMY_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """An envelope to be kept, when it was saved, and by when it should go; times to the millisecond."""

    sealed: SealedEnvelope
    deadline: datetime | None
    when: datetime


@dataclass(frozen=True)
class Record:
    """The entries of one save, and where in the file it ends."""

    entries: tuple[Entry, ...]
    end: int


class LogFile(Protocol):
    """The little of a file that the log uses; OSError from each."""

    def lay_out(self, size: int) -> bool:
        """Give it its blocks, on the disk, unless that disk has little room; whether it has them."""

    def write(self, parts: Sequence[bytes], at: int) -> None:
        """Write the parts one after another, whole blocks together; return when they are on the disk."""

    def read(self) -> bytes:
        """All that may hold anything; nothing when there is none."""

    def close(self) -> None:
        """Let go of it."""


OpenFile = Callable[[Path], LogFile]


class DiskFile:
    """A log's file, written past the system's cache where that can be; it is not made before it is laid out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._buffer = memoryview(mmap.mmap(-1, _SLICE))  # O_DIRECT takes from whole pages only

    def lay_out(self, size: int) -> bool:
        """As LogFile says; its name is on the disk then, too. What its first block holds is written over."""
        if not self._path.exists() and not self._has_room(size):
            return False
        self._lay_blocks(size)
        for way in (os.O_DIRECT, 0):  # not every file system takes the first
            try:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_DSYNC | os.O_CLOEXEC | way)
                self.write([bytes(_BLOCK)], 0)
                return True
            except OSError as error:
                self.close()
                if error.errno != errno.EINVAL or not way:
                    raise
        return False

    def _lay_blocks(self, size: int) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            there = os.fstat(descriptor).st_size
            if there < size:
                os.pwrite(descriptor, bytes(size - there), there)
            os.fsync(descriptor)
            os.fsync(folder)
        finally:
            os.close(folder)
            os.close(descriptor)

    def _has_room(self, size: int) -> bool:
        room = os.statvfs(self._path.parent)
        return room.f_bavail * room.f_frsize >= size + _ROOMY_BYTES

    def write(self, parts: Sequence[bytes], at: int) -> None:
        """As LogFile says."""
        filled = 0
        for part in parts:
            rest = memoryview(part)
            while rest:
                cut = min(len(rest), _SLICE - filled)
                self._buffer[filled : filled + cut] = rest[:cut]
                rest, filled = rest[cut:], filled + cut
                if filled == _SLICE:
                    self._write_buffer(filled, at)
                    at, filled = at + filled, 0
        if filled:
            self._write_buffer(filled, at)

    def _write_buffer(self, length: int, at: int) -> None:
        if os.pwritev(self._descriptor, [self._buffer[:length]], at) != length:
            raise OSError(errno.EIO, "a write was cut short")

    def read(self) -> bytes:
        """As LogFile says: up to a whole slice of zeros, for there is no gap in what it holds."""
        slices = []
        try:
            with self._path.open("rb") as file:
                while (part := file.read(_SLICE)) != bytes(len(part)):
                    slices.append(part)
        except FileNotFoundError:
            return b""
        return b"".join(slices)

    def close(self) -> None:
        """As LogFile says."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


class CommitLog:
    """Savers append from any thread, one after another; what waits here is taken over by the outbox's writer."""

    def __init__(self, file: LogFile, size: int) -> None:
        self._file = file
        self._size = size
        self._lock = threading.Lock()
        self._tail = 0
        self._held = 0
        self._waiting: tuple[Record, ...] = ()  # never changed, only exchanged: whoever reads it waits for nobody
        self._ids: set[str] = set()
        self._cases: dict[str, int] = {}
        self._usable = False

    def begin(self) -> None:
        """Use it from the start, and write over what it held; a disk without room, or that fails, leaves it unused.

        What counts in it must be in a database by now. Nobody appends meanwhile.
        """
        with self._lock, suppress(OSError):
            self._forget()
            self._held = _whole_blocks(len(self._file.read()))
            if self._size > 0 and self._file.lay_out(self._size):
                self._wipe()
                self._usable = True

    def room_for(self, entries: Sequence[Entry]) -> bool:
        """Whether these fit in."""
        return self._usable and self._tail + _length_of(entries) <= self._size

    def knows(self, entry: Entry) -> bool:
        """Whether its id, or its place in its case or a later one, waits here."""
        head = entry.sealed.head
        return head.id in self._ids or self._cases.get(head.case_id, -1) >= head.case_seq

    def append(self, entries: tuple[Entry, ...]) -> None:
        """Return when they are on the disk. OSError: it is not known whether they are; nothing more is appended."""
        with self._lock:
            parts, length = _encode(entries)
            self._usable = False  # until it is known how this went
            self._file.write(parts, self._tail)
            self._usable = True
            self._tail += length
            for entry in entries:
                head = entry.sealed.head
                self._ids.add(head.id)
                self._cases[head.case_id] = head.case_seq
            self._waiting = (*self._waiting, Record(entries, self._tail))

    @property
    def waiting_bytes(self) -> int:
        """How long the part of it is that the database may not have yet."""
        return self._tail

    def waiting(self) -> tuple[Record, ...]:
        """What waits, in order; asking waits for no disk."""
        return self._waiting

    def taken_over(self, end: int) -> None:
        """The database has all up to there."""
        with self._lock:
            self._waiting = tuple(record for record in self._waiting if record.end > end)
            if not self._waiting:
                self._forget()

    def _forget(self) -> None:
        """Go on from the start: what was written there is in the database."""
        self._held = max(self._held, self._tail)
        self._tail = 0
        self._waiting = ()
        self._ids.clear()
        self._cases.clear()

    def wipe(self) -> None:
        """If nothing waits: write over what it held. OSError: it is not used any more."""
        with self._lock:
            if self._waiting or not self._usable:
                return
            self._usable = False
            self._wipe()
            self._usable = True

    def _wipe(self) -> None:
        """From the end on: what a power cut leaves is at the beginning, where the next process looks."""
        for at in reversed(range(0, self._held, _SLICE)):
            self._file.write([bytes(min(_SLICE, self._held - at))], at)
        self._held = 0

    def hand_over(self, make: Callable[[LogFile], T]) -> T:
        """A new database takes over, in `make`, all that counts in the file. What it raises leaves all as it is."""
        with self._lock:
            made = make(self._file)
            self._forget()
        return made

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._usable = False
            self._file.close()


def _length_of(entries: Sequence[Entry]) -> int:
    return _whole_blocks(
        _HEAD.size + sum(_entry_length(entry.sealed) + len(entry.sealed.ciphertext) for entry in entries)
    )


def _entry_length(sealed: SealedEnvelope) -> int:
    return _ENTRY.size + len(sealed.header) + len(sealed.signature)


def _whole_blocks(length: int) -> int:
    return -(-length // _BLOCK) * _BLOCK


def _encode(entries: Sequence[Entry]) -> tuple[list[bytes], int]:
    """A record's parts, and how long they are together: whole blocks."""
    described = b"".join([_describe(entry) for entry in entries])
    ciphertexts = [entry.sealed.ciphertext for entry in entries]
    filled = _HEAD.size + len(described) + sum(map(len, ciphertexts))
    length = _whole_blocks(filled)
    head = _HEAD.pack(_MAGIC, length, len(entries), len(described), _checksum(length, len(entries), described))
    return [head, described, *ciphertexts, bytes(length - filled)], length


def _describe(entry: Entry) -> bytes:
    sealed = entry.sealed
    lengths = len(sealed.header), len(sealed.ciphertext), len(sealed.signature)
    deadline = -1 if entry.deadline is None else _to_ms(entry.deadline)
    return _ENTRY.pack(*lengths, sealed.sha256, deadline, _to_ms(entry.when)) + sealed.header + sealed.signature


def _checksum(length: int, count: int, described: bytes) -> int:
    return zlib.crc32(described, zlib.crc32(length.to_bytes(8, "big") + count.to_bytes(2, "big")))


def _to_ms(instant: datetime) -> int:
    return (instant - _EPOCH) // _MS


def read_records(file: LogFile) -> Iterator[Record]:
    """The saves in a log's file, in order; what is damaged between them is passed over. OSError."""
    raw = file.read()
    at = raw.find(_MAGIC)
    while at >= 0:
        record = None if at % _BLOCK else _read_record(raw, at)
        if record is not None:
            yield record
        at = raw.find(_MAGIC, at + 1 if record is None else record.end)


def _read_record(raw: bytes, at: int) -> Record | None:
    """The record that begins here, if a whole one does."""
    start = at + _HEAD.size
    if start > len(raw):
        return None
    _, length, count, described_bytes, checksum = _HEAD.unpack_from(raw, at)
    described = raw[start : start + described_bytes]
    if at + length > len(raw) or _checksum(length, count, described) != checksum:
        return None
    entries = tuple(_read_entries(raw, described, start + described_bytes, count))
    return Record(entries, at + length) if all(map(_is_proven, entries)) else None


def _read_entries(raw: bytes, described: bytes, start: int, count: int) -> Iterator[Entry]:
    """From a description that has its checksum; the ciphertexts begin at `start`."""
    at = 0
    for _ in range(count):
        header_bytes, ciphertext_bytes, signature_bytes, digest, deadline, when = _ENTRY.unpack_from(described, at)
        cut = at + _ENTRY.size + header_bytes
        header, signature = described[at + _ENTRY.size : cut], described[cut : cut + signature_bytes]
        sealed = SealedEnvelope(header, raw[start : start + ciphertext_bytes], digest, signature)
        yield Entry(sealed, None if deadline < 0 else _EPOCH + deadline * _MS, _EPOCH + when * _MS)
        at, start = cut + signature_bytes, start + ciphertext_bytes


def _is_proven(entry: Entry) -> bool:
    sealed = entry.sealed
    if not isinstance(parse_header(sealed.header), Header):
        return False
    return envelope_digest(sealed.header, sealed.ciphertext) == sealed.sha256
