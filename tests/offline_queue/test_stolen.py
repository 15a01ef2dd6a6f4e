"""Somebody takes the disk: with the device key, the database and the trust file in hand, nothing opens."""

from __future__ import annotations

import hashlib
from pathlib import Path

from offline_queue.envelope import Kem, Malformed, RecipientKey, open_envelope
from offline_queue.sealing import FileDeviceKey
from tests.offline_queue.samples import CANARY, Bench, opened, payload


def every_key_in(folder: Path) -> list[RecipientKey]:
    """Any 32 or 96 bytes of any small file, taken for the private key that opens, and what is derived from them."""
    found: list[RecipientKey] = []
    for path in folder.rglob("*"):
        raw = path.read_bytes() if path.is_file() and path.stat().st_size < 64 * 1024 else b""
        for start in range(0, max(0, len(raw) - 31), 8):
            seed = raw[start : start + 32]
            found += [RecipientKey(Kem.X25519, seed), RecipientKey(Kem.X25519, hashlib.sha256(seed).digest())]
            found.append(RecipientKey(Kem.HYBRID, hashlib.sha512(seed).digest() + seed))
    return found


def test_a_stolen_disk_with_the_device_key_on_it_opens_nothing(tmp_path: Path) -> None:
    for kem in (Kem.X25519, Kem.HYBRID):
        opener = RecipientKey.generate(kem)
        folder = tmp_path / kem.value
        folder.mkdir()
        bench = Bench(recipients=(opener.recipient,), key=opener)
        FileDeviceKey.load_or_create(folder / "device.key")
        outbox = opened(folder / "outbox.db", bench)
        sealed = bench.sealed(payload(pictures=1, picture_bytes=20_000))
        outbox.save(sealed)
        outbox.close()
        assert all(CANARY.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
        keys = every_key_in(folder)
        assert len(keys) > 2
        assert isinstance(open_envelope(sealed.header, sealed.ciphertext, keys), Malformed)
        assert not isinstance(open_envelope(sealed.header, sealed.ciphertext, [opener]), Malformed)
