"""What stands before every call: rate limit, body limit, and the signature under every answer."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from offline_queue.envelope import ANSWER_HEADER, NONCE_HEADER, Signer, answer_header, answer_message
from portal.metrics import Answers
from portal.problem import Problem

log = logging.getLogger("portal")
_CALLERS_KEPT: Final = 10_000


async def read_body(request: Request, *, limit: int, deadline_s: float) -> bytes | Problem:
    """The body, refused before it is read when it announces too much, and cut off when it is too long or too slow."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        return Problem(413, "too_large")
    try:
        async with asyncio.timeout(deadline_s):
            return await _gather(request.receive, limit)
    except TimeoutError:
        return Problem(408, "too_slow")


async def _gather(receive: Receive, limit: int) -> bytes | Problem:
    pieces, size, more = list[bytes](), 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return Problem(400, "malformed", "cut off")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            return Problem(413, "too_large")
        more = message.get("more_body", False)
    return b"".join(pieces)


@dataclass
class _Bucket:
    level: float
    at: float


class RateLimit:
    """A token bucket per caller's address, on this node only: `rate` calls a second, `burst` at once."""

    def __init__(self, *, rate: float, burst: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, caller: str) -> bool:
        """Whether this caller may call once more now."""
        now = self._monotonic()
        bucket = self._buckets.setdefault(caller, _Bucket(self._burst, now))
        self._buckets.move_to_end(caller)
        bucket.level = min(self._burst, bucket.level + (now - bucket.at) * self._rate)
        bucket.at = now
        if len(self._buckets) > _CALLERS_KEPT:
            self._buckets.popitem(last=False)
        if bucket.level < 1:
            return False
        bucket.level -= 1
        return True


CERTIFICATE: Final = "kiosk.client_certificate"
_WITHOUT_CERTIFICATE: Final = ("/v1/enrol", "/v1/renew")


class CertificateNeeded:
    """ASGI middleware: kiosks' calls need a client certificate, apart from those that fetch one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        kiosks_call = scope["type"] == "http" and scope["path"].startswith("/v1/")
        if kiosks_call and scope["path"] not in _WITHOUT_CERTIFICATE and not scope.get(CERTIFICATE):
            await Problem(401, "certificate_needed").response()(scope, receive, send)
            return
        await self._app(scope, receive, send)


class Guard:
    """ASGI middleware: refuses callers over their rate, and signs every answer under /v1/ for the asker's nonce."""

    def __init__(self, app: ASGIApp, *, signer: Signer, rate_limit: RateLimit, answers: Answers) -> None:
        self._app = app
        self._answers = answers
        self._signer = signer
        self._rate_limit = rate_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith("/v1/"):
            send = _SigningSend(scope, send, self._signer)
        caller = (scope.get("client") or ("?", 0))[0]
        app = self._app if self._rate_limit.allows(caller) else Problem(429, "too_many").response()
        await self._supervise(app, scope, receive, self._noting(scope["method"], send))

    async def _supervise(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """A defect is logged, and its caller hears of it in the contract's own, signed words."""
        try:
            await app(scope, receive, send)
        except Exception:
            log.exception("a call failed")
            await Problem(500, "internal").response()(scope, receive, send)

    def _noting(self, method: str, send: Send) -> Send:
        began = time.monotonic()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answers.note(method, message["status"], time.monotonic() - began)
            await send(message)

        return noted


class _SigningSend:
    """Holds an answer back until it is whole (they are all small), then sends it with its signature."""

    def __init__(self, scope: Scope, send: Send, signer: Signer) -> None:
        self._scope = scope
        self._send = send
        self._signer = signer
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish()

    async def _finish(self) -> None:
        signature = answer_header(self._message(), self._signer)
        headers = [*self._start["headers"], (ANSWER_HEADER.lower().encode(), signature.encode())]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": self._body})

    def _message(self) -> bytes:
        wanted = NONCE_HEADER.lower().encode()
        nonce = next((value for name, value in self._scope["headers"] if name == wanted), b"")
        return answer_message(
            nonce=nonce[:64].decode("latin-1"),
            method=self._scope["method"],
            path=self._scope["path"],
            status=self._start["status"],
            body=self._body,
        )
