"""The idle clock is quiet, warns, and is over; it only knows the monotonic time it is given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.idle import IdleClock, Over, Quiet, Warning


def test_a_visit_is_quiet_warned_and_over() -> None:
    clock = IdleClock(60, 20, touched_at=100.0)
    assert clock.look(159.9) == Quiet()
    assert clock.look(160.0) == Warning(20)
    assert clock.look(179.5) == Warning(1)
    assert clock.look(180.0) == Over()


def test_a_touch_begins_the_count_anew() -> None:
    clock = IdleClock(60, 20)
    clock.touch(170.0)
    assert clock.look(200.0) == Quiet()


@given(st.floats(1, 600), st.floats(1, 60), st.floats(0, 1e6), st.floats(0, 2000))
def test_the_seconds_shown_are_never_more_than_the_warning_nor_less_than_one(
    idle_s: float, warn_s: float, touched: float, later: float
) -> None:
    found = IdleClock(idle_s, warn_s, touched).look(touched + later)
    if isinstance(found, Warning):
        assert 1 <= found.seconds_left <= warn_s + 1
