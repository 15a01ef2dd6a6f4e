"""An answer with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.catalogue.model import Value


@dataclass(frozen=True)
class Filled:
    """An answer and where it came from: `typed`, `card`, `document`, `iam_smart`…; a locked one cannot be edited."""

    value: Value = field(repr=False)
    source: str = "typed"
    locked: bool = False


NOTHING: Mapping[str, Filled] = MappingProxyType({})
