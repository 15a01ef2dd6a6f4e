"""The signed code on a slip: proves offline that this kiosk stored this envelope, and says nothing about anybody.

Wire form, all of it inside one URL: version (1 byte), key id, receipt number and service id (each a length byte and
ASCII), envelope id (16 bytes), sha256 of the envelope (32), seconds since 1970 (4), place in the audit chain (4),
Ed25519 signature over all of that (64); base64url without padding after `?c=`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from offline_queue.envelope import Malformed, Signer, b64, read_statement, unb64, verify_ed25519

VERSION = 1
LONGEST_URL = 600
_CONTEXT = b"kiosk slip v1\0"
_FIXED = struct.Struct(">16s32sII")
_SIGNATURE_BYTES = 64


@dataclass(frozen=True)
class SlipCode:
    """What a slip proves: which envelope, stored when, as which number, signed by which kiosk key."""

    kid: str
    receipt_number: str
    service: str
    envelope_id: str
    sha256: bytes
    stored_at: datetime
    chain_count: int


def sign_slip(code: SlipCode, key: Signer, *, verify_url: str) -> str:
    """The URL to print as a QR code; an ordinary phone opens the portal's public page with it."""
    body = _encode(code)
    return f"{verify_url}?c={b64(body + key.sign(_CONTEXT + body))}"


def read_slip(url: str, device_public: bytes | None = None) -> SlipCode | Malformed:
    """What a scanned code says. With the kiosk's public key the signature is checked too.

    Malformed codes: slip_unreadable, slip_forged. Without a key nothing is proven: look it up by `kid` and call again.
    """
    try:
        raw = unb64(parse_qs(urlsplit(url[:LONGEST_URL]).query)["c"][0])
        body, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        code = _decode(body)
    except (KeyError, ValueError, IndexError, struct.error, OverflowError, OSError):
        return Malformed("slip_unreadable")
    if device_public is not None and not verify_ed25519(device_public, signature, _CONTEXT + body):
        return Malformed("slip_forged")
    return code


def read_fleet(text: str, receipt_keys: Mapping[str, bytes]) -> Mapping[str, bytes] | Malformed:
    """Known kiosks' keys (kid -> public key) from the portal's statement, once its signature is checked."""
    body = read_statement("fleet", text, receipt_keys)
    if isinstance(body, Malformed):
        return body
    keys = body.get("keys")
    try:
        return {kid: unb64(str(public)) for kid, public in keys.items()} if isinstance(keys, Mapping) else {}
    except ValueError:
        return Malformed("statement")


def _encode(code: SlipCode) -> bytes:
    texts = [text.encode("ascii") for text in (code.kid, code.receipt_number, code.service)]
    fixed = _FIXED.pack(
        UUID(code.envelope_id).bytes, code.sha256, int(code.stored_at.timestamp()), code.chain_count & 0xFFFFFFFF
    )
    return bytes([VERSION]) + b"".join(bytes([len(text)]) + text for text in texts) + fixed


def _decode(body: bytes) -> SlipCode:
    if body[0] != VERSION:
        raise ValueError("unknown version")
    texts, at = [], 1
    for _ in range(3):
        length = body[at]
        texts.append(body[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    if len(body) - at != _FIXED.size:
        raise ValueError("wrong length")
    envelope, sha256, seconds, chain = _FIXED.unpack(body[at:])
    stored_at = datetime.fromtimestamp(seconds, UTC)
    return SlipCode(texts[0], texts[1], texts[2], str(UUID(bytes=envelope)), sha256, stored_at, chain)
