"""The two forms in which kiosks call, beside envelopes: a sealed packet, and a statement under the device key."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from offline_queue.envelope import ENVELOPE_MEDIA_TYPE, Kem, Malformed, Recipient, parse_header, parse_packet, unb64
from offline_queue.envelope import read_statement as read
from portal import intake
from portal.contract import FROM_A_DEVICE, answers, body_of
from portal.database import Database
from portal.guard import read_body
from portal.node import Node
from portal.problem import Problem

Body = Mapping[str, Any]
Decided = Mapping[str, Any] | Problem
Decide = Callable[[Database, Body, datetime], Decided]
Call = tuple[str, str, Decide]
"""A statement's kind, what it is for, and what decides."""
Keep = Callable[[Database, bytes, frozenset[str], datetime], str | Problem]
"""Takes a packet sealed to one of these recipients, and gives its id."""


# ---- sealed packets ----


def read_sealed(db: Database, raw: bytes, recipients: frozenset[str]) -> intake.Announced | Problem:
    """A packet that comes whole and is kept for the worker: its form, its seal and its device are right."""
    packet = parse_packet(raw)
    header = Malformed("preface") if isinstance(packet, Malformed) else parse_header(packet.header)
    if isinstance(packet, Malformed) or isinstance(header, Malformed):
        return Problem(400, "malformed")
    asked = intake.read_announcement(header.id, raw, recipients)
    if isinstance(asked, Problem):
        return asked
    refusal = intake.device_problem(db, asked)
    if refusal is not None or packet.inline is None:
        return refusal or Problem(422, "wrong_chunks")
    return asked


def add_sealed(app: FastAPI, node: Node, path: str, name: str, summary: str, keep: Keep, **described: str) -> None:
    """Add a call that takes one sealed packet for the worker; `described` are the answers beside the usual ones."""

    @app.post(
        path,
        summary=summary,
        name=name,
        responses=answers(**FROM_A_DEVICE, s422="refused for good", **described),
        openapi_extra=body_of(ENVELOPE_MEDIA_TYPE),
    )
    async def call(request: Request) -> Response:
        raw = await read_body(request, limit=node.limits.packet_bytes, deadline_s=node.limits.body_deadline_s)
        if isinstance(raw, Problem):
            return raw.response()
        now = node.wall()
        found = await node.run(lambda db: keep(db, raw, node.keys.recipient_kids, now))
        return found.response() if isinstance(found, Problem) else JSONResponse({"id": found}, 202)


# ---- statements ----


def read_kiosk_statement(db: Database, kind: str, raw: bytes) -> Body | Problem:
    """What a statement of this kind says, if an enrolled kiosk signed it in its own name."""
    text = raw.decode("utf-8", "replace")
    sender = intake.sender_of(db, text)
    if isinstance(sender, Problem):
        return sender
    body = read(kind, text, {sender.kid: sender.public})
    if isinstance(body, Malformed) or body.get("kiosk_id") != sender.kiosk_id:
        return Problem(422, "bad_signature")
    return body


def reply_recipient(text: str) -> Recipient | None:
    """The key that a kiosk made for one answer, as a statement brings it; None for what is none."""
    try:
        public = unb64(text)
    except ValueError:
        return None
    return Recipient(Kem.X25519, public) if len(public) == 32 else None


def add_statement(
    app: FastAPI,
    node: Node,
    kind: str,
    summary: str,
    decided: Callable[[bytes], Awaitable[Decided]],
    **described: str,
) -> None:
    """Add a call that takes a statement of this kind; `described` are the answers beside the usual ones."""

    @app.post(
        f"/v1/{kind}",
        summary=summary,
        name=kind,
        responses=answers(s200="the answer", **FROM_A_DEVICE, s422="bad signature", **described),
        openapi_extra=body_of("application/json"),
    )
    async def call(request: Request) -> Response:
        raw = await read_body(request, limit=node.limits.heartbeat_bytes, deadline_s=node.limits.body_deadline_s)
        if isinstance(raw, Problem):
            return raw.response()
        found = await decided(raw)
        return found.response() if isinstance(found, Problem) else JSONResponse(dict(found))


def add_statements(app: FastAPI, node: Node, calls: Sequence[Call]) -> None:
    """Add statements that are decided in the transaction they are read in."""
    for kind, summary, decide in calls:
        add_statement(
            app,
            node,
            kind,
            summary,
            partial(_decided, node, kind, decide),
            s404="unknown bill or sign-in",
            s409="no place left, another amount, or begun before",
        )


async def _decided(node: Node, kind: str, decide: Decide, raw: bytes) -> Decided:
    now = node.wall()

    def work(db: Database) -> Decided:
        body = read_kiosk_statement(db, kind, raw)
        return body if isinstance(body, Problem) else decide(db, body, now)

    return await node.run(work)
