"""A simulated broker for Hong Kong identity cards, for demonstrations, training and tests: made-up cards only.

It is as strict as a real one must be: a token reads one card and ends, an artifact is resolved once, and what it gives
is sealed to the department's key. The software on the kiosk brings the card that it "reads" to `address`. Everything
is kept in memory.
"""

import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from offline_queue.envelope import Kem, Recipient, RecipientKey
from portal.card_broker import LIFE, Refusal, Token, binding
from portal.guard import read_body
from portal.problem import Problem

PATH: Final = "/simulated-card-broker"
_BODY_BYTES: Final = 128 * 1024


@dataclass
class _Given:
    tokens: dict[str, datetime] = field(default_factory=dict)
    sealed: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def live(self, now: datetime) -> "_Given":
        """Without what has run out."""
        sealed = {artifact: kept for artifact, kept in self.sealed.items() if kept[1] > now}
        return _Given({token: until for token, until in self.tokens.items() if until > now}, sealed)


class SimulatedCardBroker:
    """The broker for one department, whose key is `department`; `base_url` is where kiosks reach it."""

    simulated = True

    def __init__(self, base_url: str, department: Recipient, *, wall: Callable[[], datetime]) -> None:
        self._address = base_url + PATH
        self._department = department
        self._wall = wall
        self._lock = threading.Lock()
        self._given = _Given()

    def token(self) -> Token:
        """Leave to read one card, for as long as a reading lasts."""
        value, now = secrets.token_urlsafe(24), self._wall()
        with self._lock:
            self._given = self._given.live(now)
            self._given.tokens[value] = now + LIFE
        return Token(value, self._address)

    def read(self, token: str, card: dict[str, Any]) -> str | Refusal:
        """The kiosk's software has read this card under this token: the artifact that stands for it."""
        with self._lock:
            until = self._given.tokens.pop(token, None)
            if until is None or until <= self._wall():
                return Refusal("refused")
            artifact = secrets.token_urlsafe(24)
            clear = json.dumps(card, ensure_ascii=False).encode()
            self._given.sealed[artifact] = self._department.wrap_key(clear, binding(token, artifact)), until
            return artifact

    def resolve(self, artifact: str) -> bytes | Refusal:
        """What the artifact stands for, once."""
        with self._lock:
            sealed, _ = self._given.live(self._wall()).sealed.get(artifact, (b"", None))
            self._given.sealed.pop(artifact, None)
            return sealed or Refusal("refused")


def make_simulated(base_url: str, *, wall: Callable[[], datetime]) -> tuple[SimulatedCardBroker, RecipientKey]:
    """A simulated broker, and the key of the department that it knows; both made for this process alone."""
    key = RecipientKey.generate(Kem.X25519)
    return SimulatedCardBroker(base_url, key.recipient, wall=wall), key


def add_simulated_card_broker(app: FastAPI, broker: SimulatedCardBroker) -> None:
    """Serve it beside the portal, under PATH."""

    @app.post(f"{PATH}/read", include_in_schema=False)
    async def read(request: Request) -> Response:
        body = await read_body(request, limit=_BODY_BYTES, deadline_s=10.0)
        if isinstance(body, Problem):
            return body.response()
        found = _read(broker, body)
        return found.response() if isinstance(found, Problem) else JSONResponse({"artifact": found})


def _read(broker: SimulatedCardBroker, raw: bytes) -> str | Problem:
    try:
        asked = json.loads(raw)
        token, card = asked["token"], asked["card"]
    except (ValueError, KeyError, TypeError):
        return Problem(400, "malformed")
    if not (isinstance(token, str) and isinstance(card, dict)):
        return Problem(400, "malformed")
    found = broker.read(token, card)
    return Problem(409, "artifact_refused") if isinstance(found, Refusal) else found
