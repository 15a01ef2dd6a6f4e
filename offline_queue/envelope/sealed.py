"""A sealed submission: its header, its body, and how both travel."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline_queue.envelope.basics import Json, Malformed, b64, canonical, is_uuid, unb64
from offline_queue.envelope.recipients import Kem, Recipient, RecipientKey

VERSION: Final = 2
_VERSIONS: Final = (1, VERSION)
CHUNK_BYTES: Final = 256 * 1024
NONCE_BYTES: Final = 12
_CONTENT_KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_BODY_BYTES: Final = 32 * 1024 * 1024
ENVELOPE_MEDIA_TYPE: Final = "application/vnd.kiosk.envelope"


@dataclass(frozen=True)
class Attachment:
    """A picture or paper that goes with a submission; `data` never shows in a repr."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Payload:
    """What one department is to get: answers and consent as JSON values, attachments as bytes; repr shows no answer."""

    service: str
    catalogue_version: str
    language: str
    answers: Mapping[str, Json] = field(repr=False)
    consent: Mapping[str, Json] = field(repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Wrap:
    """The content key for one recipient."""

    kid: str
    kem: Kem
    sealed: bytes = field(repr=False)


@dataclass(frozen=True)
class WrappedKey:
    """A content key of one kiosk, for one envelope that is still to come, wrapped for its recipients."""

    content_key: bytes = field(repr=False)
    nonce: bytes
    wraps: tuple[Wrap, ...]
    encoded: bytes = field(repr=False)

    @classmethod
    def make(cls, recipients: Sequence[Recipient], kiosk_id: str, device_kid: str) -> "WrappedKey":
        """A fresh key; ValueError without a recipient."""
        if not recipients:
            raise ValueError("an envelope needs a recipient")
        content_key, nonce = secrets.token_bytes(_CONTENT_KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        binding = _key_binding(kiosk_id, device_kid, nonce)
        wraps = tuple(Wrap(r.kid, r.kem, r.wrap_key(content_key, binding)) for r in recipients)
        return cls(content_key, nonce, wraps, _encode_wraps(wraps))


def _key_binding(kiosk_id: str, device_kid: str, nonce: bytes) -> bytes:
    return hashlib.sha256(canonical(["kiosk-wrap-v2", kiosk_id, device_kid, b64(nonce)])).digest()


def _encode_wraps(wraps: Sequence[Wrap]) -> bytes:
    return canonical([{"kid": w.kid, "kem": w.kem.value, "sealed": b64(w.sealed)} for w in wraps])


# What is canonical already when no text needs an escape: names in their order, no space, whole numbers.
_PLAIN_WRAP: Final = '{"kem":"%(kem)s","kid":"%(kid)s","sealed":"%(sealed)s"}'
_PLAIN_CORE: Final = (
    '{"case_id":"%(case_id)s","case_seq":%(case_seq)d,"created":"%(created)s","device_kid":"%(device_kid)s",'
    '"id":"%(id)s","kiosk_id":"%(kiosk_id)s","nonce":"%(nonce)s","receipt_number":"%(receipt_number)s",'
    '"service":"%(service)s","size":%(size)d,"v":%(v)d}'
)
_PLAIN: Final = _PLAIN_CORE[:-1] + ',"wraps":[%(wraps)s]}'


@dataclass(frozen=True)
class Header:
    """What travels in clear beside the ciphertext: no personal datum; `size` is the ciphertext's bytes with its tag."""

    id: str
    kiosk_id: str
    case_id: str
    case_seq: int
    service: str
    receipt_number: str
    created: str
    device_kid: str
    nonce: bytes
    size: int
    wraps: tuple[Wrap, ...] = ()
    version: int = VERSION

    @classmethod
    def of_key(cls, key: WrappedKey, **fields: Any) -> "Header":
        """The header of the envelope that this key is for."""
        header = cls(nonce=key.nonce, wraps=key.wraps, **fields)
        header.__dict__["_wraps"] = key.encoded  # known: not worth making twice
        return header

    def binding(self) -> bytes:
        """What each wrap is bound to: kiosk, device key and nonce. The seal of the body binds it to all the rest.

        In version 1: the SHA-256 of the header without its wraps, which nobody could know before the submission.
        """
        if self.version == 1:
            return hashlib.sha256(self._core).digest()
        return _key_binding(self.kiosk_id, self.device_kid, self.nonce)

    def encode(self) -> bytes:
        """The canonical bytes: AAD of the body, and the first part of the digest."""
        return self._core[:-1] + b',"wraps":' + self._wraps + b"}"  # "wraps" sorts last

    @cached_property
    def _wraps(self) -> bytes:
        return _encode_wraps(self.wraps)

    @cached_property
    def _core(self) -> bytes:
        names: dict[str, Json] = {
            "v": self.version,
            "id": self.id,
            "kiosk_id": self.kiosk_id,
            "case_id": self.case_id,
            "case_seq": self.case_seq,
            "service": self.service,
            "receipt_number": self.receipt_number,
            "created": self.created,
            "device_kid": self.device_kid,
            "nonce": b64(self.nonce),
            "size": self.size,
        }
        return (_PLAIN_CORE % names).encode() if self._is_plain else canonical(names)

    @property
    def _is_plain(self) -> bool:
        """Whether no text needs an escape, and the numbers are whole ones."""
        texts = "".join((self.id, self.kiosk_id, self.case_id, self.service))
        texts += "".join((self.receipt_number, self.created, self.device_kid))
        escaped = '"' in texts or "\\" in texts or not (texts.isascii() and texts.isprintable())
        return not escaped and all(type(n) is int and 0 <= n < 2**53 for n in (self.version, self.case_seq, self.size))


def parse_header(raw: bytes) -> Header | Malformed:
    """The header in these bytes; anything that is not exactly what `Header.encode` writes is Malformed."""
    if len(raw) > MAX_HEADER_BYTES:
        return Malformed("header_too_long")
    try:
        doc = json.loads(raw)
        header = _read_header(doc)
        right = _plausible(header) and (_is_plainly_canonical(doc, raw) or header.encode() == raw)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, rfc8785.CanonicalizationError):
        return Malformed("header")
    return header if right else Malformed("header")


def _is_plainly_canonical(doc: Mapping[str, Any], raw: bytes) -> bool:
    """Whether what was read from `raw`, put together again, is `raw`.

    False leaves it open. Without a backslash each text stands there as it was read, and holds no quote: whatever is
    written in another way than the canonical one is seen.
    """
    if b"\\" in raw:
        return False
    wraps = ",".join([_PLAIN_WRAP % wrap for wrap in doc["wraps"]])
    return raw == (_PLAIN % {**doc, "wraps": wraps}).encode()


def _read_header(doc: Mapping[str, Any]) -> Header:
    wraps = tuple(Wrap(w["kid"], Kem(w["kem"]), unb64(w["sealed"])) for w in doc["wraps"])
    names = ("id", "kiosk_id", "case_id", "case_seq", "service", "receipt_number", "created", "device_kid")
    return Header(
        **{name: doc[name] for name in names},
        nonce=unb64(doc["nonce"]),
        size=doc["size"],
        wraps=wraps,
        version=doc["v"],
    )


def _plausible(header: Header) -> bool:
    texts = (header.kiosk_id, header.case_id, header.service, header.receipt_number, header.created, header.device_kid)
    numbers = (header.case_seq, header.size)
    return (
        type(header.version) is int
        and header.version in _VERSIONS
        and is_uuid(header.id)
        and all(isinstance(text, str) and 0 < len(text) <= 64 and text.isprintable() for text in texts)
        and all(type(number) is int and 0 <= number < 2**31 for number in numbers)
        and TAG_BYTES < header.size <= MAX_BODY_BYTES
        and len(header.nonce) == NONCE_BYTES
        and 0 < len(header.wraps) <= 16
    )


def encode_payload(payload: Payload) -> bytes:
    """The clear bytes that get sealed: document length (4 bytes, big endian), canonical document, attachments."""
    listed: list[Json] = [
        {"name": a.name, "media_type": a.media_type, "size": len(a.data)} for a in payload.attachments
    ]
    document = canonical(
        {
            "service": payload.service,
            "catalogue_version": payload.catalogue_version,
            "language": payload.language,
            "answers": payload.answers,
            "consent": payload.consent,
            "attachments": listed,
        }
    )
    return b"".join((len(document).to_bytes(4, "big"), document, *(a.data for a in payload.attachments)))


def decode_payload(clear: bytes) -> Payload | Malformed:
    """The inverse of `encode_payload`; the seal has already vouched for every byte."""
    end = 4 + int.from_bytes(clear[:4], "big")
    try:
        document = json.loads(clear[4:end])
        attachments = tuple(_cut_attachments(clear[end:], document["attachments"]))
        names = ("service", "catalogue_version", "language", "answers", "consent")
        return Payload(**{name: document[name] for name in names}, attachments=attachments)
    except (ValueError, TypeError, KeyError):
        return Malformed("payload")


def _cut_attachments(joined: bytes, listed: Sequence[Mapping[str, Any]]) -> list[Attachment]:
    cut, at = [], 0
    for entry in listed:
        cut.append(Attachment(entry["name"], entry["media_type"], joined[at : at + entry["size"]]))
        at += entry["size"]
    if at != len(joined):
        raise ValueError("attachment sizes")
    return cut


@dataclass(frozen=True)
class SealedEnvelope:
    """A submission that the kiosk can no longer read: the header's exact bytes, the ciphertext, digest, signature."""

    header: bytes
    ciphertext: bytes = field(repr=False)
    sha256: bytes
    signature: bytes = field(repr=False)

    @cached_property
    def head(self) -> Header:
        """The parsed header; ValueError when the bytes are not one (they are ours, so that is a defect)."""
        parsed = parse_header(self.header)
        if isinstance(parsed, Malformed):
            raise ValueError(parsed.code)
        return parsed


def envelope_digest(header: bytes, ciphertext: bytes) -> bytes:
    """SHA-256 over header then ciphertext (32 bytes); the header carries the ciphertext's size, so the cut is fixed."""
    digest = hashlib.sha256(header)
    digest.update(ciphertext)
    return digest.digest()


def chunks_of(ciphertext: bytes) -> list[bytes]:
    """The ciphertext in pieces of CHUNK_BYTES, the last one shorter."""
    return [ciphertext[at : at + CHUNK_BYTES] for at in range(0, len(ciphertext), CHUNK_BYTES)]


def chunk_digests(ciphertext: bytes) -> tuple[bytes, ...]:
    """The SHA-256 of each chunk, in order."""
    return tuple(hashlib.sha256(piece).digest() for piece in chunks_of(ciphertext))


def encrypt_body(clear: bytes, content_key: bytes, nonce: bytes, header: bytes) -> bytes:
    """AES-256-GCM with the header's bytes as associated data; `content_key` must never be used twice."""
    return AESGCM(content_key).encrypt(nonce, clear, header)


def open_envelope(header: bytes, ciphertext: bytes, keys: Sequence[RecipientKey]) -> Payload | Malformed:
    """The submission, by whichever of `keys` it was sealed to.

    Malformed "header", "no_key" (sealed to none of `keys`), "wrap", "body" or "payload".
    """
    parsed = parse_header(header)
    if isinstance(parsed, Malformed):
        return parsed
    content_key = _content_key(parsed, keys)
    if isinstance(content_key, Malformed):
        return content_key
    try:
        clear = AESGCM(content_key).decrypt(parsed.nonce, ciphertext, header)
    except (InvalidTag, ValueError):
        return Malformed("body")
    return decode_payload(clear)


def _content_key(header: Header, keys: Sequence[RecipientKey]) -> bytes | Malformed:
    by_kid = {key.recipient.kid: key for key in keys}
    for wrap in header.wraps:
        key = by_kid.get(wrap.kid)
        if key is not None and key.kem is wrap.kem:
            return key.unwrap_key(wrap.sealed, header.binding())
    return Malformed("no_key")


@dataclass(frozen=True)
class Packet:
    """The body of `PUT /v1/envelopes/{id}`: all but the ciphertext, which comes along when it is small (`inline`)."""

    header: bytes
    sha256: bytes
    signature: bytes
    chunk_sha256: tuple[bytes, ...]
    inline: bytes | None = field(default=None, repr=False)

    def encode(self) -> bytes:
        """Preface length (4 bytes, big endian), JSON preface, then the ciphertext if inline."""
        preface = canonical(
            {
                "header": self.header.decode("utf-8"),
                "sha256": self.sha256.hex(),
                "signature": b64(self.signature),
                "chunks": [digest.hex() for digest in self.chunk_sha256],
                "inline": self.inline is not None,
            }
        )
        return len(preface).to_bytes(4, "big") + preface + (self.inline or b"")


def parse_packet(raw: bytes) -> Packet | Malformed:
    """The packet in these bytes; sizes and digests still have to be checked against the header."""
    end = 4 + int.from_bytes(raw[:4], "big")
    if end > len(raw) or end > 2 * MAX_HEADER_BYTES:
        return Malformed("preface")
    try:
        doc = json.loads(raw[4:end])
        chunks = tuple(bytes.fromhex(digest) for digest in doc["chunks"])
        inline = raw[end:] if doc["inline"] else None
        header = doc["header"].encode("utf-8")
        return Packet(header, bytes.fromhex(doc["sha256"]), unb64(doc["signature"]), chunks, inline)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Malformed("preface")
