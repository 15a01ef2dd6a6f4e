"""Staff at the kiosk: in by card and PIN, never in a resident's visit; what they try, and out and back in service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from hardware.camera.controls import Setting
from hardware.camera.selftest import CameraReport
from hardware.cards import SimulatedCardReader
from hardware.cards.sim.piv import MADE_UP_PIN, StaffOffice
from hardware.cards.sim.staff_office import staff_card
from hardware.cards.staff_roots import FIELD, TECHNICIAN
from kiosk.catalogue import LANGUAGES, Language
from kiosk.opening import read_hours
from kiosk.session import Page
from screens.gallery import PLAIN, Gallery, Variant
from screens.models.staff import Staff
from screens.rehearsal import Resident
from screens.sheets import LAPTOP, WIDE
from tests.screens.conftest import Counter, counter_in


def reader_of(counter: Counter) -> SimulatedCardReader:
    reader = counter.kiosk.devices.card
    assert isinstance(reader, SimulatedCardReader)
    return reader


@pytest.fixture
def nobody(counter: Counter) -> Iterator[Resident]:
    """Nobody is here; afterwards the kiosk is in service again."""
    resident = counter.resident("en")
    yield resident
    reader_of(counter).pull_card()
    counter.kiosk.switch.put_back()
    counter.stage.end()
    counter.stage.tick()


def page(counter: Counter) -> Page:
    return counter.stage.session.page


def to_english(counter: Counter) -> None:
    while counter.stage.session.language != "en":
        counter.screens.model(Staff).turnLanguage()


def at_pin(counter: Counter, nobody: Resident, role: str = TECHNICIAN) -> None:
    reader_of(counter).present(staff_card(role))
    nobody.glass.wait_for(lambda: page(counter) is Page.STAFF_PIN, "the page that asks for the PIN")
    to_english(counter)
    nobody.settle()


def type_pin(nobody: Resident, pin: str = MADE_UP_PIN) -> None:
    for digit in pin:
        nobody.glass.press(digit)
    nobody.glass.press_when_there(nobody.say("staff.come_in"))


def inside(counter: Counter, nobody: Resident, role: str = TECHNICIAN) -> None:
    at_pin(counter, nobody, role)
    type_pin(nobody)
    nobody.glass.wait_for(lambda: page(counter) is Page.TECHNICIAN, "the technician's page")
    nobody.settle()


def sees(nobody: Resident, text: str) -> None:
    nobody.glass.wait_for(lambda: text in nobody.glass.words(), text)


def press(nobody: Resident, key: str) -> None:
    """Touch a button on whichever part of the page it stands."""
    label = nobody.say(key)
    for _ in range(12):
        if nobody.glass.shows(label):
            break
        assert nobody.glass.turn("More") or nobody.glass.turn("First page again")
    nobody.glass.press(label)


def test_a_technician_comes_in_sees_each_part_and_goes_by_taking_the_card(counter: Counter, nobody: Resident) -> None:
    inside(counter, nobody)
    sees(nobody, "LEE, Made Up")
    parts = {str(row["part"]) for row in counter.screens.model(Staff).property("rows")}
    assert parts == {*counter.kiosk.devices.supervisors, "line"}
    reader_of(counter).pull_card()
    nobody.glass.wait_for(lambda: page(counter) is Page.ATTRACT, "the first screen")
    assert counter.kiosk.staff_log.last(1)[0]["act"] == "came_in"


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Counter]:
    """A kiosk of its own: wrong PINs slow the next one down, whoever types it."""
    with counter_in(tmp_path) as found:
        yield found


def test_a_wrong_pin_says_how_many_tries_are_left_and_a_blocked_card_goes_no_further(apart: Counter) -> None:
    counter, nobody, card = apart, apart.resident("en"), staff_card()
    reader_of(counter).present(card)
    nobody.glass.wait_for(lambda: page(counter) is Page.STAFF_PIN, "the page that asks for the PIN")
    to_english(counter)
    nobody.settle()
    type_pin(nobody, "111111")
    sees(nobody, nobody.say("staff.tries", count=2))
    assert counter.stage.session.staff is not None
    assert counter.stage.session.staff.digits == ""
    type_pin(nobody, "111111")
    sees(nobody, nobody.say("fault.pin_last_try.text"))
    type_pin(nobody, "111111")
    sees(nobody, nobody.say("fault.pin_blocked.text"))
    assert card.tries == 0
    nobody.glass.press(nobody.say("staff.leave"))
    nobody.glass.wait_for(lambda: page(counter) is Page.ATTRACT, "the first screen")


def test_too_short_a_pin_is_never_sent(counter: Counter, nobody: Resident) -> None:
    card = staff_card()
    reader_of(counter).present(card)
    nobody.glass.wait_for(lambda: page(counter) is Page.STAFF_PIN, "the page that asks for the PIN")
    for digit in "12345":
        counter.screens.model(Staff).key(digit)
    counter.screens.model(Staff).send()
    assert counter.stage.session.staff is not None
    assert (counter.stage.session.staff.place, card.tries) == ("pin", 3)


def test_a_staff_card_of_another_authority_stays_outside(counter: Counter, nobody: Resident) -> None:
    reader_of(counter).present(StaffOffice().card())
    nobody.glass.wait_for(lambda: counter.stage.card.state == "failed", "the card to be refused")
    assert page(counter) is Page.ATTRACT


def test_in_a_residents_visit_a_staff_card_is_no_identity_card(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.IDENTIFY)
    reader_of(counter).present(staff_card())
    sees(resident, resident.say("fault.card_unknown.text"))
    assert counter.stage.session.staff is None
    assert page(counter) is Page.IDENTIFY
    reader_of(counter).pull_card()


def test_staff_who_walk_away_are_logged_out_and_the_pin_is_gone(counter: Counter, nobody: Resident) -> None:
    at_pin(counter, nobody)
    for digit in "2468":
        nobody.glass.press(digit)
    counter.stage.end()
    assert page(counter) is Page.ATTRACT
    assert counter.screens.model(Staff).property("dots") == ""
    assert "2468" not in repr(vars(counter.stage.session))


def test_every_part_can_be_tried_and_says_what_came_of_it(counter: Counter, nobody: Resident) -> None:
    inside(counter, nobody)
    staff = counter.screens.model(Staff)
    for part in ("printer", "a4_printer", "document_camera", "card", "line", "voice"):
        staff.tryPart(part)
        nobody.glass.wait_for(lambda: not staff.asking, f"{part} to be tried")
        assert staff.property("resultKind") == "ok", staff.property("result")
    assert counter.kiosk.devices.emulator is not None


def test_the_test_of_a_camera_says_exposure_and_focus_and_what_they_may_be(
    counter: Counter, nobody: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = CameraReport(1280, 720, 30.0, 45, 0, 120.0, 0.1, None)  # however busy this machine is
    monkeypatch.setattr(counter.kiosk.devices.looker, "examine", lambda *_: good)
    inside(counter, nobody)
    staff = counter.screens.model(Staff)
    staff.tryPart("document_camera")
    nobody.glass.wait_for(lambda: not staff.asking, "the camera to be tried", 30.0)
    automatic = nobody.say("technician.control.auto", value=156, least=3, most=2047)
    assert automatic in staff.property("result")
    camera = counter.kiosk.devices.document_camera
    assert camera is not None
    refusing = (Setting("exposure", 9999, 156, False, 3, 2047), Setting("focus", "auto"))
    monkeypatch.setattr(camera, "settings", lambda: refusing)
    staff.tryPart("document_camera")
    nobody.glass.wait_for(lambda: not staff.asking, "the camera to be tried", 30.0)
    assert staff.property("resultKind") == "failed"
    assert nobody.say("technician.control.set", value=156, least=3, most=2047) in staff.property("result")
    assert nobody.say("technician.control.none") in staff.property("result")


def test_a_dead_part_says_what_is_wrong_when_it_is_tried(counter: Counter, nobody: Resident) -> None:
    assert counter.kiosk.devices.emulator is not None
    inside(counter, nobody)
    counter.kiosk.devices.emulator.power_off()
    nobody.glass.wait_for(lambda: not counter.kiosk.devices.working("printer"), "the kiosk to notice")
    counter.stage.announce()
    row = next(row for row in counter.screens.model(Staff).property("rows") if row["part"] == "printer")
    assert (row["kind"], row["test"]) == ("failed", nobody.say("staff.try"))
    staff = counter.screens.model(Staff)
    staff.tryPart("printer")
    nobody.glass.wait_for(lambda: not staff.asking, "the printer to be tried")
    assert staff.property("resultKind") == "failed"
    counter.kiosk.devices.emulator.power_on()


def test_out_of_service_stays_so_over_a_restart_and_says_why_in_three_languages(
    counter: Counter, nobody: Resident
) -> None:
    inside(counter, nobody)
    press(nobody, "staff.reason.cleaning")
    nobody.glass.wait_for(lambda: counter.kiosk.switch.out is not None, "the kiosk to be out of service")
    reader_of(counter).pull_card()
    counter.stage.tick()
    nobody.glass.wait_for(lambda: page(counter) is Page.CLOSED, "the page of a closed kiosk")
    nobody.settle()
    for language in LANGUAGES:
        assert counter.kiosk.catalogue.texts.say(language, "closed.because.cleaning") in nobody.glass.words()
    again = type(counter.kiosk.switch)(counter.kiosk.config.queue.folder / "out-of-service.json")
    assert again.out == counter.kiosk.switch.out
    inside(counter, nobody)
    nobody.glass.press(nobody.say("staff.put_back"))
    assert counter.kiosk.switch.out is None
    assert [entry["act"] for entry in counter.kiosk.staff_log.last(3)] == ["in_service", "came_in", "out_of_service"]


def test_field_staff_put_paper_in_and_cannot_take_the_kiosk_out_of_service(counter: Counter, nobody: Resident) -> None:
    inside(counter, nobody, FIELD)
    printer = counter.kiosk.devices.printer
    assert printer is not None
    press(nobody, "staff.new_roll")
    assert printer.journal.consumption.slips == 0
    assert not counter.screens.model(Staff).property("technician")


def test_outside_its_hours_the_kiosk_says_when_it_opens_and_a_visit_may_finish(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.HOME)
    closed = read_hours(dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "00:00-00:01"), "")
    assert not isinstance(closed, str)
    monkeypatch.setattr(counter.kiosk, "hours", closed)
    counter.stage.tick()
    assert page(counter) is Page.HOME
    counter.stage.end()
    counter.stage.tick()
    assert page(counter) is Page.CLOSED
    resident.settle()
    assert "Opens" in resident.glass.words()
    assert "00:00 – 00:01" in resident.glass.words()
    monkeypatch.undo()
    counter.stage.tick()
    assert page(counter) is Page.ATTRACT


WAYS = (PLAIN, Variant(WIDE), Variant(LAPTOP))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_staff_pages_break_no_rule(counter: Counter, nobody: Resident, language: Language) -> None:
    found: list[str] = []
    gallery = Gallery(counter.screens, counter.stage, nobody)

    def look(name: str) -> None:
        nobody.language = language
        counter.stage.set_language(language)
        QCoreApplication.processEvents()
        for seen in gallery.looks(name, WAYS):
            if "PICTURES" in os.environ:
                seen.picture.save(str(Path(os.environ["PICTURES"]) / f"{language}-{seen.name}.png"))
            found.extend(f"{seen.name}: {each}" for each in seen.findings)

    at_pin(counter, nobody)
    look("StaffPin")
    gallery.show(PLAIN)
    counter.stage.set_language("en")
    nobody.language = "en"
    type_pin(nobody)
    nobody.glass.wait_for(lambda: page(counter) is Page.TECHNICIAN, "the technician's page")
    nobody.settle()
    look("Technician")
    gallery.show(PLAIN)
    counter.kiosk.switch.take_out("repair", counter.kiosk.now(), "")
    reader_of(counter).pull_card()
    counter.stage.tick()
    nobody.glass.wait_for(lambda: page(counter) is Page.CLOSED, "the page of a closed kiosk")
    nobody.settle()
    look("Closed")
    gallery.show(PLAIN)
    assert found == [], "\n".join(found)
