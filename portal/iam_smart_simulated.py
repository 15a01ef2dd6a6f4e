"""A simulated iAM Smart for demonstrations, training and tests: the same calls, signatures and seals, made-up people.

It stands behind the same addresses as the real service, under a path of its own, and keeps everything in memory.
"""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse, RedirectResponse

from offline_queue.http import Caller
from portal.guard import read_body
from portal.html import Part, fill, page
from portal.iam_smart import (
    CANCELLED,
    CODE_NOT_VALID,
    KEY_EXPIRED,
    OK,
    REJECTED,
    SIGNATURE_FAILED,
    UNREADABLE,
    Account,
    Refusal,
    open_content,
    seal_content,
    signature,
)
from portal.problem import Problem

PATH: Final = "/simulated-iam-smart"
KEY_LIFE: Final = timedelta(minutes=30)
_BODY_BYTES: Final = 16 * 1024
_REFUSALS: Final = {"reject": REJECTED, "cancel": CANCELLED}


def _person(number: str, check: str, english: str, chinese: str, gender: str, born: str, phone: str) -> dict[str, Any]:
    return {
        "idNo": {"Identification": number, "CheckDigit": check},
        "enName": {"UnstructuredName": english},
        "chName": {"ChineseName": chinese},
        "gender": gender,
        "birthDate": born,
        "mobileNumber": {"CountryCode": "852", "SubscriberNumber": phone},
        "emailAddress": f"{english.split(',')[0].lower()}@example.org",
        "residentialAddress": {
            "EngPremisesAddress": {
                "EngUnit": {"UnitNo": "A", "UnitDescriptor": "FLAT"},
                "EngFloor": {"FloorNum": "12"},
                "BuildingName": "EXAMPLE HOUSE",
                "EngStreet": {"StreetName": "EXAMPLE STREET", "BuildingNoFrom": "1"},
                "EngDistrict": {"Sub-district": "CHEUNG SHA WAN", "DcDistrict": "SHAM SHUI PO"},
                "Region": "KLN",
            }
        },
    }


PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "elder": _person("A123456", "3", "CHAN, Tai Man", "陳大文", "M", "19510308", "51234567"),
    "adult": _person("G123456", "A", "WONG, Siu Ming Amy", "黃小明", "F", "19901122", "61234567"),
}
"""None of them exists. The same people as on the kiosk's made-up cards."""


@dataclass
class _Codes:
    """What was handed out and not used yet: codes and tokens, each for one person."""

    waiting: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


