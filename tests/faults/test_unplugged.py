"""Each device unplugged at each step of the journey: no dead end, no lost answer, and it goes on when mended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kiosk.session import Page
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in

DEVICES = ["card", "face_camera", "document_camera", "printer"]
# where a visit waits for a device, so that it has to be mended there to go on without it
NEEDED_AT = {"card": Page.IDENTIFY, "face_camera": Page.PORTRAIT, "document_camera": Page.DOCUMENT}

PRINTER_AT = {Page.CHECKLIST, Page.CONSENT, Page.SAVED}  # it needs two seconds to be sure of each change
WAYS = {Page.IDENTIFY: "Type instead", Page.PORTRAIT: "No photo", Page.DOCUMENT: "No picture"}
WITHOUT: dict[str, dict[str, object]] = {
    "card": {"person": ""},
    "face_camera": {"choices": {"portrait_on_paper": True}},
    "document_camera": {"choices": {"hkid_copy_by_hand": True}},
}


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


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_unplugged_at_each_page_leaves_a_way_on_and_every_answer(counter: Counter, device: str) -> None:
    """One visit; at every page the device is pulled, looked for, and plugged in again."""
    resident = counter.resident("en")
    unplug, _ = knobs(counter, device)
    while (page := resident.until(lambda _: True)) is not Page.SLIP:
        if page in (Page.ATTRACT, Page.SENDING) or (device == "printer" and page not in PRINTER_AT):
            resident.leave_page(page)
            continue
        before = answers(resident)
        unplug()
        resident.glass.wait_for(lambda: not counter.kiosk.devices.working(device), f"the {device} to be missed")
        assert resident.glass.shows("Leave")
        assert page in (Page.HOME, Page.SAVED) or resident.glass.shows("Back")
        if page is NEEDED_AT.get(device) and counter.stage.session.picture is None:
            way = WAYS[page]
            resident.glass.wait_for(lambda way=way: resident.glass.shows(way), f"{way!r}")
        counter.mend()
        resident.glass.wait_for(lambda: counter.kiosk.devices.working(device), f"the {device} to be back")
        after = answers(resident)
        assert {name: after.get(name) for name in before} == before
        resident.leave_page(page)
    assert counter.stage.session.saved is not None


@pytest.mark.parametrize("device", sorted(NEEDED_AT))
def test_a_visit_ends_well_without_a_device_that_stays_dead(counter: Counter, device: str) -> None:
    resident = counter.resident("zh_Hant", **WITHOUT[device])
    unplug, _ = knobs(counter, device)
    unplug()
    resident.glass.wait_for(lambda: not counter.kiosk.devices.working(device), f"the {device} to be missed")
    record = resident.visit()
    counter.mend()
    assert record.delivery == "delivered"


def test_a_printer_that_runs_out_at_the_end_leaves_the_slip_on_the_screen(counter: Counter) -> None:
    resident = counter.resident("zh_Hant", faults=["paper_out"])
    record = resident.visit()
    assert record.receipt_number
    assert "請用手機拍下這張收據" in resident.glass.words()
    assert counter.screens.pictures.picture("slip").height() > 400


def test_a_dead_device_is_named_on_the_checklist_before_the_visit_begins(counter: Counter) -> None:
    resident = counter.resident("en")
    unplug, _ = knobs(counter, "card")
    unplug()
    resident.glass.wait_for(lambda: not counter.kiosk.devices.working("card"), "the reader to be missed")
    resident.until(lambda here: here is Page.CHECKLIST)
    assert "you can type instead" in resident.glass.words()
    assert resident.glass.shows("Start")
    counter.mend()
