"""Servers that are not the portal, or a portal having a bad day: raw sockets, one behaviour each."""

import gzip
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket], None]


def _request(connection: socket.socket) -> bytes:
    """Read a request whole: a close with bytes unread would reset the answer away."""
    raw = b""
    while not _whole(raw) and (piece := connection.recv(65536)):
        raw += piece
    return raw


def _whole(raw: bytes) -> bool:
    head, ended, body = raw.partition(b"\r\n\r\n")
    announced = re.search(rb"content-length: (\d+)", head.lower())
    return bool(ended) and len(body) >= int(announced[1] if announced else 0)


def says(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    def answer(connection: socket.socket) -> None:
        _request(connection)
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)

    return answer


CAPTIVE = says("200 OK", b"<html>Welcome to free Wi-Fi</html>", "Content-Type: text/html")
REDIRECT = says("302 Found", b"", "Location: http://127.0.0.1:1/login")
UNSIGNED_JSON = says("200 OK", b'{"time":"2026-11-22T12:00:00Z","limits":{"inline_bytes":65536}}')
BOMB = says("200 OK", gzip.compress(bytes(20_000_000)), "Content-Encoding: gzip")


def garbage(connection: socket.socket) -> None:
    _request(connection)
    connection.sendall(b"\x00\xff\x13 this is not HTTP at all\r\n\r\n" * 4)


def nothing(connection: socket.socket) -> None:
    _request(connection)
    connection.settimeout(30)
    with suppress(OSError):
        connection.recv(1)


def hangs_up(connection: socket.socket) -> None:
    _request(connection)


def resets(connection: socket.socket) -> None:
    _request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def slow_headers(connection: socket.socket) -> None:
    _request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    _trickle(connection, b"X-Slow: 1\r\n")


def slow_body(connection: socket.socket) -> None:
    _request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    _trickle(connection, b"x")


def _trickle(connection: socket.socket, piece: bytes) -> None:
    tick = threading.Event()
    with suppress(OSError):
        while not tick.wait(0.05):
            connection.sendall(piece)


def endless_body(connection: socket.socket) -> None:
    _request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            connection.sendall(bytes(65536))


def cut_body(connection: socket.socket) -> None:
    _request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """A server of this behaviour; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=_one, args=(connection, behaviour), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _one(connection: socket.socket, behaviour: Behaviour) -> None:
    with connection, suppress(OSError):
        behaviour(connection)
