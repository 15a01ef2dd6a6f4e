"""The emulated printer's end of a serial line: a pseudo-terminal that looks like a socket to the printer."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import tty
from pathlib import Path

LOOK_S = 0.05  # how long a read may oversee that the line was closed


class PtyEnd:
    """The printer's side; the kiosk opens `link`, which points at the terminal's other side."""

    def __init__(self, link: Path) -> None:
        self._ours, self._theirs = pty.openpty()  # theirs stays open here: without it reads fail between two kiosks
        tty.setraw(self._theirs)
        self._closed = False
        fresh = link.with_name(link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._theirs))
        fresh.replace(link)
        self._link = link

    def recv(self, most: int) -> bytes:
        """Wait for bytes; b"" once closed."""
        while not self._closed:
            readable, _, _ = select.select([self._ours], [], [], LOOK_S)
            if readable and not self._closed:
                return os.read(self._ours, most)
        self._release()
        return b""

    def send(self, reply: bytes, _flags: int = 0) -> int:
        """Say something to the kiosk."""
        return os.write(self._ours, reply)

    def shutdown(self, _how: int) -> None:
        """A serial line has no half."""

    def close(self) -> None:
        """Pull the cable: the link goes at once, the terminal when its reader has noticed."""
        if not self._closed:
            self._closed = True
            self._link.unlink(missing_ok=True)

    def _release(self) -> None:
        for end in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(end)
