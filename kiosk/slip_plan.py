"""What a slip's address says beside its signed code: the life event and the matters that were done together.

It is a plan and no proof: nothing here is signed, and nothing of it is ever said to have happened. It holds service
ids only, nothing about anybody. `?c=<signed code>&e=<event>&m=<service>.<service>`
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

LONGEST_PLAN: Final = 20


@dataclass(frozen=True)
class SlipPlan:
    """The event of a case, "" for none, and the matters on the slip."""

    event: str
    matters: tuple[str, ...]


def with_plan(url: str, event: str, matters: Sequence[str]) -> str:
    """The address of a slip's code with what was done together."""
    return f"{url}&e={event}&m={'.'.join(matters)}"


def read_plan(url: str, *, events: Collection[str], services: Collection[str]) -> SlipPlan:
    """What a scanned address says of its plan; whatever this kiosk does not know is left out."""
    asked = parse_qs(urlsplit(url).query)
    event = asked.get("e", [""])[0]
    matters = asked.get("m", [""])[0].split(".")[:LONGEST_PLAN]
    known = tuple(dict.fromkeys(matter for matter in matters if matter in services))
    return SlipPlan(event if event in events else "", known)
