"""What a resident takes home: where it comes out, that it proves itself, and that a second one is marked."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdf
import pytest
import zxingcpp
from PySide6.QtGui import QImage

from hardware.printer import Raster
from kiosk.catalogue import Language
from kiosk.session import Page
from offline_queue.slip_code import SlipCode, read_slip
from screens.glass import wait_until
from screens.models.slip import Slip
from screens.rehearsal import Resident
from tests.hardware.printer.test_document import pictured
from tests.screens.conftest import Counter

QUICK_AND_SOAK = ["zh_Hant", *(pytest.param(language, marks=pytest.mark.soak) for language in ("en", "zh_Hans"))]
"""The words differ, not the way: one language is tried every time."""


def words(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace(" ", "")


def a4(counter: Counter) -> list[bytes]:
    simulated = counter.kiosk.devices.simulated_a4
    assert simulated is not None
    return simulated.papers


def roll(counter: Counter) -> list[Raster]:
    emulator = counter.kiosk.devices.emulator
    assert emulator is not None
    return emulator.papers


def code_on(dots: Raster) -> str:
    rows = np.frombuffer(dots.packed, np.uint8).reshape(dots.height, dots.stride)
    grey = np.where(np.unpackbits(rows, axis=1)[:, : dots.width], 0, 255).astype(np.uint8)
    return str(zxingcpp.read_barcodes(grey)[0].text)


def genuine(counter: Counter, url: str) -> bool:
    """Whether a code verifies without a line, with nothing but the kiosk's public key."""
    return isinstance(read_slip(url, counter.kiosk.sender.device_key.public_bytes), SlipCode)


@pytest.fixture(autouse=True)
def both_printers_work(counter: Counter) -> None:
    """What the test before broke is mended, and the kiosk has noticed."""
    counter.stage.end()
    counter.mend()
    for name in ("printer", "a4_printer"):
        assert wait_until(lambda name=name: counter.kiosk.devices.working(name), 30)  # type: ignore[misc]


def wait_for_print(resident: Resident, done: Callable[[], bool]) -> None:
    resident.glass.wait_for(done, "the print to end")


@pytest.mark.parametrize("language", QUICK_AND_SOAK)
def test_the_list_of_what_to_bring_is_printed_on_a4(counter: Counter, language: Language) -> None:
    resident = counter.resident(language)
    resident.until(lambda page: page is Page.CHECKLIST)
    before = len(a4(counter))
    resident.glass.press(resident.say("handout.print"))
    resident.glass.wait_for(lambda: resident.say("handout.from_a4_printer") in resident.glass.words(), "the list")
    assert len(a4(counter)) == before + 1
    service = counter.kiosk.catalogue.services["HK-WEL-01"]
    text = words(a4(counter)[-1])
    for paper in service.bring:
        assert resident.say(paper.text_key).replace(" ", "") in text.replace("\n", "")
    assert not resident.glass.shows(resident.say("handout.print"))


def test_the_list_comes_from_the_roll_when_there_is_no_a4_paper(counter: Counter) -> None:
    resident = counter.resident("zh_Hant")
    resident.until(lambda page: page is Page.CHECKLIST)
    counter.kiosk.devices.simulated_a4.out_of_paper()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: not counter.kiosk.devices.working("a4_printer"), "the kiosk to notice")
    before = len(roll(counter))
    resident.glass.press(resident.say("handout.print"))
    resident.glass.wait_for(lambda: resident.say("handout.from_printer") in resident.glass.words(), "the list")
    assert len(roll(counter)) == before + 1


def test_a_departments_answer_is_printed_on_a4_with_a_code_that_verifies_offline(
    counter: Counter, tmp_path: Path
) -> None:
    resident = counter.resident("zh_Hans")
    resident.service = "HK-WEL-03"
    before = len(a4(counter))
    resident.visit()
    assert len(a4(counter)) == before + 1
    assert resident.say("a4.below") in resident.glass.words()
    answer, pdf = counter.stage.session.answer, a4(counter)[-1]
    assert answer is not None
    assert answer.reference in words(pdf)
    assert resident.say("answer.simulated") in words(pdf)
    codes = [code.text for code in zxingcpp.read_barcodes(pictured(pdf, tmp_path, dpi=120))]
    assert [genuine(counter, code) for code in codes] == [True]
    assert codes[0].startswith(counter.kiosk.config.site.verify_url)


