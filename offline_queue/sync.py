"""The sync thread: watches the line by the portal's signed hello and empties the outbox while it is up."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from offline_queue.backoff import Backoff
from offline_queue.clocks import Clocks
from offline_queue.envelope import Json, instant
from offline_queue.link_watch import LinkWatch
from offline_queue.orders import POLL_S, Operator, perform_waiting
from offline_queue.outbox import Outbox
from offline_queue.portal_client import Delivered, Hello, Kind, PortalClient, Trouble
from offline_queue.records import Claim, Line
from offline_queue.sealing import DeviceKey
from offline_queue.slip_message import Way

if TYPE_CHECKING:
    from offline_queue.enrolment import Renewal

# The word for each kind of trouble that concerns the whole line; the screens' texts are `queue.why.<word>`.
LINE_WORDS: Final = {
    Kind.OFFLINE: "line_down",
    Kind.UNTRUSTED: "portal_not_trusted",
    Kind.BUSY: "portal_busy",
    Kind.REFUSED: "kiosk_refused",
}
_FAILURES_THAT_OPEN: Final = 3
_TELL_EVERY_S: Final = 0.2


@dataclass(frozen=True)
class SyncState:
    """What the screens and the technician see: `line` is "up", "unknown" or the reason (queue.why.<line>).

    `slip_by`: how the portal sends slips to residents, as it last said; `slip_simulated`: whether they reach nobody.
    """

    online: bool = False
    line: str = "unknown"
    code: str = ""
    pending: int = 0
    delivered: int = 0
    clock_offset_s: float = 0.0
    next_probe_s: float | None = None
    slip_by: frozenset[Way] = frozenset()
    slip_simulated: bool = False


@dataclass(frozen=True)
class Heartbeat:
    """Who reports health to the portal, and what beyond the queue's own figures (nothing personal)."""

    kiosk_id: str
    key: DeviceKey
    health: Callable[[], Mapping[str, Json]] = dict


@dataclass(frozen=True)
class Pace:
    """Seconds between looks at a quiet line; lanes is how many cases are in flight at once."""

    period_s: float = 60.0
    lanes: int = 2
    fleet_s: float = 6 * 3600.0
    backoff: Backoff = Backoff()  # noqa: RUF009 - frozen


