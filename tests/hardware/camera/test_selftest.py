"""The technician's look at a camera."""

import pytest

from hardware.camera.selftest import examine
from hardware.camera.synthetic import SyntheticSource


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
