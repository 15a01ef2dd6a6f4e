"""The SAM reader as a device: finds, selects and reads a Mainland card over a serial line.

Whether a real module finds a card again after it was read differs between vendors and was not tried on any; a card
counts as gone when the module no longer selects it.
"""

from __future__ import annotations

import termios
import threading
import time
from collections.abc import Callable, Sequence

import serial

from hardware.cards.documents import CardFault, CardGone, CardPresented, CardReading, IdentityDocument, IdentityRead
from hardware.cards.faults import CardError
from hardware.cards.identify import Key
from hardware.cards.mainland import photo, record
from hardware.cards.mainland.frames import Answer, FrameReader, encode, split_answer
from hardware.device import Fault, State, Status, Tell

BAUD = 115_200
FIND, SELECT, READ = b"\x20\x01", b"\x20\x02", b"\x30\x01"
FOUND, DONE = b"\x00\x00\x9f", b"\x00\x00\x90"
NO_CARD = (b"\x00\x00\x80", b"\x00\x00\x81")
SIZES = b"\x01\x00\x04\x00"  # 256 bytes of text, 1024 of photo
ANSWER_BYTES = 1295
READ_TRIES = 3
LINE_LOST = (serial.SerialException, OSError, termios.error)  # the last comes from flushing a line that is gone


class SamCardReader:
    """A SAM module on the serial line `path`; `decoder` is the site's photo program, if it has one.

    `poll_s`: seconds between looks for a card; `reply_s`: seconds a module may stay silent before it counts as lost.
    """

    def __init__(
        self,
        path: str,
        *,
        name: str = "card",
        poll_s: float = 0.3,
        reply_s: float = 1.5,
        decoder: Sequence[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._path = path
        self._poll_s = poll_s
        self._reply_s = reply_s
        self._decoder = tuple(decoder)
        self._monotonic = monotonic
        self._line: serial.Serial | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._asked = threading.Event()

    def open(self) -> Fault | None:
        """Take the line for ourselves alone."""
        self._wake.clear()
        try:
            self._line = serial.Serial(self._path, BAUD, timeout=0.05, write_timeout=self._reply_s, exclusive=True)
        except LINE_LOST as error:
            return Fault("reader_lost", detail=type(error).__name__)
        return None

    def close(self) -> None:
        """Let the line go."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def interrupt(self) -> None:
        """End the pause between two looks."""
        self._wake.set()

    def look_again(self) -> None:
        """Read the card that lies there once more; from any thread."""
        self._asked.set()
        self._wake.set()

    def unlock(self, key: Key | None) -> None:
        """No key of ours opens these cards."""

    def serve(self, stop: threading.Event, tell: Tell) -> Fault | None:
        """Read every card that comes until `stop`, or until the module is lost."""
        self._stop = stop
        present = False
        while not stop.is_set():
            if present and self._asked.is_set():
                present = False
                tell(CardGone(self._path))
            self._asked.clear()
            try:
                present = self._look(present, tell)
            except CardError as error:
                if error.fault.code == "reader_lost":
                    if present:
                        tell(CardGone(self._path))
                    return error.fault
            self._wake.wait(self._poll_s)
            if not stop.is_set():
                self._wake.clear()
        return None

    def _look(self, present: bool, tell: Tell) -> bool:
        """One look at the module: whether a card lies there now."""
        if present:
            still = self._ask(SELECT).status == DONE
            if not still:
                tell(CardGone(self._path))
            return still
        if self._ask(FIND).status != FOUND:
            return False
        tell(CardPresented(self._path))
        tell(Status(self.name, State.BUSY))
        outcome = self._read(tell)
        tell(CardFault(outcome) if isinstance(outcome, Fault) else IdentityRead(outcome))
        tell(Status(self.name, State.READY))
        return True

    def _read(self, tell: Tell) -> IdentityDocument | Fault:
        """Select and read, a few times where the line garbles it; raises CardError when the module is lost."""
        fault = Fault("card_unreadable")
        for _ in range(READ_TRIES):
            try:
                return self._read_once(tell)
            except CardError as error:
                if error.fault.code in ("reader_lost", "stopped"):
                    raise
                fault = error.fault
                if fault.code in ("card_invalid", "card_unknown"):
                    break
        return fault

    def _read_once(self, tell: Tell) -> IdentityDocument:
        if self._ask(SELECT).status != DONE:
            raise CardError("card_removed", "not selected")
        answer = self._ask(READ, lambda count: tell(CardReading(min(count, ANSWER_BYTES), ANSWER_BYTES)))
        if answer.status in NO_CARD:
            raise CardError("card_removed", answer.status.hex())
        if answer.status != DONE:
            raise CardError("card_unreadable", answer.status.hex())
        if answer.data[:4] != SIZES or len(answer.data) != 4 + record.TEXT_BYTES + photo.PHOTO_BYTES:
            raise CardError("card_unreadable", "sizes")
        card = record.parse(answer.data[4 : 4 + record.TEXT_BYTES])
        return card.document(self._photo(answer.data[4 + record.TEXT_BYTES :]))

    def _photo(self, encoded: bytes) -> bytes | None:
        return photo.decode(self._decoder, encoded) if self._decoder else None

    def _ask(self, command: bytes, progress: Callable[[int], None] | None = None) -> Answer:
        """Send a command and wait for its answer; raises CardError("reader_lost") when none comes at all."""
        line = self._line
        if line is None:
            raise CardError("reader_lost", "closed")
        try:
            line.reset_input_buffer()
            line.write(encode(command))
            return self._await(line, progress)
        except LINE_LOST as error:
            raise CardError("reader_lost", type(error).__name__) from None

    def _await(self, line: serial.Serial, progress: Callable[[int], None] | None) -> Answer:
        frames, count = FrameReader(), 0
        deadline_s = self._monotonic() + self._reply_s
        while self._monotonic() < deadline_s:
            if self._stop.is_set():
                raise CardError("stopped")
            data = line.read(max(1, line.in_waiting))
            if data:
                count += len(data)
                if progress is not None:
                    progress(count)
                deadline_s = self._monotonic() + self._reply_s  # it is alive
            content = frames.feed(data)
            if content is not None:
                return split_answer(content)
        raise CardError("card_unreadable", "cut") if count else CardError("reader_lost", "silent")
