"""Pages for operators: sign in, the fleet, a receipt by its number. No applicant's datum is on any of them."""

from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from starlette.responses import RedirectResponse

from portal.departments import service_of
from portal.fleet import KioskView, ReceiptView, by_number, fleet
from portal.guard import RateLimit, read_body
from portal.html import Part, fill, page
from portal.node import Node
from portal.operator_sessions import begin_session, end_session, is_open
from portal.operators import SESSION_HOURS, Operators, Session
from portal.problem import Problem

COOKIE = "operator"
_FORM_BYTES = 4096
_ALARMS = {
    "never_seen": "never seen",
    "silent": "silent for 10 minutes",
    "old_unsent": "unsent for over an hour",
    "set_aside": "envelopes set aside",
    "store_full": "store nearly full",
    "clock_wrong": "clock wrong by over a minute",
    "audit_changed": "audit chain changed",
    "certificate_ends": "certificate ends within 14 days",
    "paper_low": "paper or toner runs out soon",
    "device_fault": "a device is at fault",
}


def add_operator_pages(app: FastAPI, node: Node, operators: Operators) -> None:
    """Add `/operator` and what is below it."""
    _add_sessions(app, node, operators)

    @app.get("/operator", include_in_schema=False)
    async def overview(request: Request) -> Response:
        if await _who(node, operators, request) is None:
            return _login()
        now = node.wall()
        return _fleet(await node.run(lambda db: fleet(db, now)))

    @app.get("/operator/receipt", include_in_schema=False)
    async def receipt(request: Request, number: str = "") -> Response:
        if await _who(node, operators, request) is None:
            return _login()
        sought = " ".join(number.upper().split())
        return _receipts(sought, await node.run(lambda db: by_number(db, sought)))


def _add_sessions(app: FastAPI, node: Node, operators: Operators) -> None:
    tries = RateLimit(rate=0.2, burst=6)

    @app.post("/operator/login", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        if not tries.allows(request.client.host if request.client else "?"):
            return _login("Too many tries; wait a little.", status=429)
        form, now = await _form(request), node.wall()
        session = operators.signed_in(form.get("name", ""), form.get("password", ""), now)
        if session is None:
            return _login("That name and password do not go together.", status=403)
        await node.run(lambda db: begin_session(db, session, now))
        return _welcome(request, operators.cookie(session))

    @app.post("/operator/logout", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        session = await _who(node, operators, request)
        if session is not None:
            await node.run(lambda db: end_session(db, session))
        answer = RedirectResponse("/operator", 303)
        answer.delete_cookie(COOKIE, path="/operator")
        return answer


async def _who(node: Node, operators: Operators, request: Request) -> Session | None:
    session = operators.who(request.cookies.get(COOKIE, ""), node.wall())
    known = session is not None and await node.run(lambda db: is_open(db, session))
    return session if known else None


async def _form(request: Request) -> dict[str, str]:
    raw = await read_body(request, limit=_FORM_BYTES, deadline_s=10)
    if isinstance(raw, Problem):
        return {}
    return {name: values[0] for name, values in parse_qs(raw.decode("utf-8", "replace")).items()}


def _welcome(request: Request, cookie: str) -> Response:
    answer = RedirectResponse("/operator", 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(
        COOKIE, cookie, max_age=SESSION_HOURS * 3600, path="/operator", httponly=True, samesite="strict", secure=secure
    )
    return answer


def _login(message: str = "", *, status: int = 401) -> Response:
    return page("Operators", fill("login", message=message), status=status)


def _fleet(views: list[KioskView]) -> Response:
    alarmed = sum(bool(view.alarms) for view in views)
    totals = f"{len(views)} kiosks, {alarmed} with alarms, {sum(view.waiting for view in views)} envelopes waiting"
    return page("Kiosks", fill("fleet", rows=Part("".join(map(_row, views))), totals=totals))


def _row(view: KioskView) -> Part:
    return fill(
        "fleet_row",
        kiosk=view.kiosk_id,
        mood="alarm" if view.alarms else "calm",
        alarms=", ".join(_ALARMS[alarm] for alarm in view.alarms) or "none",
        oldest=duration(view.oldest_age_s),
        waiting=str(view.waiting),
        aside=str(view.quarantined),
        devices=", ".join(f"{name}: {state}" for name, state in view.devices.items()) or "–",
        clock=f"{view.clock_offset_s:+.0f} s",
        seen=minute(view.seen) if view.seen else "–",
    )


def minute(instant: str) -> str:
    """An instant of the contract to the minute, as a person reads it."""
    return instant[:16].replace("T", " ")


def duration(seconds: float) -> str:
    """Seconds as a person reads them."""
    minutes = int(seconds // 60)
    if minutes == 0:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _receipts(number: str, views: list[ReceiptView]) -> Response:
    content = Part("".join(map(_receipt_row, views))) or Part("<p>No submission with this number has arrived.</p>")
    return page("Receipt", fill("receipt", number=number, content=content))


def _receipt_row(view: ReceiptView) -> Part:
    service = service_of(view.service)
    return fill(
        "receipt_row",
        state={"taken": "Taken", "arriving": "Arriving"}[view.state],
        service=f"{view.service} {service.name_en}",
        department=service.department,
        kiosk=view.kiosk_id,
        arrived=minute(view.arrived),
        reference=view.reference or "–",
    )
