"""Keys of the keypad, the headset jack and two switches; guarded against held keys and double strikes.

EN 301 549, 5.8 and 5.9: no key repeats, and a second stroke within half a second (adjustable) does not count.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickItem

from kiosk.config import Keypad
from screens.models.guide import Guide
from screens.models.visit import Visit

GUARDED = frozenset({"ok", "back", "select", "help"})


class KeypadKeys:
    """Turns key events into what the guide and the visit do. `monotonic` is the clock of the guard, in seconds."""

    def __init__(
        self,
        keys: Keypad,
        guide: Guide,
        visit: Visit,
        page: Callable[[], QQuickItem | None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guide, self._visit, self._page = guide, visit, page
        self._guard_s = keys.double_strike_s
        self.monotonic = monotonic
        self._struck: dict[str, float] = {}
        self._names = {
            _code(value): field.name
            for field in dataclasses.fields(keys)
            if isinstance(value := getattr(keys, field.name), str)
        }
        self._doings: dict[str, Callable[[], None]] = {
            "up": lambda: guide.aside(0, -1),
            "down": lambda: guide.aside(0, 1),
            "left": lambda: guide.aside(-1, 0),
            "right": lambda: guide.aside(1, 0),
            "ok": guide.use,
            "back": self._back,
            "help": lambda: visit.open("Help"),
            "repeat": guide.repeat,
            "stop": guide.hush,
            "louder": lambda: guide.louder(1),
            "quieter": lambda: guide.louder(-1),
            "faster": lambda: guide.faster(1),
            "slower": lambda: guide.faster(-1),
            "move": lambda: guide.step(1, controls=True),
            "select": guide.use,
            "headset_in": lambda: guide.plug(there=True),
            "headset_out": lambda: guide.plug(there=False),
        }

    def hear(self, event: QKeyEvent) -> bool:
        """Do what a key means; False when it is no key of the keypad."""
        name = self._names.get(event.key())
        if name is None:
            return False
        if not event.isAutoRepeat() and not self._struck_twice(name):
            self._guide.hush()
            self._doings[name]()
        return True

    def _struck_twice(self, name: str) -> bool:
        now = self.monotonic()
        before = self._struck.get(name)
        self._struck[name] = now
        return name in GUARDED and before is not None and 0 <= now - before < self._guard_s

    def _back(self) -> None:
        """Out of a dialog, else one step back where the page offers it."""
        if self._visit.property("overlay"):
            self._visit.close()
            return
        loader = self._page()
        item = loader.property("item") if loader is not None else None
        if loader is not None and loader.isEnabled() and item is not None and item.property("hasBack"):
            self._visit.back()
        else:
            self._guide.speak(self._guide.say("guide.nothing"))


def _code(name: str) -> int:
    """A key by Qt's name; ValueError for a name Qt does not know."""
    found = getattr(Qt.Key, f"Key_{name}", None)
    if found is None:
        raise ValueError(f"[keypad]: Qt knows no key {name!r}")
    return int(found)
