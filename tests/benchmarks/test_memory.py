"""The kiosk's own process stays small for as many visits as a week brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bench_memory import visits

MOST_MB = 200.0


def resident_after(folder: Path, number: int) -> float:
    visits(str(folder), 0)  # makes the queue, with what a start on one that is there does without
    alone, together = visits(str(folder), number)
    assert together > alone, "its cameras are processes of their own"
    return alone


def test_after_a_visit_the_kiosk_s_own_process_is_within_its_bound(tmp_path: Path) -> None:
    assert 50 < resident_after(tmp_path, 1) <= MOST_MB


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_after_a_thousand_visits_the_kiosk_s_own_process_is_within_the_same_bound(tmp_path: Path) -> None:
    assert 50 < resident_after(tmp_path, 1000) <= MOST_MB
