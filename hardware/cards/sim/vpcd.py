"""The card side of vpcd's wire protocol: each reader of the lab is a VpcdHost into which cards are put.

A message is two bytes of length (big-endian) and its payload; a payload of one byte is an order to the card's
contacts (00 off, 01 on, 02 reset, 04 tell your answer to reset), anything else is a command APDU. Taking the card
out closes the connection.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

POWER_OFF, POWER_ON, RESET, GIVE_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
JOIN_S = 5.0


class EmulatedCard(Protocol):
    """A card as its contacts see it."""

    atr: bytes

    def reset(self) -> None:
        """Forget every selection and every right gained."""

    def respond(self, command: bytes) -> bytes:
        """The answer to one command APDU, with its status bytes."""


class CardSlot:
    """One reader's mouth. Knobs for clumsy hands and bad cards may be turned at any time, also while a card is read.

    `slow_s`: seconds each command takes; `tear_at`: the card is pulled in the middle of its nth command (1 is the
    first after insertion); `alter`: changes answers on their way out; `commands` counts since insertion.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._wire: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._halt = threading.Event()
        self.card: EmulatedCard | None = None
        self.torn = threading.Event()
        self.slow_s = 0.0
        self.tear_at: int | None = None
        self.alter: Callable[[int, bytes], bytes] | None = None
        self.commands = 0
        self.powered = False

    def insert(self, card: EmulatedCard) -> None:
        """Put a card in; the one that was there is pulled first."""
        self.remove()
        with self._lock:
            self.card, self.commands, self.powered = card, 0, False
            self._halt.clear()
            self.torn.clear()
            self._wire = self._connect()
            self._thread = threading.Thread(
                target=self._serve, args=(self._wire, card), name="emulated-card", daemon=True
            )
            self._thread.start()

    def remove(self) -> None:
        """Pull the card, whatever it is doing; nothing if there is none."""
        with self._lock:
            if self._wire is None or self._thread is None:
                return
            self._halt.set()
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)
            self._thread.join(JOIN_S)
            self._wire.close()
            self._wire = self._thread = self.card = None

    def swap(self, card: EmulatedCard) -> None:
        """Replace the card faster than the service looks."""
        self.insert(card)

    def calm(self) -> None:
        """Turn every knob back."""
        self.slow_s, self.tear_at, self.alter = 0.0, None, None

    def _serve(self, wire: socket.socket, card: EmulatedCard) -> None:
        with suppress(OSError):
            while (payload := receive(wire)) is not None:
                answer = self._order(card, payload) if len(payload) == 1 else self._command(card, payload)
                if self.torn.is_set():
                    wire.shutdown(socket.SHUT_RDWR)
                    return
                if answer is not None:
                    wire.sendall(len(answer).to_bytes(2, "big") + answer)

    def _order(self, card: EmulatedCard, order: bytes) -> bytes | None:
        if order == GIVE_ATR:
            return card.atr
        self.powered = order != POWER_OFF
        card.reset()
        return None

    def _command(self, card: EmulatedCard, command: bytes) -> bytes:
        self.commands += 1
        if self.commands == self.tear_at:
            self.torn.set()
            return b""
        if self.slow_s:
            self._halt.wait(self.slow_s)
        if not self.powered:
            return b"\x6f\x00"  # a chip without power says nothing; this is as near as vpcd gets
        answer = card.respond(command)
        return self.alter(self.commands, answer) if self.alter else answer


def receive(wire: socket.socket) -> bytes | None:
    """The next payload, or None when vpcd has closed the connection."""
    head = _exactly(wire, 2)
    return None if head is None else _exactly(wire, int.from_bytes(head, "big"))


def _exactly(wire: socket.socket, count: int) -> bytes | None:
    data = b""
    while len(data) < count:
        # vpcd sends length and payload apart; without this each command waits 40 ms for a delayed acknowledgement
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = wire.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return data
