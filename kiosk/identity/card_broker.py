"""The back office of the broker for Hong Kong identity cards, reached through the portal.

The portal asks the broker for tokens and has artifacts resolved; what a card says comes back sealed to a key that is
made here for that one reading, and is opened in memory only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from hardware.cards.documents import IdentityDocument, Sex
from hardware.cards.hkic import Artifact, Token
from hardware.device import Fault
from kiosk.desk import asked
from kiosk.submission import Sender
from offline_queue.envelope import Json, Kem, Malformed, RecipientKey, b64, unb64, uuid7
from offline_queue.portal_client import Kind, PortalClient, Trouble

SEXES: Final[Mapping[str, Sex]] = {"M": "M", "F": "F"}
MAX_TEXT_CHARS: Final = 200
JPEG: Final = b"\xff\xd8\xff"


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Reading:
    """One token's reading: its name at the portal, and the key its card is sealed to."""

    id: str
    key: RecipientKey = field(repr=False)


class PortalBackOffice:
    """The `BackOffice` of a broker; every call may block for its deadline and belongs to the card reader's thread."""

    def __init__(self, sender: Sender, client: PortalClient, now: Callable[[], datetime] = utc_now) -> None:
        self._sender = sender
        self._client = client
        self._now = now
        self._reading: _Reading | None = None

    def token(self) -> Token | Fault:
        """A token for one card; the reading before it is forgotten, here and at the portal."""
        reading = _Reading(uuid7(self._now()), RecipientKey.generate(Kem.X25519))
        found = self._ask("card_token", {"reading": reading.id, "reply_key": b64(reading.key.recipient.public)})
        if isinstance(found, Trouble):
            return Fault("portal_unreachable", detail=found.code)
        value, address, seconds = found.get("token"), found.get("address"), found.get("seconds")
        if not (isinstance(value, str) and isinstance(address, str) and type(seconds) is int):
            return Fault("portal_unreachable", detail="unreadable")
        self._reading = reading
        return Token(value, float(seconds), address)

    def resolve(self, artifact: Artifact) -> IdentityDocument | Fault:
        """What the card says. An answer that is lost is asked for once more: the portal keeps it sealed."""
        reading, self._reading = self._reading, None
        if reading is None:
            return Fault("card_invalid", detail="artifact without a token")
        wish: dict[str, Json] = {"reading": reading.id, "artifact": artifact.value}
        found = self._ask("card_resolve", wish)
        if isinstance(found, Trouble) and found.kind in (Kind.OFFLINE, Kind.BUSY):
            found = self._ask("card_resolve", wish)
        if isinstance(found, Trouble):
            code = "card_timeout" if found.kind in (Kind.OFFLINE, Kind.BUSY) else "card_invalid"
            return Fault(code, detail=f"portal: {found.code}")
        return _opened(reading, found.get("sealed"))

    def _ask(self, kind: str, body: Mapping[str, Json]) -> Mapping[str, Any] | Trouble:
        return asked(self._sender, self._client, kind, body)


def _opened(reading: _Reading, sealed: object) -> IdentityDocument | Fault:
    try:
        clear = reading.key.unwrap_key(unb64(str(sealed)), reading.id.encode())
        if isinstance(clear, Malformed):
            return Fault("card_invalid", detail="not sealed to this reading")
        return card_in(json.loads(clear))
    except (ValueError, KeyError, TypeError):  # never what was in it
        return Fault("card_invalid", detail="not a card")


def card_in(said: Mapping[str, Any]) -> IdentityDocument:
    """The card in what the back office says; KeyError, TypeError or ValueError when it is none.

    A broker that gives no photo, as the chip's may not be read by all, leaves it empty.
    """
    number, name_en, name_zh = (_text(said[name]) for name in ("number", "name_en", "name_zh"))
    if not number:
        raise ValueError("number")
    born = date.fromisoformat(_text(said["birth_date"]))
    return IdentityDocument("hkic", number, name_en, name_zh, born, SEXES.get(said["sex"], ""), _photo(said["photo"]))


def card_out(document: IdentityDocument) -> dict[str, Json]:
    """A made-up card in the same form, for the simulated broker's software."""
    photo = document.photo_jpeg or b""
    return {
        "number": document.number,
        "name_en": document.name_en,
        "name_zh": document.name_zh,
        "birth_date": document.birth_date.isoformat(),
        "sex": document.sex,
        "photo": base64.b64encode(photo).decode(),
    }


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARS or any(ord(char) < 0x20 for char in value):
        raise ValueError("text")
    return value


def _photo(value: object) -> bytes | None:
    if not isinstance(value, str):
        raise TypeError("photo")
    try:
        photo = base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("photo") from None
    if photo and not photo.startswith(JPEG):
        raise ValueError("photo")
    return photo or None
