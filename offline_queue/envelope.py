"""The wire form of a sealed submission, and of what the portal signs about it.

The only module of the queue that the portal imports. Everything here is a pure function of its arguments, apart from
the `generate` methods, `wrap_key` and `uuid7`, which take fresh randomness from the operating system.
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol, Union
from uuid import UUID

import rfc8785
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Json = Union[None, bool, int, float, str, Sequence["Json"], Mapping[str, "Json"]]  # noqa: UP007 - recursive

VERSION: Final = 1
CHUNK_BYTES: Final = 256 * 1024
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
MAX_HEADER_BYTES: Final = 32 * 1024
MAX_BODY_BYTES: Final = 32 * 1024 * 1024
ANSWER_HEADER: Final = "Portal-Signature"
NONCE_HEADER: Final = "Kiosk-Nonce"
ENVELOPE_MEDIA_TYPE: Final = "application/vnd.kiosk.envelope"
_MLKEM_PUBLIC_BYTES: Final = 1184
_MLKEM_SEED_BYTES: Final = 64
_ENVELOPE_CONTEXT: Final = b"kiosk-envelope-v1\x00"
_STATEMENT_CONTEXT: Final = b"kiosk-statement-v1\x00"
_ANSWER_CONTEXT: Final = b"kiosk-answer-v1\x00"


@dataclass(frozen=True)
class Malformed:
    """Bytes from outside that are not what they should be; `code` names the first thing found wrong."""

    code: str


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


class Kem(StrEnum):
    """Key encapsulation of a wrap (RFC 9180; the hybrid is X-Wing, draft-connolly-cfrg-xwing-kem)."""

    HYBRID = "MLKEM768-X25519"
    X25519 = "X25519"


_SUITES: Final = {
    Kem.HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    Kem.X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}


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


# ---- recipients: who can open -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipient:
    """A public HPKE key: X25519 is 32 bytes, the hybrid is the ML-KEM-768 key (1184 bytes) then the X25519 one."""

    kem: Kem
    public: bytes = field(repr=False)

    @cached_property
    def kid(self) -> str:
        """The key's short name."""
        return key_id(self.public)

    def wrap_key(self, content_key: bytes, info: bytes) -> bytes:
        """The content key sealed to this recipient, bound to `info` (RFC 9180 single-shot, base mode)."""
        return _SUITES[self.kem].encrypt(content_key, self._key, info)

    @cached_property
    def _key(self) -> Any:
        return _public_key(self.kem, self.public)


def _public_key(kem: Kem, raw: bytes) -> Any:
    if kem is Kem.X25519:
        return X25519PublicKey.from_public_bytes(raw)
    return hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
    )


def _private_key(kem: Kem, raw: bytes) -> Any:
    if kem is Kem.X25519:
        return X25519PrivateKey.from_private_bytes(raw)
    return hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:]),
    )


@dataclass(frozen=True)
class RecipientKey:
    """A private HPKE key: X25519 is 32 bytes, the hybrid is the ML-KEM-768 seed (64 bytes) then the X25519 one."""

    kem: Kem
    private: bytes = field(repr=False)

    @classmethod
    def generate(cls, kem: Kem = Kem.HYBRID) -> "RecipientKey":
        """A fresh key."""
        mlkem = MLKEM768PrivateKey.generate().private_bytes_raw() if kem is Kem.HYBRID else b""
        return cls(kem, mlkem + X25519PrivateKey.generate().private_bytes_raw())

    @property
    def recipient(self) -> Recipient:
        """The public half."""
        x25519 = X25519PrivateKey.from_private_bytes(self.private[-32:]).public_key().public_bytes_raw()
        if self.kem is Kem.X25519:
            return Recipient(self.kem, x25519)
        mlkem = MLKEM768PrivateKey.from_seed_bytes(self.private[:_MLKEM_SEED_BYTES]).public_key().public_bytes_raw()
        return Recipient(self.kem, mlkem + x25519)

    def unwrap_key(self, sealed: bytes, info: bytes) -> bytes | Malformed:
        """The content key, or Malformed("wrap") when it was not sealed to this key and this `info`."""
        try:
            return _SUITES[self.kem].decrypt(sealed, _private_key(self.kem, self.private), info)
        except (InvalidTag, ValueError):
            return Malformed("wrap")


# ---- the header ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wrap:
    """The content key for one recipient."""

    kid: str
    kem: Kem
    sealed: bytes = field(repr=False)


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

    def binding(self) -> bytes:
        """What each wrap is bound to: the SHA-256 of the header without its wraps."""
        return hashlib.sha256(self._core).digest()

    def wrapped(self, wraps: tuple[Wrap, ...]) -> "Header":
        """This header with its wraps."""
        whole = replace(self, wraps=wraps)
        whole.__dict__["_core"] = self._core  # the same bytes: not worth making twice
        return whole

    def encode(self) -> bytes:
        """The canonical bytes: AAD of the body, and the first part of the digest."""
        wraps = canonical([{"kid": w.kid, "kem": w.kem.value, "sealed": b64(w.sealed)} for w in self.wraps])
        return self._core[:-1] + b',"wraps":' + wraps + b"}"  # "wraps" sorts last

    @cached_property
    def _core(self) -> bytes:
        names: dict[str, Json] = {
            "v": VERSION,
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
        return canonical(names)


def parse_header(raw: bytes) -> Header | Malformed:
    """The header in these bytes; anything that is not exactly what `Header.encode` writes is Malformed."""
    if len(raw) > MAX_HEADER_BYTES:
        return Malformed("header_too_long")
    try:
        header = _read_header(json.loads(raw))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, rfc8785.CanonicalizationError):
        return Malformed("header")
    return header if _plausible(header) and header.encode() == raw else Malformed("header")


