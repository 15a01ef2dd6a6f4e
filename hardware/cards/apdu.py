"""ISO/IEC 7816-4 commands and answers, short and extended, and one exchange over any transport."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from hardware.cards.faults import CardError

OK = 0x9000
NOT_FOUND = 0x6A82
WRONG_LENGTH = 0x6700
MAX_CHAINED_ANSWERS = 300  # GET RESPONSE rounds: 300 × 256 bytes is more than any file we read


class Transport(Protocol):
    """One powered card."""

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU, return the answer with its two status bytes; raises CardError."""


@dataclass(frozen=True)
class Command:
    """A command APDU; `le` is the number of bytes wanted back (256 and 65536 mean "all"), None for none."""

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None

    @property
    def extended(self) -> bool:
        """Whether it only fits the extended form."""
        return len(self.data) > 255 or (self.le or 0) > 256

    def encode(self) -> bytes:
        """The bytes on the wire (ISO 7816-4 §5.1)."""
        head = bytes((self.cla, self.ins, self.p1, self.p2))
        return head + (self._extended_body() if self.extended else self._short_body())

    def _short_body(self) -> bytes:
        body = bytes((len(self.data),)) + self.data if self.data else b""
        return body if self.le is None else body + bytes((self.le & 0xFF,))

    def _extended_body(self) -> bytes:
        body = b"\0" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.le is None:
            return body
        return body + (b"" if self.data else b"\0") + (self.le & 0xFFFF).to_bytes(2, "big")


def decode_command(raw: bytes) -> Command | None:
    """The command in these bytes, or None when they are not one (an emulator answers 6700)."""
    if len(raw) < 4:
        return None
    command = Command(*raw[:4])
    body = raw[4:]
    if not body:
        return command
    if body[0] == 0 and len(body) > 1:
        return _decode_extended(command, body[1:])
    if len(body) == 1:
        return replace(command, le=body[0] or 256)
    data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
    if len(data) < body[0] or len(rest) > 1:
        return None
    return replace(command, data=data, le=(rest[0] or 256) if rest else None)


def _decode_extended(command: Command, body: bytes) -> Command | None:
    number = int.from_bytes(body[:2], "big")
    if len(body) == 2:
        return replace(command, le=number or 65536)
    data, rest = body[2 : 2 + number], body[2 + number :]
    if len(body) < 2 or not number or len(data) < number or len(rest) not in (0, 2):
        return None
    return replace(command, data=data, le=(int.from_bytes(rest, "big") or 65536) if rest else None)


@dataclass(frozen=True, repr=False)
class Answer:
    """The data and status word of one exchange."""

    data: bytes
    sw: int

    def __repr__(self) -> str:
        return f"Answer({len(self.data)} bytes, sw={self.sw:04X})"

    def expect(self, what: str) -> bytes:
        """The data if the status is 9000; otherwise the card is at fault."""
        if self.sw != OK:
            raise CardError("card_invalid", f"{what}: {self.sw:04X}")
        return self.data


def split_answer(raw: bytes) -> Answer:
    """Data and status of an answer; no answer at all means that the card is gone."""
    if not raw:
        raise CardError("card_removed", "empty answer")
    if len(raw) < 2:
        raise CardError("card_invalid", "answer of one byte")
    return Answer(raw[:-2], int.from_bytes(raw[-2:], "big"))


def exchange(transport: Transport, command: Command) -> Answer:
    """Send a command and follow 61xx (more to fetch) and 6Cxx (other length), each a bounded number of times."""
    answer = split_answer(transport.transmit(command.encode()))
    if answer.sw >> 8 == 0x6C:
        answer = split_answer(transport.transmit(replace(command, le=(answer.sw & 0xFF) or 256).encode()))
    data = answer.data
    for _ in range(MAX_CHAINED_ANSWERS):
        if answer.sw >> 8 != 0x61:
            return Answer(data, answer.sw)
        fetch = Command(command.cla & 0x03, 0xC0, le=(answer.sw & 0xFF) or 256)
        answer = split_answer(transport.transmit(fetch.encode()))
        data += answer.data
    raise CardError("card_invalid", "endless answer")


def select_application(aid: bytes) -> Command:
    """SELECT by application identifier, wanting its control parameters back."""
    return Command(0x00, 0xA4, 0x04, 0x00, aid, 256)


def read_binary(offset: int, length: int) -> Command:
    """READ BINARY of the current file; beyond 32 767 bytes by the odd instruction and an offset object."""
    if offset <= 0x7FFF:
        return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, le=length)
    wide = offset.to_bytes(3, "big").lstrip(b"\0")
    return Command(0x00, 0xB1, 0, 0, bytes((0x54, len(wide))) + wide, length)
