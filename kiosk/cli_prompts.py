"""`python -m kiosk prompts …`: what a speaker has to record for the spoken guide, and whether it is well recorded."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.cli_options import PathType, config_option, echo_json, json_option, refuse
from kiosk.config import load_config
from kiosk.speech.prompts import prompts
from kiosk.speech.recorded import Recorded, examined

only_language = click.option("--language", "chosen", type=click.Choice(LANGUAGES), help="Only this language.")


@click.group("prompts")
def prompts_group() -> None:
    """Recorded sentences of the spoken guide: what is missing, and a script for a speaker."""


@prompts_group.command()
@config_option
@only_language
@click.option("--all", "complete", is_flag=True, help="Exit code 1 also when a sentence has no recording yet.")
@json_option
def check(config_file: Path, chosen: Language | None, complete: bool, as_json: bool) -> None:
    """Name every sentence without a recording, and every recording that will not do.

    Exit code 1 if a recording will not do; one that is missing is synthesised.
    """
    folder, texts = load_config(config_file).voice.clips, load_catalogue(ASSETS).texts
    found = [examined(folder, texts, language) for language in _languages(chosen)]
    if as_json:
        echo_json([vars(one) for one in found])
    else:
        for one in found:
            _tell(one)
    if any(one.faulty or (complete and one.missing) for one in found):
        raise SystemExit(1)


@prompts_group.command()
@click.option("--language", "chosen", type=click.Choice(LANGUAGES), required=True, help="The speaker's language.")
@click.option("--out", type=PathType, required=True, help="The CSV file to write.")
def script(chosen: Language, out: Path) -> None:
    """Write the sentences to record, one a line: file name, words to speak, what the screen shows."""
    found = prompts(load_catalogue(ASSETS).texts, chosen)
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:  # with a mark, so that spreadsheets see UTF-8
            lines = csv.writer(file)
            lines.writerow(["file", "say", "screen"])
            lines.writerows([f"{chosen}/{one.id}.wav", one.words, one.text] for one in found)
    except OSError as error:
        refuse(f"{out} cannot be written ({error.strerror}). Name another with --out.")
    click.echo(f"{len(found)} sentences in {out}")


def _languages(chosen: Language | None) -> tuple[Language, ...]:
    return LANGUAGES if chosen is None else (chosen,)


def _tell(one: Recorded) -> None:
    click.echo(f"{one.language}: {one.wanted - len(one.missing)} of {one.wanted} sentences recorded")
    for name, wrong in one.faulty.items():
        click.echo(f"  {name} {'; '.join(wrong)}")
    for text_id in one.missing:
        click.echo(f"  {text_id} has no recording")
