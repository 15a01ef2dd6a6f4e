"""The printer and its emulator keep one contract: "printed" needs proof, and one job is one paper."""

import itertools
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware.device import Fault, State, Status, Supervisor
from hardware.printer.emulator import FAULTS, EmulatedPrinter
from hardware.printer.faces import NOTO
from hardware.printer.journal import INTERRUPTED, JobJournal
from hardware.printer.layout import Rule, Text, copy_of, render
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.raster import Raster
from hardware.printer.slip_printer import SlipPrinter
from hardware.printer.status import FAULT_CODES, PAPER_QUERY, Paper
from hardware.printer.transport import TcpTransport, Transport, transport_for
from tests.hardware.printer.print_lab import until

REAL = os.environ.get("KIOSK_PRINTER")
SLIP = render([Text("樣本 SAMPLE", "title", True), Rule(), *[Text("測試一二三 test")] * 12], fonts=NOTO, language="en")
JOB_BYTES = len(SLIP.job())
STATUS_BYTES = 12  # DLE EOT 1 to 4, asked before the job


def quick(address: str, **changes: Any) -> SlipPrinter:
    transport = transport_for(address)
    assert not isinstance(transport, Fault)
    limits = {"answer_timeout_s": 1.5, "write_timeout_s": 1.5, "glance_s": 0.15, "proof_timeout_s": 3.0, "poll_s": 0.02}
    return SlipPrinter(transport, **{**limits, **changes})


@pytest.fixture(params=["tcp", "serial"])
def paper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmulatedPrinter]:
    with EmulatedPrinter(serial=tmp_path / "tty" if request.param == "serial" else None) as printer:
        yield printer


@pytest.fixture
def printer(paper: EmulatedPrinter) -> Iterator[SlipPrinter]:
    made = quick(paper.address)
    assert made.open() is None
    yield made
    made.close()


@pytest.fixture(params=["emulated", pytest.param("real", marks=pytest.mark.skipif(not REAL, reason="KIOSK_PRINTER"))])
def any_printer(request: pytest.FixtureRequest) -> Iterator[SlipPrinter]:
    with EmulatedPrinter() as emulated:
        made = SlipPrinter(_transport(emulated.address if request.param == "emulated" else str(REAL)))
        assert made.open() is None
        yield made
        made.close()


def _transport(address: str) -> Transport:
    transport = transport_for(address)
    assert not isinstance(transport, Fault)
    return transport


# The contract, on both ---


def test_a_printer_that_opens_is_online_and_has_paper(any_printer: SlipPrinter) -> None:
    assert any_printer.status.online
    assert any_printer.status.paper in (Paper.OK, Paper.LOW)


def test_a_slip_is_printed_with_proof(any_printer: SlipPrinter) -> None:
    assert any_printer.print_slip(SLIP, "job-1") == PrintOutcome(Result.PRINTED)


def test_the_same_job_again_gives_the_same_outcome(any_printer: SlipPrinter) -> None:
    first, second = any_printer.print_slip(SLIP, "job-1"), any_printer.print_slip(SLIP, "job-1")
    assert first == second


# The emulated one, broken ---


def same_dots(paper: Raster) -> bool:
    return (paper.width, paper.height, paper.packed) == (SLIP.width, SLIP.height, SLIP.packed)


def again(printer: SlipPrinter, paper: EmulatedPrinter, job: str) -> PrintOutcome:
    """The same job once more, after everything was mended and the line opened anew."""
    paper.restore()
    paper.power_on()
    printer.close()
    wait_until(lambda: printer.open() is None)  # answers to old questions may still come on a serial line
    return printer.print_slip(SLIP, job)


