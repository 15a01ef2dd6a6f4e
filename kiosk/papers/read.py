"""A value that was read from a paper, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.catalogue.model import Value


@dataclass(frozen=True)
class Read:
    """One value: `sure` from 0 to 1 as the recogniser says; `checked` when a check digit or a second print agrees."""

    value: Value = field(repr=False)
    sure: float
    checked: bool = False


@dataclass(frozen=True)
class Reading:
    """What kind of document it is ("" for none that is known) and the facts it says, by fact id."""

    kind: str = ""
    facts: Mapping[str, Read] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    number_failed: bool = False
    """Whether something looked like the document's number but its check digit does not fit."""
