"""A line that can be bad in every way a real one is: a TCP proxy on loopback whose faults can change while it runs."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PIECE = 4096
_RESET = struct.pack("ii", 1, 0)


@dataclass
class Faults:
    """What the line does from now on; bytes count upward, towards the portal, over all connections together."""

    delay_s: float = 0.0  # before each piece
    bytes_per_s: float = 0.0  # each way; 0 is as fast as it goes
    reset_after: int | None = None  # so many more bytes up, then a reset on both sides
    reset_one_in: int = 0  # each piece up is a reset with this chance
    swallow: bool = False  # connections stand and nothing comes through, in either direction
    half_close: bool = False  # the portal's answers end before they begin: the line closes downward only
    drop_answers: int = 0  # so many answers are lost after the portal has given them


@dataclass
class FaultProxy:
    """Leads to `target`; `faults` may be replaced at any time."""

    target: int
    faults: Faults = field(default_factory=Faults)
    bytes_up: int = 0
    resets: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(8))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, near: socket.socket) -> None:
        """One connection, until either side or a fault ends it."""
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as far:
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            down = threading.Thread(target=self._down, args=(far, near), daemon=True)
            down.start()
            self._up(near, far)
            down.join()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while piece := near.recv(_PIECE):
                allowed = self._allowed(len(piece))
                self._pace(len(piece))
                if not self.faults.swallow:
                    far.sendall(piece[:allowed])
                if allowed < len(piece):
                    self._reset(near, far)
                    return
            far.shutdown(socket.SHUT_WR)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while piece := far.recv(_PIECE):
                self._pace(len(piece))
                if self._loses_answer():
                    self._reset(near, far)
                    return
                if self.faults.half_close:
                    break
                if not self.faults.swallow:
                    near.sendall(piece)
            near.shutdown(socket.SHUT_WR)

    def _allowed(self, count: int) -> int:
        """How many of these bytes may still go up."""
        with self._lock:
            faults = self.faults
            allowed = count if faults.reset_after is None else min(count, max(0, faults.reset_after))
            if faults.reset_after is not None:
                faults.reset_after -= allowed
            if faults.reset_one_in and self.chance.randrange(faults.reset_one_in) == 0:
                allowed = self.chance.randrange(count)
            self.bytes_up += allowed
            return allowed

    def _loses_answer(self) -> bool:
        with self._lock:
            lost = self.faults.drop_answers > 0
            self.faults.drop_answers -= lost
            return lost

    def _pace(self, count: int) -> None:
        rate = self.faults.bytes_per_s
        wait_s = self.faults.delay_s + (count / rate if rate else 0.0)
        if wait_s:
            time.sleep(wait_s)  # this is the line's own slowness, not a wait for anything

    def _reset(self, near: socket.socket, far: socket.socket) -> None:
        self.resets += 1
        for end in (near, far):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RD)
            end.close()


@contextmanager
def bad_line(target: int, faults: Faults | None = None) -> Iterator[tuple[FaultProxy, str]]:
    """The proxy and its address, for as long as the block runs."""
    proxy = FaultProxy(target, faults or Faults())
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=proxy.carry, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield proxy, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
