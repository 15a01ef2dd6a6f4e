"""Every service, walked to its end by itself."""

from collections.abc import Mapping
from datetime import date

import pytest

from kiosk.catalogue import LANGUAGES, Catalogue
from kiosk.flow import engine
from kiosk.flow.journeys import Journey, journeys, pairwise

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def walks(catalogue: Catalogue) -> Mapping[str, tuple[Journey, ...]]:
    return {service_id: journeys(catalogue, service_id, today=TODAY) for service_id in catalogue.services}


def test_every_service_is_walked_to_its_end_and_every_step_is_reached(
    catalogue: Catalogue, walks: Mapping[str, tuple[Journey, ...]]
) -> None:
    for service in catalogue.services.values():
        assert any(walk.outcome == "ended" for walk in walks[service.id]), service.id
        reached = {step for walk in walks[service.id] for step in walk.steps}
        assert reached == {step.id for step in service.steps}, service.id


def test_every_page_of_every_journey_has_its_words_in_each_language(catalogue: Catalogue) -> None:
    for service in catalogue.services.values():
        for step in service.steps:
            keys = [step.title_key, *(catalogue.facts[name].label_key for name in step.ask)]
            for language in LANGUAGES:
                assert all(catalogue.texts.say(language, key) for key in keys)


def test_what_a_department_gets_is_what_it_asked(
    catalogue: Catalogue, walks: Mapping[str, tuple[Journey, ...]]
) -> None:
    for service in catalogue.services.values():
        asked = {name for step in service.steps for name in (*step.ask, step.instead)}
        for walk in walks[service.id]:
            assert set(engine.payload(walk.state)) <= asked


@pytest.mark.parametrize("sizes", [(), (3,), (2, 2), (3, 4, 2), (2, 2, 2, 2, 2, 2)])
def test_every_pair_of_values_occurs(sizes: tuple[int, ...]) -> None:
    axes = {f"axis_{n}": tuple(range(size)) for n, size in enumerate(sizes)}
    rows = pairwise(axes)
    for a in axes:
        assert {row.get(a) for row in rows} >= set(axes[a])
        for b in axes:
            if a < b:
                assert len({(row[a], row[b]) for row in rows}) == len(axes[a]) * len(axes[b])