def test_the_paper_shows_the_slip(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    printer.print_slip(SLIP, "a")
    assert [same_dots(sheet) for sheet in paper.papers] == [True]


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"paper_low", "jam_cutter", "forget_marks"}))
def test_a_fault_before_the_job_means_failed_no_paper_and_another_try(
    fault: str, paper: EmulatedPrinter, printer: SlipPrinter
) -> None:
    skip_what_serial_lines_lack(fault, paper)
    getattr(paper, fault)()
    outcome = printer.print_slip(SLIP, "a")
    assert outcome.result is Result.FAILED
    assert outcome.fault is not None
    assert outcome.fault.code in FAULT_CODES
    assert paper.papers == []
    assert again(printer, paper, "a").result is Result.PRINTED
    assert len(paper.papers) == 1


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"paper_low"}))
@pytest.mark.parametrize("share", [0.001, 0.3, 0.97, 1.0])
def test_a_fault_during_the_job_or_before_its_proof_is_never_called_printed(
    fault: str, share: float, paper: EmulatedPrinter, printer: SlipPrinter
) -> None:
    skip_what_serial_lines_lack(fault, paper)
    paper.at_byte(STATUS_BYTES + max(1, int(JOB_BYTES * share)), fault)
    outcome = printer.print_slip(SLIP, "a")
    if fault == "jam_cutter" and share == 1.0:
        assert outcome.result is Result.PRINTED  # it was cut before
        return
    assert outcome.result is Result.UNCERTAIN
    assert outcome.fault is not None
    assert outcome.fault.code in FAULT_CODES
    taken = paper.bytes_taken
    assert again(printer, paper, "a") == outcome
    assert paper.bytes_taken <= taken + JOB_BYTES + 200  # what was on its way may still come; the job is not sent again
    assert len(paper.papers) <= 1


@pytest.mark.parametrize("fault", ["out_of_paper", "open_cover", "overheat", "mute", "garbage", "power_off"])
def test_a_fault_between_the_end_mark_and_the_last_status_is_never_called_printed(
    fault: str, paper: EmulatedPrinter, printer: SlipPrinter
) -> None:
    paper.at_byte(STATUS_BYTES + JOB_BYTES + len(PAPER_QUERY), fault)
    assert printer.print_slip(SLIP, "a").result is Result.UNCERTAIN


class Line(TcpTransport):
    """A line that says what it was given, and can be late with the end of a job."""

    def __init__(self, paper: EmulatedPrinter, on_job: Callable[[], None], missing: int = 0) -> None:
        super().__init__(paper.host, paper.port)
        self.on_job, self.missing = on_job, missing

    def write(self, part: bytes, deadline_s: float) -> int:
        taken = super().write(part, deadline_s)
        if len(part) < 100:
            return taken
        self.on_job()
        return taken - self.missing


def on_tcp(line: Line, **changes: Any) -> SlipPrinter:
    printer = SlipPrinter(line, answer_timeout_s=1.5, proof_timeout_s=3.0, **changes)
    assert printer.open() is None
    return printer


def test_a_job_the_line_took_too_slowly_is_uncertain_even_if_all_is_well_after() -> None:
    with EmulatedPrinter() as paper:
        printer = on_tcp(Line(paper, lambda: None, missing=1))
        assert printer.print_slip(Raster(8, 500, b"\x55" * 500), "a").result is Result.UNCERTAIN
        assert len(paper.papers) == 1  # it came all the same, and nobody could know
        printer.close()


