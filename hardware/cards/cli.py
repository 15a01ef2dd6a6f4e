"""Commands of `python -m hardware.cards`: list, watch, read, login, lab. Personal data is masked unless asked for.

verify, trace, emulate and trust stand in files of their own.
"""

from __future__ import annotations

import dataclasses
import queue
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from hardware.cards.cli_output import fail, json_option, put
from hardware.cards.cli_trust import trust
from hardware.cards.console import Console, Stock
from hardware.cards.documents import (
    AccessKeyNeeded,
    CardFault,
    CardGone,
    CardPresented,
    CardReading,
    IdentityDocument,
    IdentityRead,
    Pin,
    Staff,
    StaffRead,
)
from hardware.cards.emrtd import mrz
from hardware.cards.emrtd.mrz import AccessKey, Can, MrzKey
from hardware.cards.faults import CardError
from hardware.cards.identify import ReadCard, card_reading, staff_login
from hardware.cards.mainland.pages import COMMAND, page_command, with_mainland
from hardware.cards.mainland.reader import SamCardReader
from hardware.cards.monitor import Monitor, Picture
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.lab import CardLab, LabError
from hardware.cards.trace import Line, traced
from hardware.device import Fault, Status, Supervisor

ANCHOR_HELP = "A trusted country signing certificate, in DER; may be given several times."
reader_option = click.option("--reader", default="", help="Only readers whose name contains this.")
timeout_option = click.option(
    "--timeout", "timeout_s", default=30.0, show_default=True, help="Seconds to wait for a card."
)
mainland_option = click.option(
    "--pseudo-apdu", metavar="HEX", default="", help=f'Ask a reader for Mainland cards, e.g. by "{COMMAND}".'
)
show_option = click.option("--show", is_flag=True, help="Show personal data in full instead of masked.")


@click.group()
def main() -> None:
    """Card readers: what is there, what is on them, and a laboratory without hardware."""


main.add_command(trust)


@main.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the readers and whether a card lies on them."""
    picture = first_picture()
    if not picture.service:
        fail(Fault("reader_lost", detail="no PC/SC service: is pcscd running?"), as_json)
    for slot in picture.slots:
        put(dataclasses.asdict(slot) | {"atr": slot.atr.hex()}, as_json, f"{slot.reader}: {describe(slot.atr)}")
    if not picture.slots and not as_json:
        click.echo("No reader.")


def describe(atr: bytes) -> str:
    """A slot's card in words."""
    return f"card, answer to reset {atr.hex(' ')}" if atr else "empty"


def first_picture() -> Picture:
    """The readers as they are now."""
    pictures: queue.SimpleQueue[Picture] = queue.SimpleQueue()
    monitor = Monitor(pictures.put)
    monitor.start()
    try:
        return pictures.get()
    finally:
        monitor.stop()


@main.command("watch")
@reader_option
@json_option
@show_option
def watch_command(reader: str, as_json: bool, show: bool) -> None:
    """Tell every event of the readers until Ctrl-C."""
    with events_of(PcscCardReader(reader)) as events:
        try:
            for event in events:
                put(plain(event, show), as_json, in_words(event, show))
        except KeyboardInterrupt:
            click.echo(err=True)


@main.command("read")
@reader_option
@json_option
@show_option
@timeout_option
@click.option("--mrz", "zone", help="Key of a travel document: its zone, or NUMBER,BIRTH,EXPIRY with dates as YYMMDD.")
@click.option("--can", help="Key of a travel document: the number on its front.")
@click.option("--anchor", "anchors", multiple=True, type=click.Path(exists=True, path_type=Path), help=ANCHOR_HELP)
@click.option("--trace", is_flag=True, help="Show each command with its status and time, never its content.")
@click.option("--lab", "card", help="Put this card of the lab on a virtual reader and read it (see lab's help).")
@mainland_option
@click.option("--sam", metavar="PATH", help="Read a Mainland card by the SAM module on this serial line.")
def read_command(
    reader: str,
    as_json: bool,
    show: bool,
    timeout_s: float,
    zone: str | None,
    can: str | None,
    anchors: tuple[Path, ...],
    trace: bool,
    card: str | None,
    pseudo_apdu: str,
    sam: str | None,
) -> None:
    """Wait for one card, read it and print it; exit code 1 with the fault if that fails."""
    if sam is not None:
        with events_of(SamCardReader(sam), timeout_s) as events:
            return finish(await_outcome(events), as_json, show)
    trusted = tuple(path.read_bytes() for path in anchors)
    with ExitStack() as stack:
        if card is not None:
            stock = put_in_lab(stack, card, as_json)
            trusted = stock.anchors_of(card) or trusted
        read = mainland_too(card_reading(trusted), pseudo_apdu)
        device = PcscCardReader(reader, read=traced(read, lambda line: note(line, as_json)) if trace else read)
        device.unlock(access_key(zone, can))
        outcome = await_outcome(stack.enter_context(events_of(device, timeout_s)))
    return finish(outcome, as_json, show)


