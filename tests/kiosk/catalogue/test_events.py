"""Life events plan matters on both sides."""

from datetime import date

from kiosk.catalogue import LANGUAGES, Catalogue
from kiosk.flow import case

TODAY = date(2026, 11, 22)


def test_there_are_at_least_six_life_events_with_words_in_each_language(catalogue: Catalogue) -> None:
    assert len(catalogue.events) >= 6
    for event in catalogue.events.values():
        for language in LANGUAGES:
            assert catalogue.texts.say(language, event.title_key)
            assert catalogue.texts.say(language, event.summary_key)


def test_the_events_reach_both_sides(catalogue: Catalogue) -> None:
    both = [
        event.id
        for event in catalogue.events.values()
        if {catalogue.services[matter].side for matter in event.matters} == {"HK", "GD"}
    ]
    assert len(both) >= 5


def test_every_event_opens_a_case_that_knows_order_papers_and_finish(catalogue: Catalogue) -> None:
    for event in catalogue.events.values():
        moment = case.open_case(catalogue, event.matters, today=TODAY)
        places = {matter: place for place, matter in enumerate(moment.matters)}
        for matter, place in places.items():
            earlier = catalogue.services[matter].after
            assert all(places[each] < place for each in earlier if each in places)
        assert case.papers(moment)
        assert set(case.earliest_finish(moment).unknown) <= set(moment.matters)
