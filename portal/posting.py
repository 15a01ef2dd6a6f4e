"""The worker's part of sending a slip: open it, see that it is one, hand it to a gateway, forget it.

A message is noted as `sending` before it is handed over. One that is found so after a crash may have gone out, and is
not sent again: like a slip on paper, a second one must not pass for the first.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from offline_queue.envelope import Header, Malformed, RecipientKey, instant, open_envelope, parse_header
from offline_queue.slip_code import read_slip
from offline_queue.slip_message import Progress, SlipMessage, Way, message_in
from portal.database import Database
from portal.gateways import Gateway, Outcome
from portal.intake import known_device
from portal.messages import LIFE
from portal.problem import Problem

log = logging.getLogger("portal.worker")
SENDING: Final = "sending"
FIRST_PAUSE_S: Final = 3.0
LONGEST_PAUSE_S: Final = 60.0
MOST_FOR_AN_ADDRESS: Final = 5
ADDRESS_SPAN: Final = timedelta(hours=1)
_AT_ONCE: Final = 2
_FINAL: Final = {
    Outcome.SENT: Progress.SENT,
    Outcome.REFUSED: Progress.REFUSED,
    Outcome.UNCERTAIN: Progress.UNCERTAIN,
}


@dataclass(frozen=True)
class _Sealed:
    """What waits at the ingest node."""

    id: str
    header: bytes
    body: bytes
    arrived: str


class Addresses:
    """How often each address was written to lately, known by a digest under a key that only this process has."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._times: dict[bytes, list[datetime]] = {}

    def allow(self, address: str, now: datetime) -> bool:
        """Whether one more may go there now; it counts then."""
        self._times = {
            digest: kept
            for digest, times in self._times.items()
            if (kept := [each for each in times if each > now - ADDRESS_SPAN])
        }
        times = self._times.setdefault(hashlib.blake2b(address.lower().encode(), key=self._key).digest(), [])
        if len(times) >= MOST_FOR_AN_ADDRESS:
            return False
        times.append(now)
        return True


class Posting:
    """Sends what waits at the ingest node; each gateway's call runs beside the worker, which has others to serve."""

    def __init__(
        self,
        db: Database,
        keys: list[RecipientKey],
        gateways: Mapping[Way, Gateway],
        *,
        addresses: Addresses | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._db = db
        self._keys = keys
        self._gateways = gateways
        self._addresses = addresses or Addresses()
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="posting")
        self._out: dict[str, Future[Outcome]] = {}
        self._counted: set[str] = set()
        self._again: dict[str, tuple[float, float]] = {}  # when, and the pause before it

    def work(self, portal: Database, now: datetime) -> int:
        """Note what has ended and begin what waits; how many changed."""
        rows = portal.execute("SELECT id, header, body, arrived FROM slip_message WHERE body IS NOT NULL").fetchall()
        kept = {row[0] for row in portal.execute("SELECT id FROM slip_message").fetchall()}
        ended = self._collect()
        noted = dict(self._db.execute("SELECT id, state FROM messaged").fetchall())
        gone = [(each,) for each in noted.keys() - kept - self._out.keys()]
        self._db.executemany("DELETE FROM messaged WHERE id = ?", gone)
        begun = [self._begin(portal, _Sealed(*row), noted.get(row[0], ""), now) for row in rows]
        return ended + sum(begun)

    def write_to(self, db: Database) -> None:
        """Note in another connection from now on: the one before has failed."""
        self._db = db

    def close(self) -> None:
        """Wait for the calls under way and note how they ended."""
        self._pool.shutdown(wait=True)
        self._collect()

    def _collect(self) -> int:
        done = [each for each, future in self._out.items() if future.done()]
        for message_id in done:
            outcome = self._out.pop(message_id).result()
            self._note(message_id, _FINAL.get(outcome, Progress.WAITING).value)
            if outcome is Outcome.LATER:
                before = self._again.get(message_id, (0.0, 0.0))[1]
                pause = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * before))
                self._again[message_id] = (self._monotonic() + pause, pause)
            else:
                self._again.pop(message_id, None)
                self._counted.discard(message_id)
        return len(done)

    def _begin(self, portal: Database, sealed: _Sealed, noted: str, now: datetime) -> bool:
        """Hand one message over if it is due; whether anything changed."""
        if sealed.id in self._out or noted not in ("", Progress.WAITING.value, SENDING):
            return False
        if noted == SENDING:
            return self._note(sealed.id, Progress.UNCERTAIN.value)  # this process has not sent it: one that died has
        if self._monotonic() < self._again.get(sealed.id, (0.0, 0.0))[0]:
            return False
        if sealed.arrived < instant(now - LIFE):
            return self._note(sealed.id, Progress.FAILED.value)
        found = self._opened(portal, sealed, now)
        if isinstance(found, Progress):
            return self._note(sealed.id, found.value)
        self._note(sealed.id, SENDING)
        self._out[sealed.id] = self._pool.submit(_sent, self._gateways[found.way], sealed.id, found)
        return True

    def _opened(self, portal: Database, sealed: _Sealed, now: datetime) -> SlipMessage | Progress:
        """The message, if it is the words of slips that its own kiosk signed, and its address takes one more."""
        header = parse_header(sealed.header)
        payload = open_envelope(sealed.header, sealed.body, self._keys)
        message = payload if isinstance(payload, Malformed) else message_in(payload)
        if isinstance(header, Malformed) or isinstance(message, Malformed):
            log.error("message %s is not in the contract's form", sealed.id)
            return Progress.REFUSED
        if not _proven(portal, header, message.codes):
            log.error("message %s does not belong to a slip of its kiosk", sealed.id)
            return Progress.REFUSED
        if message.way not in self._gateways:
            return Progress.FAILED
        if sealed.id not in self._counted and not self._addresses.allow(message.to, now):
            return Progress.TOO_MANY
        self._counted.add(sealed.id)
        return message

    def _note(self, message_id: str, state: str) -> bool:
        sql = "INSERT INTO messaged VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state"
        self._db.execute(sql, (message_id, state))
        return True


def _proven(portal: Database, header: Header, codes: Sequence[str]) -> bool:
    """Whether each of these is the signed code of a slip by the kiosk that sends it, the first of the slip's number."""
    sender = known_device(portal, header.device_kid)
    if isinstance(sender, Problem):
        return False
    slips = [read_slip(code, sender.public) for code in codes]
    known = [slip for slip in slips if not isinstance(slip, Malformed) and slip.kid == sender.kid]
    return len(known) == len(codes) and known[0].receipt_number == header.receipt_number


def _sent(gateway: Gateway, message_id: str, message: SlipMessage) -> Outcome:
    """One call of a gateway; a defect of it must not stop the others, and leaves open what it did."""
    try:
        return gateway.send(message_id, message)
    except Exception as error:  # noqa: BLE001 - a worker's supervisor
        log.error("message %s: the gateway failed: %s", message_id, type(error).__name__)
        return Outcome.UNCERTAIN
