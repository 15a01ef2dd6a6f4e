"""Somebody who touches anything with several fingers at once: no warning, no dead end, no way out, no growth."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QPointingDevice
from PySide6.QtTest import QTest

from kiosk.catalogue import LANGUAGES
from kiosk.session import Page
from screens.glass import Glass, wait_until
from tests.screens.conftest import Counter, counter_in

SEED = 20261125
QUICK, ALL = 50_000, 1_000_000
GROWTH_MIB = 2.0  # for a million events, after the warm-up
PAGE = 4096
WHOLE_WAYS = ("HK-WEL-01", "HK-COM-07", "HK-VOT-02")
KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Space)
WAYS_OUT = (Qt.Key.Key_F4, Qt.Key.Key_Q, Qt.Key.Key_F12, Qt.Key.Key_Delete, Qt.Key.Key_Super_L)


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20


@dataclass
class Hands:
    """Random hands on one window; every event is counted."""

    counter: Counter
    chance: random.Random
    device: QPointingDevice
    events: int = 0
    pages: set[str] = field(default_factory=set)

    def point(self) -> QPoint:
        """Anywhere, the edges and corners more often; sometimes on a control."""
        window = self.counter.screens.window
        at = self.chance.random()
        if at < 0.1:
            return QPoint(self.chance.choice((0, window.width() - 1)), self.chance.randrange(window.height()))
        if at < 0.2:
            return QPoint(self.chance.randrange(window.width()), self.chance.choice((0, window.height() - 1)))
        return QPoint(self.chance.randrange(window.width()), self.chance.randrange(window.height()))

    def play(self, count: int) -> None:
        """So many events, of every kind."""
        kinds = (self.tap, self.tap, self.tap, self.aimed, self.aimed, self.drag, self.fingers, self.key, self.switch)
        until = self.events + count
        while self.events < until:
            self.chance.choice(kinds)()
            if self.chance.random() < 0.2:
                self.breathe()

    def breathe(self) -> None:
        """Let Qt work, and delete what it put off (processEvents alone does not)."""
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.pages.add(str(self.counter.stage.session.page))

    def tap(self) -> None:
        where, window = self.point(), self.counter.screens.window
        QTest.mousePress(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        if self.chance.random() < 0.05:
            self.breathe()  # held while things move
        QTest.mouseRelease(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
        self.events += 2

    def aimed(self) -> None:
        """Fast taps on what can be touched, also while a page is on its way; Leave a little less often."""
        controls = Glass(self.counter.screens.window).controls()
        for one in self.chance.choices(controls, k=4) if controls else ():
            if "eave" in one.name and self.chance.random() < 0.8:
                continue
            QTest.mouseClick(
                self.counter.screens.window,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
                one.rect.center(),
            )
            self.events += 2
            if self.chance.random() < 0.5:
                self.breathe()

    def drag(self) -> None:
        window, left, none = self.counter.screens.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(window, left, none, self.point())
        for _ in range(self.chance.randrange(1, 20)):
            QTest.mouseMove(window, self.point())
            self.events += 1
        QTest.mouseRelease(window, left, none, self.point())
        self.events += 2

    def fingers(self) -> None:
        """Two to five fingers, down, about and up."""
        count = self.chance.randrange(2, 6)
        touch = QTest.touchEvent(self.counter.screens.window, self.device, False)
        for finger in range(count):
            touch.press(finger, self.point(), self.counter.screens.window)
        touch.commit(False)
        for _ in range(self.chance.randrange(4)):
            for finger in range(count):
                touch.move(finger, self.point(), self.counter.screens.window)
            touch.commit(False)
            self.events += count
        for finger in range(count):
            touch.release(finger, self.point(), self.counter.screens.window)
        touch.commit(False)
        self.events += 2 * count

    def key(self) -> None:
        """Keys of a keypad and of a keyboard, those among them that end programs elsewhere."""
        window = self.counter.screens.window
        out = self.chance.random() < 0.2
        code = self.chance.choice(WAYS_OUT if out else KEYS)
        held = Qt.KeyboardModifier.AltModifier if out else Qt.KeyboardModifier.NoModifier
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(window, QKeyEvent(kind, code, held))
        self.counter.screens.type_by_hardware(self.chance.choice("aZ9陳<&\u202e "))
        self.events += 3

    def switch(self) -> None:
        if self.counter.stage.session.in_visit:
            self.counter.stage.set_language(self.chance.choice(LANGUAGES))
        self.events += 1


def no_dead_end(counter: Counter) -> None:
    """From wherever the hands left it: something can be touched, and Leave or the end leads to the first screen."""
    glass = Glass(counter.screens.window)
    assert wait_until(lambda: bool(glass.controls()), 10.0), counter.stage.session.page
    counter.stage.end()
    assert wait_until(lambda: counter.stage.session.page is Page.ATTRACT and len(glass.controls()) == 3, 10.0)
    assert counter.screens.window.isVisible()


def start_somewhere(counter: Counter, chance: random.Random) -> None:
    """Hands alone rarely get far: begin one visit in a service, so that its pages are touched too."""
    service = chance.choice(sorted(counter.kiosk.catalogue.services))
    counter.stage.begin(chance.choice(LANGUAGES))
    counter.stage.act(lambda: counter.stage.session.open_service(service))


def cleaned_up(counter: Counter) -> bool:
    """Wait, as a kiosk does between two residents, until the last visit is cleaned up after."""
    return wait_until(lambda: not counter.screens.between.isActive(), 10.0)


def go_the_whole_way(counter: Counter) -> None:
    """What only a slip, a signature or a department's answer loads is loaded: hands alone hardly get there."""
    for service in WHOLE_WAYS:
        resident = counter.resident("en")
        resident.service = service
        resident.visit()
        resident.finish()


def touched(counter: Counter, events: int, *, warm_up: int) -> float:
    """Play so many events; gives the growth of the resident memory after the warm-up, in MiB.

    It is looked at between visits. Each look finds some camera pictures in flight (2.6 MiB each), now more, now fewer:
    the middle of the first tenth of the looks is compared with the middle of the last.
    """
    chance = random.Random(SEED)
    hands = Hands(counter, chance, QTest.createTouchDevice())
    go_the_whole_way(counter)
    looks: list[float] = []
    while hands.events < events:
        start_somewhere(counter, chance)
        hands.play(2_500)
        no_dead_end(counter)
        assert cleaned_up(counter)
        if hands.events >= warm_up:
            looks.append(resident_mib())
    assert len(hands.pages) >= 8, hands.pages
    tenth = max(1, len(looks) // 10)
    print(f"{hands.events} events, resident MiB between visits: {[round(look) for look in looks[::tenth]]}")
    return median(looks[-tenth:]) - median(looks[:tenth])


@pytest.mark.timeout(1800)
def test_fifty_thousand_random_touches_do_no_harm(tmp_path: Path) -> None:
    with counter_in(tmp_path, motion=True, idle_s=600.0) as counter:
        touched(counter, QUICK, warm_up=QUICK // 2)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_million_random_touches_do_no_harm_and_leave_the_memory_flat(tmp_path: Path) -> None:
    with counter_in(tmp_path, motion=True, idle_s=600.0) as counter:
        assert touched(counter, ALL, warm_up=ALL // 4) <= GROWTH_MIB
