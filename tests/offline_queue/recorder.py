"""A recording VFS: logs what a database writes and syncs, and rebuilds the disk as a power cut would leave it."""

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from offline_queue.commit_log import DiskFile

SECTOR = 512


@dataclass(frozen=True)
class Event:
    """One thing done to a file: "write" at an offset, "truncate" to a size, "sync", or a "mark" of the test's own."""

    kind: str
    file: str = ""
    offset: int = 0
    data: bytes = field(default=b"", repr=False)
    mark: str = ""


class Recorder(apsw.VFS):
    """Passes everything on to the real file system and keeps a log."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.log: list[Event] = []
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "_File":
        return _File(self, name, flags)

    def mark(self, text: str) -> None:
        self.log.append(Event("mark", mark=text))


class RecordedLog(DiskFile):
    """The commit log's file, in the same log as the database's."""

    def __init__(self, path: Path, recorder: Recorder, *, synced: bool = True) -> None:
        super().__init__(path)
        self._name = path.name
        self._recorder = recorder
        self._synced = synced

    def lay_out(self, size: int) -> bool:
        done = super().lay_out(size)
        self._recorder.log[:0] = [Event("write", self._name, 0, bytes(size)), Event("sync", self._name)]
        return done

    def write(self, parts: Sequence[bytes], at: int) -> None:
        super().write(parts, at)
        self._recorder.log.append(Event("write", self._name, at, b"".join(parts)))
        if self._synced:
            self._recorder.log.append(Event("sync", self._name))


class _File(apsw.VFSFile):
    def __init__(self, recorder: Recorder, name: Any, flags: list[int]) -> None:
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(filename).name if filename else ""
        self._recorder = recorder
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._recorder.log.append(Event("write", self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._recorder.log.append(Event("truncate", self._name, size))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._recorder.log.append(Event("sync", self._name))


def _apply(image: bytearray, event: Event) -> None:
    if event.kind == "truncate":
        del image[event.offset :]
        return
    end = event.offset + len(event.data)
    if len(image) < end:
        image.extend(bytes(end - len(image)))
    image[event.offset : end] = event.data


def _torn(event: Event, rng: random.Random) -> Event:
    """A write of which only some leading sectors came through."""
    sectors = len(event.data) // SECTOR
    kept = rng.randint(0, sectors) * SECTOR
    return Event(event.kind, event.file, event.offset, event.data[:kept])


@dataclass
class Disk:
    """What a power cut leaves: all that was synced, and a random, torn part of the rest in random order."""

    base: dict[str, bytes]

    def after_cut(self, log: Sequence[Event], rng: random.Random) -> dict[str, bytes]:
        solid = {name: bytearray(content) for name, content in self.base.items()}
        loose: dict[str, list[Event]] = {}
        for event in log:
            if event.kind == "sync":
                for pending in loose.pop(event.file, []):
                    _apply(solid.setdefault(event.file, bytearray()), pending)
            elif event.kind != "mark":
                loose.setdefault(event.file, []).append(event)
        for name, events in loose.items():
            for event in _survivors(events, rng):
                _apply(solid.setdefault(name, bytearray()), event)
        return {name: bytes(content) for name, content in solid.items()}


def _survivors(events: list[Event], rng: random.Random) -> list[Event]:
    chance = rng.random()
    kept = [event for event in events if rng.random() < chance]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    return [_torn(event, rng) if event.data and rng.random() < 0.2 else event for event in kept]


def marks(log: Sequence[Event]) -> list[str]:
    return [event.mark for event in log if event.kind == "mark"]


def fingerprint(images: dict[str, bytes]) -> int:
    return zlib.crc32(b"".join(images[name] for name in sorted(images)))
