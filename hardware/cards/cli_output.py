"""What every card command prints with: one JSON object a line for programs, words for people, faults as exit code 1."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import click

from hardware.device import Fault

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")


def put(record: dict[str, Any], as_json: bool, words: str) -> None:
    """Print one result for a program or for a person."""
    click.echo(json.dumps(record, ensure_ascii=False) if as_json else words)


def fail(fault: Fault, as_json: bool) -> NoReturn:
    """Print a fault and end with exit code 1."""
    put({"fault": fault.code, "detail": fault.detail}, as_json, f"{fault.code}: {fault.detail}")
    raise SystemExit(1)
