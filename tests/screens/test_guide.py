"""The spoken guide and the keypad on real pages: what is said, to whom, in which order, and what keys may not do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from hardware.voice import SimulatedVoice
from kiosk.catalogue import LANGUAGES, Language
from kiosk.session import Page
from screens.glass import wait_until
from screens.models.guide import Guide
from screens.models.review import Review
from screens.rehearsal import Resident
from tests.screens.conftest import Counter
from tests.screens.test_leaving import CANARIES

VOICE_CANARIES = ("CHAN", "陳大文", "1 2 3 4 5 6", "A 1 2 3", "1951", "EXAMPLE", "9 1 2 3", "一 二 三 四", "一九五一")


@pytest.fixture
def keypad(counter: Counter) -> Iterator[Keypad]:
    """A kiosk with nobody at it and no headset; its clock jumps between strokes."""
    counter.stage.end()
    counter.mend()
    pad = Keypad(counter)
    pad.press("headset_out")
    counter.stage.end()
    pad.voice.forget()
    yield pad
    pad.press("headset_out")
    counter.stage.end()


class Keypad:
    """Fingers on the keypad, ears at the voice."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        voice = counter.kiosk.devices.voice
        assert isinstance(voice, SimulatedVoice)
        self.voice = voice
        self.guide = counter.screens.model(Guide)
        ticks = itertools.count(step=10.0)
        counter.screens.keypad.monotonic = lambda: next(ticks)

    def press(self, name: str, *, held: bool = False) -> str:
        before = len(self.voice.said)
        code = Qt.Key[f"Key_{getattr(self.counter.kiosk.config.keypad, name)}"]
        event = QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, "", held)
        QCoreApplication.sendEvent(self.counter.screens.window, event)
        return self.voice.said[-1].text if len(self.voice.said) > before else ""

    def hears(self, words: str) -> bool:
        return wait_until(lambda: any(words in utterance.text for utterance in self.voice.said), 5.0)

    def everything(self) -> str:
        return "\n".join(utterance.text for utterance in self.voice.said)


def walk(keypad: Keypad) -> list[str]:
    """Every control of the page, by the first switch, once round."""
    first = keypad.press("move")
    lines = [first]
    while (line := keypad.press("move")) != first:
        lines.append(line)
        assert len(lines) < 120
    return lines


def test_the_kiosk_is_silent_until_a_headset_is_plugged_in_or_repeat_is_pressed(
    counter: Counter, keypad: Keypad
) -> None:
    keypad.press("down")
    assert keypad.everything() == ""
    assert keypad.guide.property("ring") is True
    keypad.press("repeat")
    assert wait_until(lambda: keypad.everything() != "", 5.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_announced_by_its_title_in_its_language(counter: Counter, keypad: Keypad, language: Language) -> None:
    keypad.press("headset_in")
    counter.stage.begin(language)
    title = Resident(counter.screens, counter.stage, service="HK-WEL-01", language=language).say("home.title")
    assert keypad.hears(title)
    assert keypad.voice.said[-1].language == language
    assert keypad.voice.said[-1].headset


def test_order_of_reading_is_order_on_the_page_and_nobody_is_trapped(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    for page in (Page.HOME, Page.CHECKLIST, Page.CHOICE, Page.FORM, Page.REVIEW):
        resident.until(lambda here, page=page: here is page)  # type: ignore[misc]
        assert wait_until(lambda: keypad.guide.property("ring"), 5.0)
        controls = walk(keypad)
        seen = [one.name.replace("\n", ", ") for one in resident.glass.controls()]
        assert len(controls) == len(seen), page
        assert controls[-1].startswith("Leave") or "Leave, button" in controls


def test_without_a_headset_nothing_private_is_said_on_any_page(counter: Counter, keypad: Keypad) -> None:
    keypad.press("repeat")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    while (page := resident.until(lambda _: True)) is not Page.SLIP:
        keypad.guide.readPage()
        for _ in range(12):
            keypad.press("down")
        resident.leave_page(page)
    said = keypad.everything()
    assert "not" not in CANARIES
    assert [canary for canary in VOICE_CANARIES if canary in said] == []
    assert "hidden, plug in a headset" in said
    assert not any(utterance.headset for utterance in keypad.voice.said)


def test_no_address_that_a_slip_is_sent_to_is_said_aloud(counter: Counter, keypad: Keypad) -> None:
    resident = counter.resident("en", document="phone")
    resident.glass.wait_for(lambda: counter.kiosk.line_up and bool(counter.kiosk.slip_ways), "the line")
    resident.visit()
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("send.open")), "the way to send", 60)
    keypad.voice.forget()
    keypad.press("repeat")
    resident.glass.press(resident.say("send.open"))
    assert keypad.hears(resident.say("send.title"))
    resident.settle()
    for _ in range(8):
        keypad.press("down")
    counter.stage.act(lambda: counter.stage.session.pick_target("new-email"))
    resident.glass.press(resident.say("bar.next"))
    assert keypad.hears(resident.say("send.type_email"))
    resident.settle()
    counter.screens.type_by_hardware("chan@example.org")
    for _ in range(4):
        keypad.press("down")
    said = keypad.everything()
    assert "hidden, plug in a headset" in said
    assert not any(word in said for word in ("chan", "example.org", "51XX", "XX67", "5 1", "6 7"))


