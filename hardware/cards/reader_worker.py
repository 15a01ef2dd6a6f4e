"""The one thread that talks to the cards of one reader, so that no card makes another reader, or a stop, wait.

PC/SC has no call that ends a command under way. A chip that keeps asking for more time, or none that answers at all,
holds its thread until the reader itself gives up; such a thread is left behind, and what it still says is not heard.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future

from hardware.cards.documents import IdentityDocument, Staff
from hardware.device import Fault, Tell

Outcome = IdentityDocument | Staff | Fault
Read = Callable[[threading.Event, Tell], Outcome]
"""Reads one card; ends between two commands once the event is set. What it tells is heard while it is waited for."""


class ReaderWorker:
    """Reads the cards of `reader`, one at a time; `wake` is called from its thread when a reading is over."""

    def __init__(self, reader: str, wake: Callable[[], None]) -> None:
        self.reader = reader
        self.due_s: float | None = None
        """When the reading under way is to be given up, by the monotonic clock; None while there is none."""
        self._wake = wake
        self._halt = threading.Event()
        self._lock = threading.Lock()
        self._heard = True
        self._jobs: queue.SimpleQueue[tuple[Future[Outcome], Read, Tell] | None] = queue.SimpleQueue()
        self._under_way: Future[Outcome] | None = None
        self._thread = threading.Thread(target=self._run, name=f"card-{reader}", daemon=True)
        self._thread.start()

    def begin(self, read: Read, tell: Tell, due_s: float) -> None:
        """Start a reading; there must be none under way."""
        self.due_s, self._under_way = due_s, Future()
        self._jobs.put((self._under_way, read, tell))

    def outcome(self) -> Outcome | None:
        """How the reading ended, once; None while it goes on. A defect in it is raised here."""
        done = self._under_way
        if done is None or not done.done():
            return None
        self.due_s = self._under_way = None
        return done.result()

    def leave(self) -> None:
        """End it after the command under way, wait for nothing, hear nothing more."""
        self._halt.set()
        with self._lock:
            self._heard = False
        self._jobs.put(None)

    def join(self, timeout_s: float) -> None:
        """Wait for the end of its thread, but no longer than this."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            done, read, tell = job
            try:
                done.set_result(read(self._halt, self._teller(tell)))
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asks for the outcome
                done.set_exception(error)
            del job, done, read, tell  # nothing of a document stays here between two cards
            self._wake()

    def _teller(self, tell: Tell) -> Tell:
        def told(event: object) -> None:
            with self._lock:
                if self._heard:
                    tell(event)

        return told
