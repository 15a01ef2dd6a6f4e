"""What a card says, as the facts a service asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.cards import IdentityDocument
from kiosk.catalogue.model import Value
from kiosk.flow.state import Filled
from kiosk.identity.evidence import Evidence, verdict_of

# which fact takes the number of each kind of document, and what a Guangdong form calls that kind
_NUMBER_FACT: Final[Mapping[str, str]] = {
    "hkic": "hkid",
    "resident_id": "resident_id",
    "residence_permit": "resident_id",
    "home_return_permit": "permit",
    "passport": "passport",
}
_GUANGDONG_KIND: Final[Mapping[str, str]] = {
    "resident_id": "resident",
    "residence_permit": "residence_permit",
    "home_return_permit": "permit",
}


def card_evidence(document: IdentityDocument) -> Evidence:
    """What this document proves of the facts it fills, and its picture, in memory that can be overwritten."""
    portrait = bytearray(document.photo_jpeg) if document.photo_jpeg else None
    return Evidence(document.kind, verdict_of(document), card_facts(document), portrait)


def card_facts(document: IdentityDocument) -> dict[str, Filled]:
    """The facts that an identity document fills; what it does not say fills nothing."""
    said: dict[str, Value] = {
        "birth_date": document.birth_date,
        "name_en": document.name_en,
        "name_zh": document.name_zh,
        "sex": document.sex,
        _NUMBER_FACT.get(document.kind, ""): document.number,
        "id_kind": _GUANGDONG_KIND.get(document.kind, ""),
    }
    return {fact: Filled(value, "card") for fact, value in said.items() if fact and value}
