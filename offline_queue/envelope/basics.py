"""What every signed or sealed thing here is written with."""

import base64
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Union
from uuid import UUID

import rfc8785

Json = Union[None, bool, int, float, str, Sequence["Json"], Mapping[str, "Json"]]  # noqa: UP007 - recursive


@dataclass(frozen=True)
class Malformed:
    """Bytes from outside that are not what they should be; `code` names the first thing found wrong."""

    code: str


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of a JSON value."""
    return bytes(rfc8785.dumps(value))


def b64(raw: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The inverse of `b64`; ValueError on anything that `b64` would not have written."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(raw) != text:
        raise ValueError("not canonical base64")
    return raw


def key_id(public: bytes) -> str:
    """The short name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def uuid7(now: datetime) -> str:
    """A fresh RFC 9562 version 7 UUID; `now` is aware."""
    ms = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    value = ms << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID in its one canonical spelling."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def instant(now: datetime) -> str:
    """RFC 3339 in UTC with milliseconds; ValueError on a naive time."""
    if now.tzinfo is None:
        raise ValueError("naive time")
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
