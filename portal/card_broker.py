"""The back office of the broker for Hong Kong identity cards: tokens for kiosks, and artifacts that are opened here.

The broker's software on a kiosk reads a card under a token and leaves an artifact there: a reference that says nothing
by itself. The kiosk hands it in, the portal has the broker resolve it, opens what comes with the department's key in
memory, and seals it at once to the key that the kiosk made for this one card. The tables hold nothing readable.

Which calls a real broker takes is not public: a site supplies its own `Broker`.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from fastapi import FastAPI

from offline_queue.envelope import Malformed, Recipient, RecipientKey, b64, instant, is_uuid
from portal.database import Database
from portal.kiosk_calls import Body, Decided, add_statement, read_kiosk_statement, reply_recipient
from portal.node import Node
from portal.problem import Problem

LIFE: Final = timedelta(minutes=3)
_TEXT_CHARS: Final = 2048


@dataclass(frozen=True)
class Token:
    """Leave to read one card: what the broker's software on the kiosk is given, and where it takes it."""

    value: str = field(repr=False)
    address: str


@dataclass(frozen=True)
class Refusal:
    """The broker said no, or did not answer: `refused` or `no_answer`."""

    code: str


class Broker(Protocol):
    """The broker as a department sees it. Calls may block and never raise for expected trouble."""

    @property
    def simulated(self) -> bool:
        """Whether its cards are made up."""

    def token(self) -> Token | Refusal:
        """Leave to read one card."""

    def resolve(self, artifact: str) -> bytes | Refusal:
        """What was read, sealed to the department's key and bound by `binding` to artifact and token; once."""


def binding(token: str, artifact: str) -> bytes:
    """What ties a card to its artifact and to the token it was read under, as the seal's `info`."""
    return _binding(_digest(token), artifact)


def _binding(token_digest: str, artifact: str) -> bytes:
    return f"{token_digest}.{artifact}".encode()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class _Claim:
    """An artifact that this call alone may have resolved."""

    reading: str
    artifact: str = field(repr=False)
    info: bytes = field(repr=False)
    recipient: Recipient


class CardReadings:
    """What the calls decide; `key` opens what the broker seals to the department."""

    def __init__(self, broker: Broker, key: RecipientKey) -> None:
        self._broker = broker
        self._key = key

    # ---- a token ----

    def wish(self, db: Database, body: Body) -> Problem | None:
        """Whether a kiosk may begin this reading."""
        reading, key = body.get("reading"), body.get("reply_key")
        if not (isinstance(reading, str) and is_uuid(reading) and isinstance(key, str)) or reply_recipient(key) is None:
            return Problem(400, "malformed")
        known = db.execute("SELECT 1 FROM card_reading WHERE id = ?", (reading,)).fetchone()
        return Problem(409, "known_reading") if known else None

    def issue(self) -> Token | Refusal:
        """Ask the broker for a token; may block."""
        return self._broker.token()

    def begin(self, db: Database, body: Body, token: Token, now: datetime) -> Decided:
        """Keep the reading; it takes the place of the kiosk's last, which is forgotten with what it gave."""
        db.execute("DELETE FROM card_reading WHERE kiosk_id = ? OR until < ?", (body["kiosk_id"], instant(now)))
        given = (body["reading"], body["kiosk_id"], _digest(token.value), body["reply_key"])
        values = (*given, "", "", instant(now + LIFE))
        db.execute("INSERT INTO card_reading VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
        return {
            "token": token.value,
            "address": token.address,
            "seconds": int(LIFE.total_seconds()),
            "simulated": self._broker.simulated,
        }

    # ---- an artifact ----

    def claim(self, db: Database, body: Body, now: datetime) -> "_Claim | Decided":
        """Take an artifact of a reading of this kiosk's; the same again gives what it gave, another nothing."""
        reading, artifact = body.get("reading"), body.get("artifact")
        if not (isinstance(reading, str) and is_uuid(reading) and isinstance(artifact, str)):
            return Problem(400, "malformed")
        if not 0 < len(artifact) <= _TEXT_CHARS or not artifact.isprintable():
            return Problem(400, "malformed")
        sql = "SELECT reply_key, artifact, sealed, token FROM card_reading WHERE id = ? AND kiosk_id = ? AND until > ?"
        row = db.execute(sql, (reading, body["kiosk_id"], instant(now))).fetchone()
        recipient = reply_recipient(str(row[0])) if row else None
        if row is None or recipient is None:
            return Problem(404, "unknown_reading")
        digest = _digest(artifact)
        if row[1] and (row[1] != digest or not row[2]):
            return Problem(409, "artifact_refused")
        if row[2]:
            return {"sealed": str(row[2])}
        db.execute("UPDATE card_reading SET artifact = ? WHERE id = ?", (digest, reading))
        return _Claim(reading, artifact, _binding(str(row[3]), artifact), recipient)

    def open(self, claim: _Claim) -> str | Refusal:
        """Have the artifact resolved and seal what it gives to the kiosk; may block. Nothing of it is kept."""
        found = self._broker.resolve(claim.artifact)
        if isinstance(found, Refusal):
            return found
        clear = self._key.unwrap_key(found, claim.info)
        if isinstance(clear, Malformed) or not _is_card(clear):
            return Refusal("refused")
        return b64(claim.recipient.wrap_key(clear, claim.reading.encode()))

    def keep(self, db: Database, claim: _Claim, sealed: str | Refusal) -> Decided:
        """Keep the sealed answer until the reading ends, in case it is lost on its way."""
        if isinstance(sealed, Refusal):
            if sealed.code == "no_answer":  # it may not have been asked at all: the kiosk may try again
                db.execute("UPDATE card_reading SET artifact = '' WHERE id = ?", (claim.reading,))
                return Problem(503, "busy")
            return Problem(409, "artifact_refused")
        db.execute("UPDATE card_reading SET sealed = ? WHERE id = ?", (sealed, claim.reading))
        return {"sealed": sealed}


def _is_card(clear: bytes) -> bool:
    try:
        return isinstance(json.loads(clear), dict)
    except ValueError:
        return False


# ---- the calls ----


def add_card_readings(app: FastAPI, node: Node, readings: CardReadings) -> None:
    """Add the two statements; the broker is asked outside the database's transactions."""
    for kind, summary, decide in (
        ("card_token", "Leave for the broker's software to read one identity card", _begun),
        ("card_resolve", "What a broker's artifact refers to, sealed to the kiosk", _resolved),
    ):
        add_statement(
            app,
            node,
            kind,
            summary,
            partial(_asked, node, kind, partial(decide, node, readings)),
            s404="unknown reading",
            s409="begun before, or an artifact that gives nothing",
        )


async def _asked(node: Node, kind: str, decide: Callable[[Body], Awaitable[Decided]], raw: bytes) -> Decided:
    body = await node.run(lambda db: read_kiosk_statement(db, kind, raw))
    return body if isinstance(body, Problem) else await decide(body)


async def _begun(node: Node, readings: CardReadings, body: Body) -> Decided:
    refused = await node.run(lambda db: readings.wish(db, body))
    if refused is not None:
        return refused
    token = await asyncio.to_thread(readings.issue)
    if isinstance(token, Refusal):
        return Problem(503, "busy")
    return await node.run(lambda db: readings.begin(db, body, token, node.wall()))


async def _resolved(node: Node, readings: CardReadings, body: Body) -> Decided:
    claim = await node.run(lambda db: readings.claim(db, body, node.wall()))
    if not isinstance(claim, _Claim):
        return claim
    sealed = await asyncio.to_thread(readings.open, claim)
    return await node.run(lambda db: readings.keep(db, claim, sealed))
