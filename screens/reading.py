"""The page as it is read with ears and fingers: every thing in reading order, from Qt's own accessible tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QMetaObject, QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor
from PySide6.QtQuick import QQuickItem, QQuickWindow

Role = QAccessible.Role
ACTIVE_ROLES = frozenset(
    {
        Role.Button,
        Role.RadioButton,
        Role.CheckBox,
        Role.PageTab,
        Role.EditableText,
    }
)
NOT_READ = frozenset({Role.Window, Role.Client, Role.Dialog})


@dataclass(frozen=True)
class Thing:
    """One thing that can be read: its role, name, state and place.

    `item` is what is pressed; it lives no longer than the page is drawn, so nobody keeps it (`kept`).
    """

    role: Role
    name: str
    rect: QRect
    enabled: bool
    checked: bool
    key: bool = False
    active: bool = False
    ring: str = ""
    inset: int = 0
    item: QObject | None = None

    @property
    def kept(self) -> Thing:
        """The same without its item."""
        return replace(self, item=None)

    @property
    def control(self) -> bool:
        """Whether it can be used at all."""
        return self.role in ACTIVE_ROLES

    def same(self, other: Thing) -> bool:
        """Whether it is the same thing on a page that was drawn anew."""
        return (self.role, self.name) == (other.role, other.name) or (
            self.role == other.role and self.rect.topLeft() == other.rect.topLeft()
        )


class Reader:
    """Looks at one window."""

    def __init__(self, window: QQuickWindow) -> None:
        self._window = window
        QAccessible.setActive(True)

    def things(self) -> list[Thing]:
        """Everything that is showing, in reading order."""
        root = QAccessible.queryAccessibleInterface(self._window)
        return [] if root is None else list(self._walk(root))

    def _walk(self, node: QAccessibleInterface) -> Iterator[Thing]:
        state = node.state()
        if state.invisible:
            return
        name, role = node.text(QAccessible.Text.Name), node.role()
        if name.strip() and role not in NOT_READ:
            rect = QRect(self._window.mapFromGlobal(node.rect().topLeft()), node.rect().size())
            yield _thing(Thing(role, name, rect, not state.disabled, bool(state.checked)), item_of(node))
        for place in range(node.childCount()):
            child = node.child(place)
            if child is not None:
                yield from self._walk(child)

    def loader(self) -> QQuickItem | None:
        """What holds the page; it is disabled while a page slides in."""
        return self._window.findChild(QQuickItem, "page")


def item_of(node: QAccessibleInterface) -> QObject | None:
    """The item behind a node, if there is one.

    PySide may hand out what it remembers of something else that lay at its address before (docs/decisions/0073): the
    thing is read then, and what only its item could tell is left out.
    """
    found: object = node.object()
    return found if isinstance(found, QObject) else None


def is_key(item: QObject | None) -> bool:
    """Whether it is a key of the keyboard: Key.qml alone has a legend."""
    return item is not None and item.property("legend") is not None


def _thing(thing: Thing, item: QObject | None) -> Thing:
    """A thing with what its item tells: whether it is a key, the field being typed into, its ring."""
    if item is None or not thing.control:
        return replace(thing, item=item)
    ring = item.property("ring")
    return replace(
        thing,
        key=is_key(item),
        active=bool(item.property("active")),
        ring=ring.name() if isinstance(ring, QColor) else "",
        inset=int(item.property("ringInset") or 0),
        item=item,
    )


def first(things: list[Thing], loader: QQuickItem | None) -> int:
    """Where reading begins: the page's own heading; the header above it is reached by going up."""
    top = 0
    if loader is not None and loader.isVisible():
        top = round(loader.mapRectToScene(loader.boundingRect()).top())
    for place, thing in enumerate(things):
        if thing.role == Role.Heading and thing.rect.bottom() >= top:
            return place
    return 0


def press(thing: Thing) -> bool:
    """Use a control, as a touch of it would."""
    if thing.item is None or not thing.control or not thing.enabled:
        return False
    return bool(QMetaObject.invokeMethod(thing.item, "activated"))


def beside(things: list[Thing], at: int, across: int, down: int) -> int:
    """The key beside a key: in its row, or the nearest of the row above or below; `at` itself at the edge."""
    here = things[at].rect.center()
    height = things[at].rect.height()
    best, found = 0.0, at
    for place, thing in enumerate(things):
        if not thing.key or place == at or not thing.enabled:
            continue
        dx, dy = thing.rect.center().x() - here.x(), thing.rect.center().y() - here.y()
        same_row = abs(dy) < height / 2
        if across and not (same_row and dx * across > 0):
            continue
        if down and not (dy * down > height / 2):
            continue
        distance = float(abs(dx) if across else abs(dy) * 100 + abs(dx))
        if found == at or distance < best:
            best, found = distance, place
    return found
