"""What a slip's address says beside its code: known ids only, whatever a stranger writes there."""

from __future__ import annotations

from kiosk.slip_plan import SlipPlan, read_plan, with_plan

EVENTS = {"retire"}
SERVICES = {"HK-WEL-01", "GD-IDE-01"}


def test_a_plan_comes_back_as_it_was_written() -> None:
    url = with_plan("https://example.invalid/verify?c=abc", "retire", ("GD-IDE-01", "HK-WEL-01"))
    assert read_plan(url, events=EVENTS, services=SERVICES) == SlipPlan("retire", ("GD-IDE-01", "HK-WEL-01"))


def test_what_nobody_knows_is_left_out() -> None:
    url = "https://example.invalid/verify?c=abc&e=wedding&m=GD-IDE-01.XX-1.GD-IDE-01." + "HK-WEL-01." * 50
    assert read_plan(url, events=EVENTS, services=SERVICES) == SlipPlan("", ("GD-IDE-01", "HK-WEL-01"))


def test_an_address_without_a_plan_is_an_empty_one() -> None:
    assert read_plan("https://example.invalid/verify?c=abc", events=EVENTS, services=SERVICES) == SlipPlan("", ())
