"""Whatever is typed, shown or answered: a clear sentence with the next move, nothing lost. All people are made up."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.cards.people import PEOPLE
from kiosk.app import ROOT, KioskStartError, build_kiosk
from kiosk.session import Page
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in, test_config


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One kiosk for this file."""
    with counter_in(tmp_path_factory.mktemp("kiosk")) as found:
        yield found


def typing(counter: Counter) -> Resident:
    """A resident at the first page of typed identity."""
    resident = counter.resident("en", person="")
    resident.until(lambda here: here is Page.IDENTIFY)
    resident.glass.press("Type instead")
    resident.settle()
    return resident


def write(resident: Resident, field: str, text: str) -> None:
    resident.glass.press(field)
    resident.screens.type_by_hardware(text)


def write_number(resident: Resident, number: str) -> None:
    """Names stand on a page of their own: their keyboard takes room."""
    resident.glass.press("Continue")
    resident.glass.press_when_there("Hong Kong identity card number")
    resident.screens.type_by_hardware(number)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("A123456(4)", "does not fit the rest of the number"),
        ("A12345", "Check how many you typed"),
        ("1234567A", "looks like A123456(3)"),
        ("A" * 300, "This has 300 characters"),
        ("㗎123456(3)", "looks like A123456(3)"),
    ],
)
def test_a_wrong_identity_number_is_explained_at_its_field(counter: Counter, number: str, says: str) -> None:
    resident = typing(counter)
    write(resident, "Name in English letters", "EXAMPLE PERSON")
    write_number(resident, number)
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: says in resident.glass.words(), "the sentence")
    resident.glass.press("Back")
    resident.glass.wait_for(lambda: "EXAMPLE PERSON" in resident.glass.words(), "what was right, not lost")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31021950", "no such day"),
        ("01011850", "1900 or later"),
        ("01012090", "has not come yet"),
        ("12", "no such day"),
    ],
)
def test_an_impossible_date_is_explained(counter: Counter, typed: str, says: str) -> None:
    resident = typing(counter)
    write(resident, "Name in English letters", "EXAMPLE PERSON")
    write_number(resident, "A123456(3)")
    write(resident, "Date of birth", typed)
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: says in resident.glass.words(), "the sentence")


@pytest.mark.parametrize("name", ["㗎𨋢䶮", "歐陽", "𠮷"])
def test_rare_characters_are_names_like_any_other(counter: Counter, name: str) -> None:
    resident = typing(counter)
    write(resident, "Name in English letters", "EXAMPLE PERSON")
    write(resident, "Name in Chinese characters", name)
    write_number(resident, "A123456(3)")
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: resident.glass.shows("Date of birth"), "the next page")


def test_a_paste_of_300_characters_is_refused_with_both_numbers(counter: Counter) -> None:
    resident = typing(counter)
    write(resident, "Name in English letters", "ab " * 100)
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: "fit here. Shorten it" in resident.glass.words(), "the limit")


def test_an_empty_page_says_what_is_needed(counter: Counter) -> None:
    resident = typing(counter)
    resident.glass.press("Continue")
    resident.glass.wait_for(lambda: "This answer is needed" in resident.glass.words(), "the sentence")


def test_a_card_with_rare_characters_is_shown_as_it_is(counter: Counter) -> None:
    resident = counter.resident("en", person="rare" if "rare" in PEOPLE else "elder")
    resident.until(lambda here: here is Page.REVIEW)
    assert resident.document().name_zh in resident.glass.words()


def test_a_black_camera_is_said_to_be_dark_and_the_button_waits(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.PORTRAIT)
    counter.kiosk.devices.face_camera.source.go_dark()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: "Too dark" in resident.glass.words(), "the verdict")
    resident.glass.wait_for(lambda: not resident.glass.shows("Take photo"), "the button to wait")
    assert resident.glass.shows("No photo")


def test_a_corrupt_picture_stream_is_a_sentence_and_not_a_crash(counter: Counter) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is Page.PORTRAIT)
    counter.kiosk.devices.face_camera.source.corrupt()  # type: ignore[union-attr]
    resident.glass.wait_for(lambda: "damaged" in resident.glass.words(), "the trouble in words")
    counter.mend()
    resident.until(lambda here: here is Page.DOCUMENT)


def test_a_store_that_takes_nothing_says_so_and_keeps_the_answers(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from offline_queue.faults import QueueFault

    resident = counter.resident("en")
    resident.until(lambda here: here is Page.CONSENT)
    outbox = counter.kiosk.sender.outbox
    monkeypatch.setattr(outbox, "save", lambda *_: QueueFault("disk_full"))
    resident.glass.press("Agree and send")
    resident.glass.wait_for(lambda: "was not saved" in resident.glass.words(), "the truth")
    monkeypatch.undo()
    resident.glass.press("Back")
    resident.glass.wait_for(lambda: resident.glass.shows("Agree and send"), "the consent again")
    resident.glass.press("Agree and send")
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.SAVED, "the save")


def test_a_second_kiosk_on_the_same_queue_is_refused_in_words(counter: Counter) -> None:
    config = counter.kiosk.config
    with pytest.raises(KioskStartError, match="Another kiosk program uses the queue"):
        build_kiosk(dataclasses.replace(config, portal=dataclasses.replace(config.portal, url="http://127.0.0.1:9")))


def test_a_missing_portal_file_is_a_sentence(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    with pytest.raises(KioskStartError, match=r"There is no portal file"):
        build_kiosk(dataclasses.replace(config, portal=dataclasses.replace(config.portal, url="http://127.0.0.1:9")))


@pytest.mark.parametrize(
    ("text", "says"),
    [('[printer]\ndriver = "lpt1"\n', "it is simulated, none"), ('[face_camera]\nsource = "usb"\n', "v4l2:N")],
)
def test_a_device_nobody_knows_stops_the_start_with_what_is_known(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "kiosk.toml").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "diagnose", "--config", str(tmp_path / "kiosk.toml")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
