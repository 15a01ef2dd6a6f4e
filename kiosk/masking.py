"""Identity numbers and addresses as a screen may show them: enough to recognise one's own, too little to copy."""

from __future__ import annotations

from datetime import date
from typing import Final

from kiosk.identity.numbers import Hkid, HomeReturnPermit, ResidentId, parse_hkid, parse_permit, parse_resident_id

NUMBER_TYPES: Final = frozenset({"hkid", "resident_id", "permit", "passport"})
_SHOWN: Final = 3


def masked(fact_type: str, number: str) -> str:
    """The number masked by its own kind's rule; any other number keeps its first three characters."""
    parsed = _parsed(fact_type, number)
    if isinstance(parsed, Hkid | ResidentId | HomeReturnPermit):
        return parsed.masked
    return number[:_SHOWN] + "X" * max(0, len(number) - _SHOWN)


def masked_address(address: str) -> str:
    """A telephone number without its middle, or the first letter and the domain of an e-mail address."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}{'*' * 3}@{domain}"
    return address[:-8] + " " + address[-8:-6] + "XX XX" + address[-2:] if len(address) >= 8 else "X" * len(address)


def _parsed(fact_type: str, number: str) -> object:
    if fact_type == "hkid":
        return parse_hkid(number)
    if fact_type == "resident_id":
        return parse_resident_id(number, today=date.max)
    return parse_permit(number) if fact_type == "permit" else None
