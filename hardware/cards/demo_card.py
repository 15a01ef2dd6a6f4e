"""The demo identity card: a plain ISO 7816-4 card of our own that stands where a real document's chip would.

One application holds one file, read by READ BINARY: a 7F4E object with the interindustry objects of ISO/IEC 7816-6
(name 5F20, birth date 5F2B, sex 5F35, portrait 5F40) and three of our own: kind C0, number C1, Chinese name C2.
Nothing on it is protected or signed: it serves demonstrations, training and tests, never a real document.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import TypeVar

from hardware.cards import tlv
from hardware.cards.apdu import OK, Transport, exchange, read_binary, select_application
from hardware.cards.documents import KINDS, IdentityDocument, Sex
from hardware.cards.faults import CardError

AID = b"\xf0KIOSK-ID\x01"  # F0: proprietary, unregistered (ISO/IEC 7816-4 §8.2.1.2)
TEMPLATE = 0x7F4E
KIND, NUMBER, NAME_ZH = 0xC0, 0xC1, 0xC2
NAME_EN, BIRTH_DATE, SEX, PORTRAIT = 0x5F20, 0x5F2B, 0x5F35, 0x5F40
EXTENDED_LENGTHS = 0x7F66  # ISO/IEC 7816-4 §12.7.1: largest command and answer the card takes
MAX_FILE_BYTES = 0x7FFF
MAX_TEXT_CHARS = 120
SHORT_CHUNK = 256
LONGEST_CHUNK = 4096
END_OF_FILE = 0x6282  # fewer bytes than asked for
SEX_CODES: dict[bytes, Sex] = {b"1": "M", b"2": "F", b"0": ""}  # ISO/IEC 5218

_Value = TypeVar("_Value")
Progress = Callable[[int, int], None]
"""Called with bytes read so far and bytes in all."""


def encode(document: IdentityDocument) -> bytes:
    """The file of a card that holds this document."""
    sex_code = next(code for code, sex in SEX_CODES.items() if sex == document.sex)
    objects = [
        (KIND, document.kind.encode("ascii")),
        (NUMBER, document.number.encode("ascii")),
        (NAME_EN, document.name_en.encode()),
        (NAME_ZH, document.name_zh.encode()),
        (BIRTH_DATE, document.birth_date.strftime("%Y%m%d").encode("ascii")),
        (SEX, sex_code),
    ]
    if document.photo_jpeg is not None:
        objects.append((PORTRAIT, document.photo_jpeg))
    return tlv.encode(TEMPLATE, b"".join(tlv.encode(tag, value) for tag, value in objects))


def decode(file: bytes) -> IdentityDocument:
    """The document in a card's file; raises CardError("card_invalid") for anything not as `encode` makes it."""
    objects = tlv.parse(tlv.unwrap(file, TEMPLATE))
    photo = objects.get(PORTRAIT)
    if photo is not None and not photo.startswith(b"\xff\xd8\xff"):
        raise CardError("card_invalid", "portrait is no JPEG")
    return IdentityDocument(
        kind=_one_of(KINDS, _text(objects, KIND)),
        number=_text(objects, NUMBER),
        name_en=_text(objects, NAME_EN),
        name_zh=_text(objects, NAME_ZH),
        birth_date=_date(_text(objects, BIRTH_DATE)),
        sex=SEX_CODES[_one_of(tuple(SEX_CODES), objects.get(SEX, b"0"))],
        photo_jpeg=photo,
    )


def _one_of(allowed: tuple[_Value, ...], value: _Value) -> _Value:
    if value not in allowed:
        raise CardError("card_invalid", "a code outside its list")
    return value


def _text(objects: dict[int, bytes], tag: int) -> str:
    try:
        text = objects[tag].decode()
    except KeyError:
        raise CardError("card_invalid", f"TLV {tag:X} missing") from None
    except UnicodeDecodeError:
        raise CardError("card_invalid", f"TLV {tag:X} is no UTF-8") from None
    if len(text) > MAX_TEXT_CHARS or any(ord(char) < 0x20 for char in text):
        raise CardError("card_invalid", f"TLV {tag:X} is no name")
    return text


def _date(text: str) -> date:
    if len(text) == 8 and text.isascii() and text.isdigit():
        with suppress(ValueError):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    raise CardError("card_invalid", "birth date is no date")


def read(transport: Transport, progress: Progress) -> IdentityDocument:
    """Read the demo card on this transport; raises CardError("card_unknown") when it is another kind of card."""
    answer = exchange(transport, select_application(AID))
    if answer.sw != OK:
        raise CardError("card_unknown", f"{answer.sw:04X}")
    return decode(read_file(transport, _longest_chunk(answer.data), progress))


def _longest_chunk(control: bytes) -> int:
    """The answer length this card takes: extended if its control parameters say so, else 256 bytes."""
    limits = tlv.parse(tlv.unwrap(control, 0x6F)).get(EXTENDED_LENGTHS) if control else None
    if limits is None:
        return SHORT_CHUNK
    numbers = [item.value for item in tlv.walk(limits) if item.tag == 0x02]
    return min(LONGEST_CHUNK, max(SHORT_CHUNK, int.from_bytes(numbers[1], "big"))) if len(numbers) == 2 else SHORT_CHUNK


def read_file(transport: Transport, chunk: int, progress: Progress) -> bytes:
    """The whole current file, whose own TLV header says how long it is; at most MAX_FILE_BYTES."""
    file = bytearray(_read_at(transport, 0, SHORT_CHUNK))
    total = tlv.parse_header(bytes(file[:8]), max_length=MAX_FILE_BYTES - 8).total
    progress(min(len(file), total), total)
    while len(file) < total:
        file += _read_at(transport, len(file), min(chunk, total - len(file)))
        progress(min(len(file), total), total)
    return bytes(file[:total])


def _read_at(transport: Transport, offset: int, length: int) -> bytes:
    answer = exchange(transport, read_binary(offset, length))
    if answer.sw not in (OK, END_OF_FILE) or not answer.data:
        raise CardError("card_invalid", f"READ BINARY: {answer.sw:04X}, {len(answer.data)} bytes")
    return answer.data
