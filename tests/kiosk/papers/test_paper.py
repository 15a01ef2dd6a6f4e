from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hardware.device import Fault
from kiosk.app import ASSETS
from kiosk.catalogue import load_catalogue
from kiosk.flow import engine
from kiosk.flow.state import Filled, FlowState
from kiosk.papers.paper import MOST_PAGES, Paper
from tests.hardware.papers.test_pdf import sheet
from tests.kiosk.papers.test_identity import HKIC, page

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def start() -> FlowState:
    return engine.start(load_catalogue(ASSETS), "HK-WEL-01", today=TODAY)


def signed_in(start: FlowState, **facts: str) -> FlowState:
    return engine.fill(start, {name: Filled(value, "card") for name, value in facts.items()})


def paper(*texts: str, sure: float = 0.97) -> Paper:
    made = Paper("hkid_copy")
    picture = sheet(100, 80)
    made.read(made.add(picture), picture, page(*texts, sure=sure))
    return made


def test_the_applicant_s_own_card_offers_what_it_says(start: FlowState) -> None:
    flow = signed_in(start, hkid="A123456(3)", name_en="CHAN, Tai Man")
    assert paper(*HKIC).remarks(flow) == ()
    offered = paper(*HKIC).fills(flow)
    assert offered["birth_date"] == Filled(date(1955, 2, 1), "document")
    assert not offered["birth_date"].locked


def test_another_person_s_card_fills_nothing(start: FlowState) -> None:
    flow = signed_in(start, hkid="B654321(4)", name_en="WONG, Siu Ming")
    assert [remark.code for remark in paper(*HKIC).remarks(flow)] == ["other_number", "other_name"]
    assert paper(*HKIC).fills(flow) == {}


def test_what_was_hardly_readable_is_not_offered(start: FlowState) -> None:
    assert paper(*HKIC, sure=0.6).fills(signed_in(start, hkid="A123456(3)")) == {}


def test_a_paper_still_being_read_or_not_readable_says_and_fills_nothing(start: FlowState) -> None:
    made, picture = Paper("hkid_copy"), sheet(100, 80)
    place = made.add(picture)
    assert made.reading_on
    assert made.remarks(start) == ()
    made.read(place, picture, Fault("ocr_slow"))
    assert made.unread
    assert (made.remarks(start), dict(made.fills(start))) == ((), {})


def test_a_reading_that_comes_after_its_page_was_dropped_is_not_meant(start: FlowState) -> None:
    made, first, second = Paper("hkid_copy"), sheet(100, 80), sheet(110, 80)
    place = made.add(first)
    made.drop()
    made.add(second)
    made.read(place, first, page("somebody else's"))
    assert made.found == [None]


def test_a_paper_without_a_rule_is_only_photographed(start: FlowState) -> None:
    made = replace(paper(*HKIC), fact_id="loss_report")
    assert made.rule is None
    assert (made.remarks(start), dict(made.fills(start))) == ((), {})


def test_one_page_is_a_picture_more_are_a_pdf_and_there_is_an_end() -> None:
    made = Paper("address_proof")
    for _ in range(MOST_PAGES):
        assert not made.full
        made.add(sheet(100, 140))
    assert made.full
    assert made.capture().media_type == "application/pdf"
    for _ in range(MOST_PAGES - 1):
        made.drop()
    assert made.capture().media_type == "image/jpeg"


def test_pictures_and_readings_are_not_in_a_repr() -> None:
    assert "CHAN" not in repr(paper(*HKIC))
    assert "\\xff" not in repr(paper(*HKIC))
