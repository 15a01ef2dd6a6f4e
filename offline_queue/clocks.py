"""The clocks a queue lives by, as values that tests can replace."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


def system_boot_id() -> str:
    """The kernel's random id of this boot; monotonic times of another boot mean nothing in this one."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def utc_now() -> datetime:
    """The wall clock, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clocks:
    """Wall clock for records, monotonic seconds for waits, and which boot the monotonic seconds belong to."""

    wall: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    boot_id: Callable[[], str] = system_boot_id
