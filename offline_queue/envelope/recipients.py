"""Who can open an envelope: public and private HPKE keys."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from offline_queue.envelope.basics import Malformed, key_id

_MLKEM_PUBLIC_BYTES: Final = 1184
_MLKEM_SEED_BYTES: Final = 64


class Kem(StrEnum):
    """Key encapsulation of a wrap (RFC 9180; the hybrid is X-Wing, draft-connolly-cfrg-xwing-kem)."""

    HYBRID = "MLKEM768-X25519"
    X25519 = "X25519"


_SUITES: Final = {
    Kem.HYBRID: hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
    Kem.X25519: hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM),
}


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
