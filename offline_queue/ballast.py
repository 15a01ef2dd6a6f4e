"""Disk space kept in hand, so that a full disk can still let envelopes out."""

import os
from pathlib import Path


class Ballast:
    """A file of nothing; dropping it gives the disk `size` bytes back. Size 0 means none is kept."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    def fill(self) -> bool:
        """Reserve the space if it is not there and the disk has twice as much to spare; whether it stands."""
        if self._stands():
            return True
        free = os.statvfs(self._path.parent)
        if self._size == 0 or free.f_bavail * free.f_frsize < 2 * self._size:
            return False
        try:
            self._reserve()
        except OSError:
            self.drop()
            return False
        return True

    def drop(self) -> bool:
        """Give the space back; false when it was given back before."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True

    def _stands(self) -> bool:
        return self._path.exists() and self._path.stat().st_size == self._size

    def _reserve(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        finally:
            os.close(descriptor)
