"""`python -m portal`: make a portal, enrol kiosks, serve, deliver, and see what came in."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path

import click

from offline_queue.envelope import Kem, key_id
from offline_queue.no_core import forbid_core_dumps
from portal.keys import NotInitialisedError
from portal.place import DATABASE_VARIABLE, OBJECTS_VARIABLE, Place


def _data(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say where a portal keeps what it keeps; the command gets them as one `place`."""

    @click.option(
        "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="The portal's folder."
    )
    @click.option(
        "--database", envvar=DATABASE_VARIABLE, default="", help="postgresql://...; else SQLite in the folder."
    )
    @click.option(
        "--objects",
        envvar=OBJECTS_VARIABLE,
        default="",
        help="file:///folder or s3://bucket/prefix?endpoint=URL for large envelopes; else the database.",
    )
    @wraps(command)
    def with_place(*, data: Path, database: str, objects: str, **rest: object) -> None:
        command(place=Place(data, database, objects), **rest)

    return with_place


class _Friendly(click.Group):
    """Turns the one mistake everybody makes first into a sentence."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except NotInitialisedError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Friendly)
def main() -> None:
    """The reference portal that kiosks deliver to."""


@main.command()
@_data
@click.option(
    "--kem", type=click.Choice([kem.value for kem in Kem]), default=Kem.HYBRID.value, help="How keys are wrapped."
)
def init(place: Place, kem: str) -> None:
    """Make keys and database; kiosks load the portal-public.json that this leaves. Again it changes nothing."""
    from portal.enrolment import make_authority
    from portal.keys import make_keys

    folder = place.folder
    folder.mkdir(parents=True, exist_ok=True)
    public = make_keys(folder, kem=Kem(kem))
    make_authority(folder, datetime.now(UTC))
    place.open_store().close()
    click.echo(json.dumps({"public": str(public)}))


@main.command()
@_data
@click.option("--kiosk-id", required=True, help="The kiosk's name.")
@click.option("--public-key", required=True, help="Its Ed25519 device key, 64 hexadecimal digits.")
def enrol(place: Place, kiosk_id: str, public_key: str) -> None:
    """Let a device key speak for a kiosk."""
    from portal.intake import enrol as enrol_key

    raw = _key_bytes(public_key)
    _require(place.folder)
    store = place.open_store()
    now = datetime.now(UTC)
    store.submit(lambda db: enrol_key(db, kiosk_id, key_id(raw), raw, now)).result()
    store.close()
    click.echo(json.dumps({"kiosk_id": kiosk_id, "kid": key_id(raw)}))


@main.command("enrol-code")
@_data
@click.option("--kiosk-id", required=True, help="The kiosk's name.")
def enrol_code(place: Place, kiosk_id: str) -> None:
    """Make a one-time code with which a kiosk enrols itself within a day."""
    from portal.enrolment import make_code

    _require(place.folder)
    store = place.open_store()
    now = datetime.now(UTC)
    code = store.submit(lambda db: make_code(db, kiosk_id, now)).result()
    store.close()
    click.echo(json.dumps({"kiosk_id": kiosk_id, "code": code}))


@main.command()
@_data
@click.option("--kiosk-id", required=True, help="The kiosk's name.")
def revoke(place: Place, kiosk_id: str) -> None:
    """Take nothing more from a kiosk that was stolen or taken away; what it sent before stays."""
    from portal.intake import revoke as revoke_keys

    _require(place.folder)
    store = place.open_store()
    now = datetime.now(UTC)
    keys = store.submit(lambda db: revoke_keys(db, kiosk_id, now)).result()
    store.close()
    if not keys:
        raise click.ClickException(f"No kiosk {kiosk_id} is enrolled.")
    click.echo(json.dumps({"kiosk_id": kiosk_id, "keys": keys}))


def _key_bytes(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise click.BadParameter("64 hexadecimal digits are needed", param_hint="--public-key")
    return raw


def _require(folder: Path) -> None:
    from portal.keys import public_keys

    public_keys(folder)


@main.command()
@_data
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=0, show_default=True, help="0 takes any free one.")
@click.option("--with-worker/--without-worker", default=True, show_default=True, help="Deliver in a process beside.")
@click.option("--tls-certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tls-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--client-ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kiosks must show a certificate by it.",
)
@click.option("--rate", default=500.0, show_default=True, help="Calls a second per address.")
@click.option("--simulated-messages", is_flag=True, help="Slips go to a mailbox and a telephone on a page; no TLS.")
@click.option("--until-input-ends", is_flag=True, help="Stop when the standard input closes, besides SIGTERM.")
def serve(
    place: Place,
    host: str,
    port: int,
    with_worker: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
    client_ca: Path | None,
    rate: float,
    simulated_messages: bool,
    until_input_ends: bool,
) -> None:
    """Take envelopes; prints one JSON line with the port when ready."""
    from portal.node import Limits
    from portal.server import Tls
    from portal.server import serve as run

    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key go together")
    tls = Tls(tls_certificate, tls_key, client_ca) if tls_certificate and tls_key else None
    if tls is not None and simulated_messages:
        raise click.UsageError("--simulated-messages is for demonstrations, and they have no TLS")
    _require(place.folder)
    if until_input_ends:
        threading.Thread(target=_end_with_input, daemon=True).start()
    run(
        place,
        host=host,
        port=port,
        with_worker=with_worker,
        tls=tls,
        limits=Limits(rate=rate, burst=4 * rate),
        simulated_messages=simulated_messages,
    )


@main.command()
@_data
@click.option("--until-input-ends", is_flag=True, help="Stop when the standard input closes, besides SIGTERM.")
@click.option("--once", is_flag=True, help="Deliver what is there and stop.")
def worker(place: Place, until_input_ends: bool, once: bool) -> None:
    """Open what came in and deliver it to the departments."""
    from portal.worker import Worker

    forbid_core_dumps()
    stop = threading.Event()
    _stop_on_signals(stop)
    if until_input_ends:
        threading.Thread(target=_watch_input, args=(stop,), daemon=True).start()
    deliverer = Worker(place)
    if once:
        deliverer.work()
    else:
        deliverer.serve(stop)
    deliverer.close()


def _stop_on_signals(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def _wait_for_end_of_input() -> None:
    """Read past the buffer: a thread that holds it would abort the interpreter's shutdown."""
    while os.read(sys.stdin.fileno(), 4096):
        pass


