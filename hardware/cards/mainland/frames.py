"""The frames of a SAM module: a preamble, a length, a command or status, data, and a check byte.

Public drivers of many vendors agree on this form; no official text is public. Requests and answers both are
AA AA AA 96 69, two bytes of length (all that follows), the content, and the XOR of length and content.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import xor

from hardware.cards.faults import CardError

PREAMBLE = bytes.fromhex("AAAAAA9669")
MAX_LENGTH = 4096  # text, photo and fingerprints together are 2 321 bytes
MIN_LENGTH = 3  # a command of two bytes and its check byte


@dataclass(frozen=True, repr=False)
class Answer:
    """A module's answer: three status bytes and what follows them."""

    status: bytes
    data: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status.hex()}, {len(self.data)} bytes)"


def check_byte(content: bytes) -> int:
    """The XOR of all bytes."""
    return reduce(xor, content, 0)


def encode(content: bytes) -> bytes:
    """A frame around a command, or around a status and its data."""
    measured = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + measured + bytes((check_byte(measured),))


def split_answer(content: bytes) -> Answer:
    """Status and data of an answer's content."""
    return Answer(content[:3], content[3:])


class FrameReader:
    """Takes bytes as they come and gives whole frames; noise before a preamble is skipped."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> bytes | None:
        """The content of the next whole frame, or None until there is one.

        Raises CardError("card_unreadable") for a frame whose check byte or length is wrong, having skipped its
        preamble, so that the next call looks further.
        """
        self._held += data
        start = self._held.find(PREAMBLE)
        if start < 0:
            del self._held[: max(0, len(self._held) - len(PREAMBLE) + 1)]
            return None
        del self._held[:start]
        head = len(PREAMBLE)
        if len(self._held) < head + 2:
            return None
        length = int.from_bytes(self._held[head : head + 2], "big")
        if not MIN_LENGTH <= length <= MAX_LENGTH:
            self._skip(head)
            raise CardError("card_unreadable", "frame length")
        if len(self._held) < head + 2 + length:
            return None
        measured = bytes(self._held[head : head + 1 + length])
        right = check_byte(measured) == self._held[head + 1 + length]
        self._skip(head + 2 + length if right else head)
        if not right:
            raise CardError("card_unreadable", "frame check byte")
        return measured[2:]

    def _skip(self, count: int) -> None:
        del self._held[:count]
