"""`python -m kiosk …`: run the kiosk, show it, rehearse visits, look after services and the queue."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kiosk.app import ASSETS, build_kiosk
from kiosk.catalogue import LANGUAGES, load_catalogue
from kiosk.cli_options import Friendly, PathType, config_option, json_option, refuse, spoken
from kiosk.cli_prompts import prompts_group
from kiosk.cli_queue import queue
from kiosk.cli_services import services
from kiosk.config import Config, load_config
from kiosk.diagnose import diagnose as examine


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
    from screens.main import ScreenStartError
    from screens.main import run as open_screens

    size = _size(windowed)
    try:
        raise SystemExit(open_screens(build_kiosk(load_config(config_file)), size))
    except ScreenStartError as error:
        refuse(str(error))


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
    chosen = ("HK-WEL-01",)
    for name, language, offline in (("online", "en", False), ("offline", "zh_Hant", True)):
        _rehearse(config, chosen, language, out / name, {"offline": offline}, as_json=False)


@main.command()
@config_option
@click.option(
    "--service", "chosen", multiple=True, help="The service's id, for example HK-WEL-01; several make one case."
)
@click.option("--event", default="", help="A life event in place of services, for example retire.")
@click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the visit."
)
@click.option("--out", type=PathType, required=True, help="Folder for the pictures, slip.png and visit.json.")
@click.option("--offline", is_flag=True, help="Play it with the line down, and mend the line afterwards.")
@click.option("--fault", "faults", multiple=True, help="Break something on the way; see --list-faults.")
@click.option("--typed", is_flag=True, help="Type the identity instead of using a card.")
@click.option(
    "--document",
    type=click.Choice(("card", "passport", "passport-can", "oldpassport", "phone")),
    default="card",
    show_default=True,
    help="What the made-up resident brings; a passport's chip opens by its photo page, by six digits, or by BAC.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda *a: _list_faults(*a),
    help="Say what --fault can break.",
)
@json_option
def rehearse(
    config_file: Path,
    chosen: tuple[str, ...],
    event: str,
    language: str,
    out: Path,
    offline: bool,
    faults: tuple[str, ...],
    typed: bool,
    document: str,
    as_json: bool,
) -> None:
    """Play a whole visit through the real screens, without a display."""
    config = load_config(config_file)
    person = "" if typed else "elder"
    if bool(chosen) == bool(event):
        raise click.UsageError("Name a --service (or several), or one --event.")
    how = {"offline": offline, "faults": faults, "person": person, "document": document}
    _rehearse(config, chosen, language, out, how, as_json=as_json, event=event)


def _list_faults(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from screens.rehearsal import FAULTS

        click.echo("\n".join(FAULTS))
        context.exit()


def _rehearse(
    config: Config,
    chosen: tuple[str, ...],
    language: str,
    out: Path,
    how: dict[str, Any],
    *,
    as_json: bool,
    event: str = "",
) -> None:
    from screens.main import ScreenStartError
    from screens.play import rehearse as play
    from screens.rehearsal import FAULTS, RehearsalError

    if unknown := set(how.get("faults", ())) - set(FAULTS):
        raise click.BadParameter(f"{', '.join(unknown)}; known are {', '.join(FAULTS)}", param_hint="--fault")
    catalogue = load_catalogue(ASSETS)
    for service in chosen:
        if service not in catalogue.services:
            raise click.BadParameter(f"{service} is not offered here; see `services list`", param_hint="--service")
    if event and event not in catalogue.events:
        raise click.BadParameter(f"{event}; known are {', '.join(catalogue.events)}", param_hint="--event")
    first, *more = chosen or ("",)
    try:
        record = play(config, service=first, more=more, event=event, language=spoken(language), out=out, **how)
    except (RehearsalError, ScreenStartError) as error:
        refuse(str(error))
    if as_json:
        click.echo(json.dumps(asdict(record), ensure_ascii=False))
        return
    line = "with the line down" if record.offline else "online"
    what, numbers = event or " + ".join(chosen), ", ".join(record.parts) or record.receipt_number
    click.echo(f"{what} in {language}, {line}: {numbers}, {record.delivery}")
    for step in record.steps:
        click.echo(f"  {step.seconds:6.2f} s  {step.page:<10} {out / step.picture if step.picture else ''}")
    click.echo(f"  slip: {out / 'slip.png'}   record: {out / 'visit.json'}")


@main.command()
@config_option
@click.option("--out", type=PathType, required=True, help="Folder for the pictures and the contact sheet.")
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES), help="Only these; all if none.")
@click.option("--plain", is_flag=True, help="Only the usual size, contrast and sheet.")
@json_option
def pictures(config_file: Path, out: Path, languages: tuple[str, ...], plain: bool, as_json: bool) -> None:
    """Photograph every page of a visit: languages, sizes, contrasts, low reach, care mode, screens.

    Each picture is held to the rules of the pages as well; what breaks one is named, and the exit code is 1.
    """
    from screens.gallery import PLAIN, SHOWN, draw

    chosen = [spoken(language) for language in languages or LANGUAGES]
    looks = list(draw(load_config(config_file), out, chosen, (PLAIN,) if plain else SHOWN))
    found = [f"{look.language} {look.name}: {finding}" for look in looks for finding in look.findings]
    sheet = out / "contact-sheet.png"
    if as_json:
        click.echo(json.dumps({"pictures": len(looks), "findings": found, "sheet": str(sheet)}, ensure_ascii=False))
    else:
        for line in found:
            click.echo(line)
        click.echo(f"{len(looks)} pictures in {out}, {len(found)} findings; all at a glance: {sheet}")
    raise SystemExit(1 if found else 0)


main.add_command(services)
main.add_command(queue)
main.add_command(prompts_group)


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