def test_with_a_headset_answers_are_read_character_by_character_where_they_identify(
    counter: Counter, keypad: Keypad
) -> None:
    keypad.press("headset_in")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    resident.until(lambda page: page is Page.REVIEW)
    keypad.guide.readPage()
    said = keypad.everything()
    assert "CHAN, Tai Man" in said
    assert "A 1 2 3 X X X" in said
    keypad.press("headset_out")
    keypad.guide.readPage()
    assert "CHAN" not in keypad.voice.said[-1].text


def test_a_number_shown_whole_is_still_hidden_in_the_hall_and_read_whole_to_a_headset(
    counter: Counter, keypad: Keypad
) -> None:
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    resident.until(lambda page: page is Page.REVIEW)
    label = next(str(row["label"]) for row in counter.screens.model(Review).property("lines") if row["masked"])
    resident.settle()
    resident.glass.press(f"{resident.say('review.whole')}, {label}")
    resident.glass.wait_for(lambda: "A123456(3)" in resident.glass.words(), "the whole number")
    keypad.guide.readPage()
    assert "1 2 3" not in keypad.everything()
    assert "A123456" not in keypad.everything()
    keypad.press("headset_in")
    keypad.guide.readPage()
    assert "A 1 2 3 4 5 6" in keypad.everything()


def test_an_error_is_said_by_itself_with_its_field(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en", person="")
    resident.until(lambda page: page is Page.FORM)
    resident.glass.press("Continue")
    problem = resident.say("problem.required")
    assert keypad.hears(problem)
    resident.glass.wait_for(lambda: problem in resident.glass.words(), "the problem")
    keypad.guide.readPage()
    assert f"Name in English letters, {problem}" in keypad.voice.said[-1].text


def test_repeat_says_it_again_and_stop_is_heard_at_once(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    said = keypad.press("down")
    assert keypad.press("repeat") == said
    hushed = keypad.voice.hushed
    keypad.press("stop")
    assert keypad.voice.hushed > hushed


def test_volume_and_speed_change_and_end_with_the_visit(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    counter.stage.begin("en")
    start = counter.kiosk.config.voice.volume
    for _ in range(20):
        keypad.press("louder")
    assert keypad.voice.said[-1].volume == 100
    keypad.press("faster")
    assert keypad.voice.said[-1].rate > 1.0
    for _ in range(20):
        keypad.press("slower")
        keypad.press("quieter")
    assert keypad.voice.said[-1].volume == 10, "never silent by accident"
    assert keypad.voice.said[-1].rate == 0.6
    counter.stage.end()
    keypad.press("down")
    assert (keypad.voice.said[-1].volume, keypad.voice.said[-1].rate) == (start, 1.0)


def test_a_held_key_acts_once_and_a_double_strike_does_not_count(counter: Counter, keypad: Keypad) -> None:
    counter.stage.begin("en")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    resident.settle()
    now = [100.0]
    counter.screens.keypad.monotonic = lambda: now[0]
    keypad.press("help")
    assert counter.stage.session.overlay == "Help"
    keypad.press("back")
    assert counter.stage.session.overlay == ""
    now[0] += 0.3
    keypad.press("help")
    assert counter.stage.session.overlay == "", "0.3 s after the first stroke"
    now[0] += 0.6
    keypad.press("help", held=True)
    assert counter.stage.session.overlay == "", "a key that is held down does not repeat"
    keypad.press("help")
    assert counter.stage.session.overlay == "Help"
    assert keypad.counter.kiosk.config.keypad.double_strike_s == 0.5


def test_two_switches_reach_every_control_and_use_it(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    for _ in range(10):
        if keypad.press("move").startswith("Hello, begin here"):
            break
    keypad.press("select")
    assert counter.stage.session.page is Page.HOME
    for _ in range(30):
        if keypad.press("move").startswith("Leave"):
            break
    keypad.press("select")
    assert counter.stage.session.overlay == "Leave"


def test_back_of_the_keypad_closes_a_dialog_then_goes_one_step_back(counter: Counter, keypad: Keypad) -> None:
    counter.stage.begin("en")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    resident.until(lambda page: page is Page.CHECKLIST)
    keypad.press("help")
    keypad.press("back")
    assert (counter.stage.session.overlay, counter.stage.session.page) == ("", Page.CHECKLIST)
    keypad.press("back")
    assert counter.stage.session.page is not Page.CHECKLIST


def test_the_ring_stands_round_what_is_said(counter: Counter, keypad: Keypad) -> None:
    keypad.press("headset_in")
    counter.stage.begin("en")
    resident = Resident(counter.screens, counter.stage, service="HK-WEL-01", language="en")
    resident.settle()
    keypad.press("move")
    for _ in range(8):
        said = keypad.press("move")
        name = said.rpartition(", ")[0] if said.endswith("button") else said.split(", ")[0]
        rect = next(one.rect for one in resident.glass.controls() if one.name.startswith(name.split(", ")[0]))
        ring = [keypad.guide.property(f"ring{what}") for what in ("X", "Y", "Width", "Height")]
        assert ring == [rect.x(), rect.y(), rect.width(), rect.height()], said


def test_leaving_wipes_what_the_guide_knew(counter: Counter, keypad: Keypad) -> None:
    keypad.press("repeat")
    counter.stage.begin("en")
    keypad.press("down")
    counter.stage.end()
    assert keypad.guide._last == ""
    assert keypad.guide.property("ring") is False
    assert keypad.guide.audio is False
