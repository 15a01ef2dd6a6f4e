"""Emulated cards of the simple kinds: the demo identity card, and cards that are no identity document."""

from __future__ import annotations

from hardware.cards import demo_card, tlv
from hardware.cards.apdu import Command, decode_command
from hardware.cards.detect import PAYMENT_DIRECTORIES, STORAGE_CARD
from hardware.cards.documents import IdentityDocument

DONE, END_OF_FILE = b"\x90\x00", b"\x62\x82"
NOT_FOUND, WRONG_LENGTH, WRONG_OFFSET = b"\x6a\x82", b"\x67\x00", b"\x6b\x00"
NOT_ALLOWED, UNKNOWN_INSTRUCTION, UNKNOWN_CLASS = b"\x69\x86", b"\x6d\x00", b"\x6e\x00"


def answer_to_reset(historical: bytes) -> bytes:
    """An answer to reset for T=0 and T=1 with these historical bytes (ISO/IEC 7816-3 §8.2)."""
    body = bytes((0x80 | len(historical), 0x80, 0x01)) + historical
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes((check,))


class DemoCard:
    """The demo identity card with one document on it; strict: nothing is read before it is selected.

    `extended` is the longest answer it admits to beyond 256 bytes (None: short commands only).
    """

    def __init__(self, document: IdentityDocument, *, extended: int | None = None) -> None:
        self.atr = answer_to_reset(b"KIOSK-ID")
        self.file = demo_card.encode(document)
        self.extended = extended
        self.selected = False

    def reset(self) -> None:
        """Forget the selection."""
        self.selected = False

    def respond(self, command: bytes) -> bytes:
        """Answer SELECT and READ BINARY; everything else is refused by its own status word."""
        parsed = decode_command(command)
        if parsed is None or (parsed.extended and self.extended is None):
            return WRONG_LENGTH
        if parsed.cla != 0:
            return UNKNOWN_CLASS
        if parsed.ins == 0xA4:
            return self._select(parsed)
        return self._read(parsed) if parsed.ins == 0xB0 else UNKNOWN_INSTRUCTION

    def _select(self, command: Command) -> bytes:
        self.selected = command.p1 == 0x04 and command.data == demo_card.AID
        return self._control() + DONE if self.selected else NOT_FOUND

    def _control(self) -> bytes:
        inner = tlv.encode(0x80, len(self.file).to_bytes(2, "big"))
        if self.extended is not None:
            sizes = (self.extended + 16, self.extended)
            limits = b"".join(tlv.encode(0x02, size.to_bytes(2, "big")) for size in sizes)
            inner += tlv.encode(demo_card.EXTENDED_LENGTHS, limits)
        return tlv.encode(0x6F, inner)

    def _read(self, command: Command) -> bytes:
        offset, length = command.p1 << 8 | command.p2, command.le or 0
        if not self.selected:
            return NOT_ALLOWED
        if offset & 0x8000 or offset >= len(self.file):
            return WRONG_OFFSET
        if length > max(256, self.extended or 0):
            return WRONG_LENGTH
        piece = self.file[offset : offset + length]
        return piece + (DONE if len(piece) == length else END_OF_FILE)


class OtherCard:
    """A card that knows no application of ours; `commands` counts what it was asked."""

    def __init__(self) -> None:
        self.atr = answer_to_reset(b"OTHER")
        self.commands = 0

    def reset(self) -> None:
        """Nothing to forget."""

    def respond(self, command: bytes) -> bytes:
        """Refuse every selection and everything else."""
        self.commands += 1
        parsed = decode_command(command)
        return NOT_FOUND if parsed and parsed.ins == 0xA4 else UNKNOWN_INSTRUCTION


class BankCard(OtherCard):
    """A contactless payment card, or a phone that plays one: it has EMV's directory and nothing of ours."""

    def respond(self, command: bytes) -> bytes:
        """Answer the selection of the payment directory; refuse everything else."""
        refused = super().respond(command)
        parsed = decode_command(command)
        directory = tlv.encode(0x6F, tlv.encode(0x84, PAYMENT_DIRECTORIES[0]))
        asked = parsed is not None and parsed.ins == 0xA4 and parsed.data == PAYMENT_DIRECTORIES[0]
        return directory + DONE if asked else refused


class TransitCard(OtherCard):
    """A FeliCa transit card as a PC/SC reader presents it: its kind in the answer to reset, no commands at all."""

    def __init__(self) -> None:
        super().__init__()
        self.atr = answer_to_reset(b"\x80\x4f\x0c" + STORAGE_CARD + bytes.fromhex("11003B00000000"))


class MuteCard(OtherCard):
    """Something on the reader that does not answer like a card: two cards at once, a card turned over."""

    def __init__(self) -> None:
        super().__init__()
        self.atr = bytes.fromhex("ffffff")
