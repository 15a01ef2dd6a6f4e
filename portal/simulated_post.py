"""A simulated mailbox and telephone for demonstrations, training and tests: what was sent is shown on a page.

A mail server that speaks SMTP and a gateway for text messages that speaks HTTP stand behind the same gateways as real
ones do. Everything is kept in memory, the newest twenty messages of it.
"""

import json
import secrets
import socketserver
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from portal.guard import read_body
from portal.html import Part, fill, page
from portal.problem import Problem

PATH: Final = "/simulated-messages"
KEPT: Final = 20
SENDER: Final = "slips@kiosk.example"
UNKNOWN_MAILBOX: Final = "nobody@example.org"
UNKNOWN_NUMBER: Final = "+85290000000"
"""Nobody is there: whoever is written to at these is refused, as a real server would do."""
_LONGEST_LINE, _LONGEST_MAIL, _BODY_BYTES = 1_000, 64 * 1024, 16 * 1024


@dataclass(frozen=True)
class Arrived:
    """One message in the mailbox or on the telephone; `id` is the sender's own."""

    id: str
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)


class SimulatedPost:
    """Both ends. `start` opens the mail server on a free loopback port."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self.arrived: deque[Arrived] = deque(maxlen=KEPT)

    def start(self, own_url: str) -> Mapping[str, Mapping[str, str]]:
        """Serve mail; what a portal at `own_url` has to be configured with, in the form of `messages.json`."""
        port = _serve_mail(self)
        return {
            "email": {"url": f"smtp://127.0.0.1:{port}", "from": SENDER},
            "sms": {"url": f"{own_url}{PATH}/sms", "token": self.token, "from": "KIOSK"},
        }

    def take(self, message: Arrived) -> None:
        """Keep a message; one that came before is not kept twice."""
        if message.id not in {each.id for each in self.arrived}:
            self.arrived.append(message)

    def take_mail(self, to: str, raw: bytes) -> None:
        """Keep a mail as it came over the wire."""
        mail = message_from_bytes(raw, policy=default)
        body = mail.get_body(("plain",))
        text = str(body.get_content()) if body is not None else ""
        self.take(Arrived(str(mail["Message-ID"]), to, str(mail["Subject"]), text.strip()))

    def take_text(self, key: str, body: Mapping[str, Any]) -> int:
        """Keep a text message; the HTTP status of the answer."""
        to, text = body.get("to"), body.get("text")
        if not isinstance(to, str) or not isinstance(text, str) or to == UNKNOWN_NUMBER:
            return 422
        self.take(Arrived(key, to, "", text))
        return 202


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, post: SimulatedPost) -> None:
        self.post = post
        super().__init__(("127.0.0.1", 0), _Conversation)

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that went away has nothing to be told."""


class _Conversation(socketserver.StreamRequestHandler):
    """RFC 5321 as far as one sender of one message needs it."""

    server: _MailServer
    timeout = 30

    def handle(self) -> None:
        """Answer until QUIT."""
        self._to: list[str] = []
        self._say("220 simulated mailbox")
        while line := self.rfile.readline(_LONGEST_LINE):
            verb = line.strip().upper()
            if verb.startswith(b"QUIT"):
                self._say("221 goodbye")
                return
            if verb == b"DATA" and self._to:
                self._take()
            else:
                self._say(self._answer(verb, line.strip()))

    def _answer(self, verb: bytes, line: bytes) -> str:
        if verb.startswith((b"EHLO", b"HELO", b"NOOP")):
            return "250 simulated mailbox"
        if verb.startswith((b"MAIL FROM:", b"RSET")):
            self._to = []
            return "250 ok"
        if verb.startswith(b"RCPT TO:"):
            to = line[8:].decode("ascii", "replace").strip("<> ")
            if to == UNKNOWN_MAILBOX:
                return "550 no such mailbox"
            self._to.append(to)
            return "250 ok"
        return "503 not now"

    def _take(self) -> None:
        self._say("354 go on")
        lines, size = [], 0
        while (line := self.rfile.readline(_LONGEST_LINE)) and line.rstrip(b"\r\n") != b".":
            size += len(line)
            if size <= _LONGEST_MAIL:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > _LONGEST_MAIL:
            self._say("552 too long")
            return
        for to in self._to:
            self.server.post.take_mail(to, b"".join(lines))
        self._to = []
        self._say("250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


def _serve_mail(post: SimulatedPost) -> int:
    server = _MailServer(post)
    threading.Thread(target=server.serve_forever, daemon=True, name="simulated-mail").start()
    return int(server.server_address[1])


def add_simulated_post(app: FastAPI, post: SimulatedPost) -> None:
    """Serve the gateway for text messages, and the page that shows what arrived."""

    @app.post(f"{PATH}/sms", include_in_schema=False)
    async def sms(request: Request) -> Response:
        raw = await read_body(request, limit=_BODY_BYTES, deadline_s=10.0)
        if isinstance(raw, Problem):
            return raw.response()
        shown = request.headers.get("authorization", "")
        if not secrets.compare_digest(shown.encode(), f"Bearer {post.token}".encode()):
            return JSONResponse({"code": "unknown_sender"}, 401)
        try:
            body = json.loads(raw)
        except ValueError:
            return JSONResponse({"code": "malformed"}, 400)
        status = post.take_text(request.headers.get("idempotency-key", ""), body if isinstance(body, dict) else {})
        return JSONResponse({"code": "taken" if status == 202 else "bad_number"}, status)

    @app.get(PATH, include_in_schema=False)
    async def mailbox() -> Response:
        newest = reversed(post.arrived)
        rows = [fill("message_row", to=each.to, subject=each.subject, text=each.text) for each in newest]
        return page("Simulated messages · 模擬訊息 · 模拟消息", fill("messages_simulated", rows=Part("".join(rows))))

    @app.get(f"{PATH}.json", include_in_schema=False)
    async def listed() -> Response:
        return JSONResponse([vars(each) for each in post.arrived])
