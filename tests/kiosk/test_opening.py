"""Opening hours, holidays, and the switch by which staff take a kiosk out of service."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.app import KioskStartError, build_kiosk
from kiosk.config import load_config
from kiosk.opening import DAYS, REASONS, Hours, OutOfService, ServiceSwitch, Span, read_hours, read_span
from kiosk.staff_log import StaffLog

HERE = ZoneInfo("Asia/Hong_Kong")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=HERE)  # a Wednesday


def hours(holidays: str = "", **days: str) -> Hours:
    found = read_hours({**dict.fromkeys(DAYS, "08:30-20:00"), **days}, holidays)
    assert isinstance(found, Hours)
    return found


@pytest.mark.parametrize(
    ("at", "open_"),
    [(time(8, 29), False), (time(8, 30), True), (time(19, 59), True), (time(20, 0), False), (time(0, 0), False)],
)
def test_it_is_open_from_the_first_minute_to_before_the_last(at: time, open_: bool) -> None:
    assert hours().open_at(datetime.combine(NOON.date(), at, tzinfo=HERE)) is open_


def test_a_holiday_and_a_closed_day_are_closed_all_day() -> None:
    assert not hours("2026-11-25").open_at(NOON)
    assert not hours(wed="closed").open_at(NOON)
    assert hours(wed="always").open_at(NOON.replace(hour=23, minute=59))


def test_it_says_when_it_opens_next_over_holidays_and_closed_days() -> None:
    found = hours("2026-11-26 2026-11-27", sat="closed", sun="10:00-12:00")
    assert found.opens_next(NOON.replace(hour=7)) == NOON.replace(hour=8, minute=30)
    assert found.opens_next(NOON.replace(hour=21)) == datetime(2026, 11, 29, 10, 0, tzinfo=HERE)
    assert hours(**dict.fromkeys(DAYS, "closed")).opens_next(NOON) is None


def test_a_week_has_seven_days_from_today_on() -> None:
    week = list(hours("2026-11-26").this_week(NOON.date()))
    assert [day for day, _ in week] == [date(2026, 11, 25 + n) for n in range(6)] + [date(2026, 12, 1)]
    assert [str(span) for _, span in week][:3] == ["08:30-20:00", "None", "08:30-20:00"]
    assert str(Span(time.min, time.max)) == "00:00-24:00"


@pytest.mark.parametrize("text", ["8:30-20:00", "20:00-08:30", "08:30-24:01", "open", "", "08:30-08:30", "25:00-26:00"])
def test_hours_that_are_none_are_refused_in_a_sentence(text: str) -> None:
    assert isinstance(read_span(text), str)
    found = read_hours({**dict.fromkeys(DAYS, "always"), "tue": text}, "")
    assert isinstance(found, str)
    assert found.startswith("tue: ")


def test_a_holiday_that_is_no_day_is_refused_in_a_sentence() -> None:
    found = read_hours(dict.fromkeys(DAYS, "always"), "2026-12-25, Christmas")
    assert isinstance(found, str)
    assert "Christmas" in found


@given(st.text(max_size=14))
def test_any_text_is_hours_or_a_sentence(text: str) -> None:
    found = read_span(text)
    assert found is None or isinstance(found, Span | str)


def test_a_kiosk_with_hours_that_cannot_be_read_does_not_start_and_says_which(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('[hours]\nmon = "9-5"\n[queue]\nfolder = "queue"\n', encoding="utf-8")
    with pytest.raises(KioskStartError, match="mon: '9-5' is not a time"):
        build_kiosk(load_config(tmp_path / "kiosk.toml"))


@pytest.mark.parametrize("reason", REASONS)
def test_out_of_service_outlives_a_restart_until_it_is_put_back(tmp_path: Path, reason: str) -> None:
    path = tmp_path / "switch.json"
    ServiceSwitch(path).take_out(reason, NOON, "4D2")
    again = ServiceSwitch(path)
    assert again.out == OutOfService(reason, "2026-11-25T12:00:00+08:00", "4D2")
    again.put_back()
    assert ServiceSwitch(path).out is None


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"reason": "x", "since": 1, "by": null}'])
def test_a_switch_that_cannot_be_read_stays_out_of_service(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "switch.json").write_bytes(raw)
    out = ServiceSwitch(tmp_path / "switch.json").out
    assert out is not None
    assert out.reason in REASONS


def test_what_staff_did_is_kept_newest_first_and_damaged_lines_are_left_out(tmp_path: Path) -> None:
    log = StaffLog(tmp_path / "staff.log")
    assert log.last(3) == []
    assert log.note(NOON, "4D2", "came_in", "technician")
    log.path.write_text(log.path.read_text(encoding="utf-8") + "{half\n", encoding="utf-8")
    assert log.note(NOON, "4D2", "new_roll")
    assert [entry["act"] for entry in log.last(3)] == ["new_roll", "came_in"]
    assert not StaffLog(tmp_path / "no" / "folder" / "log").note(NOON, "", "x")
