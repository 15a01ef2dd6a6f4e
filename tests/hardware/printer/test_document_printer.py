"""One contract for A4 printers: the simulated one, CUPS's real IPP printer, and a real cupsd in front of it."""

from __future__ import annotations

import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from hardware.device import Fault, State, Status, Supervisor
from hardware.printer.document import Sheet, document
from hardware.printer.document_printer import DocumentPrinter, job_state
from hardware.printer.ipp_answers import Answer, JobState
from hardware.printer.ipp_tool import Ipp, IppTool, ipp_for
from hardware.printer.journal import INTERRUPTED, JobJournal
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.sample import sample_slip
from hardware.printer.simulated_ipp import FAULTS, KEPT, SimulatedIpp
from hardware.printer.status import FAULT_CODES, Paper
from tests.hardware.printer.print_lab import CUPSD, MISSING, LabPrinter, lab_printer, print_server, until

REAL = os.environ.get("KIOSK_A4_PRINTER")
PDF = b"%PDF-1.7 a made-up document"
PRINTED = PrintOutcome(Result.PRINTED)
no_lab = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")
no_cups = pytest.mark.skipif(CUPSD is None or bool(MISSING), reason="cupsd is not installed")


def quick(line: Ipp, **changes: float) -> DocumentPrinter:
    limits: dict[str, float] = {"poll_s": 0.02, "glance_s": 0.05, "proof_timeout_s": 90.0, "cancel_timeout_s": 0.3}
    limits["patience_s"] = 15.0 if "/printers/" in getattr(line, "address", "") else 0.3
    return DocumentPrinter(line, **{**limits, **changes})  # type: ignore[arg-type]


@dataclass
class Place:
    """A printer, what came out of it, and how to break it."""

    line: Ipp
    papers: Callable[[], list[bytes]]
    trouble: Callable[..., None]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabPrinter]:
    with lab_printer(_folder(tmp_path_factory)) as printer:
        yield printer


