"""`python -m kiosk services …`: what the staff of a department need to add a service and to see what it became."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from kiosk.catalogue import Catalogue, CatalogueError, Language, load_catalogue
from kiosk.catalogue.findings import Finding, nearest
from kiosk.catalogue.model import SIDES
from kiosk.catalogue.new_service import NewService, begin
from kiosk.catalogue.service_file import KINDS
from kiosk.catalogue.texts import Texts
from kiosk.cli_options import (
    PathType,
    assets_option,
    config_option,
    echo_json,
    json_option,
    language_option,
    make_folder,
    refuse,
    shared_texts,
    spoken,
)
from kiosk.config import load_config
from kiosk.flow.proof import prove
from kiosk.flow.report import report

SERVICE_ID: Final = re.compile(r"(HK|GD)-[A-Z]{2,4}-[0-9]{2}")


@click.group()
def services() -> None:
    """The catalogue of services: list, check, begin a new one, see its pages, report on it."""


def _today() -> date:
    return datetime.now(UTC).astimezone().date()


# ---- list ----


@services.command("list")
@assets_option
@json_option
def list_services(assets: Path, as_json: bool) -> None:
    """List every known service, and whether a service file stands behind it."""
    catalogue = load_catalogue(assets)
    rows = [
        {"id": row.id, "side": row.side, "category": row.category, "name": row.names["en"], "available": row.available}
        for row in catalogue.listing
    ]
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:<10} {'available' if row['available'] else '-':<10} {row['name']}")


# ---- check ----


@services.command()
@assets_option
@json_option
def check(assets: Path, as_json: bool) -> None:
    """Read the whole catalogue, walk every service to its end, and say everything that is wrong.

    Each finding names the file, the line and why. Exit code 1 if there is any.
    """
    catalogue, findings = _examined(assets)
    if as_json:
        echo_json({"ok": not findings, "findings": [asdict(f) for f in findings], **_counts(catalogue)})
    elif findings or catalogue is None:
        click.echo("\n".join(map(str, findings)), err=True)
    else:
        counts = _counts(catalogue)
        click.echo(f"{counts['services']} services, {counts['texts']} texts: nothing wrong")
    raise SystemExit(1 if findings else 0)


def _examined(assets: Path) -> tuple[Catalogue | None, tuple[Finding, ...]]:
    try:
        catalogue = load_catalogue(assets)
    except CatalogueError as error:
        return None, error.findings
    return catalogue, prove(catalogue, today=_today())


def _counts(catalogue: Catalogue | None) -> dict[str, int]:
    if catalogue is None:
        return {}
    return {"services": len(catalogue.services), "texts": len(catalogue.texts.keys)}


# ---- new ----


@services.command()
@click.option("--id", "service_id", required=True, help="Its id: side, three letters, number, for example HK-WEL-07.")
@click.option("--side", type=click.Choice(SIDES), required=True, help="Which shore's government gives it.")
@click.option("--category", required=True, help="Under which heading residents find it, for example hk_culture.")
@click.option("--department", required=True, help="Who gives it, for example LCSD.")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What sort of matter it is.")
@click.option("--name-en", required=True, help="Its name in English.")
@click.option("--name-zh-hant", required=True, help="Its name in Traditional Chinese.")
@click.option("--name-zh-hans", required=True, help="Its name in Simplified Chinese.")
@assets_option
@json_option
def new(
    service_id: str,
    side: str,
    category: str,
    department: str,
    kind: str,
    name_en: str,
    name_zh_hant: str,
    name_zh_hans: str,
    assets: Path,
    as_json: bool,
) -> None:
    """Begin a service: a file that already loads, to be turned into the real one; nothing is overwritten."""
    names: Mapping[Language, str] = {"en": name_en, "zh_Hant": name_zh_hant, "zh_Hans": name_zh_hans}
    begun = NewService(service_id, "GD" if side == "GD" else "HK", category, department, kind, names)
    _refuse_bad(begun, shared_texts(assets))
    try:
        written = begin(assets, begun, today=_today())
    except OSError as error:
        refuse(f"{assets / 'services'} cannot be written to: {error.strerror}. Name the folder with --assets.")
    if isinstance(written, Finding):
        refuse(str(written))
    if as_json:
        echo_json({"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(f"written: {path}")
    click.echo("Now edit the first file, then run `python -m kiosk services check`.")


def _refuse_bad(begun: NewService, texts: Texts) -> None:
    """What would make a file that does not load, said before anything is written."""
    if not SERVICE_ID.fullmatch(begun.id):
        raise click.BadParameter(f"{begun.id} is not like HK-WEL-07 or GD-SOC-12", param_hint="--id")
    if not begun.id.startswith(begun.side):
        raise click.BadParameter(f"{begun.id} does not begin with the side {begun.side}", param_hint="--id")
    for option, value in (("category", begun.category), ("department", begun.department)):
        known = [key.removeprefix(f"{option}.") for key in texts.groups.get(option, ())]
        if value not in known:
            near = nearest(value, known)
            meant = f"did you mean {near}?" if near else f"known are {', '.join(sorted(known))}"
            raise click.BadParameter(f"there is no {option} {value}; {meant}", param_hint=f"--{option}")
    for name in begun.names.values():
        if not name.strip() or not name.isprintable() or set(name) & {'"', "\\"}:
            raise click.BadParameter(
                'a name is one line that is not empty, without \\ and without "', param_hint="--name-…"
            )


# ---- report ----


@services.command("report")
@click.option("--out", type=PathType, required=True, help="The folder for the pages, one Markdown file per service.")
@click.option("--service", "only", multiple=True, help="Only this service; may be given more than once.")
@language_option
@assets_option
@json_option
def report_services(out: Path, only: tuple[str, ...], language: str, assets: Path, as_json: bool) -> None:
    """Write one Markdown page per service: steps, conditions, papers, fees, sources, number of paths."""
    catalogue = load_catalogue(assets)
    wanted = [_known(catalogue, service_id) for service_id in only] or list(catalogue.services)
    make_folder(out)
    written = []
    for service_id in wanted:
        path = out / f"{service_id}.md"
        path.write_text(report(catalogue, service_id, spoken(language), today=_today()), encoding="utf-8")
        written.append(str(path))
    if as_json:
        echo_json({"written": written})
    else:
        click.echo(f"{len(written)} pages in {out}")


def _known(catalogue: Catalogue, service_id: str) -> str:
    if service_id not in catalogue.services:
        near = nearest(service_id, catalogue.services)
        hint = f"did you mean {near}?" if near else "see `services list`"
        raise click.BadParameter(f"there is no service {service_id}; {hint}", param_hint="--service")
    return service_id


# ---- preview ----


@services.command()
@click.option("--service", "service_id", required=True, help="The service's id, for example HK-WEL-01.")
@click.option("--out", type=PathType, required=True, help="The folder for the pictures; one folder per language in it.")
@assets_option
@config_option
@json_option
def preview(service_id: str, out: Path, assets: Path, config_file: Path, as_json: bool) -> None:
    """Draw every page of a service in three languages on the real screens, without a display.

    Conditional pages are drawn too. The answers before each page are made up.
    """
    from kiosk.cli_preview import PreviewError, draw

    catalogue = load_catalogue(assets)
    config = load_config(config_file)
    _known(catalogue, service_id)
    make_folder(out)
    try:
        pictures = draw(config, catalogue, service_id, out)
    except PreviewError as error:
        refuse(str(error))
    if as_json:
        echo_json([asdict(picture) for picture in pictures])
        return
    for picture in pictures:
        click.echo(f"{picture.page:<10} {picture.step:<14} {picture.language:<8} {out / picture.file}")
