"""What an operator is alarmed of, from one heartbeat."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from offline_queue.envelope import instant
from portal.fleet import FEW_SLIPS, fleet
from portal.schema import PORTAL_STEPS, migrate

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def alarms(now: datetime = NOON, **beat: object) -> tuple[str, ...]:
    """The alarms of a kiosk that said this at noon."""
    with sqlite3.connect(":memory:", isolation_level=None) as db:
        migrate(db, "portal", PORTAL_STEPS)
        db.execute("INSERT INTO kiosk VALUES ('0123456789abcdef', 'K1', x'00', '2026', NULL)")
        db.execute("INSERT INTO heartbeat VALUES ('K1', ?, ?, '')", (instant(NOON), json.dumps(beat)))
        [view] = fleet(db, now)
    db.close()
    return view.alarms


def test_a_well_kiosk_alarms_nobody() -> None:
    assert alarms(health={"printer": "ready", "a4_printer": "ready", "slips_left": "400"}) == ()


@pytest.mark.parametrize(
    "health",
    [
        {"printer": "ready: paper_low"},
        {"printer": "ready", "a4_printer": "ready: paper_low"},
        {"a4_printer": "ready: toner_low"},
        {"printer": "ready", "slips_left": str(FEW_SLIPS - 1)},
        {"slips_left": "0"},
    ],
)
def test_paper_that_runs_out_soon_alarms_before_it_is_out(health: dict[str, str]) -> None:
    assert alarms(health=health) == ("paper_low",)


@pytest.mark.parametrize("health", [{"slips_left": "many"}, {"slips_left": str(FEW_SLIPS)}, {"camera": "ready: dark"}])
def test_nothing_else_is_taken_for_low_paper(health: dict[str, str]) -> None:
    assert "paper_low" not in alarms(health=health)


def test_a_device_at_fault_and_a_silent_kiosk_alarm() -> None:
    assert alarms(health={"printer": "fault"}) == ("device_fault",)
    assert alarms(NOON + timedelta(minutes=11)) == ("silent",)
