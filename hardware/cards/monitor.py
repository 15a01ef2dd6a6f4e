"""One thread that watches every reader through PC/SC and hands on a picture of them after each change.

It waits without a time limit and wakes by events alone: a card, a reader plugged or unplugged, the end of the
service, or `stop`. After the service ends it asks every tenth of a second until there is one again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from smartcard import scard

from hardware.cards.faults import CardError
from hardware.cards.pcsc import Context, check

PNP = "\\\\?PnP?\\Notification"  # the name PC/SC gives to "any reader comes or goes"
SERVICE_RETRY_S = 0.1
STOP_POLL_S = 0.1


@dataclass(frozen=True)
class Slot:
    """One reader: the answer to reset of its card (empty without one) and how often its card came or went."""

    reader: str
    present: bool
    mute: bool
    in_use: bool
    atr: bytes
    changes: int


@dataclass(frozen=True)
class Picture:
    """Everything PC/SC shows at one moment; `service` is False while there is none."""

    service: bool
    slots: tuple[Slot, ...] = ()


class Monitor:
    """Tells each new Picture to `see`, from its own thread; `see` must return quickly and must not raise."""

    def __init__(self, see: Callable[[Picture], None]) -> None:
        self._see = see
        self._stop = threading.Event()
        self._waiting: Context | None = None
        self._last: Picture | None = None
        self._thread = threading.Thread(target=self._run, name="card-monitor", daemon=True)

    def start(self) -> None:
        """Begin to watch; the first picture comes at once."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End the thread and join it; False when it did not end in time."""
        self._stop.set()
        for _ in range(max(1, round(timeout_s / STOP_POLL_S))):
            waiting = self._waiting
            if waiting is not None:  # repeated: a cancel before the wait begins is lost
                waiting.cancel()
            self._thread.join(STOP_POLL_S)
            if not self._thread.is_alive():
                return True
        return False

    def _show(self, picture: Picture) -> None:
        if picture != self._last:
            self._last = picture
            self._see(picture)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with Context() as context:
                    self._watch(context)
            except CardError:
                self._show(Picture(service=False))
                self._stop.wait(SERVICE_RETRY_S)

    def _watch(self, context: Context) -> None:
        """Follow the readers until stop; raises CardError when the service is lost."""
        known: dict[str, int] = {}
        while not self._stop.is_set():
            names = context.readers()
            if not names:
                self._show(Picture(True))  # nothing to report on, so the wait below would not say it
            self._waiting = context
            try:
                wanted = [(name, known.get(name, scard.SCARD_STATE_UNAWARE)) for name in names]
                result, seen = scard.SCardGetStatusChange(
                    context.handle, scard.INFINITE, [*wanted, (PNP, len(names) << 16)]
                )
            finally:
                self._waiting = None
            if result in (scard.SCARD_E_CANCELLED, scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_TIMEOUT):
                continue
            check(result, "GetStatusChange")
            readers = [state for state in seen if state[0] != PNP]
            known = {name: state & ~scard.SCARD_STATE_CHANGED for name, state, _ in readers}
            self._show(Picture(True, tuple(_slot(*state) for state in readers)))


def _slot(reader: str, state: int, atr: list[int]) -> Slot:
    return Slot(
        reader=reader,
        present=bool(state & scard.SCARD_STATE_PRESENT),
        mute=bool(state & scard.SCARD_STATE_MUTE),
        in_use=bool(state & (scard.SCARD_STATE_INUSE | scard.SCARD_STATE_EXCLUSIVE)),
        atr=bytes(atr),
        changes=state >> 16 & 0xFFFF,
    )
