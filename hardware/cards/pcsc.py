"""PC/SC by its raw calls: sessions with one card, and the words for what may go wrong.

pyscard's own classes are not used: their monitor thread ends for good when the service restarts, and their default
disposition on disconnect leaves a reader stuck when a card is pulled and put back within one poll of the service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from smartcard import scard

from hardware.cards.faults import CardError

CONNECT_TRIES = 3
CONNECT_PAUSE_S = 0.1
PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1

_CODES = {
    "card_removed": (
        scard.SCARD_E_NO_SMARTCARD,
        scard.SCARD_W_REMOVED_CARD,
        scard.SCARD_W_RESET_CARD,
        scard.SCARD_E_NOT_TRANSACTED,
    ),
    "card_unreadable": (
        scard.SCARD_W_UNRESPONSIVE_CARD,
        scard.SCARD_W_UNPOWERED_CARD,
        scard.SCARD_W_UNSUPPORTED_CARD,
        scard.SCARD_E_PROTO_MISMATCH,
    ),
    "card_timeout": (scard.SCARD_E_TIMEOUT,),
    "reader_busy": (scard.SCARD_E_SHARING_VIOLATION,),
    "reader_lost": (
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_F_COMM_ERROR,
        scard.SCARD_E_READER_UNAVAILABLE,
        scard.SCARD_E_UNKNOWN_READER,
        scard.SCARD_E_NO_READERS_AVAILABLE,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_INTERNAL_ERROR,
    ),
}
_CODE_OF = {result & 0xFFFFFFFF: code for code, results in _CODES.items() for result in results}


def fault_code(result: int) -> str:
    """The fault code of a PC/SC result other than success."""
    return _CODE_OF.get(result & 0xFFFFFFFF, "card_unreadable")


def check(result: int, call: str) -> None:
    """Raise the CardError of a PC/SC result; nothing for success."""
    if result != scard.SCARD_S_SUCCESS:
        raise CardError(fault_code(result), f"{call} {result & 0xFFFFFFFF:08X}")


def _check_service(result: int, call: str) -> None:
    """Whatever such a call answers but success, the service is lost: one that dies leaves any result behind."""
    if result != scard.SCARD_S_SUCCESS:
        raise CardError("reader_lost", f"{call} {result & 0xFFFFFFFF:08X}")


class Context:
    """One conversation with the PC/SC service; belongs to the thread that opened it."""

    def __init__(self) -> None:
        result, self.handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check_service(result, "EstablishContext")

    def __enter__(self) -> Context:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        scard.SCardReleaseContext(self.handle)

    def readers(self) -> tuple[str, ...]:
        """The names of the readers now; their order and numbers are not stable."""
        result, names = scard.SCardListReaders(self.handle, [])
        if result & 0xFFFFFFFF == scard.SCARD_E_NO_READERS_AVAILABLE & 0xFFFFFFFF:
            return ()
        _check_service(result, "ListReaders")
        return tuple(names)

    def cancel(self) -> None:
        """End a wait of this context in its own thread; the one call allowed from another thread."""
        scard.SCardCancel(self.handle)


def list_readers() -> tuple[str, ...]:
    """The readers the service knows; raises CardError("reader_lost") without a service."""
    with Context() as context:
        return context.readers()


class Session:
    """Exclusive use of the card on one reader, as a context manager and a `Transport`.

    `fresh` powers the card anew, for a second session with the same card or after a fault. `stop` ends the session
    between two commands with the code "stopped"; so does `deadline_s`, a monotonic time, with "card_timeout".
    The card is always left as it is: unpowering it while it is pulled and put back would hide it from the service.
    """

    def __init__(
        self,
        reader: str,
        *,
        fresh: bool = False,
        stop: threading.Event | None = None,
        deadline_s: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._fresh = fresh
        self._stop = stop
        self._deadline_s = deadline_s
        self._monotonic = monotonic

    def __enter__(self) -> Session:
        self._context = Context()
        try:
            self._card, self._protocol = self._connect()
        except CardError:
            scard.SCardReleaseContext(self._context.handle)
            raise
        try:
            if self._fresh:
                self._power_anew()
        except CardError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        scard.SCardDisconnect(self._card, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(self._context.handle)

    def _connect(self) -> tuple[int, int]:
        pause = self._stop or threading.Event()
        for attempt in range(CONNECT_TRIES):
            result, card, protocol = scard.SCardConnect(
                self._context.handle, self._reader, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS
            )
            if fault_code(result) != "reader_busy" or attempt == CONNECT_TRIES - 1 or pause.wait(CONNECT_PAUSE_S):
                break
        check(result, "Connect")
        return card, protocol

    def _power_anew(self) -> None:
        result, self._protocol = scard.SCardReconnect(
            self._card, scard.SCARD_SHARE_EXCLUSIVE, PROTOCOLS, scard.SCARD_RESET_CARD
        )
        check(result, "Reconnect")

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU and return the answer; raises CardError."""
        if self._stop is not None and self._stop.is_set():
            raise CardError("stopped")
        if self._deadline_s is not None and self._monotonic() > self._deadline_s:
            raise CardError("card_timeout", "deadline")
        header = scard.SCARD_PCI_T0 if self._protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        result, answer = scard.SCardTransmit(self._card, header, list(command))
        if result != scard.SCARD_S_SUCCESS or not answer:
            raise self._why(result)
        return bytes(answer)

    def _why(self, result: int) -> CardError:
        """Why nothing came back: a service that dies in the middle may leave any result behind, also success."""
        detail = f"Transmit {result & 0xFFFFFFFF:08X}"
        if self._reader not in list_readers():
            return CardError("reader_lost", detail)
        # success and nothing: a card pulled in the middle of a command
        return CardError("card_removed" if result == scard.SCARD_S_SUCCESS else fault_code(result), detail)


def unstick(reader: str) -> bool:
    """Make the service look again at a reader it believes to be empty; True if there was a card after all.

    A card pulled and put back within one poll while its handle was reset stays invisible until it is lifted again;
    a direct connection followed by a reset shows it. Raises CardError when the reader itself is lost.
    """
    with Context() as context:
        result, card, _ = scard.SCardConnect(context.handle, reader, scard.SCARD_SHARE_DIRECT, 0)
        check(result, "Connect direct")
        try:
            result, _ = scard.SCardReconnect(card, scard.SCARD_SHARE_SHARED, PROTOCOLS, scard.SCARD_RESET_CARD)
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
    return bool(result == scard.SCARD_S_SUCCESS)
