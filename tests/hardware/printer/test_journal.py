"""The job journal survives kills, torn lines and full disks, and counts paper."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.device import Fault
from hardware.printer.journal import COMPACT_AT_LINES, CUT_DOTS, DOTS_A_METRE, INTERRUPTED, KEPT_JOBS, JobJournal
from hardware.printer.outcome import PrintOutcome, Result

PRINTED = PrintOutcome(Result.PRINTED)
OUT = PrintOutcome(Result.UNCERTAIN, Fault("paper_out"))
FAILED = PrintOutcome(Result.FAILED, Fault("printer_lost"))


def test_outcomes_outlive_the_process(tmp_path: Path) -> None:
    journal = JobJournal(tmp_path / "jobs")
    for job, outcome in (("a", PRINTED), ("b", OUT), ("c", FAILED)):
        journal.begin(job, 800)
        journal.end(job, outcome)
    again = JobJournal(tmp_path / "jobs")
    assert [again.recall(job) for job in "abc"] == [PRINTED, OUT, None]
    assert again.uncertain() == ("b",)
    assert again.consumption == journal.consumption


def test_a_job_cut_off_by_a_kill_is_uncertain(tmp_path: Path) -> None:
    JobJournal(tmp_path / "jobs").begin("a", 800)
    assert JobJournal(tmp_path / "jobs").recall("a") == INTERRUPTED


@given(cut=st.integers(0, 250))
def test_a_file_torn_anywhere_opens_and_goes_on(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("journal") / "jobs"
    journal = JobJournal(path)
    for job in "ab":
        journal.begin(job, 800)
        journal.end(job, PRINTED)
    path.write_bytes(path.read_bytes()[:cut])
    torn = JobJournal(path)
    assert torn.recall("a") in (None, INTERRUPTED, PRINTED)
    torn.begin("c", 800)
    torn.end("c", PRINTED)
    assert JobJournal(path).recall("c") == PRINTED


def test_garbage_in_the_file_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "jobs"
    lines = (b"\xff\x00", b"[]", b"{}", b'{"job":1}', b'{"job":"x","state":"eaten","fault":null}', b'{"roll_m":"x"}')
    path.write_bytes(b"\n".join(lines) + b'\n{"job":"a","state":"printed","fault":null}\n')
    assert JobJournal(path).recall("a") == PRINTED


def test_a_long_life_stays_a_short_file(tmp_path: Path) -> None:
    path = tmp_path / "jobs"
    lines = [json.dumps({"job": str(n), "state": "printing", "dots": 800}) for n in range(COMPACT_AT_LINES + 1)]
    path.write_text("\n".join(lines) + "\n")
    journal = JobJournal(path)
    journal.begin("last", 800)
    assert len(path.read_bytes().splitlines()) <= KEPT_JOBS + 1
    again = JobJournal(path)
    assert again.recall("last") == INTERRUPTED
    assert again.consumption.slips == COMPACT_AT_LINES + 2


def test_a_disk_that_takes_nothing_is_told_and_memory_goes_on(tmp_path: Path) -> None:
    journal = JobJournal(tmp_path / "no such folder" / "jobs")
    journal.begin("a", 800)
    journal.end("a", PRINTED)
    assert journal.failed
    assert journal.recall("a") == PRINTED


def test_paper_is_counted_in_metres_and_slips_left(tmp_path: Path) -> None:
    journal = JobJournal(tmp_path / "jobs")
    assert JobJournal().consumption.slips_left is None
    journal.new_roll(10)
    for job in "ab":
        journal.begin(job, round(DOTS_A_METRE) - CUT_DOTS)
    assert journal.consumption.used_m == pytest.approx(2.0, rel=0.001)
    assert journal.consumption.slips_left in (7, 8)
    journal.new_roll(80)
    assert JobJournal(tmp_path / "jobs").consumption.used_m == 0


def test_no_word_of_a_slip_is_in_the_file(tmp_path: Path) -> None:
    journal = JobJournal(tmp_path / "jobs")
    journal.begin("TB1-2611-0457", 800)
    journal.end("TB1-2611-0457", OUT)
    keys = {key for line in (tmp_path / "jobs").read_text().splitlines() for key in json.loads(line)}
    assert keys == {"job", "state", "dots", "fault"}


@pytest.mark.parametrize("metres", [0, -1, 5000])
def test_an_impossible_roll_is_refused(metres: float) -> None:
    with pytest.raises(ValueError, match="roll"):
        JobJournal().new_roll(metres)
