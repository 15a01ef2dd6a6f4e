"""BER-TLV as cards use it (ISO/IEC 7816-4 annex, ISO/IEC 8825-1 definite lengths), bounded and without recursion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hardware.cards.faults import CardError

MAX_ITEMS = 256
MAX_LENGTH = 1 << 20  # no object of any document we read is larger than 1 MiB


@dataclass(frozen=True, repr=False)
class Tlv:
    """One object: its tag with its class bits, and its value."""

    tag: int
    value: bytes

    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"


@dataclass(frozen=True)
class Header:
    """The beginning of an object: tag, length of the value, and how many bytes both took."""

    tag: int
    length: int
    size: int

    @property
    def total(self) -> int:
        """Bytes of the whole object."""
        return self.size + self.length


def parse_header(data: bytes, at: int = 0, *, max_length: int = MAX_LENGTH) -> Header:
    """The header of the object at `at`; its value need not be there yet. Raises CardError("card_invalid")."""
    tag_end = _tag_end(data, at)
    if tag_end >= len(data):
        raise CardError("card_invalid", "TLV cut in its header")
    length, end = _length(data, tag_end)
    if length > max_length:
        raise CardError("card_invalid", "TLV length out of bounds")
    return Header(int.from_bytes(data[at:tag_end], "big"), length, end - at)


def _tag_end(data: bytes, at: int) -> int:
    if at >= len(data):
        raise CardError("card_invalid", "TLV cut in its tag")
    end = at + 1
    if data[at] & 0x1F == 0x1F:
        while end < len(data) and data[end] & 0x80:
            end += 1
        end += 1
    if end - at > 3:
        raise CardError("card_invalid", "TLV tag too long")
    return end


def _length(data: bytes, at: int) -> tuple[int, int]:
    first = data[at]
    if first < 0x80:
        return first, at + 1
    count = first & 0x7F
    if not 1 <= count <= 4 or at + 1 + count > len(data):
        raise CardError("card_invalid", "TLV length not readable")
    return int.from_bytes(data[at + 1 : at + 1 + count], "big"), at + 1 + count


def walk(data: bytes, *, max_items: int = MAX_ITEMS) -> Iterator[Tlv]:
    """The objects of one level, in order; the bytes must end with the last of them."""
    at = 0
    for _ in range(max_items):
        if at == len(data):
            return
        header = parse_header(data, at)
        end = at + header.total
        if end > len(data):
            raise CardError("card_invalid", "TLV value cut")
        yield Tlv(header.tag, data[at + header.size : end])
        at = end
    if at != len(data):
        raise CardError("card_invalid", "too many TLV objects")


def parse(data: bytes) -> dict[int, bytes]:
    """The objects of one level by tag; a tag that comes twice is refused."""
    found: dict[int, bytes] = {}
    for item in walk(data):
        if item.tag in found:
            raise CardError("card_invalid", f"TLV {item.tag:X} twice")
        found[item.tag] = item.value
    return found


def unwrap(data: bytes, tag: int) -> bytes:
    """The value of the single object these bytes hold, which must have this tag."""
    items = list(walk(data, max_items=2))
    if len(items) != 1 or items[0].tag != tag:
        raise CardError("card_invalid", f"TLV {tag:X} expected")
    return items[0].value


def encode(tag: int, value: bytes) -> bytes:
    """One object in its shortest form."""
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + encode_length(len(value)) + value


def encode_length(length: int) -> bytes:
    """A definite length in its shortest form."""
    if length < 0x80:
        return bytes((length,))
    wide = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(wide),)) + wide