@pytest.fixture(scope="module")
def queue(lab: LabPrinter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = _folder(tmp_path_factory)
    with print_server(folder, lab.address) as address:
        yield address, folder


def _folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that cupsd's helpers, which are not root, can reach."""
    folder = factory.mktemp("lab")
    above = folder
    while above != Path(tempfile.gettempdir()) and above != above.parent:
        above.chmod(0o755)
        above = above.parent
    return folder / "it"


KINDS = [
    "simulated",
    pytest.param("printer", marks=no_lab),
    pytest.param("cupsd", marks=no_cups),
]


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """A printer that is well and stays so."""
    if request.param == "simulated":
        return _simulated()
    lab: LabPrinter = request.getfixturevalue("lab")
    before = len(lab.papers)
    address = lab.address if request.param == "printer" else request.getfixturevalue("queue")[0]
    return Place(IppTool(address), lambda: lab.papers[before:], lab.trouble)


@pytest.fixture(params=KINDS)
def breakable(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A printer of the test's own: what was broken during a job leaves traces in CUPS's parts."""
    if request.param == "simulated":
        yield _simulated()
        return
    with lab_printer(_folder(tmp_path_factory)) as lab:
        broken = partial(lab.trouble, "media-empty-error")
        if request.param == "printer":
            yield Place(IppTool(lab.address), lambda: lab.papers, broken)
        else:
            with print_server(_folder(tmp_path_factory), lab.address) as address:
                yield Place(IppTool(address), lambda: lab.papers, broken)
        lab.trouble()


def _simulated() -> Place:
    simulated = SimulatedIpp()
    return Place(simulated, lambda: simulated.papers, lambda: simulated.during_next_job("out_of_paper"))


def opened(line: Ipp, **changes: float) -> DocumentPrinter:
    printer = quick(line, **changes)
    assert printer.open() is None
    return printer


# The contract ---


def test_a_printer_that_opens_is_online_and_has_paper(place: Place) -> None:
    status = opened(place.line).status
    assert (status.online, status.paper, status.fault) == (True, Paper.OK, None)


def test_a_document_is_printed_with_proof_and_comes_out_whole(place: Place) -> None:
    assert opened(place.line).print_document(PDF, uuid.uuid4().hex) == PRINTED
    assert place.papers() == [PDF]


def test_the_same_job_is_one_paper_however_often_it_is_asked_for(place: Place) -> None:
    printer, job = opened(place.line), uuid.uuid4().hex
    with ThreadPoolExecutor(3) as pressing:
        outcomes = list(pressing.map(lambda _: printer.print_document(PDF, job), range(3)))
    assert outcomes == [PRINTED] * 3
    assert len(place.papers()) == 1


def test_a_printer_that_runs_out_during_the_job_never_says_printed(breakable: Place) -> None:
    printer = opened(breakable.line)
    breakable.trouble()
    outcome = printer.print_document(PDF, uuid.uuid4().hex)
    assert outcome.result is Result.UNCERTAIN
    assert outcome.fault is not None
    assert outcome.fault.code == "paper_out"


@pytest.mark.parametrize("breakable", KINDS[:2], indirect=True)  # a queue of cupsd learns of it only by sending
def test_a_printer_that_is_out_before_the_job_is_not_sent_any(breakable: Place) -> None:
    printer = opened(breakable.line)
    breakable.trouble()
    printer.print_document(PDF, uuid.uuid4().hex)
    before = len(breakable.papers())
    outcome = printer.print_document(PDF, uuid.uuid4().hex)
    assert outcome.result is Result.FAILED
    assert len(breakable.papers()) == before


def test_a_status_told_by_the_supervisor_follows_the_printer(place: Place) -> None:
    told: list[Status] = []
    heard = threading.Event()

    def tell(event: object) -> None:
        if isinstance(event, Status):
            told.append(event)
            if event.state is State.READY:
                heard.set()

    supervisor = Supervisor(quick(place.line), tell)
    supervisor.start()
    assert heard.wait(10)
    assert supervisor.stop()
    assert told[-1].state is State.STOPPED


# The real line ---


@no_lab
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("media-jam-error", "paper_jam"),
        ("cover-open-error", "cover_open"),
        ("toner-empty-error", "toner_out"),
    ],
)
def test_each_trouble_of_a_real_printer_has_its_name(tmp_path: Path, reason: str, code: str) -> None:
    with lab_printer(tmp_path / "it") as lab:
        printer = opened(IppTool(lab.address))
        lab.trouble(reason)
        outcome = printer.print_document(PDF, uuid.uuid4().hex)
        lab.trouble()
    assert outcome.result is Result.UNCERTAIN
    assert outcome.fault is not None
    assert outcome.fault.code == code


@no_lab
def test_a_printer_that_does_not_take_pdf_is_not_opened(tmp_path: Path) -> None:
    with lab_printer(tmp_path / "it", formats="image/jpeg") as jpeg_only:
        fault = quick(IppTool(jpeg_only.address)).open()
    assert fault is not None
    assert (fault.code, fault.retriable) == ("printer_unsupported", False)


@no_lab
def test_a_printer_killed_during_the_job_leaves_it_uncertain(tmp_path: Path) -> None:
    with lab_printer(tmp_path / "it") as printer:
        device = opened(IppTool(printer.address), proof_timeout_s=3)
        printer.trouble("moving-to-paused-report")  # holds the job without stopping the printer
        with ThreadPoolExecutor(1) as beside:
            printing = beside.submit(device.print_document, PDF, "job")
            until(lambda: any((tmp_path / "it/spool").iterdir()))
            printer.process.kill()
            outcome = printing.result(20)
        printer.trouble()
    assert outcome.result is Result.UNCERTAIN
    assert device.journal.recall("job") == outcome


@no_cups
def test_a_print_server_keeps_no_document_after_its_job(queue: tuple[str, Path]) -> None:
    address, folder = queue
    assert opened(IppTool(address)).print_document(PDF, uuid.uuid4().hex) == PRINTED
    until(lambda: not list((folder / "spool").glob("d*")))  # documents; c* is the job's record: ids and times


def test_nobody_at_the_address_is_offline_and_a_mute_one_is_silent() -> None:
    import socket

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"ipp://127.0.0.1:{nobody.getsockname()[1]}/ipp/print"
        fault = quick(IppTool(address)).open()
        assert fault is not None
        assert fault.code == "printer_offline"
        nobody.listen()
        mute = quick(IppTool(address, answer_timeout_s=0.3)).open()
        assert mute is not None
        assert mute.code == "printer_silent"


def test_an_address_that_is_none_is_refused_in_words() -> None:
    for wrong in ("", "tcp:1.2.3.4:9100", "ipp://", "http://printer/"):
        fault = ipp_for(wrong)
        assert isinstance(fault, Fault)
        assert not fault.retriable


@pytest.mark.skipif(not REAL, reason="KIOSK_A4_PRINTER")
def test_a_real_printer_prints_one_sheet() -> None:
    page = document(sample_slip("zh_Hant"), Sheet("樣本", "zh_Hant"))
    assert opened(IppTool(str(REAL)), proof_timeout_s=60).print_document(page, uuid.uuid4().hex) == PRINTED


# Every fault, before, during and after ---


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_no_fault_at_any_moment_makes_a_false_printed_or_a_second_paper(fault: str, moment: str) -> None:
    simulated = SimulatedIpp()
    printer = opened(simulated, patience_s=0.1, proof_timeout_s=0.3)
    harmless = fault == "low_on_paper"
    if moment == "before":
        getattr(simulated, fault)()
    elif moment == "during":
        simulated.during_next_job(fault)
    outcome = printer.print_document(PDF, "job")
    if moment == "after":
        getattr(simulated, fault)()
    expected = Result.PRINTED if harmless or moment == "after" else None
    if expected is None:
        assert outcome.result is (Result.FAILED if moment == "before" else Result.UNCERTAIN)
        assert outcome.fault is not None
        assert outcome.fault.code in FAULT_CODES
        assert simulated.papers == []
    else:
        assert outcome.result is expected
    simulated.restore()
    again = printer.print_document(PDF, "job")
    assert again.result is (Result.PRINTED if moment == "before" else outcome.result)
    assert len(simulated.papers) == (1 if again.result is Result.PRINTED else 0)


def test_a_job_given_up_does_not_come_out_when_the_printer_is_mended() -> None:
    simulated = SimulatedIpp()
    printer = opened(simulated, patience_s=0.1)
    simulated.during_next_job("jam")
    assert printer.print_document(PDF, "job").result is Result.UNCERTAIN
    simulated.restore()
    assert job_state(simulated.job(1)) is JobState.CANCELED
    assert simulated.papers == []


def test_a_job_interrupted_by_a_power_cut_is_uncertain_after_the_restart(tmp_path: Path) -> None:
    journal = JobJournal(tmp_path / "journal")
    journal.begin("job", 0)
    simulated = SimulatedIpp()
    printer = DocumentPrinter(simulated, journal=JobJournal(tmp_path / "journal"))
    assert printer.open() is None
    assert printer.print_document(PDF, "job") == INTERRUPTED
    assert simulated.papers == []


def test_a_completed_job_with_errors_is_not_taken_for_printed() -> None:
    done = {"job-state": 9, "job-state-reasons": ["job-completed-with-errors"]}
    assert job_state(Answer("successful-ok", done)) is JobState.ABORTED
    assert job_state(Answer("successful-ok", {**done, "job-state-reasons": "none"})) is JobState.COMPLETED
    assert job_state(Answer("client-error-not-found", {**done})) is None


def test_a_jobs_name_is_its_id_and_nothing_more() -> None:
    simulated = SimulatedIpp()
    opened(simulated).print_document(PDF, "0190-id")
    assert simulated.names == ["0190-id"]


def test_the_simulated_printer_remembers_the_newest_documents_only() -> None:
    simulated = SimulatedIpp(looks=1)
    printer = opened(simulated)
    documents = [PDF + str(number).encode() for number in range(KEPT + 3)]
    for number, pdf in enumerate(documents):
        assert printer.print_document(pdf, f"job-{number}") == PRINTED
    assert simulated.papers == documents[3:]
    assert simulated.names == [f"job-{number}" for number in range(3, KEPT + 3)]
    assert len(simulated._jobs) == KEPT
    for forgotten in (simulated.job(3), simulated.cancel(3)):
        assert isinstance(forgotten, Answer)
        assert not forgotten.ok
    assert job_state(simulated.job(4)) is JobState.COMPLETED
