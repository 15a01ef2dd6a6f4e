"""The screen as somebody outside sees it: what can be read and touched, from Qt's own accessible tree.

Rehearsals and tests use it in place of eyes and fingers; the audio guide will read from the same tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEventLoop, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from screens.reading import ACTIVE_ROLES, is_key, item_of

FIRST_LOOK_MS, LAST_LOOK_MS = 3, 25


class NotSeenError(AssertionError):
    """What was looked for is not on the screen; the text says what is."""


@dataclass(frozen=True)
class Seen:
    """One thing on the glass: role, name, place in window pixels, whether it answers to a touch or is a key."""

    role: QAccessible.Role
    name: str
    rect: QRect
    enabled: bool
    checked: bool
    focused: bool
    key: bool = False

    @property
    def active(self) -> bool:
        """Whether it is a control."""
        return self.role in ACTIVE_ROLES


class Glass:
    """Looks at one window and touches it."""

    def __init__(self, window: QQuickWindow) -> None:
        self._window = window
        QAccessible.setActive(True)

    # ---- looking ----

    def seen(self) -> list[Seen]:
        """Everything that is showing, in reading order."""
        root = QAccessible.queryAccessibleInterface(self._window)
        return [] if root is None else list(self._walk(root))

    def _walk(self, node: QAccessibleInterface) -> Iterator[Seen]:
        state = node.state()
        if state.invisible:
            return
        rect = QRect(self._window.mapFromGlobal(node.rect().topLeft()), node.rect().size())
        name = node.text(QAccessible.Text.Name)
        if name and node.role() not in (QAccessible.Role.Window, QAccessible.Role.Client):
            key = is_key(item_of(node))
            yield Seen(node.role(), name, rect, not state.disabled, bool(state.checked), bool(state.focused), key)
        for place in range(node.childCount()):
            child = node.child(place)
            if child is not None:
                yield from self._walk(child)

    def controls(self) -> list[Seen]:
        """What can be touched now."""
        return [seen for seen in self.seen() if seen.active and seen.enabled]

    def headings(self) -> list[str]:
        """The headings, first the page's own."""
        return [seen.name for seen in self.seen() if seen.role == QAccessible.Role.Heading]

    def words(self) -> str:
        """Everything that can be read, one thing a line."""
        return "\n".join(seen.name for seen in self.seen())

    def find(self, name: str) -> Seen:
        """The control of that name, or the first whose name begins with it; NotSeenError names what is there."""
        controls = self.controls()
        found = _named(name, controls)
        if found is None:
            there = ", ".join(repr(seen.name) for seen in controls)
            raise NotSeenError(f"{name!r} cannot be touched; there is {there}")
        return found

    def shows(self, name: str) -> bool:
        """Whether a control of that name can be touched."""
        return _named(name, self.controls()) is not None

    # ---- touching ----

    def press(self, name: str) -> None:
        """Touch the middle of a control, once it stands still; a page that is laid out anew may hide it meanwhile."""
        self.find(name)
        places: list[QRect] = []

        def still() -> bool:
            found = _named(name, self.controls())
            places.append(QRect() if found is None else found.rect)
            return len(places) > 1 and not places[-1].isNull() and places[-1] == places[-2]

        self.wait_for(still, f"{name!r} to stand still")
        self.press_at(places[-1].center())

    def press_at(self, point: QPoint) -> None:
        """Touch a point of the window."""
        QTest.mouseClick(self._window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)

    def turn(self, more: str) -> bool:
        """Touch the button of a page in parts, which is `more` or begins with it; False when the last part is shown."""
        begins = (f"{more},", f"{more}，", f"{more}（")
        found = next((seen for seen in self.controls() if seen.name == more or seen.name.startswith(begins)), None)
        if found is not None:
            self.press(found.name)
        return found is not None

    def draw(self, points: Sequence[QPoint]) -> None:
        """Put the finger down at the first point, move it over all others, lift it."""
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(self._window, left, none, points[0])
        for point in points[1:]:
            QTest.mouseMove(self._window, point)
        QTest.mouseRelease(self._window, left, none, points[-1])

    def press_when_there(self, name: str, timeout_s: float = 60.0) -> None:
        """Wait until a control can be touched, then touch it."""
        self.wait_for(lambda: self.shows(name), f"{name!r} to be touchable", timeout_s)
        self.press(name)

    # ---- waiting ----

    def wait_for(self, true: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
        """Let Qt work until a condition holds; NotSeenError when it does not in time."""
        if not wait_until(true, timeout_s):
            raise NotSeenError(f"waited {timeout_s:g} s for {what}; the screen shows:\n{self.words()}")


def _named(name: str, controls: Sequence[Seen]) -> Seen | None:
    """The control of exactly that name, else the first whose name begins with it."""
    exact = [seen for seen in controls if seen.name == name]
    begins = [seen for seen in controls if seen.name.startswith((name + ",", name + " "))]
    return next(iter((*exact, *begins)), None)


def wait_until(true: Callable[[], bool], timeout_s: float) -> bool:
    """Run Qt's loop until a condition holds, for at most that long; looked at after 3 ms, then less and less often."""
    if true():
        return True
    loop = QEventLoop()
    held: list[bool] = []

    def look() -> None:
        if true():
            held.append(True)
            loop.quit()
        every.setInterval(min(2 * every.interval(), LAST_LOOK_MS))

    every, last = QTimer(), QTimer()
    every.timeout.connect(look)
    every.start(FIRST_LOOK_MS)
    last.setSingleShot(True)
    last.timeout.connect(loop.quit)
    last.start(round(timeout_s * 1000))
    loop.exec()
    for timer in (every, last):
        timer.stop()
        timer.timeout.disconnect()  # what it calls holds it: it would stay until the next round of garbage
    return bool(held)


def items(root: QQuickItem) -> Iterator[QQuickItem]:
    """A visible item and all visible items in it."""
    if root.isVisible():
        yield root
        for child in root.childItems():
            yield from items(child)
