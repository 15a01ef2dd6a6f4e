"""What a card says, as the facts a service asks."""

from __future__ import annotations

from hardware.cards import IdentityDocument
from kiosk.flow.state import Filled


def card_facts(document: IdentityDocument) -> dict[str, Filled]:
    """The facts that an identity document fills; an absent name fills nothing."""
    found: dict[str, Filled] = {"birth_date": Filled(document.birth_date, "card")}
    for fact, value in (("name_en", document.name_en), ("name_zh", document.name_zh), ("sex", document.sex)):
        if value:
            found[fact] = Filled(value, "card")
    if document.kind == "hkic":
        found["hkid"] = Filled(document.number, "card")
    return found
