"""A kiosk that saves as fast as it can until it is killed; run as a program by test_kill.py.

It loads everything once, then forks a child per line of input (a folder), so that many kills fit in a short test. Each
child writes one line per answered save: the envelope's id; a receipted one follows as `-id`.
"""

import os
import sys
from pathlib import Path

import sqlite_utils
import sqlite_utils.migrations  # noqa: F401

from offline_queue.outbox import Outbox
from offline_queue.records import Saved
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, payload

BODIES = (payload(), payload(pictures=1, picture_bytes=20_000), payload(pictures=3))


def save_until_killed(folder: Path, bench: Bench) -> None:
    outbox = Outbox.open(folder / "outbox.db", receipt_keys=bench.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    for n in range(100_000):
        sealed = bench.sealed(BODIES[n % len(BODIES)], number=outbox.next_receipt_number(NOON))
        if isinstance(outbox.save(sealed), Saved):
            tell(sealed.head.id)
        if n % 4 == 3 and outbox.acknowledge(bench.receipt_for(sealed)):
            tell("-" + sealed.head.id)


def tell(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def main() -> None:
    bench = Bench()
    tell(bench.portal.public_bytes.hex())
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            save_until_killed(Path(line.strip()), bench)
        tell(f"pid {child}")
        os.waitpid(child, 0)
        tell("ended")


if __name__ == "__main__":
    main()
