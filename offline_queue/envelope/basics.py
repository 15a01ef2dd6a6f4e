"""What every signed or sealed thing here is written with."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Union
from uuid import UUID

import rfc8785

Json = Union[None, bool, int, float, str, Sequence["Json"], Mapping[str, "Json"]]  # noqa: UP007 - recursive


@dataclass(frozen=True)
class Malformed:
    """Bytes from outside that are not what they should be; `code` names the first thing found wrong."""

    code: str


_PLAIN: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_EXACT: Final = 2**53 - 1


def canonical(value: Json) -> bytes:
    """The RFC 8785 bytes of a JSON value; ValueError for one that has none (NaN, an inexact integer, half a pair)."""
    if _is_plain(value):
        return _PLAIN.encode(value).encode("utf-8")
    return bytes(rfc8785.dumps(value))


def _is_plain(value: object) -> bool:
    """Whether the standard library's C encoder writes the same bytes: no float, and names that sort alike in ASCII."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -_EXACT <= value <= _EXACT  # type: ignore[operator]
    if kind is dict:
        return all(type(name) is str and name.isascii() and _is_plain(each) for name, each in value.items())  # type: ignore[attr-defined]
    return (kind is list or kind is tuple) and all(map(_is_plain, value))  # type: ignore[call-overload]


_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/***")
"""The standard alphabet's letters for the URL-safe ones, and none for what only the standard one has."""


def b64(raw: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The inverse of `b64`; ValueError on anything that `b64` would not have written, TypeError on what is no text."""
    spelt = str.encode(text, "ascii").translate(_STANDARD)
    raw = binascii.a2b_base64(spelt + b"=" * (-len(spelt) % 4), strict_mode=True)
    last = len(spelt) % 4  # letters of less than three bytes, whose last bits must be zeros
    if last and not text.endswith(b64(raw[1 - last :])):
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