class SimulatedIamSmart:
    """The service's end for one client."""

    def __init__(self, account: Account, *, wall: Callable[[], datetime]) -> None:
        self._client_id = account.client_id
        self._secret = account.secret
        self._kek = account.kek
        self._wall = wall
        self._key: tuple[bytes, datetime] | None = None
        self._codes = _Codes()

    def new_code(self, person: str) -> str:
        """A resident agreed on the phone: a code that works once."""
        code = secrets.token_urlsafe(16)
        self._codes.waiting[code] = person
        return code

    def signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the call was signed by the client."""
        wanted = signature(
            self._secret, self._client_id, headers.get("timestamp", ""), headers.get("nonce", ""), body.decode()
        )
        known = headers.get("clientid") == self._client_id
        return known and secrets.compare_digest(headers.get("signature", ""), wanted)

    def forget_key(self) -> None:
        """Let the content key run out now, as the real service may at any time."""
        self._key = None

    def key(self) -> dict[str, Any]:
        """A new content key, wrapped for the client."""
        key = secrets.token_bytes(32)
        self._key = key, self._wall() + KEY_LIFE
        wrapped = base64.b64encode(self._kek().public_key().encrypt(key, padding.PKCS1v15())).decode()
        now_ms = int(self._wall().timestamp() * 1000)
        return {"secretKey": wrapped, "issueAt": now_ms, "expiresIn": int(KEY_LIFE / timedelta(milliseconds=1))}

    def opened(self, body: bytes) -> dict[str, Any] | Refusal:
        """The content of a call."""
        if self._key is None or self._wall() >= self._key[1]:
            return Refusal(KEY_EXPIRED)
        try:
            return open_content(self._key[0], json.loads(body)["content"])
        except (ValueError, KeyError, TypeError):
            return Refusal(UNREADABLE)

    def sealed(self, content: Mapping[str, Any]) -> str:
        """An answer's content."""
        return seal_content(self._key[0], content) if self._key else ""

    def token(self, content: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """`getToken`: a code works once."""
        found = self._codes.waiting.pop(str(content.get("code")), None)
        if found is None:
            return Refusal(CODE_NOT_VALID)
        token = secrets.token_urlsafe(16)
        self._codes.tokens[token] = found
        return {"accessToken": token, "tokenType": "Bearer", "openID": f"simulated-{found}"}

    def form_filling(self, content: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """`initiateRequest`: what the person gives is posted to the client a moment later."""
        found = self._codes.tokens.pop(str(content.get("accessToken")), None)
        if found is None:
            return Refusal(CODE_NOT_VALID)
        given = {
            "businessID": str(content.get("businessID")),
            "code": OK,
            "profileFields": _chosen(PEOPLE[found], content.get("profileFields")),
            "eMEFields": _chosen(PEOPLE[found], content.get("eMEFields")),
        }
        threading.Thread(target=self._post, args=(str(content.get("redirectURI")), given), daemon=True).start()
        return {"ticketID": secrets.token_hex(8), "authByQR": False}

    def _post(self, address: str, given: Mapping[str, Any]) -> None:
        base, _, path = address.partition("/phone/")
        caller = Caller(base)
        body = json.dumps({"content": self.sealed(given)}).encode()
        caller.call("POST", f"/phone/{path}", body=body, headers={"Content-Type": "application/json"}, deadline_s=10.0)
        caller.close()


def _chosen(person: Mapping[str, Any], wanted: object) -> dict[str, Any]:
    names = wanted if isinstance(wanted, list) else []
    return {name: person[name] for name in names if name in person}


def make_simulated(base_url: str, *, wall: Callable[[], datetime]) -> tuple[Account, SimulatedIamSmart]:
    """An account with keys made for this process alone, and the simulated service that knows it."""
    account = Account(base_url + PATH, "simulated-portal", secrets.token_urlsafe(32), cache(_new_key))
    return account, SimulatedIamSmart(account, wall=wall)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def add_simulated_iam_smart(app: FastAPI, service: SimulatedIamSmart) -> None:
    """Serve it beside the portal, under PATH."""
    _add_phone(app, service)
    _add_call(app, service, "auth/getToken", service.token)
    _add_call(app, service, "account/eme/initiateRequest", service.form_filling)

    @app.post(f"{PATH}/api/v1/security/getKey", include_in_schema=False)
    async def key(request: Request) -> Response:
        body = await read_body(request, limit=_BODY_BYTES, deadline_s=10.0)
        if isinstance(body, Problem):
            return body.response()
        return JSONResponse(
            {"code": OK, "content": service.key()} if service.signed(request.headers, body) else _no(SIGNATURE_FAILED)
        )


def _no(code: str) -> dict[str, str]:
    return {"code": code, "message": "refused"}


def _add_call(
    app: FastAPI,
    service: SimulatedIamSmart,
    path: str,
    decide: Callable[[Mapping[str, Any]], dict[str, Any] | Refusal],
) -> None:
    @app.post(f"{PATH}/api/v1/{path}", include_in_schema=False, name=path)
    async def call(request: Request) -> Response:
        body = await read_body(request, limit=_BODY_BYTES, deadline_s=10.0)
        if isinstance(body, Problem):
            return body.response()
        if not service.signed(request.headers, body):
            return JSONResponse(_no(SIGNATURE_FAILED))
        content = service.opened(body)
        found = content if isinstance(content, Refusal) else decide(content)
        if isinstance(found, Refusal):
            return JSONResponse(_no(found.code))
        return JSONResponse({"code": OK, "content": service.sealed(found)})


def _add_phone(app: FastAPI, service: SimulatedIamSmart) -> None:
    @app.get(f"{PATH}/api/v1/auth/getQR", include_in_schema=False)
    async def ask(request: Request) -> Response:
        asked = {name: request.query_params.get(name, "") for name in ("redirectURI", "state")}
        people = [
            fill("phone_person", who=name, label=f"{person['enName']['UnstructuredName']} {_chinese(person)}")
            for name, person in PEOPLE.items()
        ]
        return page("Simulated iAM Smart", fill("phone_simulated", people=Part("".join(people)), **asked))

    @app.post(f"{PATH}/answer", include_in_schema=False)
    async def answer(request: Request) -> Response:
        body = await read_body(request, limit=_BODY_BYTES, deadline_s=10.0)
        if isinstance(body, Problem):
            return body.response()
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        back, person, wish = form.get("redirectURI", ""), form.get("person", ""), form.get("answer", "")
        base = str(request.base_url).rstrip("/")
        if not back.startswith(f"{base}/phone/") or not (person in PEOPLE or wish in _REFUSALS):
            return Problem(400, "malformed").response()
        refused = _REFUSALS.get(wish)
        query = {"error_code": refused} if refused else {"code": service.new_code(person)}
        query["state"] = form.get("state", "")
        return RedirectResponse(f"{back}?{urlencode(query)}", 303)


def _chinese(person: Mapping[str, Any]) -> str:
    return str(person["chName"]["ChineseName"])
