"""Entries of a list while they are written: known by ids, never by their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.catalogue.model import Item, Value


@dataclass(frozen=True)
class Entry:
    """The entry that is open on the page, with what it held before."""

    id: str
    values: Mapping[str, Value] = field(repr=False)


def next_id(items: tuple[Item, ...]) -> str:
    """An id that no entry of the list has."""
    taken = {item.id for item in items}
    return next(f"entry-{n}" for n in range(1, len(items) + 2) if f"entry-{n}" not in taken)


def written(items: tuple[Item, ...], entry: Item) -> tuple[Item, ...]:
    """The list with this entry in its place, or at the end if it is new."""
    if any(item.id == entry.id for item in items):
        return tuple(entry if item.id == entry.id else item for item in items)
    return (*items, entry)


def without(items: tuple[Item, ...], item_id: str) -> tuple[Item, ...]:
    """The list without that entry."""
    return tuple(item for item in items if item.id != item_id)