class Sync:
    """`wake` on any edge (a save, the network coming up, an operator); it looks by itself every period."""

    def __init__(
        self,
        outbox: Outbox,
        client: PortalClient,
        *,
        on_change: Callable[[SyncState], None] = lambda _: None,
        heartbeat: Heartbeat | None = None,
        renewal: "Renewal | None" = None,
        pace: Pace | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._on_change = on_change
        self._heartbeat = heartbeat
        self._renewal = renewal
        self._pace = pace or Pace()
        self._clocks = clocks or Clocks()
        self._lanes = [client, *(client.another() for _ in range(self._pace.lanes - 1))]
        self._stop = threading.Event()
        self._edge = threading.Event()
        self._probe_now = False
        self._lock = threading.Lock()
        self._state = SyncState()
        self._failures = 0
        self._row_of_failures = 0
        self._not_before = 0.0
        self._delivered = 0
        self._told_at = 0.0
        self._since = ""
        self._fleet_due = 0.0
        self._report_due = False
        self._links: LinkWatch | None = None
        self._thread = threading.Thread(target=self._run, name="outbox-sync", daemon=True)
        outbox.listen(self._edge.set)

    @property
    def state(self) -> SyncState:
        """The newest state."""
        return self._state

    def start(self) -> None:
        """Begin; from now on changes of the machine's network wake it too."""
        self._thread.start()
        with suppress(OSError):  # no netlink in here: the period alone has to do
            self._links = LinkWatch(self.wake)
            self._links.start()

    def stop(self) -> None:
        """End; a call in flight is cut, and its envelope stays due."""
        self._stop.set()
        self._edge.set()
        if self._links is not None:
            self._links.stop()
            self._links = None
        for lane in self._lanes:
            lane.interrupt()
        if self._thread.is_alive():
            self._thread.join()
        for lane in self._lanes:
            lane.close()

    def wake(self) -> None:
        """Something changed: look at the line now, whatever wait was going on."""
        self._probe_now = True
        self._edge.set()

    # ---- the thread ----

    def _run(self) -> None:
        next_hello = 0.0
        while not self._stop.is_set():
            self._edge.clear()
            now = time.monotonic()
            if self._probe_now or (now >= self._not_before and (not self._state.online or now >= next_hello)):
                self._probe_now = False
                self._probe()
                next_hello = time.monotonic() + self._pace.period_s
            self._obey()
            if self._state.online:
                self._drain()
            if self._report_due:  # after the envelopes: they are what the line is for
                self._report_due = False
                self._report()
                self._learn_fleet()
            self._wait(next_hello)

    def _wait(self, next_hello: float) -> None:
        now = time.monotonic()
        if not self._state.online:
            until = self._not_before
        else:
            due = self._outbox.due_in_s()
            until = min(next_hello, now + due if due is not None else next_hello)
        self._wait_or_obey(until)

    def _wait_or_obey(self, until: float) -> None:
        """Wait for an edge, and look now and then whether an operator has left an order."""
        while not self._edge.is_set() and (left := until - time.monotonic()) > 0:
            self._obey()
            self._edge.wait(min(left, POLL_S))

    def _obey(self) -> None:
        if self._heartbeat is not None:
            operator = Operator(self._heartbeat.kiosk_id, self._heartbeat.key)
            perform_waiting(self._outbox, operator, self._clocks.wall())

    def _probe(self) -> None:
        if self._renewal is not None:
            self._renewal.look(self._clocks.wall())  # before the hello: with one that has run out there is no line
        found = self._client.hello()
        if self._stop.is_set():
            return
        if isinstance(found, Trouble):
            self._line_lost(found)
            return
        self._line_up(found)
        self._report_due = True

    def _line_up(self, hello: Hello) -> None:
        offset = (hello.time - self._clocks.wall()).total_seconds()
        was_online = self._state.online
        self._failures = self._row_of_failures = 0
        self._not_before = 0.0
        if not was_online:
            self._outbox.note_line(Line("up", instant(self._clocks.wall())))
        self._tell(
            online=True,
            line="up",
            code="",
            clock_offset_s=round(offset, 3),
            next_probe_s=None,
            slip_by=hello.slip_by,
            slip_simulated=hello.slip_simulated,
        )

    def _line_lost(self, trouble: Trouble) -> None:
        with self._lock:
            if not self._state.online and self._not_before > time.monotonic():
                return  # the other lane has said so already
            self._failures += 1
            delay = self._pace.backoff.delay_s(self._failures, trouble.retry_after_s)
            self._not_before = time.monotonic() + delay
        word = LINE_WORDS[trouble.kind]
        now = self._clocks.wall()
        since = instant(now) if self._state.line != word else ""
        self._note(word, since, instant(now + timedelta(seconds=delay)))
        self._tell(online=False, line=word, code=trouble.code, next_probe_s=round(delay, 3))

    def _note(self, word: str, since: str, next_at: str) -> None:
        self._since = since or self._since
        self._outbox.note_line(Line(word, self._since, next_at))

    def _report(self) -> None:
        if self._heartbeat is None:
            return
        status = self._outbox.status()
        body: dict[str, Json] = {
            "kiosk_id": self._heartbeat.kiosk_id,
            "at": instant(self._clocks.wall()),
            "counts": {state.value: n for state, n in status.counts.items()},
            "oldest_age_s": round(status.oldest_age_s, 1),
            "disk_bytes": status.disk_bytes,
            "frozen": status.frozen,
            "audit_seq": status.audit_seq,
            "audit_hash": status.audit_hash,
            "clock_offset_s": self._state.clock_offset_s,
            "health": dict(self._heartbeat.health()),
            "certificate_until": self._certificate_until(),
        }
        self._client.heartbeat(body, self._heartbeat.key)

    def _certificate_until(self) -> str:
        until = self._renewal.until if self._renewal else None
        return instant(until) if until else ""

    def _learn_fleet(self) -> None:
        """Now and then ask for the other kiosks' keys; an old list only fails to prove a new kiosk's slips."""
        if time.monotonic() < self._fleet_due:
            return
        statement = self._client.fleet()
        if isinstance(statement, str):
            self._outbox.note_fleet(statement)
            self._fleet_due = time.monotonic() + self._pace.fleet_s

    # ---- emptying ----

    def _drain(self) -> None:
        self._outbox.expire_leases()
        others = [threading.Thread(target=self._drain_lane, args=(lane,), daemon=True) for lane in self._lanes[1:]]
        for other in others:
            other.start()
        self._drain_lane(self._lanes[0])
        for other in others:
            other.join()
        if self._delivered != self._state.delivered:
            self._tell()

    def _drain_lane(self, client: PortalClient) -> None:
        claim = self._outbox.claim(lease_s=client.lease_s())
        while claim is not None:
            if self._stop.is_set() or not self._state.online:
                self._outbox.put_back(claim, "line_lost", counted=False)
                return
            claim = self._send(client, claim)

    def _send(self, client: PortalClient, claim: Claim) -> Claim | None:
        """Bring one envelope to the portal; the next one to bring."""
        outcome = client.deliver(claim.envelope)
        if isinstance(outcome, Delivered):
            settled, following = self._outbox.exchange(outcome.receipt, lease_s=client.lease_s())
            if settled:
                self._count()
                return following
            # Signed, but not over what is stored here: nothing is removed on its word.
            outcome = Trouble(Kind.BUSY, "wrong_receipt")
        if self._stop.is_set():
            self._outbox.put_back(claim, "line_lost", counted=False)
            return None
        self._take_back(claim, outcome)
        return self._outbox.claim(lease_s=client.lease_s()) if self._state.online else None

    def _count(self) -> None:
        with self._lock:
            self._row_of_failures = 0
            self._delivered += 1
            tell = time.monotonic() >= self._told_at + _TELL_EVERY_S
        if tell:
            self._tell()

    def _take_back(self, claim: Claim, trouble: Trouble) -> None:
        if trouble.kind is Kind.POISON:
            self._outbox.quarantine(claim, trouble.code)
            self._tell()
        elif trouble.kind is Kind.BUSY:
            self._wait_for_portal(claim, trouble)
        else:
            self._outbox.put_back(claim, "line_lost", counted=False)
            self._line_lost(trouble)

    def _wait_for_portal(self, claim: Claim, trouble: Trouble) -> None:
        """The item waits; when several fail in a row, or the portal names a time, the whole line does."""
        delay = self._pace.backoff.delay_s(claim.attempt, trouble.retry_after_s)
        self._outbox.put_back(claim, trouble.code, delay_s=delay)
        self._row_of_failures += 1
        if trouble.retry_after_s is not None or self._row_of_failures >= _FAILURES_THAT_OPEN:
            self._line_lost(trouble)

    def _tell(self, **changes: object) -> None:
        pending = self._outbox.status().pending
        with self._lock:
            self._told_at = time.monotonic()
            before = self._state
            after = replace(before, pending=pending, delivered=self._delivered, **changes)  # type: ignore[arg-type]
            self._state = after
        if after != before:
            self._on_change(after)
