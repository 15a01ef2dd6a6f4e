"""What the portal knows of its kiosks: the newest heartbeat of each, and what should worry somebody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from portal.database import Database

SILENT_AFTER_S: Final = 600
OLD_AFTER_S: Final = 3600
SKEW_ALARM_S: Final = 60
CERTIFICATE_ALARM: Final = timedelta(days=14)
FEW_SLIPS: Final = 50
_WAITING: Final = ("WAITING", "READY", "SENDING")


@dataclass(frozen=True)
class KioskView:
    """One kiosk as its operator sees it; ages and offsets in seconds; nothing personal."""

    kiosk_id: str
    seen: str
    oldest_age_s: float
    waiting: int
    quarantined: int
    clock_offset_s: float
    devices: Mapping[str, str]
    alarms: tuple[str, ...]


def fleet(db: Database, now: datetime) -> list[KioskView]:
    """Every enrolled kiosk, the one with the oldest unsent envelope first; one that never spoke comes before all."""
    sql = (
        "SELECT DISTINCT k.kiosk_id, h.at, h.body, h.alarm FROM kiosk k LEFT JOIN heartbeat h USING (kiosk_id)"
        " WHERE k.revoked IS NULL"
    )
    views = [_view(row, now) for row in db.execute(sql).fetchall()]
    return sorted(views, key=lambda view: (bool(view.seen), -view.oldest_age_s, view.kiosk_id))


def _view(row: tuple[str, str | None, str | None, str | None], now: datetime) -> KioskView:
    kiosk_id, at, body, alarm = row
    if at is None or body is None:
        return KioskView(kiosk_id, "", 0.0, 0, 0, 0.0, {}, ("never_seen",))
    beat = json.loads(body)
    counts = beat.get("counts", {})
    silent_s = (now - datetime.fromisoformat(at)).total_seconds()
    view = KioskView(
        kiosk_id,
        at,
        _number(beat, "oldest_age_s") + max(0.0, silent_s) * bool(sum(_number(counts, state) for state in _WAITING)),
        int(sum(_number(counts, state) for state in _WAITING)),
        int(_number(counts, "QUARANTINED")),
        _number(beat, "clock_offset_s"),
        {str(name): str(state) for name, state in beat.get("health", {}).items()},
        (),
    )
    return KioskView(**{**view.__dict__, "alarms": _alarms(view, beat, silent_s, alarm, now)})


def _number(source: Mapping[str, Any], name: str) -> float:
    value = source.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _alarms(
    view: KioskView, beat: Mapping[str, Any], silent_s: float, kept: str | None, now: datetime
) -> tuple[str, ...]:
    found = {
        "silent": silent_s > SILENT_AFTER_S,
        "old_unsent": view.oldest_age_s > OLD_AFTER_S,
        "set_aside": view.quarantined > 0,
        "store_full": beat.get("frozen") is True,
        "clock_wrong": abs(view.clock_offset_s) > SKEW_ALARM_S,
        "audit_changed": kept == "audit_changed",
        "certificate_ends": _ends_soon(beat.get("certificate_until"), now),
        "paper_low": _paper_low(view.devices),
        "device_fault": "fault" in {state.lower() for state in view.devices.values()},
    }
    return tuple(name for name, sounds in found.items() if sounds)


def _paper_low(devices: Mapping[str, str]) -> bool:
    """Whether somebody should bring paper: the sensor at the roll's end says so, or the kiosk's own count does."""
    left = devices.get("slips_left", "")
    counted = left.isascii() and left.isdigit() and int(left) < FEW_SLIPS
    return counted or any(state.endswith((": paper_low", ": toner_low")) for state in devices.values())


def _ends_soon(until: object, now: datetime) -> bool:
    try:
        return isinstance(until, str) and until != "" and datetime.fromisoformat(until) - now < CERTIFICATE_ALARM
    except (ValueError, TypeError):
        return False


def audit_changed(before: str | None, after: Mapping[str, Any]) -> bool:
    """Whether a kiosk's audit chain got shorter, or other at the same length, since its last heartbeat."""
    if before is None:
        return False
    old = json.loads(before)
    if _number(after, "audit_seq") == _number(old, "audit_seq"):
        return bool(after.get("audit_hash") != old.get("audit_hash"))
    return _number(after, "audit_seq") < _number(old, "audit_seq")


@dataclass(frozen=True)
class ReceiptView:
    """Where one submission stands, by the number on its slip; nothing personal."""

    number: str
    state: str
    service: str
    kiosk_id: str
    arrived: str
    reference: str


def by_number(db: Database, number: str) -> list[ReceiptView]:
    """Submissions with this receipt number (one, unless two kiosks share a code)."""
    if not number.isprintable():
        return []
    rows = db.execute(
        "SELECT receipt_number, receipt, service, kiosk_id, arrived FROM envelope WHERE receipt_number = ?", (number,)
    )
    return [_receipt_view(*row) for row in rows.fetchall()]


def _receipt_view(number: str, receipt: str | None, service: str, kiosk_id: str, arrived: str) -> ReceiptView:
    reference = json.loads(receipt)["body"]["reference"] if receipt else ""
    return ReceiptView(number, "taken" if receipt else "arriving", service, kiosk_id, arrived, reference)
