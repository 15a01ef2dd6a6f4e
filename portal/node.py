"""What the calls of an ingest node stand on."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar

from offline_queue.envelope import MAX_HEADER_BYTES, Signer
from portal.database import Database
from portal.enrolment import Authority
from portal.event_loop import LoopJobs
from portal.intake import Announced, Missing, Taken, announce
from portal.keys import PublicKeys
from portal.objects import Objects
from portal.problem import Problem
from portal.store import DatabaseUnavailableError, Many, Store
from portal.together import Arrival, DeviceKeys, announce_all

T = TypeVar("T")
_Answer = Taken | Missing | Problem


@dataclass(frozen=True)
class Limits:
    """What a node takes: bytes per call, seconds per body and for the database, calls per second and address."""

    inline_bytes: int = 64 * 1024
    heartbeat_bytes: int = 16 * 1024
    body_deadline_s: float = 30.0
    database_deadline_s: float = 20.0
    rate: float = 500.0
    burst: float = 2000.0

    @property
    def packet_bytes(self) -> int:
        """The largest PUT of an envelope."""
        return 4 + 2 * MAX_HEADER_BYTES + self.inline_bytes


@dataclass(frozen=True)
class Node:
    """What the calls stand on; one event loop serves them."""

    store: Store
    signer: Signer
    keys: PublicKeys
    limits: Limits
    wall: Callable[[], datetime]
    authority: Authority | None = None
    objects: Objects | None = None
    devices: DeviceKeys = field(default_factory=DeviceKeys)

    async def run(self, work: Callable[[Database], T]) -> T:
        """Run `work` in a transaction and wait for its commit. DatabaseUnavailableError."""
        try:
            async with asyncio.timeout(self.limits.database_deadline_s):
                return await asyncio.wrap_future(self.store.submit(work))
        except TimeoutError:
            raise DatabaseUnavailableError("too slow") from None

    async def announce(self, asked: Announced, now: datetime) -> Taken | Missing | Problem:
        """Take note of an envelope together with whatever else arrives now, and wait for the commit.

        DatabaseUnavailableError.
        """
        return await self._loop_jobs.submit_to(*self._asked(asked, now))

    def submit(self, asked: Announced, now: datetime) -> "Future[Taken | Missing | Problem]":
        """As `announce`, without waiting, from any thread."""
        return self.store.submit_to(*self._asked(asked, now))

    def _asked(
        self, asked: Announced, now: datetime
    ) -> "tuple[Many[Arrival, _Answer], Arrival, Callable[[Database], _Answer]]":
        checked = self.devices.checked(asked)
        return self._together, (checked, now), lambda db: announce(db, checked, self.signer, now)

    @cached_property
    def _loop_jobs(self) -> LoopJobs:
        return LoopJobs(self.store, asyncio.get_running_loop(), patience_s=self.limits.database_deadline_s)

    @cached_property
    def _together(self) -> "Many[Arrival, Taken | Missing | Problem]":
        return partial(announce_all, signer=self.signer, keys=self.devices)
