"""Services from the first screen to the slip by keypad and voice alone, in three languages."""

from __future__ import annotations

import pytest

from kiosk.catalogue import LANGUAGES, Language
from kiosk.session import Page
from kiosk.speech import spoken
from tests.screens.conftest import Counter
from tests.screens.listener import Listener
from tests.screens.test_every_service import SERVICES


def listen_through(counter: Counter, service: str, language: Language) -> Listener:
    counter.stage.end()
    counter.mend()
    listener = Listener(counter, language, service)
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
