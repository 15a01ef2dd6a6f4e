"""The files of a travel document (ICAO 9303-10): where they are, how they are read, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hardware.cards import tlv
from hardware.cards.apdu import OK, WRONG_LENGTH, Answer, Command, Transport, exchange, read_binary, split_answer
from hardware.cards.demo_card import Progress
from hardware.cards.emrtd import mrz
from hardware.cards.emrtd.mrz import Mrz
from hardware.cards.emrtd.secure_messaging import SecureChannel
from hardware.cards.faults import CardError, LengthRefusedError

AID = bytes.fromhex("A0000002471001")
MASTER_FILE = 0x3F00
CARD_ACCESS, CARD_SECURITY, CHIP_INFO = 0x011C, 0x011D, 0x2F01
COM, SOD, DG1, DG2, DG11, DG12 = 0x011E, 0x011D, 0x0101, 0x0102, 0x010B, 0x010C
TAG_OF_GROUP = dict(enumerate(bytes.fromhex("6175637665666768696A6B6C6D6E6F70"), 1))
"""The tag of each data group (9303-10 table 38); EF.COM lists the present ones by it."""
TAGS = {COM: 0x60, SOD: 0x77} | {0x0100 | number: tag for number, tag in TAG_OF_GROUP.items()}
MAX_FILE_BYTES = 100_000
MAX_SMALL_FILE_BYTES = 4096
LAST_SHORT_OFFSET = 0x7FFF
OBJECT_BYTES = 5  # the most that tag and length of an answer's object take
PIECES_A_GO = 16  # 3.6 KB of short answers: what a chip may send before any of it is checked
END_OF_FILE = 0x6282
SHORT_PLAIN = {"3des": 231, "aes-128": 223, "aes-192": 223, "aes-256": 223}
"""The most plaintext a protected answer of 256 bytes carries."""

JPEG, JPEG_2000_BOX, JPEG_2000_RAW = b"\xff\xd8\xff", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"


def data_group(number: int) -> int:
    """The identifier of a data group's file."""
    return 0x0100 | number


def read_short(transport: Transport, short: int) -> Answer:
    """The first 256 bytes of a small file by its short identifier, outside any channel."""
    return exchange(transport, Command(0x00, 0xB0, 0x80 | short, 0, le=256))


def read_object(transport: Transport, short: int) -> Answer:
    """A small file that is one object, whole, outside any channel; raises CardError for one that is too long."""
    answer = read_short(transport, short)
    data = answer.data
    if answer.sw not in (OK, END_OF_FILE) or not data:
        return answer
    total = tlv.parse_header(data[:8], max_length=MAX_SMALL_FILE_BYTES).total
    while answer.data and answer.sw in (OK, END_OF_FILE) and len(data) < total:
        answer = exchange(transport, read_binary(len(data), min(256, total - len(data))))
        data += answer.data
    return Answer(data, answer.sw)


@dataclass(frozen=True)
class FileReader:
    """Reads whole files through a channel in pieces of `chunk` bytes, many pieces in one go."""

    channel: SecureChannel
    chunk: int

    def read(self, identifier: int, progress: Progress, tag: int | None = None) -> bytes:
        """One file of the present folder, whose own header says how long it is; progress is of this file.

        `tag` is what it must begin with where that is not what the application's file of this identifier does.
        """
        first = Command(0x00, 0xB0, 0x80 | identifier & 0x1F, 0, le=self.chunk)
        file = bytearray(_data(first, exchange(self.channel, first)))
        header = tlv.parse_header(bytes(file[:8]), max_length=MAX_FILE_BYTES)
        if header.tag != (tag or TAGS.get(identifier, header.tag)):
            raise CardError("card_invalid", f"file {identifier:04X} has tag {header.tag:X}")
        progress(min(len(file), header.total), header.total)
        pieces = replace(self, chunk=min(self.chunk, len(file)))  # a chip may give less than it is asked for
        while len(file) < header.total:
            pieces._go_on(file, header.total, progress)
        return bytes(file[: header.total])

    def _go_on(self, file: bytearray, total: int, progress: Progress) -> None:
        """Read the next pieces; after one that is shorter than was asked for, the next go begins behind it."""
        pieces = self._pieces(len(file), total)
        plain = self.channel.transmit_all(
            [piece.command.encode() for piece in pieces], lambda count: progress(pieces[count - 1].end, total)
        )
        for piece, raw in zip(pieces, plain, strict=False):
            answer = split_answer(raw)
            if answer.sw >> 8 in (0x61, 0x6C):  # it wants to be asked for another length
                answer = exchange(self.channel, piece.command)
            data = piece.data(answer)
            file += data
            if len(data) < piece.length:
                return

    def _pieces(self, at: int, total: int) -> list[_Piece]:
        pieces: list[_Piece] = []
        while at < total and len(pieces) < PIECES_A_GO:
            room = self.chunk if at <= LAST_SHORT_OFFSET else max(1, self.chunk - OBJECT_BYTES)
            pieces.append(_Piece(at, min(room, total - at)))
            at = pieces[-1].end
        return pieces


