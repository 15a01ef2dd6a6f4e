"""A balancer for tests: hands each single request to the next node in turn.

A node that does not take the connection is passed over, as every balancer does; one that dies over a request gives 502.
"""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

from tests.offline_queue.bad_servers import _request

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Spray:
    """A behaviour for `bad_servers.serving`; `before(n)` is called as the n-th request goes through."""

    ports: Sequence[int]
    before: Callable[[int], object] = lambda _: None
    seen: dict[int, int] = field(default_factory=dict)
    _turn: itertools.count[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, connection: socket.socket) -> None:
        with suppress(OSError):
            while request := _request(connection):
                connection.sendall(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        with self._lock:
            turn = next(self._turn)
            self.before(turn)
        for port in (*self.ports[turn % len(self.ports) :], *self.ports):
            with suppress(ConnectionRefusedError):
                onward = socket.create_connection(("127.0.0.1", port), timeout=10)
                return self._exchange(port, onward, request)
        return BAD_GATEWAY

    def _exchange(self, port: int, onward: socket.socket, request: bytes) -> bytes:
        with closing(onward), suppress(OSError):
            onward.sendall(request)
            answer = _request(onward)
            self.seen[port] = self.seen.get(port, 0) + bool(answer)
            return answer or BAD_GATEWAY
        return BAD_GATEWAY
