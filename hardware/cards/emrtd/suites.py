"""The ciphers of secure messaging: 3DES with retail MAC, AES with CMAC (ICAO 9303-11 §9.8, TR-03110-3 F.2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

MAC_BYTES = 8
FOR_ENC, FOR_MAC, FOR_PASSWORD = 1, 2, 3  # the counters of the key derivation function


class Suite(Protocol):
    """One cipher with its MAC and its key derivation."""

    @property
    def name(self) -> str:
        """For the technician."""

    @property
    def block(self) -> int:
        """Bytes of one block."""

    def derive(self, secret: bytes, counter: int) -> bytes:
        """The key for one purpose from a shared secret (§9.7.1)."""

    def encrypt(self, key: bytes, plain: bytes, ssc: bytes = b"", /) -> bytes:
        """CBC without padding; the start value comes from the send sequence counter where the suite has one."""

    def decrypt(self, key: bytes, secret: bytes, ssc: bytes = b"", /) -> bytes:
        """The reverse of `encrypt`."""

    def mac(self, key: bytes, message: bytes) -> bytes:
        """Eight bytes of authentication over a message already padded where the suite wants it."""


def pad(message: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2: 80 and zeros up to whole blocks."""
    return message + b"\x80" + bytes(-(len(message) + 1) % block)


def unpad(message: bytes) -> bytes | None:
    """The message before its padding; None when there is no padding."""
    stripped = message.rstrip(b"\0")
    return stripped[:-1] if stripped.endswith(b"\x80") else None


def _three_keys(key: bytes) -> TripleDES:
    """24 bytes for the library from K1, or from K1 and K2: it warns that it will take no shorter keys."""
    return TripleDES((key + key[:8]) if len(key) == 16 else key * 3)


@dataclass(frozen=True)
class TripleDesSuite:
    """3DES in CBC mode, retail MAC (ISO/IEC 9797-1 algorithm 3); the only suite of BAC."""

    name: str = "3des"
    block: int = 8

    def derive(self, secret: bytes, counter: int) -> bytes:
        """16 bytes; the parity bits are adjusted as the worked examples show them."""
        digest = hashlib.sha1(secret + counter.to_bytes(4, "big"), usedforsecurity=False).digest()[:16]
        return bytes(byte & 0xFE | (byte >> 1).bit_count() + 1 & 1 for byte in digest)

    def encrypt(self, key: bytes, plain: bytes, _ssc: bytes = b"", /) -> bytes:
        """CBC with a start value of zero; the counter plays no part."""
        return _cbc(_three_keys(key), bytes(8), plain)

    def decrypt(self, key: bytes, secret: bytes, _ssc: bytes = b"", /) -> bytes:
        """The reverse of `encrypt`."""
        worker = Cipher(_three_keys(key), modes.CBC(bytes(8))).decryptor()
        return worker.update(secret) + worker.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """DES-CBC by K1; the last block goes through K1, K2 backwards and K1 again, which is one step of 3DES-CBC."""
        body, last = message[:-8], message[-8:]
        start = _cbc(_three_keys(key[:8]), bytes(8), body)[-8:] if body else bytes(8)
        return _cbc(_three_keys(key), start, last)


@dataclass(frozen=True)
class AesSuite:
    """AES in CBC mode with CMAC; `bits` is 128, 192 or 256."""

    bits: int
    block: int = 16

    @property
    def name(self) -> str:
        """For the technician."""
        return f"aes-{self.bits}"

    def derive(self, secret: bytes, counter: int) -> bytes:
        """SHA-1 for 128 bits, SHA-256 above (§9.7.1.2)."""
        message = secret + counter.to_bytes(4, "big")
        if self.bits == 128:
            return hashlib.sha1(message, usedforsecurity=False).digest()[:16]
        return hashlib.sha256(message).digest()[: self.bits // 8]

    def encrypt(self, key: bytes, plain: bytes, ssc: bytes = b"", /) -> bytes:
        """CBC whose start value is the encrypted counter, or zero without one (PACE's nonce)."""
        return _cbc(algorithms.AES(key), self._start(key, ssc), plain)

    def decrypt(self, key: bytes, secret: bytes, ssc: bytes = b"", /) -> bytes:
        """The reverse of `encrypt`."""
        worker = Cipher(algorithms.AES(key), modes.CBC(self._start(key, ssc))).decryptor()
        return worker.update(secret) + worker.finalize()

    def _start(self, key: bytes, ssc: bytes) -> bytes:
        if not ssc:
            return bytes(16)
        worker = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - one block, as TR-03110 wants it
        return worker.update(ssc) + worker.finalize()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """The first eight bytes of the CMAC."""
        worker = CMAC(algorithms.AES(key))
        worker.update(message)
        return worker.finalize()[:MAC_BYTES]


def _cbc(cipher: TripleDES | algorithms.AES, start: bytes, plain: bytes) -> bytes:
    worker = Cipher(cipher, modes.CBC(start)).encryptor()
    return worker.update(plain) + worker.finalize()


TRIPLE_DES = TripleDesSuite()
AES_128, AES_192, AES_256 = AesSuite(128), AesSuite(192), AesSuite(256)