def test_a_receipt_comes_out_on_a4_when_the_roll_is_used_up(counter: Counter) -> None:
    resident = counter.resident("zh_Hant", faults=["roll_out"])
    before = len(a4(counter))
    record = resident.visit()
    assert len(a4(counter)) == before + 1
    assert record.receipt_number.replace(" ", "") in words(a4(counter)[-1])
    assert resident.say("a4.below") in resident.glass.words()


def test_a_second_receipt_is_a_copy_and_there_are_at_most_two(counter: Counter) -> None:
    resident = counter.resident("en")
    before = len(roll(counter))
    resident.visit()
    model = resident.screens.model(Slip)
    for number in (1, 2):
        resident.glass.press(resident.say("a4.copy"))
        model.print()  # a second touch while it prints
        wait_for_print(resident, lambda number=number: len(roll(counter)) == before + 1 + number)  # type: ignore[misc]
        resident.glass.wait_for(lambda: bool(model.property("canFinish")), "the proof")
    first, *copies = roll(counter)[before:]
    assert len(copies) == 2
    assert all(copy.height > first.height + 100 for copy in copies)  # the mark COPY 副本, above and below
    assert {code_on(paper) for paper in (first, *copies)} == {code_on(first)}
    assert genuine(counter, code_on(first))
    assert not resident.glass.shows(resident.say("a4.copy"))
    model.print()
    assert len(roll(counter)) == before + 3


def test_an_uncertain_receipt_is_followed_by_a_copy_only(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda page: page is Page.SAVED)
    emulator = counter.kiosk.devices.emulator
    assert emulator is not None
    before, sheets = len(roll(counter)), len(a4(counter))
    emulator.at_byte(3_000, "open_cover")
    resident.leave_page(Page.SAVED)
    resident.glass.wait_for(lambda: resident.say("slip.uncertain_title") in resident.glass.words(), "the doubt", 60)
    counter.mend()
    resident.glass.wait_for(lambda: counter.kiosk.devices.working("printer"), "the printer")
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("a4.copy")), "the offer")
    resident.glass.press(resident.say("a4.copy"))
    resident.glass.wait_for(lambda: resident.say("slip.printed_title") in resident.glass.words(), "the copy", 60)
    assert len(roll(counter)) >= before + 1
    assert len(a4(counter)) == sheets  # an unmarked second paper on the other printer would pass for the first


@pytest.mark.parametrize("language", QUICK_AND_SOAK)
def test_an_answer_that_cannot_be_printed_is_a_code_that_any_phone_reads(counter: Counter, language: Language) -> None:
    resident = counter.resident(language)
    resident.service = "HK-WEL-03"
    resident.until(lambda page: page is Page.RESULT)
    counter.kiosk.devices.simulated_a4.out_of_paper()  # type: ignore[union-attr]
    counter.kiosk.devices.emulator.out_of_paper()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: resident.glass.shows(resident.say("answer.show")), "the kiosk to notice")
    resident.visit()
    assert resident.say("a4.phone") in resident.glass.words()
    answer = counter.stage.session.answer
    assert answer is not None
    resident.glass.wait_for(lambda: len(codes_on_screen(counter)) == 2, "both codes")
    signed, words = sorted(codes_on_screen(counter), key=lambda code: "http" not in code)
    assert genuine(counter, signed)
    assert answer.reference in words
    assert all(line in words for line in answer.lines[language])


@pytest.mark.parametrize(
    ("service", "key"), [("HK-WEL-03", "a4.cannot_print_answer"), ("HK-WEL-01", "checklist.cannot_print")]
)
def test_without_paper_a_service_says_so_before_anything_is_asked(counter: Counter, service: str, key: str) -> None:
    resident = counter.resident("en")
    resident.service = service
    counter.kiosk.devices.simulated_a4.out_of_paper()  # type: ignore[union-attr]
    counter.kiosk.devices.emulator.out_of_paper()  # type: ignore[union-attr]
    resident.until(lambda page: page is Page.CHECKLIST)
    resident.glass.wait_for(lambda: resident.say(key) in resident.glass.words(), "the sentence")
    assert not resident.glass.shows(resident.say("handout.print"))


def codes_on_screen(counter: Counter) -> list[str]:
    """What a phone in front of the glass would scan."""
    picture = counter.screens.window.grabWindow().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return [code.text for code in zxingcpp.read_barcodes(rows[:, : picture.width()].copy())]
