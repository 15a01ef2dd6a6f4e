"""The photo beside the document's: asked first, sealed as a band, never a refusal, and nothing left of the portrait."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from hardware.cards.people import ELDER
from kiosk.app import ASSETS
from kiosk.card_facts import card_evidence
from kiosk.catalogue import Capture, load_catalogue
from kiosk.flow.journeys import sample_answers
from kiosk.flow.state import Filled, Refused
from kiosk.identity.by_face import RECORD, Band, Likeness
from kiosk.identity.evidence import record
from kiosk.pages import Page
from kiosk.session import Session

CATALOGUE, TODAY = load_catalogue(ASSETS), date(2026, 11, 22)
PHOTO, OTHER = Capture("image/jpeg", b"\xff\xd8one"), Capture("image/jpeg", b"\xff\xd8two")
LIKENESS = Likeness(PHOTO, "match", "mobilefacenet", "85" * 32, live=True)


def at_the_portrait(service: str = "HK-WEL-01", *, compares: bool = True, pictured: bool = True) -> Session:
    """A visit with a card, its photo just taken."""
    session = Session(CATALOGUE, today=lambda: TODAY, compares=compares)
    session.begin("en")
    session.open_service(service)
    evidence = card_evidence(ELDER.document() if pictured else replace(ELDER.document(), photo_jpeg=None))
    session.card_read(evidence.gave, evidence)
    while session.page is not Page.PORTRAIT:
        step, journey = session.step, session.journey
        assert step is not None
        assert journey is not None
        known = {name: filled.value for name in step.ask if (filled := journey.known(name)) is not None}
        moves = (journey.answer({**wish, **known}) for wish in sample_answers(CATALOGUE.facts, TODAY, step, {}))
        session._take(next(moved for moved in moves if not isinstance(moved, Refused)))
    session.take(PHOTO)
    return session


def asked(service: str = "HK-WEL-01") -> Session:
    session = at_the_portrait(service)
    session.use_picture()
    assert session.page is Page.COMPARE
    return session


def used(session: Session) -> bool:
    return session.page not in (Page.PORTRAIT, Page.COMPARE) and session.known("portrait") == Filled(PHOTO)


def test_nothing_is_compared_before_a_yes() -> None:
    session = asked()
    session.answer_comparison()
    assert session.comparing is not None
    assert (session.comparing.stage, session.comparing.agreed) == ("asking", None)


def test_a_no_uses_the_photo_seals_nothing_and_is_not_asked_again() -> None:
    session = asked()
    session.choose_comparison(agreed=False)
    session.answer_comparison()
    assert used(session)
    assert session.evidence is not None
    assert session.evidence.likenesses == ()
    session.back()
    session.take(PHOTO)
    session.use_picture()
    assert used(session)


@pytest.mark.parametrize("why", ["site", "no picture in the document", "no document"])
def test_who_cannot_be_compared_is_not_asked(why: str) -> None:
    session = at_the_portrait(compares=why != "site", pictured=why != "no picture in the document")
    if why == "no document":
        session.evidence = None
    session.use_picture()
    assert used(session)


@pytest.mark.parametrize("band", ["match", "ask_staff", "no_match"])
def test_whatever_comes_out_the_visit_goes_on_and_the_band_is_kept(band: Band) -> None:
    session = asked()
    session.choose_comparison(agreed=True)
    session.answer_comparison()
    session.compared(band, "mobilefacenet", "85" * 32)
    assert session.page is Page.COMPARE, "it is told first"
    session.use_picture()
    assert used(session)
    assert session.evidence is not None
    assert session.evidence.likenesses == (Likeness(PHOTO, band, "mobilefacenet", "85" * 32),)


def test_the_challenge_stands_only_where_the_service_asks_for_it_and_has_a_way_round() -> None:
    plain, strict = asked(), asked("HK-IAM-02")
    for session in (plain, strict):
        session.choose_comparison(agreed=True)
        session.answer_comparison()
    assert plain.comparing is not None
    assert strict.comparing is not None
    assert (plain.comparing.stage, strict.comparing.stage) == ("working", "challenge")
    strict.skip_challenge()
    assert (strict.comparing.stage, strict.comparing.live) == ("working", False)


def test_a_challenge_that_was_missed_can_be_tried_again_and_counts_once_it_is_met() -> None:
    session = asked("HK-IAM-02")
    session.choose_comparison(agreed=True)
    session.answer_comparison()
    session.challenge_over(met=False)
    assert session.comparing is not None
    assert session.comparing.stage == "missed"
    session.challenge_again()
    session.challenge_over(met=True)
    session.compared("match", "mobilefacenet", "85" * 32)
    assert session.evidence is not None
    assert [each.live for each in session.evidence.likenesses] == [True]


def test_back_leads_to_the_photo_and_another_photo_throws_the_first_away() -> None:
    session = asked()
    session.back()
    assert (session.page, session.picture) == (Page.PORTRAIT, PHOTO)
    session.use_picture()
    session.photograph_again()
    assert (session.page, session.picture) == (Page.PORTRAIT, None)


def test_the_record_is_a_band_and_whose_opinion_it_is_and_no_figure() -> None:
    evidence = replace(card_evidence(ELDER.document()), likenesses=(LIKENESS,))
    sealed = record(evidence, {**evidence.gave, "portrait": Filled(PHOTO)})[RECORD]
    assert sealed == {
        "compared_with": "hkic",
        "band": "match",
        "model": "mobilefacenet",
        "model_sha256": "85" * 32,
        "liveness": "passed",
    }
    assert {field.name for field in fields(Likeness)} == {"photo", "band", "model", "model_sha256", "live"}


def test_of_two_photos_of_one_visit_each_is_sealed_with_what_was_said_of_it() -> None:
    second = replace(LIKENESS, photo=OTHER, band="ask_staff", live=False)
    evidence = replace(card_evidence(ELDER.document()), likenesses=(LIKENESS, second))
    for photo, band in ((PHOTO, "match"), (OTHER, "ask_staff")):
        sealed = record(evidence, {**evidence.gave, "portrait": Filled(photo)})[RECORD]
        assert isinstance(sealed, dict)
        assert sealed["band"] == band


@pytest.mark.parametrize("facts", [{"portrait": Filled(OTHER)}, {"portrait_on_paper": Filled(True)}])
def test_a_photo_that_was_taken_anew_or_is_brought_on_paper_was_not_compared(facts: dict[str, Filled]) -> None:
    evidence = replace(card_evidence(ELDER.document()), likenesses=(LIKENESS,))
    assert RECORD not in record(evidence, {**evidence.gave, **facts})


def test_the_documents_picture_is_overwritten_when_the_visit_ends_and_when_another_document_is_read() -> None:
    for end in (Session.end, lambda session: session.card_read({}, None)):
        session = at_the_portrait()
        assert session.evidence is not None
        portrait = session.evidence.portrait
        assert portrait is not None
        assert any(portrait)
        end(session)
        assert portrait == bytes(len(portrait))


def test_no_fact_has_the_name_of_the_record_and_no_repr_shows_a_face() -> None:
    assert RECORD not in CATALOGUE.facts
    evidence = replace(card_evidence(ELDER.document()), likenesses=(LIKENESS,))
    assert "xff" not in repr(evidence)
