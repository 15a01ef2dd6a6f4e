"""What is signed: envelopes by the device, receipts and answers by the portal, statements by either."""

import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final, Protocol

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline_queue.envelope.basics import Json, Malformed, b64, canonical, instant, key_id, unb64

ANSWER_HEADER: Final = "Portal-Signature"
NONCE_HEADER: Final = "Kiosk-Nonce"
_ENVELOPE_CONTEXT: Final = b"kiosk-envelope-v1\x00"
_STATEMENT_CONTEXT: Final = b"kiosk-statement-v1\x00"
_ANSWER_CONTEXT: Final = b"kiosk-answer-v1\x00"


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's over the message; false for a key that is no key."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def envelope_message(sha256: bytes) -> bytes:
    """What the device key signs for an envelope of this digest."""
    return _ENVELOPE_CONTEXT + sha256


def verify_envelope_signature(device_public: bytes, sha256: bytes, signature: bytes) -> bool:
    """Whether the device signed this digest."""
    return verify_ed25519(device_public, signature, envelope_message(sha256))


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
    full = canonical({**body, "kind": kind})
    signature = signer.sign(_STATEMENT_CONTEXT + full)
    rest = canonical({"kid": signer.key_id, "signature": b64(signature)})
    return (b'{"body":' + full + b"," + rest[1:]).decode("utf-8")  # "body" sorts first


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
