"""iAM Smart as an online service sees it: signed calls, sealed contents, the address a phone is sent to.

Written from what is public of its API (v1 paths, HmacSHA256 signatures, AES-256-GCM contents under a key that is
fetched and expires). Client secret and key pair stay at the portal; no kiosk ever holds them. Not tried against the
real service, whose sandbox needs a department's credentials.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from offline_queue.http import Caller, NoReply

OK: Final = "D00000"
CANCELLED: Final = "D40000"
REJECTED: Final = "D40001"
TIMED_OUT: Final = "D40003"
SIGNATURE_FAILED: Final = "D20006"
KEY_EXPIRED: Final = "D30002"
UNREADABLE: Final = "D30004"
CODE_NOT_VALID: Final = "D40004"
METHOD: Final = "HmacSHA256"
SCOPE: Final = "eidapi_auth eidapi_formFilling"
PROFILE_FIELDS: Final = ("idNo", "enName", "chName", "gender", "birthDate")
FORM_FIELDS: Final = ("mobileNumber", "emailAddress", "residentialAddress")
LANGUAGES: Final[Mapping[str, str]] = {"en": "en-US", "zh_Hant": "zh-HK", "zh_Hans": "zh-CN"}
CONFIGURATION: Final = "iam-smart.json"
_IV_BYTES: Final = 12
_DEADLINE_S: Final = 10.0


@dataclass(frozen=True)
class Refusal:
    """The service said no, or did not answer: its code, or `no_answer`."""

    code: str


@dataclass(frozen=True)
class Access:
    """Leave to ask once for what a resident agreed to give."""

    token: str = field(repr=False)
    open_id: str = field(repr=False)


@dataclass(frozen=True)
class Given:
    """What a resident gave, or why nothing came: `code` is OK, CANCELLED, REJECTED…; `fields` is never logged."""

    business_id: str
    code: str
    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Account:
    """Who this portal is to iAM Smart; `kek` gives the RSA key that content keys are wrapped for."""

    base_url: str
    client_id: str
    secret: str = field(repr=False)
    kek: Callable[[], rsa.RSAPrivateKey] = field(repr=False)


def load_account(folder: Path) -> tuple[Account, str] | None:
    """The account in `iam-smart.json` of a portal's folder and the portal's own public address; None without one.

    ValueError or KeyError when the file is not in its form.
    """
    path = folder / CONFIGURATION
    if not path.is_file():
        return None
    doc = json.loads(path.read_text(encoding="utf-8"))
    key = load_pem_private_key((folder / doc["key_file"]).read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{doc['key_file']} holds no RSA key")
    return Account(doc["base_url"], doc["client_id"], doc["client_secret"], lambda: key), str(doc["public_url"])


def signature(secret: str, client_id: str, timestamp: str, nonce: str, body: str) -> str:
    """The signature header: Base64 of the HMAC over what is signed, URL-encoded."""
    text = client_id + METHOD + timestamp + nonce + body
    found = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return quote(base64.b64encode(found).decode(), safe="")


def seal_content(key: bytes, content: Mapping[str, Any]) -> str:
    """A content as it travels: length of the IV (4 bytes, big-endian), IV, AES-256-GCM ciphertext and tag; Base64."""
    iv = secrets.token_bytes(_IV_BYTES)
    sealed = AESGCM(key).encrypt(iv, json.dumps(content, ensure_ascii=False).encode(), None)
    return base64.b64encode(_IV_BYTES.to_bytes(4, "big") + iv + sealed).decode()


def open_content(key: bytes, text: object) -> dict[str, Any] | Refusal:
    """The content in these characters; Refusal UNREADABLE when it is not sealed with this key."""
    try:
        raw = base64.b64decode(str(text), validate=True)
        if raw[:4] != _IV_BYTES.to_bytes(4, "big"):
            return Refusal(UNREADABLE)
        found = json.loads(AESGCM(key).decrypt(raw[4 : 4 + _IV_BYTES], raw[4 + _IV_BYTES :], None))
    except (ValueError, InvalidTag):
        return Refusal(UNREADABLE)
    return found if isinstance(found, dict) else Refusal(UNREADABLE)


class IamSmart:
    """One portal's dealings with the service. Its calls block for up to ten seconds each; any thread may make them."""

    def __init__(self, account: Account, *, wall: Callable[[], datetime]) -> None:
        self.account = account
        self._wall = wall
        self._lock = threading.Lock()
        self._key: tuple[bytes, datetime] | None = None

    def address(self, state: str, back_to: str, language: str) -> str:
        """Where a phone is sent to sign in; the service sends it back to `back_to` with a code and this state."""
        query = {
            "clientID": self.account.client_id,
            "responseType": "code",
            "source": "Android_Browser",
            "redirectURI": back_to,
            "scope": SCOPE,
            "state": state,
            "lang": LANGUAGES.get(language, "en-US"),
        }
        return f"{self.account.base_url}/api/v1/auth/getQR?{urlencode(query)}"

    def redeem(self, code: str) -> Access | Refusal:
        """Exchange the code that a phone brought back."""
        content = self._sealed_call("/api/v1/auth/getToken", {"code": code, "grantType": "authorization_code"})
        if isinstance(content, Refusal):
            return content
        try:
            return Access(str(content["accessToken"]), str(content["openID"]))
        except KeyError:
            return Refusal(UNREADABLE)

    def ask(self, access: Access, business_id: str, deliver_to: str) -> Refusal | None:
        """Ask for the fields; what the resident gives is posted to `deliver_to` under this business id."""
        wanted: dict[str, Any] = {
            "accessToken": access.token,
            "openID": access.open_id,
            "source": "Android_Browser",
            "redirectURI": deliver_to,
            "businessID": business_id,
            "profileFields": list(PROFILE_FIELDS),
            "eMEFields": list(FORM_FIELDS),
        }
        found = self._sealed_call("/api/v1/account/eme/initiateRequest", wanted)
        return found if isinstance(found, Refusal) else None

    def given(self, body: bytes) -> Given | Refusal:
        """What the service posted, opened; a Refusal when it was not sealed with the key we share."""
        with self._lock:
            key = self._key
        if key is None:
            return Refusal(KEY_EXPIRED)
        try:
            content = open_content(key[0], json.loads(body).get("content"))
        except (ValueError, AttributeError):
            return Refusal(UNREADABLE)
        if isinstance(content, Refusal):
            return content
        business_id, code = content.get("businessID"), content.get("code")
        if not isinstance(business_id, str) or not isinstance(code, str):
            return Refusal(UNREADABLE)
        return Given(business_id, code, _fields(content, ("profileFields", "eMEFields")))

    # ---- the calls ----

    def _sealed_call(self, path: str, content: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        """One call under the content key; a key that ran out is fetched once more."""
        found = self._once(path, content, fresh=False)
        if isinstance(found, Refusal) and found.code == KEY_EXPIRED:
            return self._once(path, content, fresh=True)
        return found

    def _once(self, path: str, content: Mapping[str, Any], *, fresh: bool) -> dict[str, Any] | Refusal:
        key = self._content_key(fresh=fresh)
        if isinstance(key, Refusal):
            return key
        reply = self._call(path, {"content": seal_content(key, content)})
        return reply if isinstance(reply, Refusal) else open_content(key, reply.get("content"))

    def _content_key(self, *, fresh: bool) -> bytes | Refusal:
        with self._lock:
            if self._key is not None and not fresh and self._wall() < self._key[1]:
                return self._key[0]
            found = self._fetch_key()
            self._key = None if isinstance(found, Refusal) else found
        return found if isinstance(found, Refusal) else found[0]

    def _fetch_key(self) -> tuple[bytes, datetime] | Refusal:
        reply = self._call("/api/v1/security/getKey", {})
        if isinstance(reply, Refusal):
            return reply
        try:
            key = self.account.kek().decrypt(base64.b64decode(str(reply["secretKey"])), padding.PKCS1v15())
            life = timedelta(milliseconds=int(reply["expiresIn"]))
        except (KeyError, TypeError, ValueError):
            return Refusal(UNREADABLE)
        return (key, self._wall() + life) if len(key) == 32 else Refusal(UNREADABLE)

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any] | Refusal:
        text = json.dumps(body)
        stamp, nonce = str(int(self._wall().timestamp() * 1000)), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json",
            "clientID": self.account.client_id,
            "signatureMethod": METHOD,
            "signature": signature(self.account.secret, self.account.client_id, stamp, nonce, text),
            "timestamp": stamp,
            "nonce": nonce,
        }
        caller = Caller(self.account.base_url)
        try:
            reply = caller.call("POST", path, body=text.encode(), headers=headers, deadline_s=_DEADLINE_S)
        finally:
            caller.close()
        return Refusal("no_answer") if isinstance(reply, NoReply) else _content_of(reply.body)


def _content_of(body: bytes) -> dict[str, Any] | Refusal:
    """The content of an answer whose code says that all went well."""
    try:
        doc = json.loads(body)
        code, content = str(doc["code"]), doc.get("content")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal(UNREADABLE)
    if code != OK:
        return Refusal(code)
    return content if isinstance(content, dict) else {"content": content}


def _fields(content: Mapping[str, Any], tables: Sequence[str]) -> dict[str, Any]:
    found = [content.get(name) for name in tables]
    return {name: value for table in found if isinstance(table, dict) for name, value in table.items()}
