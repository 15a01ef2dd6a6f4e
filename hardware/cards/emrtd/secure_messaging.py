"""Secure messaging (ICAO 9303-11 §9.8): every command and answer encrypted and authenticated, as a Transport."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hardware.cards import tlv
from hardware.cards.apdu import WRONG_LENGTH, Command, Transport, decode_command, split_answer
from hardware.cards.emrtd.suites import Suite, pad, unpad
from hardware.cards.faults import CardError, LengthRefusedError

ENCRYPTED, LENGTH, STATUS, MAC = 0x87, 0x97, 0x99, 0x8E
STATUS_BYTES = 2
ENCRYPTED_ODD = 0x85  # for odd instructions: no padding indicator


@dataclass
class Keys:
    """The session keys and the send sequence counter, which both sides step before each message."""

    suite: Suite
    enc: bytes
    mac: bytes
    ssc: int = 0

    def step(self) -> bytes:
        """The next counter, one block long."""
        self.ssc = (self.ssc + 1) % (1 << 8 * self.suite.block)
        return self.ssc.to_bytes(self.suite.block, "big")

    def after(self, ssc: int) -> Keys:
        """These keys with the counter at this number."""
        self.ssc = ssc
        return self

    def sign(self, ssc: bytes, message: bytes) -> bytes:
        """The MAC over the counter and a message; padding is ours to add (§9.8.4, TR-03110-3 F.2.2)."""
        return self.suite.mac(self.mac, pad(ssc + message, self.suite.block))


class SecureChannel:
    """A Transport that protects what goes through it; raises CardError("card_channel_broken") for a forged answer.

    After the first answer that is not protected as it must be the channel is closed for good.
    """

    def __init__(self, transport: Transport, keys: Keys) -> None:
        self._transport = transport
        self._keys = keys
        self._open = True

    @property
    def suite(self) -> Suite:
        """Which ciphers protect it."""
        return self._keys.suite

    def restart(self, keys: Keys) -> SecureChannel:
        """The channel that goes on under new keys; this one is closed."""
        self._open = False
        return SecureChannel(self._transport, keys)

    def transmit(self, command: bytes) -> bytes:
        """Send one plain command APDU; the plain answer with its status bytes."""
        plain = decode_command(command)
        if plain is None or not self._open:
            raise CardError("card_channel_broken", "closed")
        try:
            return self._reveal(self._transport.transmit(protect(self._keys, plain)), self._keys)
        except CardError:
            self._open = False
            raise

    def transmit_all(self, commands: Sequence[bytes], arrived: Callable[[int], None]) -> list[bytes]:
        """Send commands that do not wait for each other's answers; the plain answers, perhaps fewer than commands.

        All are protected before the first is sent, and all answers are opened after the last has come: between two
        commands, while the air stands idle, nothing is computed. `arrived` is called with the number of answers so
        far, which nobody has checked yet. The first answer without any protection ends the sending.
        """
        plain = [decode_command(command) for command in commands]
        if not self._open:
            raise CardError("card_channel_broken", "closed")
        first = self._keys.ssc
        try:
            ready = [protect(self._keys.after(first + 2 * n), one) for n, one in enumerate(plain) if one is not None]
            raw = self._send_all(ready, arrived)
            return [self._reveal(one, self._keys.after(first + 2 * n + 1)) for n, one in enumerate(raw)]
        except CardError:
            self._open = False
            raise

    def _send_all(self, ready: Sequence[bytes], arrived: Callable[[int], None]) -> list[bytes]:
        raw: list[bytes] = []
        for command in ready:
            raw.append(self._transport.transmit(command))
            arrived(len(raw))
            if len(raw[-1]) <= STATUS_BYTES:
                break
        return raw

    def _reveal(self, raw: bytes, keys: Keys) -> bytes:
        answer = split_answer(raw)
        if answer.sw == WRONG_LENGTH and not answer.data:
            raise LengthRefusedError("plain status 6700")
        if not answer.data:
            raise CardError("card_channel_broken", f"plain status {answer.sw:04X}")
        return reveal(keys, answer.data, answer.sw)


def protect(keys: Keys, plain: Command) -> bytes:
    """The protected form of a command; steps the counter."""
    ssc = keys.step()
    cla = plain.cla | 0x0C
    head = bytes((cla, plain.ins, plain.p1, plain.p2))
    body = _encrypted(keys, plain, ssc)
    if plain.le is not None:
        body += tlv.encode(LENGTH, _le_bytes(plain))
    mac = keys.sign(ssc, pad(head, keys.suite.block) + body) if body else keys.sign(ssc, head)
    data = body + tlv.encode(MAC, mac)
    long = plain.extended or len(data) > 255
    return Command(cla, plain.ins, plain.p1, plain.p2, data, 65536 if long else 256).encode()


def _encrypted(keys: Keys, plain: Command, ssc: bytes) -> bytes:
    if not plain.data:
        return b""
    secret = keys.suite.encrypt(keys.enc, pad(plain.data, keys.suite.block), ssc)
    return tlv.encode(ENCRYPTED_ODD, secret) if plain.ins & 1 else tlv.encode(ENCRYPTED, b"\x01" + secret)


def _le_bytes(plain: Command) -> bytes:
    length = plain.le or 0
    return (length & 0xFFFF).to_bytes(2, "big") if plain.extended else bytes((length & 0xFF,))


def reveal(keys: Keys, data: bytes, sw: int) -> bytes:
    """The plain answer in a protected one; steps the counter. Raises CardError("card_channel_broken")."""
    ssc = keys.step()
    objects = tlv.parse(data)
    status, mac = objects.get(STATUS, b""), objects.get(MAC, b"")
    signed = data[: len(data) - 2 - len(mac)]
    if not hmac.compare_digest(keys.sign(ssc, signed), mac):
        raise CardError("card_channel_broken", "MAC")
    if len(status) != 2 or int.from_bytes(status, "big") != sw:
        raise CardError("card_channel_broken", "status")
    secret = objects.get(ENCRYPTED)
    if secret is not None and secret[:1] != b"\x01":
        raise CardError("card_channel_broken", "padding indicator")
    secret = secret[1:] if secret is not None else objects.get(ENCRYPTED_ODD)
    return (_decrypted(keys, secret, ssc) if secret is not None else b"") + status


def _decrypted(keys: Keys, secret: bytes, ssc: bytes) -> bytes:
    if not secret or len(secret) % keys.suite.block:
        raise CardError("card_channel_broken", "not whole blocks")
    plain = unpad(keys.suite.decrypt(keys.enc, secret, ssc))
    if plain is None:
        raise CardError("card_channel_broken", "padding")
    return plain
