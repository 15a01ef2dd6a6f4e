"""A kiosk that saves, or sends, as fast as it can until it is killed; run as a program by test_kill.py.

It loads everything once, then forks a child per line of input, so that many kills fit in a short test:
`save FOLDER` writes one line per answered save, the envelope's id, and `-id` once it is receipted;
`send FOLDER URL PUBLIC_FILE` empties the queue towards a portal.
With arguments (`FOLDER COUNT`) it saves so many in this very process and writes each outcome.
"""

import os
import sys
import threading
from pathlib import Path

import sqlite_utils
import sqlite_utils.migrations  # noqa: F401

from offline_queue.backoff import Backoff
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import Saved
from offline_queue.sync import Pace, Sync
from offline_queue.trust import PortalTrust
from tests.offline_queue.samples import NO_BALLAST, NOON, Bench, opened, payload

BODIES = (payload(), payload(pictures=1, picture_bytes=20_000), payload(pictures=3))


def save_until_killed(folder: Path, bench: Bench) -> None:
    outbox = opened(folder / "outbox.db", bench)
    for n in range(100_000):
        sealed = bench.sealed(BODIES[n % len(BODIES)], number=outbox.next_receipt_number(NOON))
        if isinstance(outbox.save(sealed), Saved):
            tell(sealed.head.id)
        if n % 4 == 3 and outbox.acknowledge(bench.receipt_for(sealed)):
            tell("-" + sealed.head.id)


def send_until_killed(folder: Path, url: str, public_file: Path) -> None:
    trust = PortalTrust.load(public_file)
    assert isinstance(trust, PortalTrust)
    outbox = Outbox.open(folder / "outbox.db", receipt_keys=trust.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    client = PortalClient(url, receipt_keys=trust.receipt_keys)
    Sync(outbox, client, pace=Pace(backoff=Backoff(least_s=0.01, most_s=0.05))).start()
    threading.Event().wait()


def save_and_tell(folder: Path, count: int) -> None:
    bench = Bench()
    outbox = opened(folder / "outbox.db", bench)
    tell("open")
    for _ in range(count):
        sealed = bench.sealed()
        outcome = outbox.save(sealed)
        tell(sealed.head.id if isinstance(outcome, Saved) else outcome.code)


def tell(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def serve() -> None:
    bench = Bench()
    tell("ready")
    for line in sys.stdin:
        act, folder, *rest = line.split()
        child = os.fork()
        if child == 0 and act == "save":
            save_until_killed(Path(folder), bench)
        if child == 0:
            send_until_killed(Path(folder), rest[0], Path(rest[1]))
        tell(f"pid {child}")
        os.waitpid(child, 0)
        tell("ended")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        save_and_tell(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        serve()
