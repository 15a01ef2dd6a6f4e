"""A service that cannot be finished now says so where it is chosen, and says where else to go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from screens.models.home import Home
from screens.models.service import Service
from tests.screens.conftest import Counter


@pytest.fixture
def full(counter: Counter) -> Iterator[Counter]:
    """A kiosk that cannot store another submission."""
    counter.kiosk.full = True
    yield counter
    counter.kiosk.full = False


def test_a_full_kiosk_says_so_on_every_card(full: Counter) -> None:
    resident = full.resident("zh_Hant")
    resident.until(lambda page: page == "Services")
    rows = full.screens.model(Home).property("services")
    assert {row["reason"] for row in rows} == {resident.say("short.full")}
    assert resident.say("short.full") in resident.glass.words()


def test_the_checklist_names_the_other_kiosk_that_the_site_names(full: Counter) -> None:
    site = full.kiosk.config.site
    full.kiosk.config = replace(full.kiosk.config, site=replace(site, nearest_en="Ground floor, lift lobby"))
    resident = full.resident("en")
    resident.until(lambda page: page == "Checklist")
    assert "Ground floor, lift lobby" in full.screens.model(Service).property("troubleMore")
    full.kiosk.config = replace(full.kiosk.config, site=site)
    full.stage.announce()
    assert "Another kiosk" not in full.screens.model(Service).property("troubleMore")
