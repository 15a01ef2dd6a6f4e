"""A shaped line for benchmarks: all that goes through it together moves at so many bits a second, after a delay."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Pace:
    """When the next bytes may go, for all connections together."""

    def __init__(self, bytes_per_s: float) -> None:
        self._bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait_for(self, count: int) -> None:
        """Return when `count` bytes have had their time on the line."""
        with self._lock:
            now = time.monotonic()
            self._free_at = max(now, self._free_at) + count / self._bytes_per_s
            left = self._free_at - now
        time.sleep(left)


@contextmanager
def shaped_line(port: int, *, bits_per_s: float, delay_s: float) -> Iterator[int]:
    """A port that leads to `port` over the line."""
    listener = socket.create_server(("127.0.0.1", 0))
    up, down = _Pace(bits_per_s / 8), _Pace(bits_per_s / 8)
    threading.Thread(target=_accept, args=(listener, port, up, down, delay_s), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, port: int, up: _Pace, down: _Pace, delay_s: float) -> None:
    with suppress(OSError):
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_copy, args=(near, far, up, delay_s), daemon=True).start()
            threading.Thread(target=_copy, args=(far, near, down, delay_s), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket, pace: _Pace, delay_s: float) -> None:
    """Move bytes one way; the delay is paid when something comes after a silence, as on a real line."""
    last = 0.0
    with suppress(OSError):
        while piece := source.recv(16 * 1024):
            if time.monotonic() - last > delay_s:
                time.sleep(delay_s)
            pace.wait_for(len(piece))
            target.sendall(piece)
            last = time.monotonic()
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
