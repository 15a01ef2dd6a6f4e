"""The page as it is read: what its accessible tree says, also where the item behind a node is not to be had."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMetaObject, QObject
from PySide6.QtGui import QAccessible

from kiosk.session import Page
from screens import reading
from screens.glass import Glass
from screens.reading import Reader, item_of
from tests.screens.conftest import Counter


class Node:
    """A node of an accessible tree, as far as its item is asked for."""

    def __init__(self, behind: object) -> None:
        self._behind = behind

    def object(self) -> Any:
        return self._behind


def test_what_is_no_item_is_taken_for_none() -> None:
    item = QObject()
    meta: QMetaObject = item.staticMetaObject
    assert [item_of(Node(each)) for each in (item, meta, None)] == [item, None, None]  # type: ignore[arg-type]


def test_a_page_is_read_and_walked_where_items_are_not_to_be_had(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.stage.begin("en")
    glass, reader = Glass(counter.screens.window), Reader(counter.screens.window)
    glass.wait_for(lambda: counter.stage.session.page is Page.HOME and bool(glass.headings()), "the first page")
    whole = [(thing.role, thing.name) for thing in reader.things()]
    monkeypatch.setattr(reading, "item_of", lambda _: None)
    monkeypatch.setattr("screens.glass.item_of", lambda _: None)
    assert [(thing.role, thing.name) for thing in reader.things()] == whole
    assert glass.headings()
    assert QAccessible.Role.Heading in [role for role, _ in whole]
