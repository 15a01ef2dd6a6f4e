"""The software of the simulated broker on this box: it brings a made-up card to the simulated broker, under a token."""

from __future__ import annotations

import json
from typing import Final

from hardware.cards.documents import IdentityDocument
from hardware.cards.hkic import Artifact, Token
from hardware.device import Fault
from kiosk.identity.card_broker import card_out
from offline_queue.http import Caller, NoReply

_DEADLINE_S: Final = 10.0
_HEADERS: Final = {"Content-Type": "application/json"}


def read_at_broker(token: Token, document: IdentityDocument) -> Artifact | Fault:
    """The artifact for this card, or why there is none: a token that is used or too old, a broker out of reach."""
    caller = Caller(token.address)
    try:
        body = json.dumps({"token": token.value, "card": card_out(document)}).encode()
        reply = caller.call("POST", "/read", body=body, headers=_HEADERS, deadline_s=_DEADLINE_S)
    finally:
        caller.close()
    if isinstance(reply, NoReply):
        return Fault("reader_lost", detail=f"broker: {reply.code}")
    if reply.status != 200:
        return Fault("card_unreadable", detail=f"broker: {reply.status}")
    try:
        return Artifact(str(json.loads(reply.body)["artifact"]))
    except (ValueError, KeyError, TypeError):
        return Fault("reader_lost", detail="broker: unreadable")
