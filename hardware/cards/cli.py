"""Commands of `python -m hardware.cards`: list, watch, read, lab. Personal data is masked unless asked for."""

from __future__ import annotations

import dataclasses
import json
import queue
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from typing import Any, NoReturn

import click

from hardware.cards.console import Console
from hardware.cards.documents import CardFault, CardGone, CardPresented, CardReading, IdentityDocument, IdentityRead
from hardware.cards.monitor import Monitor, Picture
from hardware.cards.people import PEOPLE, document_of
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.lab import CardLab, LabError
from hardware.device import Fault, Status, Supervisor

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
reader_option = click.option("--reader", default="", help="Only readers whose name contains this.")
show_option = click.option("--show", is_flag=True, help="Show personal data in full instead of masked.")


@click.group()
def main() -> None:
    """Card readers: what is there, what is on them, and a laboratory without hardware."""


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
    with events_of(reader) as events:
        try:
            for event in events:
                put(plain(event, show), as_json, in_words(event, show))
        except KeyboardInterrupt:
            click.echo(err=True)


@main.command("read")
@reader_option
@json_option
@show_option
@click.option("--timeout", "timeout_s", default=30.0, show_default=True, help="Seconds to wait for a card.")
@click.option("--lab", "person", type=click.Choice(sorted(PEOPLE)), help="Read this made-up person's card in a lab.")
def read_command(reader: str, as_json: bool, show: bool, timeout_s: float, person: str | None) -> None:
    """Wait for one card, read it and print it; exit code 1 with the fault if that fails."""
    with ExitStack() as stack:
        if person is not None:
            lab = stack.enter_context(opened_lab(as_json))
            lab.slots[0].insert(DemoCard(document_of(person)))
        outcome = await_document(stack.enter_context(events_of(reader, timeout_s)))
    if isinstance(outcome, Fault):
        fail(outcome, as_json)
    put(plain(outcome, show), as_json, in_words(IdentityRead(outcome), show))


def await_document(events: Iterator[object]) -> IdentityDocument | Fault:
    """The first document of these events, or the fault that stands at their end."""
    fault = Fault("card_timeout", detail="no card was presented")
    for event in events:
        if isinstance(event, IdentityRead):
            return event.document
        if isinstance(event, CardFault):
            return event.fault
        if isinstance(event, Status):
            fault = event.fault or Fault("card_timeout", detail="no card was presented")
    return fault


@contextmanager
def events_of(reader: str, timeout_s: float | None = None) -> Iterator[Iterator[object]]:
    """The events of a running reader; they end when none came for `timeout_s` seconds."""
    events: queue.SimpleQueue[object] = queue.SimpleQueue()

    def told() -> Iterator[object]:
        while True:
            try:
                yield events.get(timeout=timeout_s)
            except queue.Empty:
                return

    supervisor = Supervisor(PcscCardReader(reader), events.put)
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


def put(record: dict[str, Any], as_json: bool, words: str) -> None:
    """Print one result for a program or for a person."""
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else words)


def fail(fault: Fault, as_json: bool) -> NoReturn:
    """Print a fault and end with exit code 1."""
    put({"fault": fault.code, "detail": fault.detail}, as_json, f"{fault.code}: {fault.detail}")
    raise SystemExit(1)


def plain(event: object, show: bool) -> dict[str, Any]:
    """An event as JSON; photos as their size, personal data masked unless `show`."""
    if isinstance(event, IdentityRead):
        return plain(event.document, show)
    if isinstance(event, IdentityDocument):
        return {"event": "IdentityRead"} | document_fields(event, show)
    if dataclasses.is_dataclass(event) and not isinstance(event, type):
        return {"event": type(event).__name__} | dataclasses.asdict(event, dict_factory=_jsonable)
    return {"event": type(event).__name__}


def _jsonable(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in pairs}


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
    return {"kind": document.kind, **shown, "photo_bytes": len(document.photo_jpeg or b"")}


def in_words(event: object, show: bool) -> str:
    """An event as one line for people."""
    match event:
        case CardPresented(reader):
            return f"{reader}: a card"
        case CardReading(done, total):
            return f"  {done:6} of {total} bytes"
        case IdentityRead(document):
            return "\n".join(f"  {name:11} {value}" for name, value in document_fields(document, show).items())
        case CardFault(fault):
            return f"  {fault.code} ({fault.detail})"
        case CardGone(reader):
            return f"{reader}: card gone"
        case Status(device, state, fault):
            return f"{device} is {state}" + (f": {fault.code} ({fault.detail})" if fault else "")
    return repr(event)
