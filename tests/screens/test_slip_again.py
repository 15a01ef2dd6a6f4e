"""Going on with a slip on the real screens: its code on the tray, what is known of it, what comes next."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera import Image
from kiosk.session import Page
from kiosk.slip_plan import with_plan
from screens.glass import wait_until
from screens.models.scan import Scan
from screens.rehearsal import Resident
from tests.screens.conftest import Counter, counter_in


def code_picture(url: str) -> Image:
    """A code as it lies on the tray: black on white, with a quiet zone."""
    import zxingcpp

    code = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode)))
    large = cv2.resize(code, (560, 560), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(cv2.cvtColor(np.pad(large, 40, constant_values=255), cv2.COLOR_GRAY2BGR))


def lay(counter: Counter, url: str | None) -> None:
    camera = counter.kiosk.devices.document_camera
    assert camera is not None
    camera.source.lay(code_picture(url) if url else None)  # type: ignore[attr-defined]


def resident(counter: Counter, **how: Any) -> Resident:
    """A new visit; the one before is wiped and the tray is empty."""
    counter.stage.end()
    counter.mend()
    return Resident(counter.screens, counter.stage, language="en", **{"service": "", **how})


def at_the_tray(counter: Counter) -> Resident:
    visitor = resident(counter)
    visitor.until(lambda page: page is Page.HOME)
    visitor.glass.press("I have a slip, go on")
    visitor.settle()
    return visitor


def test_a_slip_of_a_life_event_shows_its_state_and_goes_on_with_what_is_left(counter: Counter) -> None:
    visitor = resident(counter, event="study")
    visitor.visit()
    saved, bundle = counter.stage.session.all_saved[0], counter.stage.session.bundle
    assert bundle is not None
    url = with_plan(counter.kiosk.slip_code(saved), "study", bundle.matters[:1])
    visitor = at_the_tray(counter)
    lay(counter, url)
    glass = visitor.glass
    glass.wait_for(lambda: counter.stage.session.page is Page.STANDING, "the slip to be read")
    glass.wait_for(lambda: "Received by the portal" in glass.words(), "its state")
    assert saved.receipt_number in glass.words()
    lay(counter, None)
    visitor.settle()
    glass.press("Go on")
    visitor.settle()
    assert counter.stage.session.page is Page.EVENT
    event = counter.kiosk.catalogue.events["study"]
    assert counter.stage.session.chosen == tuple(each for each in event.usual if each not in bundle.matters[:1])
    counter.stage.end()
    assert counter.stage.session.slip is None


def test_a_stranger_s_code_and_a_changed_one_are_told_apart_from_a_slip(counter: Counter) -> None:
    visitor = at_the_tray(counter)
    glass = visitor.glass
    lay(counter, "https://example.invalid/hello")
    glass.wait_for(lambda: "not from a slip" in glass.words(), "the sentence about a stranger's code")
    visitor = resident(counter, service="HK-PRO-10")
    visitor.visit()
    saved = counter.stage.session.saved
    assert saved is not None
    url = counter.kiosk.slip_code(saved)
    visitor = at_the_tray(counter)
    lay(counter, url[:-3] + ("AAA" if not url.endswith("AAA") else "BBB"))
    glass.wait_for(lambda: "was changed" in glass.words(), "the sentence about a changed code")
    lay(counter, None)
    assert counter.stage.session.page is Page.SCAN


def test_a_slip_that_is_found_late_is_not_shown_to_whoever_stands_there_next(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = resident(counter, service="HK-PRO-10")
    visitor.visit()
    saved = counter.stage.session.saved
    assert saved is not None
    url, begun, go = counter.kiosk.slip_code(saved), threading.Event(), threading.Event()

    def late(text: str) -> object:
        begun.set()
        assert go.wait(60)
        return real(text)

    real = counter.kiosk.look_up_slip
    monkeypatch.setattr(type(counter.kiosk), "look_up_slip", lambda _kiosk, text: late(text))
    visitor = at_the_tray(counter)
    lay(counter, url)
    visitor.glass.wait_for(begun.is_set, "the slip to be looked at")
    lay(counter, None)
    at_the_tray(counter)
    model = counter.screens.model(Scan)
    go.set()
    assert wait_until(lambda: not model._busy, 20.0)
    assert counter.stage.session.page is Page.SCAN
    assert counter.stage.session.slip is None


def test_with_the_line_down_a_slip_of_this_kiosk_still_says_that_it_waits(tmp_path: Path) -> None:
    with counter_in(tmp_path, offline=True) as counter:
        visitor = resident(counter, service="HK-PRO-10", offline=True)
        visitor.visit()
        saved = counter.stage.session.saved
        assert saved is not None
        visitor = at_the_tray(counter)
        lay(counter, counter.kiosk.slip_code(saved))
        visitor.glass.wait_for(lambda: counter.stage.session.page is Page.STANDING, "the slip to be read")
        assert "Waiting for the line" in visitor.glass.words()
