"""Pages for anybody: whether a slip is genuine. They say no more than genuine or not, the service and the date."""

from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Query, Request, Response
from starlette.responses import HTMLResponse

from offline_queue.envelope import Malformed
from offline_queue.slip_code import SlipCode, read_slip
from portal import intake
from portal.database import Database
from portal.departments import service_of
from portal.html import Part, fill, page, style_sheet
from portal.node import Node
from portal.problem import Problem

_VERDICTS = {
    "genuine": ("Genuine", "真確", "真实"),
    "not-genuine": (
        "Not confirmed. Ask at the service counter.",
        "未能核實，請向服務櫃位查詢。",
        "未能核实，请向服务柜台查询。",
    ),
    "": (
        "Scan the code on the slip with a phone to check it.",
        "請用手機掃描收據上的二維碼核實。",
        "请用手机扫描收据上的二维码核实。",
    ),
}


def add_public_pages(app: FastAPI, node: Node) -> None:
    """Add `/verify` and the style sheet."""

    @app.get("/pages/portal.css", include_in_schema=False)
    async def css() -> Response:
        return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @app.get("/verify", summary="Whether a slip is genuine: a page for anybody", response_class=HTMLResponse)
    async def verify(
        request: Request, c: Annotated[str | None, Query(description="the slip's code")] = None
    ) -> Response:
        if c is None:
            return _verdict("", Part(""))
        slip = await node.run(lambda db: genuine_slip(db, str(request.url)))
        return _verdict("not-genuine", Part("")) if slip is None else _verdict("genuine", _facts(slip))


def genuine_slip(db: Database, url: str) -> SlipCode | None:
    """The slip in a scanned address, if an enrolled kiosk signed it; whose address it is does not matter."""
    code = "?" + urlsplit(url).query
    claimed = read_slip(code)
    if isinstance(claimed, Malformed):
        return None
    sender = intake.known_device(db, claimed.kid)
    if isinstance(sender, Problem):
        return None
    proven = read_slip(code, sender.public)
    return None if isinstance(proven, Malformed) else proven


def _facts(slip: SlipCode) -> Part:
    service = service_of(slip.service)
    date = slip.stored_at.astimezone(ZoneInfo("Asia/Hong_Kong")).date().isoformat()
    return fill(
        "slip_facts",
        name_en=service.name_en,
        name_zh_hant=service.name_zh_hant,
        name_zh_hans=service.name_zh_hans,
        date=date,
    )


def _verdict(kind: str, facts: Part) -> Response:
    english, traditional, simplified = _VERDICTS[kind]
    content = fill(
        "verify",
        kind=kind,
        verdict_en=english,
        verdict_zh_hant=traditional,
        verdict_zh_hans=simplified,
        facts=facts,
    )
    return page("Check a slip · 核實收據 · 核实收据", content)