def test_a_job_is_in_the_journal_before_its_first_byte_leaves(tmp_path: Path) -> None:
    seen: list[PrintOutcome | None] = []
    with EmulatedPrinter() as paper:
        line = Line(paper, lambda: seen.append(JobJournal(tmp_path / "jobs").recall("a")))
        printer = on_tcp(line, journal=JobJournal(tmp_path / "jobs"))
        assert printer.print_slip(SLIP, "a").result is Result.PRINTED
        printer.close()
    assert seen[0] == INTERRUPTED


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_after_the_proof_changes_nothing(fault: str, paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    assert printer.print_slip(SLIP, "a").result is Result.PRINTED
    getattr(paper, fault)()
    assert printer.print_slip(SLIP, "a").result is Result.PRINTED
    assert len(paper.papers) == 1


def test_a_low_roll_prints(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    paper.paper_low()
    assert printer.print_slip(SLIP, "a").result is Result.PRINTED
    assert printer.status.paper is Paper.LOW


def test_paper_that_comes_back_during_the_job_ends_in_proof(paper: EmulatedPrinter) -> None:
    printer = quick(paper.address, glance_s=5.0, proof_timeout_s=4.0)
    assert printer.open() is None
    paper.at_byte(STATUS_BYTES + 1000, "out_of_paper")
    with ThreadPoolExecutor() as pool:
        job = pool.submit(printer.print_slip, SLIP, "a")
        wait_until(lambda: paper.sensors.paper_out)
        paper.restore()
        assert job.result(4).result is Result.PRINTED
    printer.close()


def test_ten_threads_with_one_job_make_one_paper(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    with ThreadPoolExecutor(10) as pool:
        outcomes = [job.result() for job in [pool.submit(printer.print_slip, SLIP, "a") for _ in range(10)]]
    assert {outcome.result for outcome in outcomes} == {Result.PRINTED}
    assert len(paper.papers) == 1


def test_different_jobs_are_different_papers(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    for job in "abc":
        assert printer.print_slip(SLIP, job).result is Result.PRINTED
    assert len(paper.papers) == 3


def test_a_closed_printer_fails_at_once() -> None:
    outcome = quick("tcp:127.0.0.1:9").print_slip(SLIP, "a")
    assert outcome == PrintOutcome(Result.FAILED, Fault("printer_offline"))


def test_a_printer_that_takes_no_bytes_ends_the_wait_in_time(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    tall = Raster(576, 12_000, b"\x55" * 72 * 12_000)
    paper.at_byte(STATUS_BYTES + 100, "stop_reading")
    began_s = time.monotonic()
    assert printer.print_slip(tall, "a").result is Result.UNCERTAIN
    assert time.monotonic() - began_s < 20, "a printer that stopped reading would hold it for ever"


def test_a_restart_remembers_what_is_on_paper(paper: EmulatedPrinter, tmp_path: Path) -> None:
    for _ in range(2):
        printer = quick(paper.address, journal=JobJournal(tmp_path / "jobs"))
        assert printer.open() is None
        assert printer.print_slip(SLIP, "a").result is Result.PRINTED
        printer.close()
    assert len(paper.papers) == 1


def test_a_copy_of_an_uncertain_slip_is_a_job_of_its_own(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    paper.at_byte(STATUS_BYTES + JOB_BYTES, "mute")
    assert printer.print_slip(SLIP, "a").result is Result.UNCERTAIN
    assert printer.journal.uncertain() == ("a",)
    copy = render(copy_of([Text("樣本 SAMPLE")]), fonts=NOTO, language="en")
    paper.restore()
    printer.close()
    assert printer.open() is None
    assert printer.print_slip(copy, "a/copy-1").result is Result.PRINTED
    assert [same_dots(sheet) for sheet in paper.papers] == [True, False]


def test_process_ids_prove_the_job_too(paper: EmulatedPrinter) -> None:
    printer = quick(paper.address, process_ids=True)
    assert printer.open() is None
    assert printer.print_slip(SLIP, "a").result is Result.PRINTED
    assert len(paper.papers) == 1
    printer.close()


def test_an_asb_frame_in_the_middle_does_not_disturb_the_proof(paper: EmulatedPrinter, printer: SlipPrinter) -> None:
    transport: Any = printer._transport
    transport.write(b"\x1da\xff", time.monotonic() + 1)
    paper.at_byte(STATUS_BYTES + 2000, "paper_low")
    assert printer.print_slip(SLIP, "a").result is Result.PRINTED


@pytest.mark.parametrize("fault", ["mute", "garbage", "half_close", "stop_reading"])
def test_a_printer_that_does_not_answer_does_not_open(fault: str, paper: EmulatedPrinter) -> None:
    skip_what_serial_lines_lack(fault, paper)
    getattr(paper, fault)()
    printer = quick(paper.address)
    opened = printer.open()
    printer.close()
    assert opened is not None
    assert opened.code in ("printer_silent", "printer_garbled", "printer_lost")


def skip_what_serial_lines_lack(fault: str, paper: EmulatedPrinter) -> None:
    if fault == "half_close" and paper.serial is not None:
        pytest.skip("a serial line has no half")


def numbered(job: int) -> Raster:
    """A short slip no other job has: every row holds its number."""
    return Raster(64, 300, bytes((0x80, 0, 0, 0x7F, job, 0, 0, 1)) * 300)


def rows_of(job: int, papers: list[Raster]) -> int:
    """How many rows of a job are on all papers together."""
    dots = [np.frombuffer(paper.packed, np.uint8).reshape(paper.height, -1) for paper in papers]
    return sum(int(np.count_nonzero((sheet[:, 0] == 0x80) & (sheet[:, 4] == job))) for sheet in dots)


def all_printed(paper: EmulatedPrinter) -> bool:
    """Whether no byte waits; a fault planned for a late byte is mended first."""
    paper.restore()
    return not any(line.waiting for line in paper._lines)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_breaks_and_heals_no_job_is_on_paper_twice_and_none_is_printed_that_is_not(seed: int) -> None:
    choose = random.Random(seed)
    with EmulatedPrinter() as paper:
        printer = quick(paper.address, proof_timeout_s=0.4, answer_timeout_s=0.2)
        last: dict[int, Result] = {}
        for _ in range(14):
            job = choose.randrange(1, 6)
            if choose.random() < 0.7:
                paper.at_byte(choose.randrange(1, 3000), choose.choice(FAULTS))
            if printer.open() is None:
                last[job] = printer.print_slip(numbered(job), str(job)).result
            printer.close()
            paper.restore()
            paper.power_on()
        wait_until(lambda: all_printed(paper))
        for job, result in last.items():
            assert rows_of(job, paper.papers) <= 300
            assert result is not Result.PRINTED or rows_of(job, paper.papers) == 300


# Under its supervisor ---


def wait_until(true: Any, timeout_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    pause = threading.Event()
    while not true():
        assert time.monotonic() < deadline_s
        pause.wait(0.005)


@pytest.fixture
def watched(paper: EmulatedPrinter) -> Iterator[tuple[Supervisor, SlipPrinter, list[Status]]]:
    told: list[Status] = []
    printer = quick(paper.address)
    supervisor = Supervisor(printer, lambda event: told.append(event), backoff_s=(0.02, 0.1))  # type: ignore[arg-type]
    supervisor.start()
    wait_until(lambda: supervisor.status.state is State.READY)
    yield supervisor, printer, told
    assert supervisor.stop()


def code(supervisor: Supervisor) -> str | None:
    return supervisor.status.fault.code if supervisor.status.fault else None


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("out_of_paper", "paper_out"),
        ("open_cover", "cover_open"),
        ("overheat", "printer_hot"),
        ("mute", "printer_silent"),
        ("stop_reading", "printer_silent"),
        ("garbage", "printer_garbled"),
        ("half_close", "printer_lost"),
        ("power_off", "printer_offline"),
    ],
)
def test_each_trouble_is_told_by_name_and_its_end_too(
    fault: str, expected: str, paper: EmulatedPrinter, watched: tuple[Supervisor, SlipPrinter, list[Status]]
) -> None:
    supervisor, printer, _ = watched
    skip_what_serial_lines_lack(fault, paper)
    getattr(paper, fault)()
    wait_until(lambda: code(supervisor) == expected)
    paper.restore()
    paper.power_on()
    wait_until(lambda: supervisor.status.state is State.READY and supervisor.status.fault is None)
    wait_until(lambda: printer.print_slip(SLIP, "a").result is Result.PRINTED)


def test_a_low_roll_is_ready_with_a_notice(
    paper: EmulatedPrinter, watched: tuple[Supervisor, SlipPrinter, list[Status]]
) -> None:
    paper.paper_low()
    wait_until(lambda: code(watched[0]) == "paper_low")
    assert watched[0].status.state is State.READY


def test_a_steady_state_is_told_once(
    paper: EmulatedPrinter, watched: tuple[Supervisor, SlipPrinter, list[Status]]
) -> None:
    supervisor, _, told = watched
    paper.open_cover()
    wait_until(lambda: code(supervisor) == "cover_open")
    paper.restore()
    wait_until(lambda: supervisor.status.fault is None)
    assert [status.state for status in told].count(State.FAULT) == 1
    assert all(one != other for one, other in itertools.pairwise(told))


def test_a_new_roll_is_counted_from_the_start_without_anybody_saying_so(paper: EmulatedPrinter) -> None:
    device = quick(paper.address)
    supervisor = Supervisor(device, lambda _: None)
    supervisor.start()
    try:
        until(lambda: device.status.online)
        assert device.print_slip(SLIP, "job") == PrintOutcome(Result.PRINTED)
        assert device.journal.consumption.slips == 1
        paper.out_of_paper()
        until(lambda: supervisor.status.fault is not None)
        paper.restore()
        until(lambda: device.journal.consumption.slips == 0)
    finally:
        supervisor.stop()