@dataclass(frozen=True)
class _Piece:
    """A part of a file: where it begins and how long it is."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """Where the next begins."""
        return self.start + self.length

    @property
    def command(self) -> Command:
        """READ BINARY; far into a file by its odd form, with the offset and the answer as objects."""
        if self.start <= LAST_SHORT_OFFSET:
            return Command(0x00, 0xB0, self.start >> 8, self.start & 0xFF, le=self.length)
        return Command(0x00, 0xB1, 0, 0, tlv.encode(0x54, self.start.to_bytes(3, "big")), self.length + OBJECT_BYTES)

    def data(self, answer: Answer) -> bytes:
        """The bytes of this piece in an answer, which may be fewer; raises CardError when it has none."""
        found = _data(self.command, answer)
        return (found if self.start <= LAST_SHORT_OFFSET else tlv.unwrap(found, 0x53))[: self.length]


def _data(command: Command, answer: Answer) -> bytes:
    if answer.sw == WRONG_LENGTH:
        raise LengthRefusedError(f"{command.le} bytes")
    if answer.sw not in (OK, END_OF_FILE) or not answer.data:
        raise CardError("card_invalid", f"READ BINARY: {answer.sw:04X}")
    return answer.data


def parse_com(file: bytes) -> frozenset[int]:
    """The data groups that EF.COM says are present (9303-10 §4.6.1); nobody signed it."""
    tags = tlv.parse(tlv.unwrap(file, 0x60)).get(0x5C, b"")
    group_of = {tag: number for number, tag in TAG_OF_GROUP.items()}
    if not set(tags) <= group_of.keys():
        raise CardError("card_invalid", "EF.COM lists a group that there is not")
    return frozenset(group_of[tag] for tag in tags)


def parse_dg12(file: bytes) -> tuple[str, str]:
    """Who issued the document, and its date of issue as YYYYMMDD; empty where DG12 does not say (9303-10 §4.7.12)."""
    objects = tlv.parse(tlv.unwrap(file, 0x6C))
    said = objects.get(0x5F26, b"")
    date = said.hex() if len(said) == 4 else said.decode("ascii", "replace")  # some write it in four bytes
    return objects.get(0x5F19, b"").decode(errors="replace"), date if date.isascii() and date.isdigit() else ""


def parse_dg1(file: bytes) -> Mrz:
    """The zone in DG1."""
    try:
        return mrz.parse(tlv.unwrap(tlv.unwrap(file, 0x61), 0x5F1F).decode("ascii"))
    except UnicodeDecodeError:
        raise CardError("card_invalid", "DG1 is no ASCII") from None


def parse_dg2(file: bytes) -> bytes:
    """The first face image in DG2, as JPEG or JPEG 2000 bytes (9303-10 §4.7.2, ISO/IEC 19794-5)."""
    group = tlv.parse(tlv.unwrap(file, 0x75)).get(0x7F61)
    if group is None:
        raise CardError("card_invalid", "DG2 without a template")
    template = next((item.value for item in tlv.walk(group) if item.tag == 0x7F60), b"")
    block = next((item.value for item in tlv.walk(template) if item.tag in (0x5F2E, 0x7F2E)), b"")
    starts = [at for mark in (JPEG, JPEG_2000_BOX, JPEG_2000_RAW) if (at := block.find(mark, 14)) >= 0]
    if not block.startswith(b"FAC\0") or not starts:
        raise CardError("card_invalid", "DG2 without an image")
    return block[min(starts) :]


def parse_dg11(file: bytes) -> str:
    """The holder's name in national characters, empty when DG11 has none (9303-10 §4.7.11, tag 5F0E)."""
    objects = tlv.parse(tlv.unwrap(file, 0x6B))
    for content in (objects, _other_names(objects)):
        name = content.get(0x5F0E, b"").decode(errors="replace").replace("<<", " ").replace("<", " ").strip()
        if name and "\ufffd" not in name:
            return name
    return ""


def _other_names(objects: dict[int, bytes]) -> dict[int, bytes]:
    return {item.tag: item.value for item in tlv.walk(objects.get(0xA0, b""))}
