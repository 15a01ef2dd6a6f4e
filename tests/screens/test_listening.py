"""Services from the first screen to the slip by keypad and voice alone, in three languages."""

from __future__ import annotations

import pytest

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.session import Page
from kiosk.speech import spoken
from tests.screens.conftest import Counter
from tests.screens.listener import Listener
from tests.screens.test_every_service import SERVICES


def listen_through(counter: Counter, service: str, language: Language, *, event: str = "") -> Listener:
    counter.stage.end()
    counter.mend()
    listener = Listener(counter, language, service, event=event)
    listener.visit()
    assert counter.stage.session.page is Page.SLIP
    return listener


@pytest.mark.parametrize(
    ("service", "language"),
    [("HK-WEL-01", "en"), ("HK-COM-07", "zh_Hant"), ("GD-CIV-02", "zh_Hans")],
)
def test_a_service_is_completed_by_ear_and_keypad_alone(counter: Counter, service: str, language: Language) -> None:
    listener = listen_through(counter, service, language)
    saved = counter.stage.session.saved
    if saved is not None:
        number = spoken(saved.receipt_number, language)
        said = [utterance.text for utterance in listener.voice.said]
        assert any(number in text for text in said), (number, said[-20:])


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", [service.id for service in SERVICES])
def test_every_service_is_completed_by_ear_and_keypad_alone(counter: Counter, service: str, language: Language) -> None:
    listen_through(counter, service, language)


EVENTS = sorted(load_catalogue(ASSETS).events)


@pytest.mark.parametrize(("event", "language"), [("lost_papers", "zh_Hant")])
def test_a_life_event_is_completed_by_ear_and_keypad_alone(counter: Counter, event: str, language: Language) -> None:
    listener = listen_through(counter, "", language, event=event)
    said = "\n".join(utterance.text for utterance in listener.voice.said)
    for saved in counter.stage.session.all_saved:
        assert spoken(saved.receipt_number, language) in said
    assert len(counter.stage.session.all_saved) >= 2


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_life_event_is_completed_by_ear_and_keypad_alone(
    counter: Counter, event: str, language: Language
) -> None:
    listen_through(counter, "", language, event=event)


def test_the_listener_reaches_nothing_but_a_window_a_voice_and_a_reader(counter: Counter) -> None:
    """What it holds is listed, so that nobody gives it eyes."""
    listener = Listener(counter, "en", "HK-WEL-01")
    held = {name for name, value in vars(listener).items() if not isinstance(value, str | int | list | tuple)}
    assert held == {"voice", "_reader", "_window", "_keys", "_say", "_wanted", "_card"}
