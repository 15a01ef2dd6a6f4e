"""`python -m kiosk …`: run the kiosk, show it, rehearse visits, look after services and the queue."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kiosk.app import ASSETS, ROOT, KioskStartError, build_kiosk
from kiosk.catalogue import LANGUAGES, CatalogueError, load_catalogue
from kiosk.config import Config, ConfigError, load_config
from kiosk.diagnose import diagnose as examine

PathType = click.Path(path_type=Path)


class Friendly(click.Group):
    """Turns expected trouble at the start into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (ConfigError, KioskStartError, CatalogueError) as error:
            raise click.ClickException(str(error)) from error


config_option = click.option(
    "--config", "config_file", type=PathType, default=ROOT / "kiosk.toml", help="The kiosk's kiosk.toml."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


@click.group(cls=Friendly)
@click.version_option("0.1.0", prog_name="kiosk")
def main() -> None:
    """The cross-boundary public services kiosk."""


def _size(text: str | None) -> Any:
    from screens.main import Size

    if text is None:
        return None
    found = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if found is None:
        raise click.BadParameter("write the size as WIDTHxHEIGHT, for example 540x960", param_hint="--windowed")
    return Size(int(found[1]), int(found[2]))


@main.command()
@config_option
@click.option("--windowed", metavar="WxH", help="A window of that size instead of the whole screen.")
def run(config_file: Path, windowed: str | None) -> None:
    """Open the kiosk on this machine's display."""
    from screens.main import run as open_screens

    size = _size(windowed)
    raise SystemExit(open_screens(build_kiosk(load_config(config_file)), size))


@main.command()
@config_option
@click.option("--windowed", metavar="WxH", default="540x960", show_default=True, help="The window's size.")
@click.option("--out", type=PathType, default=Path("build/demo"), show_default=True, help="Where pictures go.")
def demo(config_file: Path, windowed: str, out: Path) -> None:
    """Show the kiosk with simulated devices and a portal of its own.

    With a display the kiosk opens in a window, beside it a dock to insert cards and break devices. Without one, one
    visit is played online and one with the line down, and the pictures they left are listed.
    """
    config = load_config(config_file)
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        from screens.dock import run_demo

        raise SystemExit(run_demo(config, _size(windowed)))
    for name, language, offline in (("online", "en", False), ("offline", "zh_Hant", True)):
        _rehearse(config, "HK-WEL-01", language, out / name, offline=offline, faults=(), person="elder", as_json=False)


@main.command()
@config_option
@click.option("--service", required=True, help="The service's id, for example HK-WEL-01.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--out", type=PathType, required=True, help="Folder for the pictures, slip.png and visit.json.")
@click.option("--offline", is_flag=True, help="Play it with the line down, and mend the line afterwards.")
@click.option("--fault", "faults", multiple=True, help="Break something on the way; see --list-faults.")
@click.option("--typed", is_flag=True, help="Type the identity instead of using a card.")
@click.option("--list-faults", is_flag=True, is_eager=True, expose_value=False, callback=lambda *a: _list_faults(*a))
@json_option
def rehearse(
    config_file: Path,
    service: str,
    language: str,
    out: Path,
    offline: bool,
    faults: tuple[str, ...],
    typed: bool,
    as_json: bool,
) -> None:
    """Play a whole visit through the real screens, without a display."""
    config = load_config(config_file)
    person = "" if typed else "elder"
    _rehearse(config, service, language, out, offline=offline, faults=faults, person=person, as_json=as_json)


def _list_faults(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from screens.rehearsal import FAULTS

        click.echo("\n".join(FAULTS))
        context.exit()


def _rehearse(
    config: Config,
    service: str,
    language: str,
    out: Path,
    *,
    offline: bool,
    faults: tuple[str, ...],
    person: str,
    as_json: bool,
) -> None:
    from screens.play import rehearse as play
    from screens.rehearsal import FAULTS, RehearsalError

    if unknown := set(faults) - set(FAULTS):
        raise click.BadParameter(f"{', '.join(unknown)}; known are {', '.join(FAULTS)}", param_hint="--fault")
    if service not in load_catalogue(ASSETS).services:
        raise click.BadParameter(f"{service} is not offered here; see `services list`", param_hint="--service")
    spoken = next(each for each in LANGUAGES if each == language)
    try:
        record = play(config, service=service, language=spoken, out=out, offline=offline, faults=faults, person=person)
    except RehearsalError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(record), ensure_ascii=False))
        return
    line = "with the line down" if offline else "online"
    click.echo(f"{service} in {language}, {line}: {record.receipt_number}, {record.delivery}")
    for step in record.steps:
        click.echo(f"  {step.seconds:6.2f} s  {step.page:<10} {out / step.picture if step.picture else ''}")
    click.echo(f"  slip: {out / 'slip.png'}   record: {out / 'visit.json'}")


@main.group()
def services() -> None:
    """The catalogue of services."""


@services.command("list")
@json_option
def services_list(as_json: bool) -> None:
    """Every known service, and whether this kiosk offers it."""
    catalogue = load_catalogue(ASSETS)
    rows = [
        {"id": row.id, "side": row.side, "category": row.category, "name": row.names["en"], "available": row.available}
        for row in catalogue.listing
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<10} {'available' if row['available'] else '-':<10} {row['name']}")


@services.command("check")
@json_option
def services_check(as_json: bool) -> None:
    """Read the whole catalogue and say everything that is wrong with it."""
    try:
        catalogue = load_catalogue(ASSETS)
    except CatalogueError as error:
        if as_json:
            click.echo(json.dumps({"ok": False, "findings": [str(finding) for finding in error.findings]}))
            raise SystemExit(1) from error
        raise
    found = {"ok": True, "services": len(catalogue.services), "texts": len(catalogue.texts.keys)}
    click.echo(json.dumps(found) if as_json else f"{found['services']} services, {found['texts']} texts: nothing wrong")


@main.command()
@config_option
@json_option
def diagnose(config_file: Path, as_json: bool) -> None:
    """Examine this machine: packages, fonts, catalogue, devices, queue, line."""
    found = examine(load_config(config_file))
    if as_json:
        click.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False))
    else:
        for check in found:
            click.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<18} {check.says}")
    raise SystemExit(0 if all(check.ok for check in found) else 1)


def print_mapping(found: Mapping[str, object], as_json: bool) -> None:
    """One value a line, or JSON."""
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for name, value in found.items():
        click.echo(f"{name:<16} {value}")
