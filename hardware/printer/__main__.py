"""`python -m hardware.printer`: the technician's and the developer's tool for slip printers."""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import cast

import click

from hardware.device import Fault, Status
from hardware.printer.document import Sheet, document
from hardware.printer.document_printer import DocumentPrinter
from hardware.printer.emulator import FAULTS, EmulatedPrinter
from hardware.printer.faces import NOTO, Language
from hardware.printer.ipp_tool import ipp_for
from hardware.printer.journal import JobJournal
from hardware.printer.layout import WIDTH_58_MM, WIDTH_80_MM, render
from hardware.printer.outcome import PrintOutcome, Result
from hardware.printer.raster import Raster
from hardware.printer.sample import sample_slip
from hardware.printer.slip_printer import BACKOFF_S, SlipPrinter
from hardware.printer.transport import transport_for

SAMPLE_TITLE: dict[Language, str] = {"en": "Sample", "zh_Hant": "樣本", "zh_Hans": "样本"}
WIDTHS = {"80": WIDTH_80_MM, "58": WIDTH_58_MM}

printer_option = click.option(
    "--printer", "address", default="tcp:127.0.0.1:9100", show_default=True, envvar="KIOSK_PRINTER",
    help="tcp:HOST:PORT, serial:PATH[@BAUD] or usb:VVVV:PPPP.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@click.group()
def main() -> None:
    """Slip and A4 printers: ask, print, watch, count paper, and play a slip printer."""


def _open(address: str) -> SlipPrinter | Fault:
    transport = transport_for(address)
    if isinstance(transport, Fault):
        return transport
    printer = SlipPrinter(transport)
    fault = printer.open()
    if fault is not None:
        printer.close()
    return fault or printer


def _say(as_json: bool, **facts: object) -> None:
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
    else:
        click.echo("  ".join(f"{name}: {value}" for name, value in facts.items() if value is not None))


def _fault_facts(fault: Fault | None) -> dict[str, object]:
    return {"fault": fault.code if fault else None, "detail": fault.detail if fault and fault.detail else None}


@main.command()
@printer_option
@json_option
def status(address: str, as_json: bool) -> None:
    """Ask the printer how it is; exit code 1 when it cannot print."""
    printer = _open(address)
    if isinstance(printer, Fault):
        _say(as_json, online=False, paper="unknown", cover_open=False, **_fault_facts(printer))
        raise SystemExit(1)
    reading = printer.status
    printer.close()
    _say(as_json, online=reading.online, paper=reading.paper.value, cover_open=reading.cover_open,
         **_fault_facts(reading.notice))  # fmt: skip
    raise SystemExit(1 if reading.fault else 0)


@main.command()
@printer_option
@json_option
def test(address: str, as_json: bool) -> None:
    """Print a sample slip and say whether it is proven to be on paper."""
    _print(address, _sample("zh_Hant", "80", False), as_json)


@main.command()
@click.option("--language", type=click.Choice(["en", "zh_Hant", "zh_Hans"]), default="en", show_default=True)
@click.option("--paper", type=click.Choice(["80", "58"]), default="80", show_default=True, help="Millimetres.")
@click.option("--large", is_flag=True, help="Large print.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a .png, .svg or .pdf instead of printing."
)
@printer_option
@json_option
def slip(language: str, paper: str, large: bool, out: Path | None, address: str, as_json: bool) -> None:
    """Lay a sample slip out, and print it or write it as a picture."""
    raster = _sample(cast(Language, language), paper, large)
    if out is None:
        _print(address, raster, as_json)
    else:
        kinds = {".svg": lambda: raster.svg().encode(), ".pdf": raster.pdf}
        out.write_bytes(kinds.get(out.suffix.lower(), raster.png)())
        _say(as_json, file=str(out), width=raster.width, height=raster.height, bytes=len(raster.job()))


def _sample(language: Language, paper: str, large: bool) -> Raster:
    return render(sample_slip(language), width_dots=WIDTHS[paper], fonts=NOTO, language=language, large=large)


def _print(address: str, raster: Raster, as_json: bool) -> None:
    printer = _open(address)
    began_s = time.monotonic()
    if isinstance(printer, Fault):
        outcome = PrintOutcome(Result.FAILED, printer)
    else:
        outcome = printer.print_slip(raster, str(uuid.uuid4()))
        printer.close()
    took_s = round(time.monotonic() - began_s, 3)
    _say(as_json, result=outcome.result.value, **_fault_facts(outcome.fault), seconds=took_s)
    raise SystemExit(0 if outcome.result is Result.PRINTED else 1)


@main.command()
@click.option("--port", default=9100, show_default=True, help="0 picks a free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("slips"), show_default=True)
@click.option("--paper", type=click.Choice(["80", "58"]), default="80", show_default=True, help="Millimetres.")
@click.option("--pty", "serial", type=click.Path(path_type=Path), help="Be a serial printer at this path instead.")
def emulate(port: int, host: str, out: Path, paper: str, serial: Path | None) -> None:
    """Be a printer: each slip becomes a PNG; type a fault's name to break it, "restore" to mend it."""
    with EmulatedPrinter(host=host, port=port, width_dots=WIDTHS[paper], out_dir=out, serial=serial) as printer:
        where: dict[str, object] = {"port": printer.port} if serial is None else {"serial": str(serial)}
        click.echo(json.dumps({**where, "address": printer.address, "faults": [*FAULTS, "restore", "power_on"]}))
        for line in sys.stdin:
            word = line.strip()
            if word in (*FAULTS, "restore", "power_on"):
                getattr(printer, word)()
                click.echo(word)
            elif word:
                click.echo(f"not known: {word}", err=True)
        threading.Event().wait()  # no keyboard: serve until stopped


@main.command()
@printer_option
@json_option
@click.option("--seconds", type=float, help="Stop after this long.")
def watch(address: str, as_json: bool, seconds: float | None) -> None:
    """Say every change of the printer's state until stopped."""
    from hardware.device import Supervisor

    transport = transport_for(address)
    if isinstance(transport, Fault):
        raise click.ClickException(transport.detail)

    def tell(event: object) -> None:
        if isinstance(event, Status):
            _say(as_json, state=event.state.value, **_fault_facts(event.fault))

    supervisor = Supervisor(SlipPrinter(transport), tell, backoff_s=BACKOFF_S)
    supervisor.start()
    try:
        threading.Event().wait(seconds)
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()


@main.command()
@click.option(
    "--journal", type=click.Path(dir_okay=False, path_type=Path), default=Path("var/queue/printer.journal"),
    show_default=True, help="The kiosk's own record of its slips.",
)  # fmt: skip
@click.option("--new-roll", type=click.FloatRange(1, 999), help="Metres of a roll put in while the kiosk was off.")
@json_option
def paper(journal: Path, new_roll: float | None, as_json: bool) -> None:
    """Metres used and slips left on the roll, by the kiosk's own count."""
    counted = JobJournal(journal)
    if new_roll is not None:
        counted.new_roll(new_roll)
        if counted.failed:
            raise click.ClickException(f"{journal} cannot be written")
    used = counted.consumption
    _say(as_json, slips=used.slips, used_m=round(used.used_m, 2), roll_m=used.roll_m, slips_left=used.slips_left,
         uncertain=len(counted.uncertain()))  # fmt: skip


a4_option = click.option("--printer", "address", required=True, envvar="KIOSK_A4_PRINTER",
                         help="ipp://HOST[:PORT]/PATH of the printer or of a queue of CUPS.")  # fmt: skip


@main.group()
def a4() -> None:
    """The A4 printer: ask it, print on it, or make a sample document."""


def _open_a4(address: str) -> DocumentPrinter | Fault:
    line = ipp_for(address)
    if isinstance(line, Fault):
        return line
    printer = DocumentPrinter(line)
    return printer.open() or printer


@a4.command("status")
@a4_option
@json_option
def a4_status(address: str, as_json: bool) -> None:
    """Ask the printer how it is; exit code 1 when it cannot print."""
    printer = _open_a4(address)
    if isinstance(printer, Fault):
        _say(as_json, online=False, paper="unknown", cover_open=False, **_fault_facts(printer))
        raise SystemExit(1)
    reading = printer.status
    _say(as_json, online=reading.online, paper=reading.paper.value, cover_open=reading.cover_open,
         **_fault_facts(reading.notice))  # fmt: skip
    raise SystemExit(1 if reading.fault else 0)


@a4.command("test")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@a4_option
@json_option
def a4_test(file: Path | None, address: str, as_json: bool) -> None:
    """Print a PDF, or a sample document, and say whether it is proven to be on paper."""
    printer = _open_a4(address)
    began_s = time.monotonic()
    if isinstance(printer, Fault):
        outcome = PrintOutcome(Result.FAILED, printer)
    else:
        outcome = printer.print_document(file.read_bytes() if file else _sample_document("zh_Hant"), str(uuid.uuid4()))
    took_s = round(time.monotonic() - began_s, 3)
    _say(as_json, result=outcome.result.value, **_fault_facts(outcome.fault), seconds=took_s)
    raise SystemExit(0 if outcome.result is Result.PRINTED else 1)


@a4.command("sample")
@click.option("--language", type=click.Choice(["en", "zh_Hant", "zh_Hans"]), default="en", show_default=True)
@click.option("--large", is_flag=True, help="Large print.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write.")
@json_option
def a4_sample(language: str, large: bool, out: Path, as_json: bool) -> None:
    """Write a sample document as a tagged PDF."""
    pdf = _sample_document(cast(Language, language), large)
    out.write_bytes(pdf)
    _say(as_json, file=str(out), bytes=len(pdf))


def _sample_document(language: Language, large: bool = False) -> bytes:
    return document(sample_slip(language), Sheet(SAMPLE_TITLE[language], language, large=large))


if __name__ == "__main__":
    main()
