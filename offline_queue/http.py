"""One HTTP call that ends: a total deadline, no redirect, no proxy, no cookie, and never more than 64 KiB of answer."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from offline_queue.http_session import Session

REPLY_LIMIT_BYTES: Final = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """What came back, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class NoReply:
    """No usable answer; code: unreachable, tls, too_late, cut_off, oversized, encoded."""

    code: str


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the CA to trust (None: the system's), and this kiosk's certificate and key."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Watch:
    """A second descriptor of the socket in use, so that another thread can cut it in any phase of the call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False
        self.cut = False

    def begin(self) -> None:
        """A new call; it is cut from the start if all are to be."""
        with self._lock:
            self.cut = self._over

    def follow(self, connected: socket.socket) -> None:
        """The call now uses this socket."""
        with self._lock:
            self._forget()
            self._socket = connected.dup()
            if self.cut:
                self._shut()  # the deadline came while the address was looked up

    def release(self) -> None:
        """The call uses no socket any more."""
        with self._lock:
            self._forget()

    def end(self) -> None:
        """Called at the deadline: whoever is blocked on the socket wakes with an error or an end of file."""
        with self._lock:
            self.cut = True
            self._shut()

    def end_for_good(self) -> None:
        """As `end`, and so at once for every later call."""
        self._over = True
        self.end()

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # the other side was quicker
                self._socket.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Caller:
    """One keep-alive connection to one server. Not for two threads at once: each sender has its own."""

    def __init__(self, base_url: str, *, tls: TlsFiles | None = None, connect_timeout_s: float = 5.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._tls = tls or TlsFiles()
        self._connect_timeout_s = connect_timeout_s
        self._watch = Watch()
        self._session: Session | None = None

    def _opened(self) -> "Session":
        """The session, made by the first call: what it stands on takes 0.1 s to load, and no picture waits for that."""
        from offline_queue.http_session import Session

        if self._session is None:
            self._session = Session(self._base_url, self._tls, self._connect_timeout_s, self._watch)
        return self._session

    def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            self._session.close()

    def interrupt(self) -> None:
        """End a call in another thread at once, and every later one before it begins."""
        self._watch.end_for_good()

    def call(
        self, method: str, path: str, *, body: bytes = b"", headers: Mapping[str, str], deadline_s: float
    ) -> Reply | NoReply:
        """Make one call and read its answer; over within `deadline_s`, name resolution apart."""
        self._watch.begin()
        if self._watch.cut:
            return NoReply("too_late")
        session = self._opened()
        timer = threading.Timer(deadline_s, self._watch.end)
        timer.daemon = True
        timer.start()
        try:
            return session.call(method, path, body, headers, deadline_s)
        finally:
            timer.cancel()