def mainland_too(others: ReadCard, pseudo_apdu: str) -> ReadCard:
    """The same reading, first by the reader's own command for Mainland cards, where there is one."""
    if not pseudo_apdu:
        return others
    try:
        return with_mainland(others, page_command(pseudo_apdu))
    except ValueError:
        raise click.BadParameter(f"it is like {COMMAND}", param_hint="--pseudo-apdu") from None


@main.command("login")
@reader_option
@json_option
@show_option
@timeout_option
@click.option("--root", "roots", multiple=True, type=click.Path(exists=True, path_type=Path), help="Root, in DER.")
@click.option("--role", "roles", multiple=True, default=("technician", "officer"), show_default=True)
@click.option("--pin", prompt="PIN", hide_input=True, help="Asked for when not given; the command line is no secret.")
@click.option("--lab", "in_lab", is_flag=True, help="Try it with the lab's staff card.")
def login_command(
    reader: str,
    as_json: bool,
    show: bool,
    timeout_s: float,
    roots: tuple[Path, ...],
    roles: tuple[str, ...],
    pin: str,
    in_lab: bool,
) -> None:
    """Log a member of staff in by their PIV card and PIN; exit code 1 with the fault if that fails."""
    trusted = tuple(path.read_bytes() for path in roots)
    with ExitStack() as stack:
        if in_lab:
            trusted = put_in_lab(stack, "staff", as_json).roots
        device = PcscCardReader(reader, name="staff", read=staff_login(trusted, roles))
        device.unlock(Pin(pin))
        outcome = await_outcome(stack.enter_context(events_of(device, timeout_s)))
    finish(outcome, as_json, show)


def note(line: Line, as_json: bool) -> None:
    """Print one line of a trace."""
    sizes = f"{line.sent_bytes:5} sent {line.received_bytes:5} received"
    record = {"event": "Line"} | dataclasses.asdict(line)
    put(record, as_json, f"  {line.header} {sizes} {line.status} {line.took_ms} ms")


def put_in_lab(stack: ExitStack, card: str, as_json: bool) -> Stock:
    """Open a lab with this card in its first reader."""
    return insert(stack.enter_context(opened_lab(as_json)), card, as_json)


def insert(lab: CardLab, card: str, as_json: bool) -> Stock:
    """Put a card of this name in the first reader; the stock it came from."""
    stock = Stock()
    try:
        lab.slots[0].insert(stock.make(card))
    except KeyError:
        fail(Fault("card_unknown", detail=f"the lab has no card named {card}"), as_json)
    return stock


def access_key(zone: str | None, can: str | None) -> AccessKey | None:
    """The key the options give; a usage error for a zone that is none."""
    if zone is None:
        return Can(can) if can else None
    parts = zone.split(",")
    if len(parts) == 3:
        return MrzKey(*parts)
    try:
        return mrz.parse(zone).key
    except CardError as error:
        raise click.BadParameter(error.fault.detail, param_hint="--mrz") from None


def finish(outcome: IdentityDocument | Staff | Fault, as_json: bool, show: bool) -> None:
    """Print what was read, or end with the fault."""
    if isinstance(outcome, Fault):
        fail(outcome, as_json)
    event = StaffRead(outcome) if isinstance(outcome, Staff) else IdentityRead(outcome)
    put(plain(event, show), as_json, in_words(event, show))


