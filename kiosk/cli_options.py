"""What the groups of the command line share: options, and how expected trouble is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import click

from kiosk.app import ASSETS, ROOT, KioskStartError
from kiosk.catalogue import LANGUAGES, CatalogueError, Language
from kiosk.catalogue.findings import Finding
from kiosk.catalogue.parsed import ParsedFiles
from kiosk.catalogue.texts import Texts, TextTable, read_texts
from kiosk.config import ConfigError

PathType = click.Path(path_type=Path)

config_option = click.option(
    "--config",
    "config_file",
    type=PathType,
    default=ROOT / "kiosk.toml",
    help="The kiosk's kiosk.toml; the product's own if not given.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
assets_option = click.option(
    "--assets",
    type=PathType,
    default=ASSETS,
    help="Folder of facts, services and texts; by default the product's own.",
)
language_option = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the sentences."
)


class Friendly(click.Group):
    """Turns expected trouble at the start into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (ConfigError, KioskStartError, CatalogueError) as error:
            raise click.ClickException(str(error)) from error


def echo_json(found: object) -> None:
    """One line of JSON on standard output."""
    click.echo(json.dumps(found, ensure_ascii=False, default=str))


def refuse(sentence: str) -> NoReturn:
    """Stop with one sentence and exit code 1."""
    raise click.ClickException(sentence)


def spoken(language: str) -> Language:
    """A checked option as a Language."""
    return LANGUAGES[LANGUAGES.index(language)]


def shared_texts(assets: Path) -> Texts:
    """The texts that belong to no service, read even when a service's file is broken; CatalogueError when they are."""
    findings: list[Finding] = []
    table = TextTable(findings)
    read_texts(assets, ParsedFiles(None), table, findings)
    texts = table.finished()
    if findings or not texts.keys:
        raise CatalogueError(findings or [Finding("texts", 1, f"there are no texts in {assets}")])
    return texts


def make_folder(out: Path) -> Path:
    """The folder for what is written, made if needed."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"The folder {out} cannot be made ({error.strerror}). Name another with --out.")
    return out
