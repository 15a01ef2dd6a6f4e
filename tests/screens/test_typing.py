"""The keyboard on the screen: each field's own methods, candidates by touch and by hardware keys, nothing kept."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from kiosk.catalogue import Language
from kiosk.session import Page
from kiosk.typing import Engines
from screens.glyphs import readable
from screens.models.typing import Typing
from screens.rehearsal import Resident
from tests.kiosk.typing.conftest import built
from tests.screens.conftest import Counter
from tests.screens.test_pages import cut_texts

__all__ = ["built"]


@pytest.fixture(autouse=True)
def all_methods(counter: Counter, built: object) -> None:
    """Jyutping is built before the kiosk looks."""
    counter.kiosk.engines = Engines(built)  # type: ignore[arg-type]


def at_field(counter: Counter, language: Language, field: str) -> Resident:
    """A resident who types the identity and has touched one field."""
    resident = counter.resident(language, person="")
    resident.until(lambda page: page is Page.FORM)
    counter.stage.act(lambda: counter.stage.session.focus(field))
    return resident


def typing(counter: Counter) -> Typing:
    return counter.screens.model(Typing)


@pytest.mark.parametrize(
    ("language", "keys", "meant"),
    [("zh_Hant", "人火", "你"), ("zh_Hans", "chen", "陈"), ("en", "can", "陳")],
)
def test_a_chinese_name_is_typed_by_touch(counter: Counter, language: Language, keys: str, meant: str) -> None:
    resident = at_field(counter, language, "name_zh")
    for key in keys:
        resident.glass.press(key)
    assert typing(counter).property("preedit")
    counter.screens.window.grabWindow()
    assert cut_texts(counter) == []
    resident.glass.press_when_there(meant)
    assert counter.stage.session.drafts["name_zh"] == meant
    assert typing(counter).property("preedit") == ""


@pytest.mark.parametrize("language", ["en", "zh_Hant", "zh_Hans"])
def test_every_method_can_be_chosen_and_none_cuts_a_text(counter: Counter, language: Language) -> None:
    resident = at_field(counter, language, "name_zh")
    model = typing(counter)
    for method in model._available():
        label = resident.say(f"typing.{method}")
        if model.property("method") != method:
            resident.glass.press(f"{resident.say('typing.method')} {model.property('methodLabel')}")
            while not resident.glass.shows(label):
                resident.glass.press(resident.say("typing.more"))
            resident.glass.press(label)
        assert model.property("method") == method
        for key in "ab" if method == "code" else "hs":
            model.key(key)
        counter.screens.window.grabWindow()
        assert cut_texts(counter) == [], method
        cells = [one for one in resident.glass.controls() if one.name in {c["label"] for c in model.property("cells")}]
        assert all(one.rect.width() >= 124 for one in cells), method
        model.drop()


def test_a_latin_field_has_letters_alone(counter: Counter) -> None:
    at_field(counter, "zh_Hant", "name_en")
    assert typing(counter).property("method") == "latin"
    assert typing(counter).property("hasMethods") is False


def test_hardware_keys_compose_pick_and_take_back(counter: Counter) -> None:
    at_field(counter, "zh_Hans", "name_zh")
    for key in "chen":
        counter.screens.type_by_hardware(key)
    second = typing(counter).property("cells")[1]["label"]
    counter.screens.type_by_hardware("2")
    assert counter.stage.session.drafts["name_zh"] == second
    for key in "da":
        counter.screens.type_by_hardware(key)
    press(counter, Qt.Key.Key_Backspace)
    assert typing(counter).property("preedit") == "d"
    counter.screens.type_by_hardware("a")
    counter.screens.type_by_hardware(" ")
    assert len(counter.stage.session.drafts["name_zh"]) == 2
    counter.screens.type_by_hardware("文")
    assert counter.stage.session.drafts["name_zh"].endswith("文")


def press(counter: Counter, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(counter.screens.window, event)


@pytest.mark.parametrize("leaving", ["field", "language", "page", "end"])
def test_what_was_being_composed_goes_with_field_language_page_and_visit(counter: Counter, leaving: str) -> None:
    at_field(counter, "zh_Hant", "name_zh")
    model, session = typing(counter), counter.stage.session
    for key in "of":
        model.key(key)
    assert model.property("preedit") == "人火"
    {
        "field": lambda: counter.stage.act(lambda: session.focus("name_en")),
        "language": lambda: counter.stage.set_language("zh_Hans"),
        "page": lambda: counter.stage.act(session.back),
        "end": counter.stage.end,
    }[leaving]()
    assert model.property("preedit") == ""
    assert not [cell for cell in model.property("cells") if cell["label"] == "你"]


def test_the_method_somebody_chose_stays_for_the_visit_and_not_longer(counter: Counter) -> None:
    at_field(counter, "zh_Hant", "name_zh")
    model = typing(counter)
    model.chooseMethod()
    model.take("jyutping")
    counter.stage.act(lambda: counter.stage.session.focus("name_en"))
    counter.stage.act(lambda: counter.stage.session.focus("name_zh"))
    assert model.property("method") == "jyutping"
    at_field(counter, "zh_Hant", "name_zh")
    assert model.property("method") == "quick"


def test_a_character_without_a_picture_is_shown_by_its_number(counter: Counter) -> None:
    assert readable("陳\U0003134a文") == "陳 U+3134A 文"
    assert readable("陳㗎𨋢") == "陳㗎𨋢"


def test_typed_text_is_never_markup(counter: Counter) -> None:
    resident = at_field(counter, "zh_Hant", "name_zh")
    counter.stage.act(lambda: counter.stage.session.type("name_zh", "<b>陳</b>"))
    typing(counter).key("o")
    counter.screens.window.grabWindow()
    shown = [item for item in fields(counter) if "陳" in str(item)]
    assert shown == ["&lt;b&gt;陳&lt;/b&gt;<u>人</u>"]
    assert "<b>陳</b>" in resident.glass.words()


def fields(counter: Counter) -> list[object]:
    from screens.glass import items

    window = counter.screens.window
    return [item.property("text") for item in items(window.contentItem()) if item.objectName() == "field.value"]
