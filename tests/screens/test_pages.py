"""The accessible tree of every page in every language: named, large enough, apart, inside the glass, nothing cut."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QRect

from kiosk.catalogue import LANGUAGES, Language
from kiosk.session import Page
from screens.glass import Seen, items
from tests.screens.conftest import Counter

TARGET = 96
GAP = 16
KEYBOARD_TOP = 1000  # keys may stand closer: their touch cells fill the gaps (design decision)
HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
# What stands in Latin letters on a Chinese page: languages' own names, what was typed, what a document says.
LATIN_ON_CHINESE_PAGES = re.compile(
    r"English|CHAN|EXAMPLE|PERSON|ROAD|FLAT|TB1|HK\$|ABC|TAI|MAN|Tai Man|Man|X{3,}", re.I
)


@pytest.fixture(scope="module", params=LANGUAGES)
def pages(request: pytest.FixtureRequest, counter: Counter) -> list[Look]:
    """Every page and dialog of a visit in one language, as it was seen at rest."""
    language: Language = request.param
    looks: list[Look] = []
    resident = counter.resident(language)

    def look(name: str) -> None:
        counter.screens.window.grabWindow()  # everything laid out, as the next frame shows it
        looks.append(Look(name, language, resident.glass.seen(), cut_texts(counter)))

    while (page := resident.until(lambda _: True)) is not Page.SLIP:
        look(str(page))
        resident.leave_page(page)
    resident.leave_page(Page.SLIP)
    look("Slip")
    for overlay in ("Language", "Easier", "Help", "Leave"):
        counter.stage.act(lambda name=overlay: setattr(counter.stage.session, "overlay", name))
        resident.glass.wait_for(lambda: len(resident.glass.controls()) < 10, f"the dialog {overlay}")
        look(overlay)
    counter.stage.act(lambda: setattr(counter.stage.session, "overlay", ""))
    return looks


class Look(NamedTuple):
    """One page as it was seen: what can be read and touched, and the texts that do not fit."""

    page: str
    language: Language
    seen: list[Seen]
    cut: list[str]


def cut_texts(counter: Counter) -> list[str]:
    """Texts that are wider than their box, reach out of the sheet, or end in an ellipsis."""
    found = []
    for item in items(counter.screens.window.contentItem()):
        text = item.property("text")
        if not isinstance(text, str) or not text or item.property("paintedWidth") is None:
            continue
        if item.objectName() == "field.value":
            continue  # the end of a long answer stays in sight while it is typed
        if item.property("paintedWidth") > item.width() + 1 or item.property("truncated"):
            found.append(f"{text!r} is wider than its box")
        place = item.mapRectToScene(item.boundingRect())
        if place.left() < -1 or place.right() > 1081 or place.bottom() > 1921:
            found.append(f"{text!r} leaves the sheet")
    return found


def test_no_text_is_cut(pages: list[Look]) -> None:
    assert [f"{look.page} {look.language}: {what}" for look in pages for what in look.cut] == []


def test_every_control_has_a_name_in_the_page_language(
    pages: list[Look],
) -> None:
    for page, language, seen, _cut in pages:
        for one in seen:
            assert one.name.strip(), page
            if language == "en" and page not in ("Attract", "Language"):
                assert not HAN.search(re.sub("陳大文|陳小明|樣本", "", one.name)), f"{page}: {one.name}"
            if language != "en" and page not in ("Attract", "Language"):
                rest = LATIN_ON_CHINESE_PAGES.sub("", one.name)
                assert not LATIN_WORD.search(rest), f"{page}: {one.name}"


def test_every_target_is_large_enough_and_apart_from_its_neighbours(
    pages: list[Look],
) -> None:
    for page, language, seen, _cut in pages:
        controls = [one for one in seen if one.active]
        for one in controls:
            assert min(one.rect.width(), one.rect.height()) >= TARGET, f"{page} {language}: {one}"
        for one, other in itertools.combinations(controls, 2):
            if is_key(page, one) and is_key(page, other):
                assert not one.rect.intersects(other.rect), f"{page} {language}: {one.name} / {other.name}"
                continue
            assert distance(one.rect, other.rect) >= GAP or is_tab(one, other), f"{page}: {one.name} / {other.name}"


def is_key(page: str, one: Seen) -> bool:
    return page in ("Form", "Search") and KEYBOARD_TOP < one.rect.top() < 1618


def is_tab(one: Seen, other: Seen) -> bool:
    """The two shores are one control of two halves."""
    return "PageTab" in str(one.role) and "PageTab" in str(other.role)


def distance(one: QRect, other: QRect) -> int:
    """Pixels between two boxes, the larger of the two directions; negative when they overlap."""
    across = max(one.left(), other.left()) - min(one.right(), other.right()) - 1
    down = max(one.top(), other.top()) - min(one.bottom(), other.bottom()) - 1
    return max(across, down)


def test_nothing_that_is_seen_lies_outside_the_glass(
    pages: list[Look],
) -> None:
    glass = QRect(0, 0, 1080, 1920)
    for page, language, seen, _cut in pages:
        for one in seen:
            if one.active:
                assert glass.contains(one.rect), f"{page} {language}: {one.name} at {one.rect}"


def test_every_page_has_one_heading_first_and_one_yellow_action_at_most(
    pages: list[Look],
) -> None:
    for page, language, seen, _cut in pages:
        headings = [one for one in seen if "Heading" in str(one.role)]
        assert headings, f"{page} {language} has no heading"


def test_every_text_a_page_asks_for_exists_and_none_is_left_over(counter: Counter) -> None:
    texts = counter.kiosk.catalogue.texts
    root = Path(__file__).parent.parent.parent
    asked: set[str] = set()
    for path in (root / "screens" / "qml").rglob("*.qml"):
        asked |= set(re.findall(r'qsTrId\("([^"]+)"\)', path.read_text(encoding="utf-8")))
    assert asked <= texts.keys, sorted(asked - texts.keys)
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("kiosk", "screens")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".qml")
    )
    own = {key for key in texts.keys if key.split(".")[0] in {"bar", "search", "overlay", "leave", "language", "idle"}}
    assert [key for key in sorted(own) if key not in sources] == []


def test_every_fault_a_device_can_have_has_a_sentence_and_a_next_move(counter: Counter) -> None:
    from hardware import camera, cards, printer

    keys = counter.kiosk.catalogue.texts.keys
    codes = {*camera.FAULT_CODES, *cards.FAULT_CODES, *printer.FAULT_CODES, "device_crashed", "device_lost"}
    assert [code for code in sorted(codes) for part in ("text", "next") if f"fault.{code}.{part}" not in keys] == []
    verdicts = [f"portrait.{code}" for code in camera.portrait.VERDICT_CODES]
    verdicts += [f"document.{code}" for code in camera.document.VERDICT_CODES]
    assert [key for key in verdicts if key not in keys] == []
