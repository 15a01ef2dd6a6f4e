"""The ingest node: the contract's calls over a store. It holds no key that opens an envelope."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse

from offline_queue.envelope import (
    CHUNK_BYTES,
    ENVELOPE_MEDIA_TYPE,
    MAX_BODY_BYTES,
    Signer,
    instant,
    is_uuid,
)
from offline_queue.slip_message import Way
from portal import intake
from portal.card_broker import CardReadings, add_card_readings
from portal.contract import FROM_A_DEVICE, PlainRoute, answers, body_of
from portal.counter import Counter, add_counter
from portal.database import Database
from portal.desks import Desk, SimulatedDesk
from portal.enrolment import Authority, enrol_by_code, renew
from portal.guard import CertificateNeeded, Guard, RateLimit, read_body
from portal.intake import Missing, Taken
from portal.keys import PublicKeys
from portal.kiosk_calls import add_statements, read_kiosk_statement
from portal.messages import Messages, add_messages
from portal.metrics import MEDIA_TYPE, Answers, gauges
from portal.node import Limits, Node
from portal.objects import Objects, ObjectsUnavailableError, name_of
from portal.operator_pages import add_operator_pages
from portal.operators import Operators
from portal.problem import Problem
from portal.public_pages import add_public_pages
from portal.sign_in import SignIns, add_phone_pages, kiosk_calls
from portal.store import DatabaseUnavailableError, Store

log = logging.getLogger("portal")


def create_app(
    store: Store,
    signer: Signer,
    keys: PublicKeys,
    *,
    departments: Callable[[], AbstractContextManager[Database]],
    objects: Objects | None = None,
    limits: Limits | None = None,
    operators: Operators | None = None,
    authority: Authority | None = None,
    certificate_needed: bool = False,
    desk: Desk | None = None,
    sign_ins: SignIns | None = None,
    card_readings: CardReadings | None = None,
    ways: frozenset[Way] = frozenset(),
    post_simulated: bool = False,
    wall: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> FastAPI:
    """The application; the store is closed when it shuts down. `departments` opens the worker's tables to read.

    `ways` are those by which slips can be sent to residents: the worker has a gateway for each, or a simulated one.
    """
    node = Node(store, signer, keys, limits or Limits(), wall, authority, objects)
    messages = Messages(ways, departments, simulated=post_simulated)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(store.close)

    app = FastAPI(
        title="Kiosk portal", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    _add_calls(app, node, messages)
    _add_enrolment(app, node)
    _add_health(app, node)
    add_public_pages(app, node)
    add_counter(app, node, Counter(desk or SimulatedDesk(), departments))
    add_messages(app, node, messages)
    if sign_ins is not None:
        add_phone_pages(app, node, sign_ins)
        add_statements(app, node, kiosk_calls(sign_ins))
    if card_readings is not None:
        add_card_readings(app, node, card_readings)
    if operators is not None:
        add_operator_pages(app, node, operators)
    _add_refusals(app)
    rate_limit = RateLimit(rate=node.limits.rate, burst=node.limits.burst)
    given = Answers()
    _add_metrics(app, node, given)
    if certificate_needed:
        app.add_middleware(CertificateNeeded)
    app.add_middleware(Guard, signer=signer, rate_limit=rate_limit, answers=given)
    return app


def _add_calls(app: FastAPI, node: Node, messages: Messages) -> None:
    @app.get("/v1/hello", summary="Signed time, limits and key ids", responses=answers(s200="hello"))
    async def hello() -> Response:
        return JSONResponse(_hello(node, messages))

    @app.get(
        "/v1/fleet",
        summary="The keys of all kiosks, as a statement that proves slips offline",
        responses=answers(s200='a statement of kind "fleet"'),
    )
    async def fleet_keys() -> Response:
        return JSONResponse({"fleet": await node.run(lambda db: intake.fleet_statement(db, node.signer))})

    async def put_envelope(envelope_id: str, request: Request) -> Response:
        return await _put_envelope(node, envelope_id, request)

    app.router.add_api_route(
        "/v1/envelopes/{envelope_id}",
        put_envelope,
        methods=["PUT"],
        route_class_override=PlainRoute,
        summary="Announce an envelope; a small one comes whole",
        responses=answers(
            s200="taken before: the same receipt",
            s201="taken: the receipt",
            s202="announced: the missing chunks",
            **FROM_A_DEVICE,
            s409="other digest or place taken",
            s422="refused for good",
        ),
        openapi_extra=body_of(ENVELOPE_MEDIA_TYPE, "preface length (4 bytes), JSON preface, ciphertext if inline"),
    )

    @app.put(
        "/v1/envelopes/{envelope_id}/chunks/{n}",
        summary="One chunk of the ciphertext, in any order, any number of times",
        responses=answers(
            s200="stored", s400="malformed", s404="unknown", s408="too slow", s413="too large", s422="other digest"
        ),
        openapi_extra=body_of("application/octet-stream", f"up to {CHUNK_BYTES} bytes"),
    )
    async def put_chunk(
        envelope_id: str, n: Annotated[int, Path(ge=0, le=MAX_BODY_BYTES // CHUNK_BYTES)], request: Request
    ) -> Response:
        return await _put_chunk(node, envelope_id, n, request)

    @app.get(
        "/v1/envelopes/{envelope_id}",
        summary="Missing chunks, or the receipt: how a crash resumes",
        responses=answers(s200="receipt", s202="missing chunks", s404="unknown"),
    )
    async def get_envelope(envelope_id: str) -> Response:
        if not is_uuid(envelope_id):
            return Problem(404, "unknown_envelope").response()
        return _standing(await node.run(lambda db: intake.look(db, envelope_id)))

    @app.post(
        "/v1/envelopes/{envelope_id}/commit",
        summary="Take a complete envelope, once",
        responses=answers(
            s200="taken before: the same receipt", s201="taken", s404="unknown", s409="missing", s422="digest"
        ),
    )
    async def commit(envelope_id: str) -> Response:
        return _standing(await _commit(node, envelope_id))

    @app.post(
        "/v1/heartbeat",
        summary="A kiosk's health, signed by its device key",
        responses=answers(**{**FROM_A_DEVICE, "s200": "kept", "s403": "revoked", "s422": "bad signature"}),
        openapi_extra=body_of("application/json", 'a statement of kind "heartbeat"'),
    )
    async def heartbeat(request: Request) -> Response:
        return await _heartbeat(node, messages, request)


_STATEMENT_ANSWERS = FROM_A_DEVICE | {
    "s200": "a client certificate",
    "s403": "wrong code, or revoked device",
    "s422": "bad signature or signing request",
}


def _add_enrolment(app: FastAPI, node: Node) -> None:
    @app.post(
        "/v1/enrol",
        summary="A one-time code and a signing request bring a client certificate",
        responses=answers(**_STATEMENT_ANSWERS),
        openapi_extra=body_of("application/json", 'a statement of kind "enrol" by the key that it brings'),
    )
    async def enrol(request: Request) -> Response:
        return await _certify(node, request, enrol_by_code)

    @app.post(
        "/v1/renew",
        summary="The next client certificate of an enrolled kiosk",
        responses=answers(**_STATEMENT_ANSWERS),
        openapi_extra=body_of("application/json", 'a statement of kind "renew" by an enrolled device key'),
    )
    async def next_certificate(request: Request) -> Response:
        return await _certify(node, request, renew)


async def _certify(
    node: Node,
    request: Request,
    decide: Callable[[Database, str, Authority, datetime], Mapping[str, str] | Problem],
) -> Response:
    raw = await read_body(request, limit=node.limits.heartbeat_bytes, deadline_s=node.limits.body_deadline_s)
    if isinstance(raw, Problem):
        return raw.response()
    authority, now = node.authority, node.wall()
    if authority is None:
        return Problem(404, "not_found").response()
    found = await node.run(lambda db: decide(db, raw.decode("utf-8", "replace"), authority, now))
    return found.response() if isinstance(found, Problem) else JSONResponse(dict(found))


def _hello(node: Node, messages: Messages) -> dict[str, Any]:
    return {
        "time": instant(node.wall()),
        "limits": {"inline_bytes": node.limits.inline_bytes, "chunk_bytes": CHUNK_BYTES, "body_bytes": MAX_BODY_BYTES},
        "slip_by": sorted(way.value for way in messages.ways),
        "slip_simulated": messages.simulated,
        "recipients": [entry["kid"] for entry in node.keys.document["recipients"]],
        "receipt_keys": [entry["kid"] for entry in node.keys.document["receipt_keys"]],
    }


async def _put_envelope(node: Node, envelope_id: str, request: Request) -> Response:
    raw = await read_body(request, limit=node.limits.packet_bytes, deadline_s=node.limits.body_deadline_s)
    if isinstance(raw, Problem):
        return raw.response()
    asked = intake.read_announcement(envelope_id, raw, node.keys.recipient_kids)
    if isinstance(asked, Problem):
        return asked.response()
    found = await node.announce(asked, node.wall())
    if isinstance(found, Missing) and not found.chunks:
        found = await _commit(node, asked.header.id)
    return _standing(found)


async def _put_chunk(node: Node, envelope_id: str, n: int, request: Request) -> Response:
    raw = await read_body(request, limit=CHUNK_BYTES, deadline_s=node.limits.body_deadline_s)
    if isinstance(raw, Problem):
        return raw.response()
    if not is_uuid(envelope_id):
        return Problem(404, "unknown_envelope").response()
    problem = await _store_chunk(node, envelope_id, n, raw)
    return problem.response() if problem else JSONResponse({"stored": n})


async def _store_chunk(node: Node, envelope_id: str, n: int, raw: bytes) -> Problem | None:
    """Into the row; or into the object store, and only then its name into the row."""
    objects = node.objects
    if objects is None:
        return await node.run(lambda db: intake.take_chunk(db, envelope_id, n, raw))
    name = name_of(raw)
    wanted = await node.run(lambda db: intake.chunk_wanted(db, envelope_id, n, bytes.fromhex(name)))
    if wanted is not True:
        return wanted or None
    await asyncio.to_thread(objects.put, name, raw)
    return await node.run(lambda db: intake.take_chunk(db, envelope_id, n, raw, stored_as=name))


async def _commit(node: Node, envelope_id: str) -> Taken | Missing | Problem:
    if not is_uuid(envelope_id):
        return Problem(404, "unknown_envelope")
    now, body = node.wall(), None
    if node.objects is not None:
        # Fetched outside the transaction: a slow object store holds up nobody else's commit.
        standing, pieces = await node.run(lambda db: (intake.look(db, envelope_id), intake.pieces_of(db, envelope_id)))
        if isinstance(standing, Missing) and not standing.chunks:
            body = await asyncio.to_thread(intake.joined, pieces, node.objects)
    return await node.run(lambda db: intake.commit(db, envelope_id, node.signer, now, body=body))


async def _heartbeat(node: Node, messages: Messages, request: Request) -> Response:
    raw = await read_body(request, limit=node.limits.heartbeat_bytes, deadline_s=node.limits.body_deadline_s)
    if isinstance(raw, Problem):
        return raw.response()
    now = node.wall()
    kept = await node.run(lambda db: _keep_heartbeat(db, messages, raw, now))
    return kept.response() if kept else JSONResponse({"time": instant(now)})


def _keep_heartbeat(db: Database, messages: Messages, raw: bytes, now: datetime) -> Problem | None:
    body = read_kiosk_statement(db, "heartbeat", raw)
    if isinstance(body, Problem):
        return body
    intake.keep_heartbeat(db, str(body["kiosk_id"]), body, now)
    messages.forget(db, now)  # no kiosk may ask for what has ended: its words go all the same
    return None


def _standing(found: Taken | Missing | Problem) -> Response:
    if isinstance(found, Problem):
        return found.response()
    if isinstance(found, Missing):
        return JSONResponse({"missing": list(found.chunks)}, 202)
    return JSONResponse({"receipt": found.receipt}, 200 if found.again else 201)


def _add_health(app: FastAPI, node: Node) -> None:
    @app.get("/healthz", summary="The process answers")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="The database answers too")
    async def readyz() -> dict[str, str]:
        await node.run(lambda db: db.execute("SELECT 1").fetchone())
        return {"status": "ok"}


def _add_metrics(app: FastAPI, node: Node, given: Answers) -> None:
    @app.get("/metrics", summary="Figures for Prometheus", response_class=PlainTextResponse)
    async def metrics() -> Response:
        now = node.wall()
        lines = given.lines() + await node.run(lambda db: gauges(db, now))
        return Response("\n".join(lines) + "\n", media_type=MEDIA_TYPE)


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "malformed")
        return Problem(error.status_code, code).response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, __: RequestValidationError) -> Response:
        return Problem(422, "malformed").response()

    @app.exception_handler(DatabaseUnavailableError)
    @app.exception_handler(ObjectsUnavailableError)
    async def unavailable(_: Request, error: Exception) -> Response:
        log.error("%s: %s", type(error).__name__, error)
        return Problem(503, "busy").response()
