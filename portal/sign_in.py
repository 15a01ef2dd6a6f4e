"""Signing in with a phone: a kiosk asks for an address, the phone goes there, and what it gives comes back sealed.

What a resident gives is opened in memory only, and sealed at once to the key that the kiosk made for this sign-in; the
tables hold nothing that could be read. A four-digit number on both screens ties the phone to the kiosk it stands at.
"""

import asyncio
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from offline_queue.envelope import b64, instant, is_uuid
from portal.database import Database
from portal.guard import read_body
from portal.html import fill, page
from portal.iam_smart import CANCELLED, LANGUAGES, OK, REJECTED, TIMED_OUT, Given, IamSmart, Refusal
from portal.kiosk_calls import Call, reply_recipient
from portal.node import Node
from portal.problem import Problem

LIFE: Final = timedelta(minutes=3)
_LIVE: Final = ("waiting", "opened", "asked")
_ENDED_AS: Final = {CANCELLED: "cancelled", REJECTED: "rejected", TIMED_OUT: "expired"}
_TEXTS: Final[Mapping[str, tuple[str, str, str, str, str, str]]] = {
    "en": (
        "Sign in at the kiosk",
        "Does the kiosk show this number?",
        "Continue with iAM Smart",
        "If not, close this page.",
        "Done. Look at the kiosk.",
        "This code is no longer valid. Ask the kiosk for a new one.",
    ),
    "zh_Hant": (
        "在服務站登入",
        "服務站是否顯示這個號碼？",
        "以智方便繼續",
        "如不相同，請關閉此頁。",
        "完成，請看服務站。",
        "這個二維碼已失效，請在服務站取新的二維碼。",
    ),
    "zh_Hans": (
        "在服务站登录",
        "服务站是否显示这个号码？",
        "以智方便继续",
        "如不相同，请关闭此页。",
        "完成，请看服务站。",
        "此二维码已失效，请在服务站获取新的二维码。",
    ),
}


