"""The command line of the printers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from hardware.printer.__main__ import main
from hardware.printer.emulator import EmulatedPrinter
from hardware.printer.journal import JobJournal
from hardware.printer.outcome import PrintOutcome, Result
from tests.hardware.printer.print_lab import MISSING, lab_printer


def run(*words: str) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(main, [*words, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, [json.loads(line) for line in result.output.splitlines()]


def test_status_of_a_well_printer() -> None:
    with EmulatedPrinter() as printer:
        code, (facts,) = run("status", "--printer", printer.address)
    assert code == 0
    assert (facts["online"], facts["paper"], facts["fault"]) == (True, "ok", None)


def test_status_names_the_trouble_and_fails() -> None:
    with EmulatedPrinter() as printer:
        printer.out_of_paper()
        code, (facts,) = run("status", "--printer", printer.address)
        printer.power_off()
        gone_code, (gone,) = run("status", "--printer", printer.address)
    assert (code, facts["fault"]) == (1, "paper_out")
    assert (gone_code, gone["fault"]) == (1, "printer_offline")


def test_a_test_print_is_proven_and_its_failure_too() -> None:
    with EmulatedPrinter() as printer:
        code, (facts,) = run("test", "--printer", printer.address)
        assert (code, facts["result"], len(printer.papers)) == (0, "printed", 1)
        printer.open_cover()
        code, (facts,) = run("test", "--printer", printer.address)
        assert (code, facts["result"], facts["fault"]) == (1, "failed", "cover_open")


@pytest.mark.parametrize(("paper", "width"), [("80", 576), ("58", 384)])
def test_a_slip_is_drawn_without_a_printer(paper: str, width: int, tmp_path: Path) -> None:
    file = tmp_path / "slip.png"
    code, (facts,) = run("slip", "--language", "zh_Hant", "--paper", paper, "--large", "--out", str(file))
    assert (code, facts["width"]) == (0, width)
    with Image.open(file) as picture:
        assert picture.size == (width, facts["height"])


def test_watch_says_each_state() -> None:
    with EmulatedPrinter() as printer:
        printer.paper_low()
        _, told = run("watch", "--printer", printer.address, "--seconds", "0.3")
    assert [event["state"] for event in told] == ["starting", "ready", "ready", "stopped"]
    assert told[2]["fault"] == "paper_low"


def test_emulate_prints_what_it_is_sent_and_breaks_by_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hardware.printer", "emulate", "--port", "0", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = f"tcp:127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        assert run("test", "--printer", address)[0] == 0
        print("open_cover", file=process.stdin, flush=True)
        assert process.stdout.readline() == "open_cover\n"
        assert run("status", "--printer", address)[1][0]["fault"] == "cover_open"
        process.terminate()
    assert [file.name for file in tmp_path.iterdir()] == ["slip-0001.png"]


def test_paper_says_how_many_slips_are_left(tmp_path: Path) -> None:
    journal = tmp_path / "printer.journal"
    counted = JobJournal(journal)
    for number in range(10):
        counted.begin(f"job-{number}", 1479)  # with the cut 0.2 m each
        counted.end(f"job-{number}", PrintOutcome(Result.PRINTED))
    said = json.loads(CliRunner().invoke(main, ["paper", "--journal", str(journal), "--json"]).output)
    assert (said["slips"], said["used_m"], said["slips_left"]) == (10, 2.0, 389)
    fresh = CliRunner().invoke(main, ["paper", "--journal", str(journal), "--new-roll", "40", "--json"])
    assert json.loads(fresh.output)["slips_left"] is None
    assert JobJournal(journal).consumption.roll_m == 40


def test_a4_sample_is_a_pdf_and_status_names_what_is_wrong(tmp_path: Path) -> None:
    out = tmp_path / "sample.pdf"
    assert CliRunner().invoke(main, ["a4", "sample", "--out", str(out), "--json"]).exit_code == 0
    assert out.read_bytes().startswith(b"%PDF-")
    nobody = CliRunner().invoke(main, ["a4", "status", "--printer", "ipp://127.0.0.1:1/ipp/print", "--json"])
    assert nobody.exit_code == 1
    assert json.loads(nobody.output)["fault"] == "printer_offline"


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")
def test_a4_test_prints_on_a_real_ipp_printer(tmp_path: Path) -> None:
    with lab_printer(tmp_path / "it") as printer:
        done = CliRunner().invoke(main, ["a4", "test", "--printer", printer.address, "--json"])
        assert json.loads(done.output)["result"] == "printed"
        assert len(printer.papers) == 1
