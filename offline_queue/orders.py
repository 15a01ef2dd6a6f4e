"""An operator's orders to a queue, whether its kiosk runs or not.

A running kiosk owns its queue alone. So an order is a small file beside the database; the kiosk's sync thread carries
it out within seconds and leaves the outcome beside it. When no kiosk runs, whoever orders opens the queue and does it.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from offline_queue import desk
from offline_queue.desk import Exported, Imported
from offline_queue.envelope import Signer
from offline_queue.faults import QueueFault
from offline_queue.outbox import Outbox

POLL_S: Final = 1.0
_STALE_AFTER_S: Final = 3600.0


class Act(StrEnum):
    """What can be ordered."""

    RETRY = "retry"
    RELEASE = "release"
    ABANDON = "abandon"
    EXPORT = "export"
    IMPORT = "import"


@dataclass(frozen=True)
class Order:
    """`key` is an id or receipt number and `reason` why (release, abandon), `file` a path (export, import)."""

    act: Act
    key: str = ""
    reason: str = ""
    file: str = ""


@dataclass(frozen=True)
class Outcome:
    """How an order went: a fault's code and detail, or how many envelopes it concerned (and, for import, did not)."""

    fault: str = ""
    detail: str = ""
    count: int = 0
    ignored: int = 0


@dataclass(frozen=True)
class Operator:
    """On whose behalf a kiosk acts: its name and key sign an export."""

    kiosk_id: str
    key: Signer


def give(
    path: Path, order: Order, open_outbox: Callable[[], Outbox | QueueFault], operator: Operator, *, now: datetime
) -> Outcome:
    """Carry an order out: by the running kiosk if there is one, else here. Fault kiosk_silent: it did not react."""
    outbox = open_outbox()
    if isinstance(outbox, Outbox):
        try:
            return perform(outbox, order, operator, now)
        finally:
            outbox.close()
    if outbox.code != "queue_in_use":
        return Outcome(outbox.code, outbox.detail)
    return place(path, order)


def place(path: Path, order: Order, *, within_s: float = 15.0) -> Outcome:
    """Leave an order for the running kiosk and wait for its outcome."""
    folder = _folder(path)
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{time.time_ns():020d}-{os.getpid()}"
    _write(folder / f"{name}.order", asdict(order))
    answer = folder / f"{name}.outcome"
    deadline = time.monotonic() + within_s
    while not answer.exists():
        if time.monotonic() > deadline:
            (folder / f"{name}.order").unlink(missing_ok=True)
            return Outcome("kiosk_silent")
        time.sleep(0.05)
    found = Outcome(**json.loads(answer.read_text(encoding="utf-8")))
    answer.unlink()
    return found


def perform(outbox: Outbox, order: Order, operator: Operator, now: datetime) -> Outcome:
    """Carry out one order on an open queue."""
    if order.act is Act.RETRY:
        return _outcome(desk.retry(outbox))
    if order.act is Act.RELEASE:
        return _outcome(desk.release(outbox, order.key, order.reason) or 1)
    if order.act is Act.ABANDON:
        return _outcome(desk.abandon(outbox, order.key, order.reason) or 1)
    if order.act is Act.IMPORT:
        return _outcome(desk.import_receipts(outbox, Path(order.file)))
    target = Path(order.file)
    return _outcome(desk.export(outbox, target, kiosk_id=operator.kiosk_id, key=operator.key, now=now))


def _outcome(found: int | Exported | Imported | QueueFault) -> Outcome:
    if isinstance(found, QueueFault):
        return Outcome(found.code, found.detail)
    if isinstance(found, Imported):
        return Outcome(count=found.settled, ignored=found.ignored)
    return Outcome(count=found.envelopes if isinstance(found, Exported) else found)


def perform_waiting(outbox: Outbox, operator: Operator, now: datetime) -> int:
    """Carry out what was ordered; how many orders that were. For the kiosk's sync thread."""
    done = 0
    for file, order in _waiting(_folder(outbox.path)):
        # Taken away first: an order that brings the process down must not do so again at each start.
        file.unlink(missing_ok=True)
        outcome = perform(outbox, order, operator, now)
        _write(file.with_suffix(".outcome"), asdict(outcome))
        done += 1
    return done


def _waiting(folder: Path) -> Iterator[tuple[Path, Order]]:
    if not folder.exists():
        return
    for file in sorted(folder.iterdir()):
        order = _read(file) if file.suffix == ".order" else None
        if order is not None:
            yield file, order
        elif _older_than(file, _STALE_AFTER_S):
            file.unlink(missing_ok=True)  # an outcome nobody fetched, or half an order


def _older_than(file: Path, seconds: float) -> bool:
    try:
        return time.time() - file.stat().st_mtime > seconds
    except FileNotFoundError:
        return False


def _read(file: Path) -> Order | None:
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
        return Order(Act(fields.pop("act")), **fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _folder(path: Path) -> Path:
    return path.with_name(path.name + ".orders")


def _write(path: Path, content: object) -> None:
    aside = path.with_name(path.name + ".new")
    aside.write_text(json.dumps(content), encoding="utf-8")
    aside.rename(path)
