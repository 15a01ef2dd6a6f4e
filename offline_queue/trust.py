"""Whom the kiosk trusts: the portal's public file, with who may open envelopes and whose receipts count."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from offline_queue.envelope import Kem, Recipient, key_id, unb64
from offline_queue.faults import QueueFault


@dataclass(frozen=True)
class PortalTrust:
    """Recipients to seal to (the first is the newest key), and receipt keys (kid -> raw Ed25519 public key)."""

    recipients: tuple[Recipient, ...]
    receipt_keys: Mapping[str, bytes]

    @property
    def seal_to(self) -> tuple[Recipient, ...]:
        """The recipients of a new envelope: the portal's newest key."""
        return self.recipients[:1]

    @classmethod
    def load(cls, path: Path) -> "PortalTrust | QueueFault":
        """Read `portal-public.json`. Faults: trust_missing, trust_damaged."""
        try:
            return _parse(path.read_bytes())
        except OSError as error:
            return QueueFault("trust_missing", retriable=False, detail=error.strerror or "")
        except (ValueError, TypeError, KeyError) as error:
            return QueueFault("trust_damaged", retriable=False, detail=type(error).__name__)


def _parse(raw: bytes) -> PortalTrust:
    doc = json.loads(raw)
    recipients = tuple(Recipient(Kem(entry["kem"]), unb64(entry["public"])) for entry in doc["recipients"])
    keys = {entry["kid"]: unb64(entry["public"]) for entry in doc["receipt_keys"]}
    if not recipients or not keys or any(key_id(public) != kid for kid, public in keys.items()):
        raise ValueError("no recipients, no receipt keys, or a key that is not its kid's")
    return PortalTrust(recipients, keys)