class SignIns:
    """What the calls decide. `public_url` is the portal's address as phones know it."""

    def __init__(self, service: IamSmart, public_url: str, *, simulated: bool) -> None:
        self.service = service
        self.public_url = public_url
        self.simulated = simulated

    # ---- the kiosk's calls ----

    def begin(self, db: Database, body: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | Problem:
        """A new sign-in: where the phone goes, and the number that both screens show."""
        wish, key, language = body.get("sign_in"), body.get("reply_key"), body.get("language")
        if not (isinstance(wish, str) and is_uuid(wish) and isinstance(key, str) and language in LANGUAGES):
            return Problem(400, "malformed")
        if reply_recipient(key) is None:
            return Problem(400, "malformed")
        token, number = secrets.token_urlsafe(18), f"{secrets.randbelow(10_000):04d}"
        until = now + LIFE
        db.execute("DELETE FROM sign_in WHERE until < ?", (instant(now - LIFE),))
        values = (wish, body["kiosk_id"], _digest(token), number, language, key, "waiting", "", instant(until))
        if db.execute("SELECT 1 FROM sign_in WHERE id = ?", (wish,)).fetchone():
            return Problem(409, "known_sign_in")
        db.execute("INSERT INTO sign_in VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        return {
            "address": f"{self.public_url}/phone/{token}",
            "number": number,
            "seconds": int(LIFE.total_seconds()),
            "simulated": self.simulated,
        }

    def look(self, db: Database, body: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | Problem:
        """How far a sign-in has come; once it is done, what was given, sealed. The same again gives the same."""
        found = self._own(db, body)
        if found is None:
            return Problem(404, "unknown_sign_in")
        state, sealed, until = found
        if state in _LIVE and until <= instant(now):
            return {"state": "expired", "sealed": ""}
        return {"state": state, "sealed": sealed}

    def end(self, db: Database, body: Mapping[str, Any], now: datetime) -> Mapping[str, Any] | Problem:
        """Forget a sign-in, and what it gave."""
        del now
        if self._own(db, body) is not None:
            db.execute("DELETE FROM sign_in WHERE id = ?", (body["sign_in"],))
        return {"state": "ended"}

    def _own(self, db: Database, body: Mapping[str, Any]) -> tuple[str, str, str] | None:
        wish = body.get("sign_in")
        if not isinstance(wish, str) or not is_uuid(wish):
            return None
        sql = "SELECT state, sealed, until FROM sign_in WHERE id = ? AND kiosk_id = ?"
        row = db.execute(sql, (wish, body["kiosk_id"])).fetchone()
        return (str(row[0]), str(row[1]), str(row[2])) if row else None

    # ---- the phone's calls ----

    def open(self, db: Database, token: str, now: datetime) -> tuple[str, str] | None:
        """The phone looks at the page of a sign-in: its number and language; None when it is not, or no longer, one."""
        sql = "SELECT number, language FROM sign_in WHERE token = ? AND until > ? AND state IN ('waiting', 'opened')"
        row = db.execute(sql, (_digest(token), instant(now))).fetchone()
        if row is None:
            return None
        db.execute("UPDATE sign_in SET state = 'opened' WHERE token = ? AND state = 'waiting'", (_digest(token),))
        return str(row[0]), str(row[1])

    def came_back(self, db: Database, token: str, code: str, now: datetime) -> tuple[str, str] | None:
        """The phone is back from iAM Smart with a code: which sign-in goes on, once; its id and language."""
        sql = "SELECT id, language FROM sign_in WHERE token = ? AND until > ? AND state = 'opened'"
        row = db.execute(sql, (_digest(token), instant(now))).fetchone()
        if row is None:
            return None
        db.execute("UPDATE sign_in SET state = ? WHERE id = ?", ("asked" if code else "failed", row[0]))
        return str(row[0]), str(row[1])

    def stop(self, db: Database, sign_in: str, refused: str) -> None:
        """A sign-in comes to nothing; why is told to the kiosk in one word."""
        state = _ENDED_AS.get(refused, "failed")
        db.execute("UPDATE sign_in SET state = ? WHERE id = ? AND state <> 'done'", (state, sign_in))

    def take(self, db: Database, given: Given, now: datetime) -> bool:
        """iAM Smart brought what the resident gave: seal it to the kiosk. Whether a sign-in waited for it."""
        sql = "SELECT reply_key FROM sign_in WHERE id = ? AND until > ? AND state = 'asked'"
        row = db.execute(sql, (given.business_id, instant(now))).fetchone()
        if row is None:
            return False
        if given.code != OK:
            self.stop(db, given.business_id, given.code)
            return True
        recipient = reply_recipient(str(row[0]))
        clear = json.dumps(given.fields, ensure_ascii=False).encode()
        sealed = b64(recipient.wrap_key(clear, given.business_id.encode())) if recipient else ""
        db.execute("UPDATE sign_in SET state = 'done', sealed = ? WHERE id = ?", (sealed, given.business_id))
        return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def add_phone_pages(app: FastAPI, node: Node, sign_ins: SignIns) -> None:
    """Add what phones and iAM Smart call; the kiosk's calls are statements like any other."""

    @app.get("/phone/back", include_in_schema=False)
    async def back(request: Request) -> Response:
        asked = request.query_params
        return await _back(node, sign_ins, asked.get("state", ""), asked.get("code", ""), asked.get("error_code", ""))

    @app.post("/phone/given", include_in_schema=False)
    async def given(request: Request) -> Response:
        raw = await read_body(request, limit=node.limits.heartbeat_bytes, deadline_s=node.limits.body_deadline_s)
        if isinstance(raw, Problem):
            return raw.response()
        found = sign_ins.service.given(raw)
        if isinstance(found, Refusal):
            return JSONResponse({"code": found.code, "message": "refused"})
        now = node.wall()
        await node.run(lambda db: sign_ins.take(db, found, now))
        return JSONResponse({"code": OK, "message": "SUCCESS"})

    @app.get("/phone/{token}", include_in_schema=False)
    async def phone(token: str) -> Response:
        now = node.wall()
        found = await node.run(lambda db: sign_ins.open(db, token, now))
        if found is None:
            return _said("", 5, status=404)
        number, language = found
        title, question, way_on, otherwise, *_ = _TEXTS[language]
        address = sign_ins.service.address(token, f"{sign_ins.public_url}/phone/back", language)
        values = {"title": title, "question": question, "way_on": way_on, "otherwise": otherwise}
        return page(title, fill("phone", number=number, address=address, **values))


async def _back(node: Node, sign_ins: SignIns, token: str, code: str, refused: str) -> Response:
    now = node.wall()
    found = await node.run(lambda db: sign_ins.came_back(db, token, code, now))
    if found is None:
        return _said("", 5, status=404)
    sign_in, language = found
    if not code:
        await node.run(lambda db: sign_ins.stop(db, sign_in, refused))
        return _said(language, 4)
    trouble = await asyncio.to_thread(_ask, sign_ins, sign_in, code)
    if trouble is not None:
        await node.run(lambda db: sign_ins.stop(db, sign_in, trouble.code))
    return _said(language, 4)


def _ask(sign_ins: SignIns, sign_in: str, code: str) -> Refusal | None:
    access = sign_ins.service.redeem(code)
    if isinstance(access, Refusal):
        return access
    return sign_ins.service.ask(access, sign_in, f"{sign_ins.public_url}/phone/given")


def _said(language: str, sentence: int, *, status: int = 200) -> Response:
    """A page of one sentence; in all languages when nothing says which one is read."""
    texts = [_TEXTS[language]] if language else list(_TEXTS.values())
    content = fill("phone_said", sentence=" ".join(each[sentence] for each in texts))
    return page(texts[0][0], content, status=status)


def kiosk_calls(sign_ins: SignIns) -> tuple[Call, ...]:
    """The statements a kiosk sends: kind, summary, and what decides."""
    return (
        ("sign_in", "Begin to sign in with a phone", sign_ins.begin),
        ("sign_in_state", "How far a sign-in has come", sign_ins.look),
        ("sign_in_end", "Forget a sign-in", sign_ins.end),
    )
