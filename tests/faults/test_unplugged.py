"""Each device unplugged at each step of the journey: no dead end, no lost answer, and it goes on when mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kiosk.session import Page
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in

PAGES = [Page.HOME, Page.CHECKLIST, Page.IDENTIFY, Page.FORM, Page.PORTRAIT, Page.DOCUMENT, Page.REVIEW, Page.CONSENT]
DEVICES = ["card", "face_camera", "document_camera", "printer"]
# where a visit waits for a device, so that it has to be mended there to go on without it
NEEDED_AT = {"card": Page.IDENTIFY, "face_camera": Page.PORTRAIT, "document_camera": Page.DOCUMENT}


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """One kiosk for this file."""
    with counter_in(tmp_path_factory.mktemp("kiosk")) as found:
        yield found


def knobs(counter: Counter, device: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """How to break a device and how to mend it."""
    devices = counter.kiosk.devices
    if device == "card":
        return devices.card.unplug, devices.card.plug  # type: ignore[union-attr]
    if device == "printer":
        return devices.emulator.power_off, devices.emulator.power_on  # type: ignore[union-attr]
    camera = devices.face_camera if device == "face_camera" else devices.document_camera
    return camera.source.unplug, camera.source.plug  # type: ignore[union-attr]


def answers(resident: Resident) -> dict[str, str]:
    flow = resident.stage.session.flow
    return {} if flow is None else {name: repr(filled.value) for name, filled in flow.facts.items()}


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("device", DEVICES)
def test_a_device_unplugged_at_a_page_leaves_a_way_on_and_every_answer(
    counter: Counter, device: str, page: Page
) -> None:
    resident = counter.resident("en")
    resident.until(lambda here: here is page)
    before = answers(resident)
    unplug, plug = knobs(counter, device)
    unplug()
    try:
        resident.glass.wait_for(lambda: not counter.kiosk.devices.working(device), f"the {device} to be missed")
        needed = NEEDED_AT.get(device)
        assert resident.glass.shows("Leave")
        assert page is Page.HOME or resident.glass.shows("Back")
        if needed is not None and PAGES.index(page) <= PAGES.index(needed):
            resident.until(lambda here: here is needed)
            ways = {Page.IDENTIFY: "Type instead", Page.PORTRAIT: "No photo", Page.DOCUMENT: "No picture"}
            resident.glass.wait_for(lambda: resident.glass.shows(ways[needed]), "another way")
    finally:
        plug()
    resident.glass.wait_for(lambda: counter.kiosk.devices.working(device), f"the {device} to be back", 30.0)
    after = answers(resident)
    assert {name: after[name] for name in before} == before
    resident.until(lambda here: here is Page.SLIP)
    assert counter.stage.session.saved is not None


def test_a_printer_that_runs_out_at_the_end_leaves_the_slip_on_the_screen(counter: Counter) -> None:
    resident = counter.resident("zh_Hant", faults=["paper_out"])
    record = resident.visit()
    assert record.receipt_number
    assert "請用手機拍下這張收據" in resident.glass.words()
    assert counter.screens.pictures.picture("slip").height() > 400


def test_a_dead_device_is_named_on_the_checklist_before_the_visit_begins(counter: Counter) -> None:
    resident = counter.resident("en")
    unplug, plug = knobs(counter, "card")
    unplug()
    try:
        resident.glass.wait_for(lambda: not counter.kiosk.devices.working("card"), "the reader to be missed")
        resident.until(lambda here: here is Page.CHECKLIST)
        assert "you can type instead" in resident.glass.words()
        assert resident.glass.shows("Start")
    finally:
        plug()
