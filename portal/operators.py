"""Operators: their passwords (scrypt) and the signed cookie that names their session."""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from offline_queue.envelope import b64, unb64
from portal.keys import replace_private

FILE: Final = "operators.json"
SESSION_HOURS: Final = 8
SHORTEST_PASSWORD: Final = 10
_SCRYPT: Final = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


@dataclass(frozen=True)
class Session:
    """A signing-in: `key` is random and known to its cookie alone."""

    name: str
    until: datetime
    key: str = field(repr=False)

    @property
    def digest(self) -> str:
        """What the database knows it by: the SHA-256 of its key in hexadecimal."""
        return hashlib.sha256(self.key.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Operators:
    """Who may sign in on this node, and the secret that signs their cookies."""

    secret: bytes = field(repr=False)
    hashes: Mapping[str, tuple[bytes, bytes]] = field(repr=False, default_factory=dict)

    def signed_in(self, name: str, password: str, now: datetime) -> Session | None:
        """A new session for a right name and password; it takes as long for a name that does not exist."""
        salt, wanted = self.hashes.get(name, (bytes(16), b""))
        right = hmac.compare_digest(_hash(password, salt), wanted or bytes(32))
        if not right or not wanted:
            return None
        return Session(name, now + timedelta(hours=SESSION_HOURS), secrets.token_urlsafe(24))

    def who(self, cookie: str, now: datetime) -> Session | None:
        """The unexpired session that this cookie was given for; whether it has been ended, the database knows."""
        body, _, mac = cookie.partition(".")
        try:
            genuine = hmac.compare_digest(unb64(mac), self._mac(body))
            claims = json.loads(unb64(body)) if genuine else {}
            found = Session(str(claims["name"]), datetime.fromisoformat(claims["until"]), str(claims["key"]))
        except (ValueError, KeyError, TypeError):
            return None
        return found if now < found.until and found.name in self.hashes else None

    def cookie(self, session: Session) -> str:
        """The cookie that shows this session."""
        claims = {"name": session.name, "until": session.until.isoformat(), "key": session.key}
        body = b64(json.dumps(claims).encode("utf-8"))
        return f"{body}.{b64(self._mac(body))}"

    def _mac(self, body: str) -> bytes:
        return hmac.new(self.secret, body.encode("utf-8"), hashlib.sha256).digest()


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, **_SCRYPT)


def load_operators(folder: Path) -> Operators:
    """The operators in a portal's folder; without any, nobody can sign in."""
    stored = _stored(folder)
    hashes = {name: (unb64(entry["salt"]), unb64(entry["hash"])) for name, entry in stored["operators"].items()}
    return Operators(unb64(stored["secret"]), hashes)


def set_password(folder: Path, name: str, password: str) -> None:
    """Let an operator sign in with this password; ValueError on one that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password needs {SHORTEST_PASSWORD} characters")
    stored, salt = _stored(folder), os.urandom(16)
    stored["operators"][name] = {"salt": b64(salt), "hash": b64(_hash(password, salt))}
    replace_private(folder / "keys" / FILE, stored)


def _stored(folder: Path) -> dict[str, Any]:
    path = folder / "keys" / FILE
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    return {"secret": b64(secrets.token_bytes(32)), "operators": {}}
