"""Signing with the finger, and lists whose entries are known by ids."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage

from kiosk.catalogue import Capture, Language
from kiosk.catalogue.model import Item
from kiosk.entries import next_id, without, written
from kiosk.flow import engine
from kiosk.session import Page
from screens.glass import wait_until
from screens.models.sign import FRAME, Sign, signature_png
from screens.rehearsal import received_for
from tests.screens.conftest import Counter


@pytest.mark.parametrize(("service", "language"), [("HK-COM-07", "en"), ("HK-WEL-07", "zh_Hant")])
def test_a_signed_form_and_a_list_reach_their_department(counter: Counter, service: str, language: Language) -> None:
    resident = counter.resident(language)
    resident.service = service
    record = resident.visit()
    assert wait_until(lambda: bool(received_for(counter.kiosk, record.receipt_number)), 20.0)
    (received,) = received_for(counter.kiosk, record.receipt_number)
    if service == "HK-COM-07":
        assert '"signature.png"' in json.dumps(received["attachments"])
    else:
        assert [entry["id"] for entry in received["answers"]["students"]] == ["entry-1"]  # type: ignore[index]


def test_a_signature_is_bound_to_the_review_and_can_be_cleared(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.service = "HK-COM-07"
    resident.until(lambda page: page is Page.SIGN)
    glass, session = resident.glass, counter.stage.session
    assert not glass.shows("Sign and send")
    frame = next(seen for seen in glass.seen() if seen.name == "Frame to sign in").rect
    glass.draw([frame.center(), frame.center() + QPoint(200, 40)])
    glass.wait_for(lambda: glass.shows("Sign and send"), "the signature to be long enough")
    glass.press("Clear and sign again")
    glass.wait_for(lambda: not glass.shows("Sign and send"), "the frame to be empty")
    resident.leave_page(Page.SIGN)
    assert session.flow is not None
    assert [consent.step for consent in engine.consents(session.flow)] == ["consent", "sign"]
    picture = session.flow.facts["signature"].value
    assert isinstance(picture, Capture)
    image = QImage.fromData(picture.data)
    assert (image.width(), image.height()) == FRAME
    resident.visit()


def test_the_frame_is_empty_for_the_next_resident(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.service = "HK-COM-07"
    resident.until(lambda page: page is Page.SIGN)
    frame = next(seen for seen in resident.glass.seen() if seen.name == "Frame to sign in").rect
    resident.glass.draw([frame.center(), frame.center() + QPoint(200, 40)])
    counter.stage.end()
    assert counter.screens.model(Sign).property("begun") is False


def test_entries_are_added_changed_and_removed_by_their_ids(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.service = "HK-WEL-07"
    resident.until(lambda page: page is Page.LIST)
    glass, session = resident.glass, counter.stage.session
    for _ in range(2):
        glass.press_when_there("Add")
        resident.settle()
        resident.until(lambda page: page is Page.LIST)
    assert [item.id for item in session.items] == ["entry-1", "entry-2"]
    glass.press("Remove, Entry 1")
    glass.wait_for(lambda: not glass.shows("Remove, Entry 2"), "one entry to be left")
    assert [item.id for item in session.items] == ["entry-2"]
    glass.press("Change, Entry 1")
    resident.settle()
    assert session.page is Page.FORM
    resident.type("X")
    glass.press("Continue")
    resident.settle()
    assert [item.id for item in session.items] == ["entry-2"]
    assert any("X" in str(value) for value in session.items[0].values.values())
    glass.press("Back")
    resident.settle()
    resident.leave_page(session.page)
    resident.until(lambda page: page is Page.LIST)
    assert [item.id for item in session.items] == ["entry-2"], "Back keeps what was in the list"


def test_an_id_is_given_to_one_entry_only() -> None:
    items: tuple[Item, ...] = ()
    for name in ("A", "B", "C"):
        items = written(items, Item(next_id(items), {"person_name": name}))
    items = without(items, "entry-2")
    items = written(items, Item("entry-3", {"person_name": "D"}))
    assert [(item.id, item.values["person_name"]) for item in items] == [("entry-1", "A"), ("entry-3", "D")]
    assert next_id(items) == "entry-2"


@pytest.mark.parametrize("strokes", [[], [[(1.0, 1.0)]], [[(0.0, 0.0), (900.0, 400.0)], [(5.0, 5.0), (6.0, 5.0)]]])
def test_any_strokes_make_a_picture(strokes: list[list[tuple[float, float]]]) -> None:
    assert QImage.fromData(signature_png(strokes)).width() == FRAME[0]
