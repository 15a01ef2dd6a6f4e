"""An event loop's work on its way to the store and back: threads meet once for a lot, not once for each envelope.

Whatever else changes threads costs more than it does: one waits for the other's interpreter lock each time.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from portal.database import Database
from portal.store import DatabaseUnavailableError, Job, Many, Store

T = TypeVar("T")
A = TypeVar("A")


class LoopJobs:
    """What one event loop has for the store; all of it is for that loop's thread, unless it says otherwise.

    Nobody waits for longer than `patience_s`: then it is DatabaseUnavailableError, and what had not begun is not done.
    """

    def __init__(self, store: Store, loop: asyncio.AbstractEventLoop, *, patience_s: float) -> None:
        self.loop = loop
        self._store = store
        self._patience_s = patience_s
        self._asked: deque[tuple[float, asyncio.Future[Any]]] = deque()  # by when; one timer, for the first, serves all
        self._watching = False
        self._leaving: list[Job[Any]] = []
        self._returned: deque[Callable[[], None]] = deque()
        self._called = False

    def submit_to(self, many: Many[A, T], asked: A, alone: Callable[[Database], T]) -> "asyncio.Future[T]":
        """As `Store.submit_to`; what is asked in one turn of the loop goes together, so that it meets in one lot."""
        waiting = _Waiting[T](self)
        if not self._leaving:
            self.loop.call_soon(self._leave)
        self._leaving.append(Job(alone, many, asked, waiting))
        self._asked.append((self.loop.time() + self._patience_s, waiting.future))
        return waiting.future

    def _leave(self) -> None:
        self._forget_answered()
        if not self._watching and self._asked:
            self._watch()
        leaving, self._leaving = self._leaving, []
        for job in leaving:
            self._store.put(job)

    def _forget_answered(self) -> None:
        while self._asked and self._asked[0][1].done():
            self._asked.popleft()

    def _watch(self) -> None:
        self._watching = True
        self.loop.call_at(self._asked[0][0], self._give_up)

    def _give_up(self) -> None:
        """Tell those whose time is over, and look again when the next one's is."""
        self._watching = False
        while self._asked and self._asked[0][0] <= self.loop.time():
            _, future = self._asked.popleft()
            if not future.done():
                future.set_exception(DatabaseUnavailableError("too slow"))
        self._forget_answered()
        if self._asked:
            self._watch()

    def give_back(self, answer: Callable[[], None]) -> None:
        """Have the loop call this, from any thread; what is given back together costs it one waking."""
        self._returned.append(answer)
        if not self._called and not self.loop.is_closed():
            self._called = True  # two threads at once may both call: the second finds nothing left
            self.loop.call_soon_threadsafe(self._return)

    def _return(self) -> None:
        self._called = False  # first: what comes from now on calls again
        while self._returned:
            self._returned.popleft()()


class _Waiting(Generic[T]):
    """The store's side of a loop's future: in its methods like `concurrent.futures.Future`, but light."""

    def __init__(self, jobs: LoopJobs) -> None:
        self.future: asyncio.Future[T] = jobs.loop.create_future()
        self._jobs = jobs

    def set_running_or_notify_cancel(self) -> bool:
        """Whether the caller still waits."""
        return not self.future.done()

    def set_result(self, result: T) -> None:
        """Answer the caller."""
        self._jobs.give_back(lambda: None if self.future.done() else self.future.set_result(result))

    def set_exception(self, error: BaseException) -> None:
        """Tell the caller of trouble."""
        self._jobs.give_back(lambda: None if self.future.done() else self.future.set_exception(error))
