"""Services of every pattern through the real screens: to the slip, with nothing cut; all of them in `make soak`."""

from __future__ import annotations

import pytest

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.session import Page
from screens.rehearsal import Resident
from tests.screens.conftest import Counter
from tests.screens.test_pages import cut_texts

SERVICES = tuple(load_catalogue(ASSETS).services.values())
PATTERNS = sorted({(service.side, service.kind) for service in SERVICES})
"""One service of each kind on each side; the quick suite takes these."""
SAMPLE = [next(s for s in SERVICES if (s.side, s.kind) == pattern).id for pattern in PATTERNS]


def play(counter: Counter, service: str, language: Language) -> None:
    counter.stage.end()
    counter.mend()
    resident = Resident(counter.screens, counter.stage, service=service, language=language)
    cut: list[str] = []
    while (page := resident.until(lambda _: True)) is not Page.SLIP:
        counter.screens.window.grabWindow()
        cut += [f"{page}: {what}" for what in cut_texts(counter)]
        resident.leave_page(page)
    resident.leave_page(Page.SLIP)
    assert cut == []


@pytest.mark.parametrize("service", SAMPLE)
def test_a_service_of_each_pattern_ends_with_a_slip(counter: Counter, service: str) -> None:
    play(counter, service, LANGUAGES[SAMPLE.index(service) % len(LANGUAGES)])


@pytest.mark.soak
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", [service.id for service in SERVICES])
def test_every_service_ends_with_a_slip_in_every_language(counter: Counter, service: str, language: Language) -> None:
    play(counter, service, language)