def await_outcome(events: Iterator[object]) -> IdentityDocument | Staff | Fault:
    """The first card of these events, or the fault that stands at their end."""
    nothing = Fault("card_timeout", detail="no card was presented")
    fault = nothing
    for event in events:
        match event:
            case IdentityRead(found) | StaffRead(found) | CardFault(found):
                return found
            case AccessKeyNeeded(_, methods):
                return Fault("access_key_needed", detail=" or ".join(f"--{method}" for method in methods))
            case Status(_, _, now):
                fault = now or nothing
    return fault


@contextmanager
def events_of(device: PcscCardReader | SamCardReader, timeout_s: float | None = None) -> Iterator[Iterator[object]]:
    """The events of a running reader; they end when none came for `timeout_s` seconds."""
    events: queue.SimpleQueue[object] = queue.SimpleQueue()

    def told() -> Iterator[object]:
        while True:
            try:
                yield events.get(timeout=timeout_s)
            except queue.Empty:
                return

    supervisor = Supervisor(device, events.put)
    supervisor.start()
    try:
        yield told()
    finally:
        supervisor.stop()


@contextmanager
def opened_lab(as_json: bool) -> Iterator[CardLab]:
    """A lab, or the sentence that says why this machine cannot have one."""
    with ExitStack() as stack:
        try:
            lab = stack.enter_context(CardLab())
        except LabError as error:
            fail(Fault("lab_unavailable", retriable=False, detail=str(error)), as_json)
        yield lab


@main.command("lab")
@json_option
def lab_command(as_json: bool) -> None:
    """A private PC/SC service with two readers, and a console to insert, pull and swap made-up cards."""
    with opened_lab(as_json) as lab:
        variables = lab.environment
        put({"environment": variables}, as_json, "Other programs join this lab with:")
        if not as_json:
            for name, value in variables.items():
                click.echo(f"    export {name}={value}")
            click.echo("Type help for the commands.")
        console = Console(lab)
        while not console.ended:
            prompt = "lab> " if sys.stdin.isatty() else ""
            click.echo(prompt, nl=False)
            line = sys.stdin.readline()
            reply = console.obey(line) if line else console.obey("quit")
            put({"reply": reply}, as_json, reply)


def plain(event: object, show: bool) -> dict[str, Any]:
    """An event as JSON; photos as their size, personal data masked unless `show`."""
    if isinstance(event, IdentityRead):
        return {"event": "IdentityRead"} | document_fields(event.document, show)
    if dataclasses.is_dataclass(event) and not isinstance(event, type):
        return {"event": type(event).__name__} | dataclasses.asdict(event, dict_factory=_jsonable)
    return {"event": type(event).__name__}


def _jsonable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in pairs}


def document_fields(document: IdentityDocument, show: bool) -> dict[str, Any]:
    """A document's fields for printing; masked, a text keeps its first character."""
    texts = {
        "number": document.number,
        "name_en": document.name_en,
        "name_zh": document.name_zh,
        "birth_date": document.birth_date.isoformat(),
        "sex": document.sex,
    }
    shown = texts if show else {name: text[:1] + "*" * (len(text) - 1) for name, text in texts.items()}
    return {
        "kind": document.kind,
        "origin": document.origin,
        "chip_proved": document.chip_proved,
        **shown,
        "photo_bytes": len(document.photo_jpeg or b""),
    }


def in_words(event: object, show: bool) -> str:
    """An event as one line for people."""
    match event:
        case CardPresented(reader):
            return f"{reader}: a card"
        case CardReading(done, total):
            return f"  {done:6} of {total} bytes"
        case IdentityRead(document):
            return "\n".join(f"  {name:11} {value}" for name, value in document_fields(document, show).items())
        case StaffRead(staff):
            return f"  {staff.role}: {staff.name if show else staff.name[:1] + '***'}, until {staff.expires:%Y-%m-%d}"
        case AccessKeyNeeded(reader, methods):
            return f"{reader}: opens by {' or '.join(methods)}"
        case CardFault(fault):
            return f"  {fault.code} ({fault.detail})"
        case CardGone(reader):
            return f"{reader}: card gone"
        case Status(device, state, fault):
            return f"{device} is {state}" + (f": {fault.code} ({fault.detail})" if fault else "")
    return repr(event)