def _end_with_input() -> None:
    _wait_for_end_of_input()
    os.kill(os.getpid(), signal.SIGTERM)


def _watch_input(stop: threading.Event) -> None:
    _wait_for_end_of_input()
    stop.set()


@main.command()
@_data
@click.option("--name", required=True, help="The operator's name.")
@click.password_option(help="Asked for when not given.")
def operator(place: Place, name: str, password: str) -> None:
    """Let an operator sign in to the fleet page; a running portal takes it up at its next start."""
    from portal.operators import set_password

    _require(place.folder)
    try:
        set_password(place.folder, name, password)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--password") from error


@main.command("fleet")
@_data
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def show_fleet(place: Place, as_json: bool) -> None:
    """Show the kiosks, the one with the oldest unsent envelope first."""
    from dataclasses import asdict

    from portal.fleet import fleet

    _require(place.folder)
    with place.reading() as db:
        views = fleet(db, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps([asdict(view) for view in views], indent=1))
        return
    for view in views:
        click.echo(f"{view.kiosk_id}  waiting {view.waiting}  {', '.join(view.alarms) or 'no alarms'}")


@main.command()
@_data
def openapi(place: Place) -> None:
    """Print the contract as OpenAPI."""
    from portal import card_broker_simulated
    from portal.app import create_app
    from portal.card_broker import CardReadings
    from portal.iam_smart import IamSmart
    from portal.iam_smart_simulated import make_simulated
    from portal.keys import public_keys, signing_key
    from portal.sign_in import SignIns

    store = place.open_store()
    account, _ = make_simulated("", wall=lambda: datetime.now(UTC))
    sign_ins = SignIns(IamSmart(account, wall=lambda: datetime.now(UTC)), "", simulated=True)
    keys = public_keys(place.folder)
    broker, department = card_broker_simulated.make_simulated("", wall=lambda: datetime.now(UTC))
    app = create_app(
        store,
        signing_key(place.folder),
        keys,
        departments=place.reading,
        sign_ins=sign_ins,
        card_readings=CardReadings(broker, department),
    )
    store.close()
    click.echo(json.dumps(app.openapi(), indent=1))


@main.command("take-bundle")
@_data
@click.argument("bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--receipts", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to carry back.")
def take_bundle(place: Place, bundle: Path, receipts: Path) -> None:
    """Take what a kiosk exported to a stick; while the portal does not serve."""
    from offline_queue.envelope import Malformed
    from portal.bundles import take_bundle as take
    from portal.bundles import write_receipts
    from portal.keys import public_keys, signing_key

    kids = public_keys(place.folder).recipient_kids
    store = place.open_store()
    taken = take(store, bundle, signer=signing_key(place.folder), recipient_kids=kids, now=datetime.now(UTC))
    store.close()
    if isinstance(taken, Malformed):
        raise click.ClickException(f"The bundle cannot be taken: {taken.code}.")
    write_receipts(taken, receipts)
    click.echo(json.dumps({"new": taken.new, "again": taken.again, "refused": taken.refused}))


@main.command()
@_data
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def received(place: Place, as_json: bool) -> None:
    """Show what each department got."""
    from portal.worker import received as look

    entries = look(place)
    if as_json:
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    for entry in entries:
        click.echo(f"{entry['reference']}  {entry['department']}  {entry['service']}  {entry['receipt_number']}")
