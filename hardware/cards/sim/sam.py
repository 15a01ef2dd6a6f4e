"""An emulated SAM module on a pseudo-terminal, with made-up Mainland cards and the faults serial lines have."""

from __future__ import annotations

import os
import pty
import select
import threading
import time
import tty
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from hardware.cards.faults import CardError
from hardware.cards.mainland.frames import FrameReader, encode
from hardware.cards.mainland.reader import DONE, FIND, FOUND, NO_CARD, READ, SELECT, SIZES

UNSUPPORTED = b"\x00\x00\x21"
BYTES_A_SECOND = 11_520  # 115 200 baud, one start and one stop bit


@dataclass(frozen=True)
class MadeUpMainlander:
    """A made-up holder; `kind` is the type byte: "" resident, "J" Hong Kong, Macao or Taiwan, "I" or "Y" foreigner."""

    number: str
    name_zh: str
    birth: date
    sex: str
    kind: str = ""
    name_en: str = ""
    until: str = "20350101"

    def text(self) -> bytes:
        """Their card's 256 bytes."""
        birth = self.birth.strftime("%Y%m%d")
        if self.kind == "I":
            places = {0: self.name_en, 120: self.sex, 122: self.number, 158: self.name_zh, 204: self.until, 220: birth}
        elif self.kind == "Y":
            places = {0: self.name_zh, 30: self.sex, 36: birth, 52: self.name_en[:35], 122: self.number}
            places |= {204: self.until, 220: self.name_en[35:]}
        else:
            places = {0: self.name_zh, 30: self.sex, 36: birth, 122: self.number, 204: self.until}
        text = bytearray(" ".encode("utf-16-le") * 128)
        for offset, value in (places | {248: self.kind or " "}).items():
            encoded = value.encode("utf-16-le")
            text[offset : offset + len(encoded)] = encoded
        return bytes(text)


MAINLANDERS = {
    "resident": MadeUpMainlander("11010119510307701X", "陈大文", date(1951, 3, 7), "1", until="长期"),
    "permit": MadeUpMainlander("810000199408230021", "黄小明", date(1994, 8, 23), "2", "J"),
    "foreigner": MadeUpMainlander("CAN110190070101", "玛丽亚", date(1990, 7, 1), "2", "I", "DOE, MARIA MADE UP"),
    "foreigner2023": MadeUpMainlander(
        "911840199007010029", "玛丽亚", date(1990, 7, 1), "2", "Y", "DOE-FERNANDES OF THE MADE UP FAMILY MARIA JOSE"
    ),
}
PHOTO = bytes(range(256)) * 4


class SamModule:
    """The module: `path` is its line. Knobs change its next answers until turned back by `calm`."""

    def __init__(self, *, paced: bool = False) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(self._master)
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave
        self._wake = os.pipe()
        self._paced = paced
        self._card: MadeUpMainlander | None = None
        self._selected = False
        self.calm()
        self._thread = threading.Thread(target=self._serve, name="emulated-sam", daemon=True)
        self._thread.start()

    def calm(self) -> None:
        """Turn every knob back."""
        self.noise = b""
        self.wrong_check = 0  # how many of the next long answers get a wrong check byte
        self.cut_at: int | None = None
        self.mute = False
        self.pulled_when_read = False

    def present(self, card: MadeUpMainlander) -> None:
        """Lay a card on the module."""
        self._card, self._selected = card, False

    def pull_card(self) -> None:
        """Take it away."""
        self._card = None

    def unplug(self) -> None:
        """Pull the cable: the line is gone for good."""
        os.write(self._wake[1], b"x")
        self._thread.join(2.0)
        for descriptor in (self._slave, self._master, *self._wake):
            os.close(descriptor)

    def close(self) -> None:
        """End the module, unplugged or not."""
        if self._thread.is_alive():
            self.unplug()

    def _serve(self) -> None:
        frames = FrameReader()
        while True:
            ready, _, _ = select.select([self._master, self._wake[0]], [], [])
            if self._wake[0] in ready:
                return
            with suppress(CardError, OSError):
                content = frames.feed(os.read(self._master, 256))
                while content is not None:
                    self._answer(content)
                    content = frames.feed(b"")

    def _answer(self, command: bytes) -> None:
        if self.mute:
            return
        frame = bytearray(encode(self._obey(command)))
        if len(frame) > 100 and self.wrong_check:
            self.wrong_check -= 1
            frame[-1] ^= 0x55
        if len(frame) > 100 and self.cut_at is not None:
            del frame[self.cut_at :]
        self._send(self.noise + bytes(frame))

    def _send(self, data: bytes) -> None:
        for at in range(0, len(data), 256):
            piece = data[at : at + 256]
            if self._paced:
                time.sleep(len(piece) / BYTES_A_SECOND)
            os.write(self._master, piece)

    def _obey(self, command: bytes) -> bytes:
        card = self._card
        if command == FIND:
            return FOUND + bytes(4) if card else NO_CARD[0]
        if command == SELECT:
            self._selected = card is not None
            return DONE + bytes(8) if card else NO_CARD[1]
        if command == READ and self.pulled_when_read:
            self._card = card = None
        if command == READ:
            return DONE + SIZES + card.text() + PHOTO if card and self._selected else NO_CARD[1]
        return UNSUPPORTED
