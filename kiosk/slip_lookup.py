"""What this kiosk can truthfully say of a slip: who signed it, and where its envelope stands as far as is known here.

Its own envelopes it knows without the line. Of another kiosk's it can prove the signature once the portal has told it
the fleet's keys, and only the portal can say whether the envelope arrived: with the line down that stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.catalogue import Catalogue
from kiosk.slip_plan import SlipPlan, read_plan
from offline_queue.desk import fleet_keys, verify_slip
from offline_queue.envelope import Malformed
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import OutboxItem, State
from offline_queue.sealing import DeviceKey
from offline_queue.slip_code import SlipCode

Standing = Literal["waiting", "sending", "delivered", "refused", "unknown"]
_SETTLED: Final = frozenset({State.ACKED, State.PURGED})
_STUCK: Final = frozenset({State.QUARANTINED, State.EXPORTED, State.ABANDONED})


@dataclass(frozen=True)
class SlipFound:
    """A slip that a known kiosk signed; `here` when it was this one."""

    code: SlipCode
    standing: Standing
    here: bool
    plan: SlipPlan


@dataclass(frozen=True)
class SlipDesk:
    """Where to look: this kiosk's key and outbox, the portal, and the keys by which its statements count."""

    key: DeviceKey
    outbox: Outbox
    client: PortalClient
    receipt_keys: Mapping[str, bytes]

    def look_up(self, url: str, catalogue: Catalogue, *, line_up: bool) -> SlipFound | Malformed:
        """What a scanned address proves and where it stands; may wait for the portal, so call it beside the GUI thread.

        Malformed codes: slip_unreadable, slip_forged, slip_unknown_kiosk.
        """
        keys = {**fleet_keys(self.outbox.path, self.receipt_keys), self.key.key_id: self.key.public_bytes}
        code = verify_slip(url, keys)
        if isinstance(code, Malformed):
            return code
        plan = read_plan(url, events=catalogue.events, services=catalogue.services)
        item = self.outbox.find(code.envelope_id)
        standing = self._asked(code) if item is None else _known(item, line_up=line_up)
        return SlipFound(code, standing, code.kid == self.key.key_id, plan)

    def _asked(self, code: SlipCode) -> Standing:
        client = self.client.another()
        try:
            found = client.has(code.envelope_id)
        finally:
            client.close()
        return "delivered" if found is True else "unknown"


def _known(item: OutboxItem, *, line_up: bool) -> Standing:
    if item.state in _SETTLED:
        return "delivered"
    if item.state in _STUCK:
        return "refused"
    return "sending" if line_up else "waiting"


def following(catalogue: Catalogue, found: SlipFound) -> tuple[str, ...]:
    """The matters that come next: the rest of the life event, or what builds on the matters of the slip."""
    done = {found.code.service, *found.plan.matters}
    event = catalogue.events.get(found.plan.event)
    if event is not None:
        return tuple(matter for matter in event.matters if matter not in done)
    return tuple(s.id for s in catalogue.services.values() if done & set(s.after) and s.id not in done)
