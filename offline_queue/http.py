"""One HTTP call that ends: a total deadline, no redirect, no proxy, no cookie, and never more than 64 KiB of answer."""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
import urllib3
from requests.adapters import HTTPAdapter

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


class _Watch:
    """A second descriptor of the socket in use, so that another thread can cut it in any phase of the call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._over = False
        self.cut = False

    def begin(self) -> None:
        with self._lock:
            self.cut = self._over

    def follow(self, connected: socket.socket) -> None:
        with self._lock:
            self._forget()
            self._socket = connected.dup()
            if self.cut:
                self._shut()  # the deadline came while the address was looked up

    def release(self) -> None:
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


def _watched(base: type[Any], watch: _Watch) -> type[Any]:
    """A urllib3 connection class whose sockets `watch` follows from the moment they are connected."""

    class Watched(base):  # type: ignore[misc]
        def _new_conn(self) -> socket.socket:
            connected: socket.socket = super()._new_conn()
            watch.follow(connected)
            return connected

        def close(self) -> None:
            watch.release()
            super().close()

    return Watched


class _Adapter(HTTPAdapter):
    def __init__(self, watch: _Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools: dict[str, Any] = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(f"Watched{scheme}", (pool,), {"ConnectionCls": _watched(pool.ConnectionCls, self._watch)})
            for scheme, pool in pools.items()
        }


class Caller:
    """One keep-alive connection to one server. Not for two threads at once: each sender has its own."""

    def __init__(self, base_url: str, *, tls: TlsFiles | None = None, connect_timeout_s: float = 5.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._connect_timeout_s = connect_timeout_s
        self._watch = _Watch()
        self._session = requests.Session()
        # Neither a proxy nor a CA bundle from the environment may come between kiosk and portal.
        self._session.trust_env = False
        self._session.headers = requests.structures.CaseInsensitiveDict(
            {"Accept-Encoding": "identity", "User-Agent": "kiosk"}
        )
        self._session.mount("http://", _Adapter(self._watch))
        self._session.mount("https://", _Adapter(self._watch))
        self._use(tls or TlsFiles())

    def _use(self, tls: TlsFiles) -> None:
        if tls.ca is not None:
            self._session.verify = str(tls.ca)
        if tls.certificate is not None and tls.key is not None:
            # Read anew for each connection: a renewed one is shown from the next connection on.
            self._session.cert = (str(tls.certificate), str(tls.key))

    def close(self) -> None:
        """Close the connection."""
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
        timer = threading.Timer(deadline_s, self._watch.end)
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(method, path, body, headers, deadline_s)
        except requests.exceptions.SSLError:
            return NoReply("too_late" if self._watch.cut else "tls")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return NoReply("too_late" if self._watch.cut else _code_of(error))
        finally:
            timer.cancel()

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], deadline_s: float
    ) -> Reply | NoReply:
        response = self._session.request(
            method,
            self._base_url + path,
            data=body or None,
            headers=dict(headers),
            # The total deadline is the timer's; the pause between two bytes only has to be no shorter.
            timeout=(min(self._connect_timeout_s, deadline_s), deadline_s + 1.0),
            allow_redirects=False,
            stream=True,
        )
        self._session.cookies.clear()
        read = _read_capped(response)
        if self._watch.cut:
            read = NoReply("too_late")  # what was read so far ends where the deadline cut it
        if isinstance(read, NoReply):
            response.close()
            return read
        return Reply(response.status_code, response.headers, read)


def _read_capped(response: requests.Response) -> bytes | NoReply:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return NoReply("encoded")
    announced = response.headers.get("Content-Length", "0")
    if not announced.isdigit() or int(announced) > REPLY_LIMIT_BYTES:
        return NoReply("oversized")
    body = bytes(response.raw.read(REPLY_LIMIT_BYTES + 1, decode_content=False))
    if len(body) > REPLY_LIMIT_BYTES:
        return NoReply("oversized")
    response.raw.read(0)  # lets the connection go back to its pool
    return body if "Content-Length" not in response.headers or len(body) == int(announced) else NoReply("cut_off")


def _code_of(error: Exception) -> str:
    if isinstance(error, requests.ReadTimeout):
        return "too_late"  # a handshake that stalls ends at the connection's own time-out
    return "unreachable" if isinstance(error, requests.ConnectTimeout | requests.ConnectionError) else "cut_off"
