"""Every page in every language, size, contrast and sheet: named, large enough, apart, uncut, in order, readable.

The quick run gives every page one of the many ways in each language, another one each; `make soak` gives them all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QAccessible, QImage

from kiosk.catalogue import LANGUAGES, Language
from kiosk.easier import EasierUse
from kiosk.session import Page
from screens.audit import (
    GAP,
    HAN,
    LATIN_WORD,
    OWN_WORDS,
    Rules,
    _crowded,
    _cut,
    _small,
    _unnamed,
    _without_heading_first,
    contrast,
    distance,
    luminance,
    sections,
)
from screens.gallery import EVERY, PLAIN, Gallery, Look, Variant
from screens.glass import Seen
from screens.sheets import LAPTOP, WIDE
from tests.screens.conftest import Counter

TARGET = 96
LATIN_ON_CHINESE_PAGES = OWN_WORDS
__all__ = ["GAP", "HAN", "LATIN_ON_CHINESE_PAGES", "LATIN_WORD", "TARGET", "cut_texts", "distance"]
SERVICES = ("HK-WEL-01", "HK-WEL-07", "HK-COM-07", "HK-VOT-02", "HK-IDD-03", "HK-TAX-13")


def cut_texts(counter: Counter) -> list[str]:
    """Texts that are wider than their box, reach out of the sheet, or end in an ellipsis."""
    window = counter.screens.window
    return list(_cut(window.contentItem(), QRect(0, 0, window.width(), window.height())))


def looks(
    counter: Counter, language: Language, service: str, variants: Callable[[str], Sequence[Variant]]
) -> Iterator[Look]:
    """Every page of one service in the ways that are asked for."""
    resident = counter.resident(language)
    resident.service = service
    yield from Gallery(counter.screens, counter.stage, resident).visit(variants)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_keeps_the_rules_in_one_of_the_many_ways(counter: Counter, language: Language) -> None:
    turn = itertools.count(LANGUAGES.index(language))

    def ways(_page: str) -> Sequence[Variant]:
        here = EVERY[next(turn) * 5 % len(EVERY)]
        return (PLAIN, here) if language == "zh_Hant" else (here,)

    assert [
        f"{look.language} {look.name}: {found}"
        for look in looks(counter, language, "HK-WEL-01", ways)
        for found in look.findings
    ] == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_keeps_the_rules_in_every_way(counter: Counter, language: Language, service: str) -> None:
    found = looks(counter, language, service, lambda _page: EVERY)
    assert [f"{look.language} {look.name}: {wrong}" for look in found for wrong in look.findings] == []


# ---- the audit itself sees what it is there to see ----

RULES = Rules(96, "en")


def seen(name: str, rect: QRect, role: QAccessible.Role = QAccessible.Role.Button) -> Seen:
    return Seen(role, name, rect, enabled=True, checked=False, focused=False)


def test_a_small_a_crowded_and_a_misnamed_control_are_found() -> None:
    controls = [seen("Back", QRect(0, 0, 200, 95)), seen("\u8fd4\u56de", QRect(0, 105, 200, 96))]
    assert len(list(_small(controls, Rules(120, "en"), 1.0))) == 2
    assert len(list(_crowded(controls, 1.0))) == 1
    assert len(list(_unnamed(controls, RULES))) == 1
    assert list(_crowded([seen("a", QRect(0, 0, 96, 96)), seen("b", QRect(112, 0, 96, 96))], 1.0)) == []


def test_a_control_before_the_heading_is_found() -> None:
    button, heading = seen("Go", QRect()), seen("Title", QRect(), QAccessible.Role.Heading)
    assert list(_without_heading_first([heading, button])) == []
    assert len(list(_without_heading_first([button, heading]))) == 1
    assert list(_without_heading_first([button])) == ["there is no heading"]


@pytest.mark.parametrize(("ink", "ground", "ratio"), [("#000000", "#FFFFFF", 21.0), ("#767676", "#FFFFFF", 4.54)])
def test_contrast_is_measured_as_the_standard_says(ink: str, ground: str, ratio: float) -> None:
    picture = QImage(100, 40, QImage.Format.Format_RGB32)
    picture.fill(ground)
    for x, y in itertools.product(range(20, 30), range(10, 30)):
        picture.setPixelColor(x, y, ink)
    assert contrast(luminance(picture)) == pytest.approx(ratio, abs=0.05)


# ---- settings ----


def test_settings_switch_at_any_moment_and_lose_no_answer(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda page: page == "Form" and counter.stage.session.active != "")
    resident.type("Flat 1")
    gallery = Gallery(counter.screens, counter.stage, resident)
    for variant in EVERY:
        gallery.show(variant)
        assert "FLAT 1" in [str(draft).upper() for draft in counter.stage.session.drafts.values()]
        shown = "FLAT 1" in resident.glass.words().upper()
        assert shown, variant.name
    gallery.show(PLAIN)


def test_easier_use_is_switched_by_touch_and_ends_with_the_visit(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda page: page == "Home")
    for name in ("Largest", "White on black", "Care mode"):
        resident.glass.press("Easier use")
        while not resident.glass.shows(name):
            assert resident.glass.turn("More")
        resident.glass.press(name)
        resident.glass.press_when_there("Back to the page")
    use = counter.stage.session.easier
    assert (use.text_size, use.contrast, use.care) == (1.7, "black", True)
    counter.stage.end()
    assert counter.stage.session.easier == PLAIN.easier


def test_nothing_that_is_touched_stands_high_in_low_reach(counter: Counter) -> None:
    low = Variant(easier=EasierUse(low_reach=True))
    resident = counter.resident("zh_Hant")
    gallery = Gallery(counter.screens, counter.stage, resident)
    high: list[str] = []

    def note(page: str) -> Sequence[Variant]:
        gallery.show(low)
        high.extend(f"{page}: {one.name}" for one in resident.glass.controls() if one.rect.top() < 740)
        gallery.show(PLAIN)
        return ()

    list(gallery.visit(note))
    assert [line for line in high if not line.startswith("Attract")] == []


def test_no_row_is_lost_when_size_or_sheet_change_under_a_page_in_parts(counter: Counter) -> None:
    care, largest = (Variant(easier=EasierUse(care=True)), Variant(easier=EasierUse(text_size=1.7, contrast="black")))
    resident = counter.resident("zh_Hans")
    resident.until(lambda page: page is Page.REVIEW)
    gallery = Gallery(counter.screens, counter.stage, resident)
    found = list(gallery.looks("Review", [Variant(LAPTOP), care, Variant(WIDE), largest, PLAIN]))
    assert sections(counter.screens.window.contentItem())  # else a row that is lost would be missed
    gallery._open("Easier")
    found += gallery.looks("Easier", [PLAIN, largest])
    assert any(look.part > 1 for look in found)
    assert [f"{look.name}: {wrong}" for look in found for wrong in look.findings] == []


def test_two_pictures_of_the_same_page_are_the_same(counter: Counter) -> None:
    resident = counter.resident("zh_Hans")
    resident.until(lambda page: page == "Checklist")
    gallery = Gallery(counter.screens, counter.stage, resident)
    first, second = (
        next(gallery.looks("Checklist", [PLAIN])).picture.convertToFormat(QImage.Format.Format_RGB32) for _ in range(2)
    )
    header = 144  # the clock may turn between the two
    pixels = [np.frombuffer(p.constBits(), np.uint8).reshape(p.height(), -1)[header:] for p in (first, second)]
    assert int(np.abs(pixels[0].astype(int) - pixels[1]).max()) <= 2


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
