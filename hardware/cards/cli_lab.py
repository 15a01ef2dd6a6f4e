"""Commands that judge one document, trace one conversation, or hold one emulated card in a reader."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import click

from hardware.cards import cli
from hardware.cards.cli_output import fail, json_option, put
from hardware.cards.console import keys_of
from hardware.cards.documents import IdentityDocument, Staff
from hardware.cards.emrtd.document import Checked
from hardware.cards.identify import card_reading
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.sam import MAINLANDERS, SamModule
from hardware.cards.trace import Line, traced
from hardware.device import Fault

SAM = "sam-"
OPTIONS = (
    cli.reader_option,
    json_option,
    cli.timeout_option,
    click.option("--mrz", "zone", help="Key: its zone, or NUMBER,BIRTH,EXPIRY with dates as YYMMDD."),
    click.option("--can", help="Key: the number on its front."),
    click.option(
        "--trust",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The site's trust folder; see `trust import`.",
    ),
    click.option("--lab", "card", help="Put this card of the lab on a virtual reader (see lab's help)."),
    cli.mainland_option,
)
Command = TypeVar("Command", bound=Callable[..., object])


def document_options(command: Command) -> Command:
    """The options of every command that reads one document."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


VERDICTS = {
    "genuine": "its issuer signed the data",
    "no_trust_anchor": "signed by an issuer this site's master list does not have",
    "unsigned": "it carries no signature",
}


@click.command("verify")
@document_options
def verify_command(as_json: bool, **how: Any) -> None:
    """Say whether a document and its chip are genuine, and nothing of its holder; exit code 0 only if both are."""
    checks: list[Checked] = []
    outcome, _ = read_once(as_json, checked=checks.append, **how)
    if isinstance(outcome, Fault):
        fail(outcome, as_json)
    if isinstance(outcome, Staff):
        fail(Fault("card_unknown", detail="a staff card: see login"), as_json)
    chip = "its chip holds its key" if outcome.chip_proved else "its chip has not proved that it is no copy"
    record: dict[str, Any] = {"kind": outcome.kind, "origin": outcome.origin, "chip_proved": outcome.chip_proved}
    words = [f"{outcome.kind}: {VERDICTS[outcome.origin]}; {chip}"]
    for each in checks:
        record |= dataclasses.asdict(each)
        words += checked_in_words(each)
    put(record, as_json, "\n".join(words))
    raise SystemExit(0 if outcome.origin == "genuine" and outcome.chip_proved else 2)


def checked_in_words(found: Checked) -> list[str]:
    """What a thorough reading found, a line for each."""
    groups = ", ".join(str(number) for number in found.groups)
    listed = "lists the same" if found.common_agrees else "lists others, and nobody signed it"
    return [
        f"  data groups as signed: {groups}; EF.COM {listed}",
        *([f"  issued by {found.issued_by} on {found.issued_on}"] if found.issued_by else []),
    ]


@click.command("trace")
@document_options
def trace_command(as_json: bool, **how: Any) -> None:
    """Read one card and show each command with its status, sizes and time; never what was in it."""
    outcome, lines = read_once(as_json, **how)
    for line in lines:
        cli.note(line, as_json)
    total_ms = round(sum(line.took_ms for line in lines), 3)
    put({"commands": len(lines), "took_ms": total_ms}, as_json, f"{len(lines)} commands, {total_ms:.1f} ms")
    if isinstance(outcome, Fault):
        fail(outcome, as_json)


def read_once(
    as_json: bool,
    *,
    reader: str,
    timeout_s: float,
    zone: str | None,
    can: str | None,
    trust: Path | None,
    card: str | None,
    pseudo_apdu: str,
    checked: Callable[[Checked], None] | None = None,
) -> tuple[IdentityDocument | Staff | Fault, list[Line]]:
    """One card read, and every command of its conversation."""
    lines: list[Line] = []
    with ExitStack() as stack:
        anchors: tuple[bytes, ...] = ()
        if card is not None:
            stock = cli.put_in_lab(stack, card, as_json)
            anchors = stock.anchors_of(card) if trust is None else ()
        read = cli.mainland_too(card_reading(anchors, trust_folder=trust, checked=checked), pseudo_apdu)
        device = PcscCardReader(reader, read=traced(read, lines.append))
        device.unlock(cli.access_key(zone, can))
        outcome = cli.await_outcome(stack.enter_context(cli.events_of(device, timeout_s)))
    return outcome, lines


@click.command("emulate")
@json_option
@click.argument("card")
def emulate_command(card: str, as_json: bool) -> None:
    """Hold one made-up card in a virtual reader until Ctrl-C or the end of the input; see lab's help for the cards.

    sam-NAME lays a Mainland card on an emulated module, whose serial line is told.
    """
    if card.startswith(SAM):
        return emulate_module(card, as_json)
    with ExitStack() as stack:
        lab = stack.enter_context(cli.opened_lab(as_json))
        cli.insert(lab, card, as_json)
        variables, key = lab.environment, keys_of(lab.slots[0].card)
        exports = "\n".join(f"    export {name}={value}" for name, value in variables.items())
        words = f"{card} is in ({key}). Other programs join with:\n{exports}"
        put({"card": card, "key": key, "environment": variables}, as_json, words)
        return hold()


def emulate_module(card: str, as_json: bool) -> None:
    """Hold a Mainland card on an emulated SAM module."""
    holder = MAINLANDERS.get(card.removeprefix(SAM))
    if holder is None:
        fail(Fault("card_unknown", detail=f"the lab has no card named {card}"), as_json)
    module = SamModule(paced=True)
    try:
        module.present(holder)
        words = f"{card} lies on a module. Read it by: python -m hardware.cards read --sam {module.path}"
        put({"card": card, "path": module.path}, as_json, words)
        hold()
    finally:
        module.close()


def hold() -> None:
    """Wait for Ctrl-C or the end of the input."""
    try:
        sys.stdin.read()
    except KeyboardInterrupt:
        click.echo(err=True)
