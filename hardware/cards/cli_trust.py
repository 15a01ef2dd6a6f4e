"""`python -m hardware.cards trust`: whose documents a site trusts. Master lists and revocations come in checked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hardware.cards.cli_output import fail, json_option, put
from hardware.cards.faults import CardError

if TYPE_CHECKING:
    from hardware.cards.emrtd.master_list import MasterList
    from hardware.cards.emrtd.trust_folder import Revocations

FilePath = click.Path(exists=True, dir_okay=False, path_type=Path)
PUBLISHER = "A country signing certificate whose lists you trust, in DER; may be given several times."
folder_option = click.option(
    "--folder",
    default="var/trust",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The site's trust folder: [card] trust in kiosk.toml.",
)


@click.group()
def trust() -> None:
    """Whose documents this site trusts: its master list and its countries' revocations."""


@trust.command("import")
@click.argument("path", type=FilePath)
@folder_option
@click.option("--publisher", "publishers", multiple=True, type=FilePath, help=PUBLISHER)
@click.option("--unvouched", is_flag=True, help="Take the list although no publisher you trust vouches for it.")
@click.option("--older", is_flag=True, help="Take it although the list here is newer.")
@json_option
def import_command(
    path: Path, folder: Path, publishers: tuple[Path, ...], unvouched: bool, older: bool, as_json: bool
) -> None:
    """Check a master list (ICAO 9303-12) and make it this site's; a running kiosk uses it from the next document on."""
    from hardware.cards.emrtd import trust_folder  # loads the ciphers, which most commands never need

    certificates = [publisher.read_bytes() for publisher in publishers]
    try:
        listed = trust_folder.import_list(folder, path.read_bytes(), certificates, unvouched=unvouched, older=older)
    except CardError as error:
        fail(error.fault, as_json)
    put(list_fields(listed), as_json, list_words(listed))


@trust.command("revoke")
@click.argument("path", type=FilePath)
@folder_option
@json_option
def revoke_command(path: Path, folder: Path, as_json: bool) -> None:
    """Check a country's revocation list (CRL, in DER) and keep it instead of its former one."""
    from hardware.cards.emrtd import trust_folder

    try:
        found = trust_folder.import_revocations(folder, path.read_bytes())
    except CardError as error:
        fail(error.fault, as_json)
    put(revocation_fields(found), as_json, revocation_words(found))


@trust.command("show")
@folder_option
@json_option
def show_command(folder: Path, as_json: bool) -> None:
    """Say what this site trusts and from when it is; exit code 1 when there is nothing or a file was changed."""
    from hardware.cards.emrtd import trust_folder

    try:
        found = trust_folder.load(folder)
    except CardError as error:
        fail(error.fault, as_json)
    if found.listed is None:
        click.echo('{"certificates": 0}' if as_json else f"{folder}: no master list; no document's issuer is known")
        raise SystemExit(1)
    put(list_fields(found.listed), as_json, list_words(found.listed))
    for one in found.revocations:
        put(revocation_fields(one), as_json, revocation_words(one))


def list_fields(listed: MasterList) -> dict[str, Any]:
    """A master list for programs."""
    return {
        "certificates": len(listed.certificates),
        "publisher": listed.publisher,
        "signed_at": listed.signed_at.isoformat() if listed.signed_at else "",
        "vouched": listed.vouched,
        "countries": listed.countries,
    }


def list_words(listed: MasterList) -> str:
    """A master list for people."""
    when = f" on {listed.signed_at:%Y-%m-%d}" if listed.signed_at else ""
    vouched = "vouched for" if listed.vouched else "NOT vouched for by a publisher you trust"
    count, countries = len(listed.certificates), len(listed.countries)
    return f"{count} certificates of {countries} countries, published by {listed.publisher}{when}: {vouched}"


def revocation_fields(found: Revocations) -> dict[str, Any]:
    """A revocation list for programs."""
    return {
        "issuer": found.issuer,
        "this_update": found.this_update.isoformat(),
        "next_update": found.next_update.isoformat() if found.next_update else "",
        "entries": found.entries,
        "stale": found.stale(datetime.now(UTC)),
    }


def revocation_words(found: Revocations) -> str:
    """A revocation list for people."""
    stale = ", STALE: ask for a newer one" if found.stale(datetime.now(UTC)) else ""
    return f"{found.issuer}: {found.entries} revoked, as of {found.this_update:%Y-%m-%d}{stale}"
