"""Every page is read in the order in which it stands, in names a voice can say, with a focus one sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QObject, QRect
from PySide6.QtGui import QAccessible, QImage

from kiosk.catalogue import LANGUAGES, Language
from kiosk.easier import CONTRASTS, EasierUse
from screens.audit import luminance
from screens.gallery import PLAIN, Gallery, Variant
from screens.models.guide import Guide
from screens.order import RING_OUT, audit_order, before, ring_seen
from screens.reading import Reader, Thing
from screens.sheets import LAPTOP, WIDE
from tests.screens.conftest import Counter

BAR = QRect(0, 1618, 1080, 302)
CONTRASTS_AND_SHEETS = (
    *(Variant(easier=EasierUse(contrast=contrast)) for contrast in CONTRASTS),
    Variant(easier=EasierUse(text_size=1.7)),
    Variant(easier=EasierUse(care=True)),
    Variant(WIDE),
    Variant(LAPTOP),
)


class Focus:
    """Somebody who goes through a page with the first of two switches and looks where the focus is."""

    def __init__(self, counter: Counter) -> None:
        self.window = counter.screens.window
        self.guide = counter.screens.model(Guide)
        self.reader = Reader(self.window)

    def picture(self, *, ring: bool) -> QImage:
        """The page with or without the ring."""
        self.guide._cursor = ring
        self.guide.changed.emit()
        QCoreApplication.processEvents()
        return self.window.grabWindow()

    def tour(self) -> Iterator[str]:
        """Every control that is not reached, reached twice or out of turn, or whose ring is not seen."""
        self.guide._here = None
        self.guide.step(1)
        self.guide._look()  # the page is announced, so that nothing moves the focus while it goes round
        QCoreApplication.processEvents()
        bare = self.picture(ring=False)
        things = self.reader.things()
        start = self.guide._at
        turned = [*things[start:], *things[:start]]
        expected = [(thing.name, thing.rect) for thing in turned if thing.control and thing.enabled]
        reached: list[tuple[str, QRect]] = []
        for _ in expected:
            self.guide.step(1, controls=True)
            here = self.guide._here
            assert here is not None
            reached.append((here.name, here.rect))
            if not seen_between(bare, self.picture(ring=True), self.guide._rect()):
                yield f"nobody sees the focus on {here.name!r} {here.rect.getRect()}"
        at_start = [one for one in expected if one == (things[start].name, things[start].rect)]
        if reached != [one for one in expected if one not in at_start] + at_start:
            yield f"the focus goes {[name for name, _ in reached]}, the page {[name for name, _ in expected]}"


def seen_between(bare: QImage, ringed: QImage, control: QRect) -> bool:
    """Whether the ring is seen; nothing but the control and what is round it is looked at."""
    near = control.adjusted(-RING_OUT, -RING_OUT, RING_OUT, RING_OUT).intersected(bare.rect())
    if near.isEmpty():
        return False
    one, other = (luminance(picture.copy(near)) for picture in (bare, ringed))
    return ring_seen(one, other, control.translated(-near.topLeft()))


def toured(counter: Counter, language: Language, service: str, ways: Sequence[Variant], *, turning: bool) -> list[str]:
    """What is wrong with the focus on every page of a visit; `turning` takes the ways in turn, one a page."""
    resident = counter.resident(language)
    resident.service = service
    gallery, focus = Gallery(counter.screens, counter.stage, resident), Focus(counter)
    wrong: list[str] = []
    turn = iter(range(10**6))

    def note(page: str) -> Sequence[Variant]:
        for way in [ways[next(turn) % len(ways)]] if turning else ways:
            gallery.show(way)
            wrong.extend(f"{language} {page} {way.name}: {found}" for found in focus.tour())
        gallery.show(PLAIN)
        return ()

    list(gallery.visit(note))
    return wrong


def test_the_focus_reaches_every_control_in_turn_and_is_seen(counter: Counter) -> None:
    assert toured(counter, "zh_Hant", "HK-WEL-01", CONTRASTS_AND_SHEETS, turning=True) == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", ["HK-WEL-01", "HK-WEL-07", "HK-COM-07", "HK-IDD-03", "HK-TAX-13"])
def test_the_focus_reaches_every_control_in_every_contrast_and_sheet(
    counter: Counter, language: Language, service: str
) -> None:
    assert toured(counter, language, service, CONTRASTS_AND_SHEETS, turning=False) == []


# ---- the audit itself sees what it is there to see ----


def thing(name: str, rect: QRect, kind: str = "", role: QAccessible.Role = QAccessible.Role.Button) -> Thing:
    item = None
    if kind:
        item = QObject()
        item.setProperty("kind", kind)
    return Thing(role, name, rect, enabled=True, checked=False, item=item)


def test_a_reader_goes_down_a_column_and_along_a_row() -> None:
    first, under, beside = QRect(0, 0, 400, 100), QRect(0, 120, 400, 100), QRect(420, 0, 400, 100)
    assert before(first, under)
    assert before(first, beside)
    assert not before(under, beside), "neither stands above or beside the other"
    assert not before(beside, first)


def test_a_thing_that_is_read_too_late_is_found() -> None:
    title, row = thing("Title", QRect(60, 200, 900, 90)), thing("Row", QRect(60, 320, 900, 120))
    assert audit_order([title, row], BAR, "en") == []
    assert audit_order([row, title], BAR, "en") == ["'Row' is read before 'Title', which stands before it"]


def test_the_bar_is_read_last_and_what_leads_on_comes_first_in_it() -> None:
    row = thing("Row", QRect(60, 320, 900, 120))
    ahead = thing("Continue", QRect(400, 1654, 620, 128), "next")
    back = thing("Back", QRect(60, 1654, 300, 128), "dark")
    help_, leave = thing("Help", QRect(60, 1810, 200, 100)), thing("Leave", QRect(300, 1810, 200, 100))
    assert audit_order([row, ahead, back, help_, leave], BAR, "en") == []
    assert audit_order([ahead, row], BAR, "en") == ["'Row' is read after the bar"]
    assert audit_order([back, ahead], BAR, "en") == ["'Back' is read before what leads on"]
    assert audit_order([help_, back], BAR, "en") == ["a word of the bar is read before its actions"]
    assert len(audit_order([leave, help_], BAR, "en")) == 1


@pytest.mark.parametrize("name", ["\ue5c4", "—", "Back \ue5c4"])
def test_a_name_that_no_voice_can_say_is_found(name: str) -> None:
    assert len(audit_order([thing(name, QRect(0, 0, 100, 100))], BAR, "en")) == 1


def test_a_focus_that_cannot_be_told_from_what_was_there_is_found() -> None:
    control, page = QRect(100, 100, 200, 100), np.ones((300, 400))
    ringed = page.copy()
    ringed[90:210, 90:310] = 0.02
    ringed[96:204, 96:304] = 1.0
    assert ring_seen(page, ringed, control)
    assert not ring_seen(page, page, control)
    assert not ring_seen(page, np.where(ringed < 1, 0.4, 1.0), control), "a pale ring is not seen"
