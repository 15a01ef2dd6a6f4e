"""What one caller's connection stands on: requests and urllib3, without what of theirs could get in between.

`offline_queue.http` loads it with the first call.
"""

import socket
from collections.abc import Mapping
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from offline_queue.http import REPLY_LIMIT_BYTES, NoReply, Reply, TlsFiles, Watch


def _watched(base: type[Any], watch: Watch) -> type[Any]:
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
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools: dict[str, Any] = {"http": urllib3.HTTPConnectionPool, "https": urllib3.HTTPSConnectionPool}
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(f"Watched{scheme}", (pool,), {"ConnectionCls": _watched(pool.ConnectionCls, self._watch)})
            for scheme, pool in pools.items()
        }


class Session:
    """A keep-alive connection that trusts what `tls` names and nothing from the environment."""

    def __init__(self, base_url: str, tls: TlsFiles, connect_timeout_s: float, watch: Watch) -> None:
        self._base_url = base_url
        self._connect_timeout_s = connect_timeout_s
        self._watch = watch
        self._session = requests.Session()
        # Neither a proxy nor a CA bundle from the environment may come between kiosk and portal.
        self._session.trust_env = False
        self._session.headers = requests.structures.CaseInsensitiveDict(
            {"Accept-Encoding": "identity", "User-Agent": "kiosk"}
        )
        self._session.mount("http://", _Adapter(watch))
        self._session.mount("https://", _Adapter(watch))
        self._use(tls)

    def _use(self, tls: TlsFiles) -> None:
        if tls.ca is not None:
            self._session.verify = str(tls.ca)
        if tls.certificate is not None and tls.key is not None:
            # Read anew for each connection: a renewed one is shown from the next connection on.
            self._session.cert = (str(tls.certificate), str(tls.key))

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def call(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], deadline_s: float
    ) -> Reply | NoReply:
        """Make one call and read its answer; whoever set the deadline ends it through the watch."""
        try:
            return self._exchange(method, path, body, headers, deadline_s)
        except requests.exceptions.SSLError:
            return NoReply("too_late" if self._watch.cut else "tls")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return NoReply("too_late" if self._watch.cut else _code_of(error))

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
