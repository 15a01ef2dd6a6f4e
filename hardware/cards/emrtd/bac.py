"""Basic access control (ICAO 9303-11 §4.3): the key printed in the zone opens a 3DES channel to the chip."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from hardware.cards.apdu import Command, Transport, exchange
from hardware.cards.emrtd.mrz import MrzKey
from hardware.cards.emrtd.secure_messaging import Keys, SecureChannel
from hardware.cards.emrtd.suites import FOR_ENC, FOR_MAC, TRIPLE_DES, pad
from hardware.cards.faults import CardError

Random = Callable[[int], bytes]
"""So many random bytes; `os.urandom` outside tests."""

DENIED = (0x6300, 0x6982, 0x6985, 0x6988)


def access_keys(key: MrzKey) -> tuple[bytes, bytes]:
    """The document's basic access keys for encryption and MAC (§4.3.2)."""
    seed = hashlib.sha1(key.information, usedforsecurity=False).digest()[:16]
    return TRIPLE_DES.derive(seed, FOR_ENC), TRIPLE_DES.derive(seed, FOR_MAC)


def session_keys(terminal: bytes, chip: bytes, chip_nonce: bytes, terminal_nonce: bytes) -> Keys:
    """The session both key halves and nonces make (§4.3.3.2, §9.8.6.3)."""
    seed = bytes(a ^ b for a, b in zip(terminal, chip, strict=True))
    start = int.from_bytes(chip_nonce[-4:] + terminal_nonce[-4:], "big")
    return Keys(TRIPLE_DES, TRIPLE_DES.derive(seed, FOR_ENC), TRIPLE_DES.derive(seed, FOR_MAC), start)


def establish(transport: Transport, key: MrzKey, random: Random) -> SecureChannel:
    """Open the channel; raises CardError("card_access_denied") when the key is not this document's."""
    enc, mac = access_keys(key)
    chip_nonce = exchange(transport, Command(0x00, 0x84, le=8)).expect("GET CHALLENGE")
    terminal_nonce, half = random(8), random(16)
    secret = TRIPLE_DES.encrypt(enc, terminal_nonce + chip_nonce + half)
    token = secret + TRIPLE_DES.mac(mac, pad(secret, 8))
    answer = exchange(transport, Command(0x00, 0x82, data=token, le=40))
    if answer.sw in DENIED or answer.sw >> 4 == 0x63C:
        raise CardError("card_access_denied", f"{answer.sw:04X}")
    data = answer.expect("EXTERNAL AUTHENTICATE")
    chip_half = _check(data, enc, mac, chip_nonce, terminal_nonce)
    return SecureChannel(transport, session_keys(half, chip_half, chip_nonce, terminal_nonce))


def _check(data: bytes, enc: bytes, mac: bytes, chip_nonce: bytes, terminal_nonce: bytes) -> bytes:
    """The chip's key half, once its answer is proved to be its own."""
    secret, signature = data[:32], data[32:]
    if len(data) != 40 or not hmac.compare_digest(TRIPLE_DES.mac(mac, pad(secret, 8)), signature):
        raise CardError("card_channel_broken", "BAC token")
    plain = TRIPLE_DES.decrypt(enc, secret)
    if plain[:16] != chip_nonce + terminal_nonce:
        raise CardError("card_channel_broken", "BAC nonces")
    return plain[16:]