def _read_header(doc: Mapping[str, Any]) -> Header:
    wraps = tuple(Wrap(w["kid"], Kem(w["kem"]), unb64(w["sealed"])) for w in doc["wraps"])
    names = ("id", "kiosk_id", "case_id", "case_seq", "service", "receipt_number", "created", "device_kid")
    return Header(**{name: doc[name] for name in names}, nonce=unb64(doc["nonce"]), size=doc["size"], wraps=wraps)


def _plausible(header: Header) -> bool:
    texts = (header.kiosk_id, header.case_id, header.service, header.receipt_number, header.created, header.device_kid)
    numbers = (header.case_seq, header.size)
    return (
        is_uuid(header.id)
        and all(isinstance(text, str) and 0 < len(text) <= 64 for text in texts)
        and all(type(number) is int and number >= 0 for number in numbers)
        and TAG_BYTES < header.size <= MAX_BODY_BYTES
        and len(header.nonce) == NONCE_BYTES
        and 0 < len(header.wraps) <= 16
    )


# ---- the body -----------------------------------------------------------------------------------------------------


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


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's over the message; false for a key that is no key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def envelope_message(sha256: bytes) -> bytes:
    """What the device key signs for an envelope of this digest."""
    return _ENVELOPE_CONTEXT + sha256


def verify_envelope_signature(device_public: bytes, sha256: bytes, signature: bytes) -> bool:
    """Whether the device signed this digest."""
    return verify_ed25519(device_public, signature, envelope_message(sha256))


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


# ---- what is signed -----------------------------------------------------------------------------------------------


class Signer(Protocol):
    """Whoever can sign: a kiosk's device key, a portal's receipt key."""

    @property
    def key_id(self) -> str:
        """Short name of the key."""

    @property
    def public_bytes(self) -> bytes:
        """The raw Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""


@dataclass(frozen=True)
class StatementKey:
    """An Ed25519 key held in memory (32 raw bytes)."""

    private: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "StatementKey":
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.private)

    @cached_property
    def public_bytes(self) -> bytes:
        """The raw public key, 32 bytes."""
        return self._key.public_key().public_bytes_raw()

    @cached_property
    def key_id(self) -> str:
        """Short name of the key."""
        return key_id(self.public_bytes)

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return self._key.sign(message)


def sign_statement(kind: str, body: Mapping[str, Json], signer: Signer) -> str:
    """A self-contained signed JSON text that stays checkable for as long as the key is known."""
    full = {**body, "kind": kind}
    signature = signer.sign(_STATEMENT_CONTEXT + canonical(full))
    return canonical({"body": full, "kid": signer.key_id, "signature": b64(signature)}).decode("utf-8")


def read_statement(kind: str, text: str, keys: Mapping[str, bytes]) -> Mapping[str, Json] | Malformed:
    """The body, if it is of this kind and signed by one of `keys` (kid -> raw public key)."""
    try:
        doc = json.loads(text)
        public, message = keys[doc["kid"]], _STATEMENT_CONTEXT + canonical(doc["body"])
        genuine = verify_ed25519(public, unb64(doc["signature"]), message)
    except (ValueError, TypeError, KeyError, RecursionError, rfc8785.CanonicalizationError):
        return Malformed("statement")
    if not genuine or doc["body"].get("kind") != kind:
        return Malformed("statement_signature")
    body: Mapping[str, Json] = doc["body"]
    return body


@dataclass(frozen=True)
class Receipt:
    """The portal's word that it has taken an envelope: proof over (id, sha256); `text` is the signed statement."""

    id: str
    sha256: str
    reference: str
    accepted: str
    text: str = field(repr=False)


def sign_receipt(*, id: str, sha256: bytes, reference: str, accepted: datetime, signer: Signer) -> Receipt:
    """The receipt for an envelope that has just been taken."""
    body = {"id": id, "sha256": sha256.hex(), "reference": reference, "accepted": instant(accepted)}
    text = sign_statement("receipt", body, signer)
    return Receipt(id, body["sha256"], reference, body["accepted"], text)


def read_receipt(text: str, keys: Mapping[str, bytes]) -> Receipt | Malformed:
    """The receipt in a signed text, once its signature is checked."""
    body = read_statement("receipt", text, keys)
    if isinstance(body, Malformed):
        return body
    fields = [body.get(name) for name in ("id", "sha256", "reference", "accepted")]
    texts = [value for value in fields if isinstance(value, str)]
    return Receipt(texts[0], texts[1], texts[2], texts[3], text) if len(texts) == 4 else Malformed("receipt")


def answer_message(*, nonce: str, method: str, path: str, status: int, body: bytes) -> bytes:
    """What the portal signs for one answer: bound to the asker's nonce, so that an old answer cannot be replayed."""
    line = f"{nonce}\n{method}\n{path}\n{status}\n{hashlib.sha256(body).hexdigest()}"
    return _ANSWER_CONTEXT + line.encode("utf-8")


def answer_header(message: bytes, signer: Signer) -> str:
    """The value of the `Portal-Signature` header: key id, colon, signature."""
    return f"{signer.key_id}:{b64(signer.sign(message))}"


def verify_answer(value: str, message: bytes, keys: Mapping[str, bytes]) -> bool:
    """Whether a `Portal-Signature` header is a known key's signature over `message`."""
    kid, _, signature = value.partition(":")
    try:
        return kid in keys and verify_ed25519(keys[kid], unb64(signature), message)
    except (ValueError, binascii.Error):
        return False


# ---- framing of the PUT -------------------------------------------------------------------------------------------


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
