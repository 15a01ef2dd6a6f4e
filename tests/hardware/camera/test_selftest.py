"""The technician's look at a camera."""

import cv2
import numpy as np
import pytest

from hardware.camera import drawing
from hardware.camera.selftest import examine
from hardware.camera.synthetic import Scene, SyntheticSource


@pytest.mark.parametrize(
    ("knob", "finding"),
    [("go_dark", "dark"), ("overexpose", "bright"), ("defocus", "out_of_focus"), ("unplug", "camera_lost")],
)
def test_each_trouble_is_found(knob: str, finding: str) -> None:
    source = SyntheticSource()
    assert source.open() is None
    getattr(source, knob)()
    assert finding in examine(source, 0.2).findings


def test_damaged_frames_are_counted() -> None:
    source = SyntheticSource()
    assert source.open() is None
    source.corrupt()
    report = examine(source, 0.2)
    assert (report.frames, report.damaged > 0, report.findings) == (0, True, ("camera_stalled",))


def test_a_well_camera_has_no_findings_but_perhaps_its_rate() -> None:
    source = SyntheticSource()
    assert source.open() is None
    report = examine(source, 0.5)
    assert (report.width, report.height, report.damaged) == (1280, 720, 0)
    assert set(report.findings) <= {"slow"}


def empty(*, spots: int = 0, slope: float = 0.0) -> SyntheticSource:
    """The empty tray, through a lens with so many specks, lit from one side."""
    source = SyntheticSource("document")
    source.leave()
    drawn = drawing.tray().astype(np.float32)
    for spot in range(spots):
        cv2.circle(drawn, (300 + 200 * spot, 300), 10, (16, 14, 8), -1)
    drawn = cv2.GaussianBlur(drawn, (0, 0), 4) + np.linspace(0, slope, 1280)[None, :, None]
    picture = np.clip(drawn, 0, 255).astype(np.uint8)
    source._tray = lambda: picture  # type: ignore[method-assign]
    assert source.open() is None
    return source


@pytest.mark.parametrize("spots", [1, 3])
def test_specks_on_the_lens_are_counted_on_an_empty_tray(spots: int) -> None:
    report = examine(empty(spots=spots), 0.4)
    assert report.plain
    assert report.specks == spots
    assert "lens_dirt" in report.findings


def test_an_empty_tray_is_clean_and_no_focus_is_asked_of_it() -> None:
    report = examine(empty(), 0.4)
    assert (report.plain, report.specks) == (True, 0)
    assert set(report.findings) <= {"slow"}


def test_a_tray_lit_from_one_side_is_said() -> None:
    assert "uneven_light" in examine(empty(slope=110.0), 0.4).findings


@pytest.mark.parametrize("scene", ["face", "document"])
def test_what_stands_before_the_camera_is_not_taken_for_dirt(scene: Scene) -> None:
    source = SyntheticSource(scene)
    assert source.open() is None
    report = examine(source, 0.4)
    assert not report.plain
    assert "lens_dirt" not in report.findings
