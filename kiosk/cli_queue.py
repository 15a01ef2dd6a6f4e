"""`python -m kiosk queue …`: what an operator asks of the queue, and does to it, in plain words.

What only reads works beside a running kiosk. What acts is carried out by the running kiosk if there is one, else here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from kiosk.app import ASSETS, MEGABYTE, portal_client
from kiosk.catalogue import Language
from kiosk.cli_options import (
    PathType,
    config_option,
    echo_json,
    json_option,
    language_option,
    refuse,
    shared_texts,
    spoken,
)
from kiosk.cli_queue_words import SLIPS, STATES, moment, said, sentence, span
from kiosk.config import Config, load_config
from offline_queue import desk
from offline_queue.audit import AuditBreak, AuditHead
from offline_queue.desk import Soundness
from offline_queue.envelope import Malformed, key_id
from offline_queue.faults import QueueFault
from offline_queue.orders import Act, Operator, Order, Outcome, give
from offline_queue.outbox import Outbox
from offline_queue.records import OutboxItem, State, Why
from offline_queue.salvage import Salvage
from offline_queue.sealing import DeviceKey
from offline_queue.token_key import open_device_key
from offline_queue.trust import PortalTrust

T = TypeVar("T")


@click.group()
def queue() -> None:
    """The queue of sealed applications: see what waits and why, and help it on."""


def _path(config: Config) -> Path:
    return config.queue.folder / "outbox.db"


def _read(found: T | QueueFault, path: Path, key: str = "") -> T:
    """What was asked for, or one sentence why not."""
    if isinstance(found, QueueFault):
        refuse(sentence(found.code, path, key=key, detail=found.detail))
    return found


# ---- asking ----


@queue.command()
@config_option
@json_option
def status(config_file: Path, as_json: bool) -> None:
    """Say how much waits, since when, how full the store is, and how the line is."""
    config = load_config(config_file)
    path, quota = _path(config), config.queue.quota_mb * MEGABYTE
    found = _read(desk.overview(path, quota_bytes=quota), path)
    now, line = found.status, found.line
    if as_json:
        counts = {state.value: now.counts.get(state, 0) for state in State}
        echo_json({**asdict(now), "counts": counts, "pending": now.pending, "line": asdict(line)})
        return
    click.echo(f"{now.pending} waiting" + (f", the oldest for {span(now.oldest_age_s)}" if now.pending else ""))
    for state in State:
        if now.counts.get(state):
            click.echo(f"  {now.counts[state]:>6} {STATES[state]}")
    full = "; no new visit may begin" if now.frozen else ""
    click.echo(f"store: {now.disk_bytes / MEGABYTE:.1f} of {config.queue.quota_mb} MB{full}")
    since = f" since {moment(line.since, config)}" if line.since else ""
    click.echo(f"line: {line.code.replace('_', ' ')}{since}")


@queue.command("list")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most so many.")
@language_option
@config_option
@json_option
def list_waiting(limit: int, language: str, config_file: Path, as_json: bool) -> None:
    """List what waits, first to go first, each with why it has not gone."""
    config = load_config(config_file)
    items = _read(desk.listing(_path(config), limit=limit), _path(config))
    say = _speaker(config, spoken(language))
    if as_json:
        echo_json([_as_json(item, say) for item in items])
        return
    for item in items:
        click.echo(_line(item, say, config))
    if not items:
        click.echo("Nothing waits.")


@queue.command()
@click.argument("application")
@language_option
@config_option
@json_option
def why(application: str, language: str, config_file: Path, as_json: bool) -> None:
    """Say why one APPLICATION (receipt number or id) has not gone, what happens next and when."""
    config = load_config(config_file)
    item = _read(desk.why(_path(config), application), _path(config), application)
    say = _speaker(config, spoken(language))
    if as_json:
        echo_json(_as_json(item, say))
        return
    click.echo(_line(item, say, config))


Say = Callable[[Why], str]


def _speaker(config: Config, language: Language) -> Say:
    texts = shared_texts(ASSETS)
    return lambda why: said(texts, config, language, why)


def _line(item: OutboxItem, say: Say, config: Config) -> str:
    size = f"{item.size / 1024:.0f} kB"
    return f"{item.receipt_number}  {item.service}  {moment(item.created, config)}  {size}  {say(item.why)}"


def _as_json(item: OutboxItem, say: Say) -> dict[str, object]:
    return {**asdict(item), "says": say(item.why)}


@queue.command()
@click.option("--after", type=click.IntRange(0), default=0, help="Only what came after this number.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most so many.")
@click.option("--verify", "prove", is_flag=True, help="Check that nothing stored or recorded was changed.")
@config_option
@json_option
def audit(after: int, limit: int, prove: bool, config_file: Path, as_json: bool) -> None:
    """Show what happened to the queue, oldest first; with --verify, prove that the record is whole."""
    path = _path(load_config(config_file))
    if prove:
        _prove(path, as_json)
        return
    events = _read(desk.audit(path, after=after, limit=limit), path)
    if as_json:
        echo_json([asdict(event) for event in events])
        return
    for event in events:
        click.echo(f"{event.seq:>6}  {event.at}  {event.envelope or '-':<36}  {event.change:<20}  {event.code}")


def _prove(path: Path, as_json: bool) -> None:
    found = _read(desk.verify_queue(path), path)
    if as_json:
        echo_json({"sound": found.sound, "says": list(_findings(found))})
    else:
        click.echo("\n".join(_findings(found)))
    raise SystemExit(0 if found.sound else 1)


def _findings(found: Soundness) -> list[str]:
    if found.sound and isinstance(found.audit, AuditHead):
        return [f"{found.audit.seq} events, every payload and every count as it was stored: nothing was changed."]
    broken = []
    if isinstance(found.audit, AuditBreak):
        broken = [f"event {found.audit.seq} of the record is {found.audit.reason}"]
    payloads = [f"the payload of {envelope} is damaged" for envelope in found.damaged]
    return broken + payloads + ([] if found.counters_right else ["the counts do not fit what is stored"])


# ---- slips ----


@queue.command()
@click.argument("url")
@click.option("--keys", type=PathType, help="A file of other kiosks' public keys: one a line, in hexadecimal.")
@config_option
@json_option
def verify(url: str, keys: Path | None, config_file: Path, as_json: bool) -> None:
    """Tell offline whether a slip is genuine: URL is what its code says when it is scanned."""
    found = desk.verify_slip(url, _known_keys(load_config(config_file), keys))
    genuine = not isinstance(found, Malformed)
    says = SLIPS.get(found.code, found.code) if isinstance(found, Malformed) else "Genuine."
    if as_json:
        slip = {} if isinstance(found, Malformed) else {**asdict(found), "sha256": found.sha256.hex()}
        echo_json({"genuine": genuine, "says": says, **slip})
    elif isinstance(found, Malformed):
        refuse(says)
    else:
        click.echo(f"{says} {found.receipt_number}, {found.service}, stored {found.stored_at:%Y-%m-%d %H:%M} UTC")
    raise SystemExit(0 if genuine else 1)


def _known_keys(config: Config, file: Path | None) -> dict[str, bytes]:
    """Every kiosk key that is known here: those of the fleet, those of the file, this kiosk's own."""
    trust = PortalTrust.load(config.portal.public_file)
    known = {} if isinstance(trust, QueueFault) else dict(desk.fleet_keys(_path(config), trust.receipt_keys))
    if (config.queue.folder / "device.key").exists():
        own = _device_key(config)
        known[own.key_id] = own.public_bytes
    return known | ({} if file is None else _keys_in(file))


def _keys_in(file: Path) -> dict[str, bytes]:
    try:
        lines = [line.partition("#")[0].strip() for line in file.read_text(encoding="ascii").splitlines()]
        found = [bytes.fromhex(line) for line in lines if line]
    except (OSError, ValueError):
        found = [b""]
    if any(len(key) != 32 for key in found):
        refuse(f"{file} is not a file of public keys: 64 hexadecimal digits a line.")
    return {key_id(key): key for key in found}


# ---- acting ----


reason_option = click.option("--reason", required=True, help="Why; it goes on record. Write nothing personal.")


@queue.command()
@config_option
@json_option
def retry(config_file: Path, as_json: bool) -> None:
    """Try everything that waits for its next turn now."""
    done = _order(load_config(config_file), Order(Act.RETRY))
    _tell(as_json, f"{done.count} made due now", count=done.count)


@queue.command()
@click.argument("application")
@reason_option
@config_option
@json_option
def release(application: str, reason: str, config_file: Path, as_json: bool) -> None:
    """Send an APPLICATION (receipt number or id) that was set aside once more."""
    _order(load_config(config_file), Order(Act.RELEASE, key=application, reason=reason))
    _tell(as_json, f"{application} is released and goes next", released=application)


@queue.command()
@click.argument("application")
@reason_option
@config_option
@json_option
def abandon(application: str, reason: str, config_file: Path, as_json: bool) -> None:
    """Give up an APPLICATION that was set aside and then exported; its payload is wiped here."""
    _order(load_config(config_file), Order(Act.ABANDON, key=application, reason=reason))
    _tell(as_json, f"{application} is given up", abandoned=application)


@queue.command()
@click.argument("file", type=PathType)
@config_option
@json_option
def export(file: Path, config_file: Path, as_json: bool) -> None:
    """Write everything that waits into one signed FILE, still sealed; nothing leaves the queue by it."""
    if file.exists():
        refuse(f"{file} is there already; name another file.")
    if not file.parent.is_dir():
        refuse(f"There is no folder {file.parent}; is the carrier mounted?")
    done = _order(load_config(config_file), Order(Act.EXPORT, file=str(file.resolve())))
    _tell(as_json, f"{done.count} applications in {file}", count=done.count, file=str(file))


@queue.command("import")
@click.argument("file", type=PathType)
@config_option
@json_option
def import_receipts(file: Path, config_file: Path, as_json: bool) -> None:
    """Bring back the FILE of receipts that a portal gave for an export; what it proves is settled."""
    config = load_config(config_file)
    if not file.is_file():
        refuse(f"There is no file {file}.")
    _read(PortalTrust.load(config.portal.public_file), config.portal.public_file)  # whose receipts would count?
    done = _order(config, Order(Act.IMPORT, key=str(file), file=str(file.resolve())))
    says = f"{done.count} settled, {done.ignored} that settle nothing here"
    _tell(as_json, says, settled=done.count, ignored=done.ignored)


@queue.command()
@config_option
@json_option
def salvage(config_file: Path, as_json: bool) -> None:
    """Save what can be read of a damaged queue into a new one; the damaged file is kept beside it."""
    config = load_config(config_file)
    path = _existing(config)
    outbox = _read(_open(config, thorough=True), path)
    found = outbox.salvaged
    outbox.close()
    if found is None:
        _tell(as_json, f"The queue in {path} is not damaged; nothing was done.", kept=0, unreadable=0, aside=None)
    else:
        _tell(as_json, _salvaged(found), kept=found.kept, unreadable=found.unreadable, aside=str(found.aside))


def _salvaged(found: Salvage) -> str:
    return f"{found.kept} saved, {found.unreadable} known but unreadable; the damaged file is {found.aside}"


def _tell(as_json: bool, says: str, **values: object) -> None:
    if as_json:
        echo_json(values)
    else:
        click.echo(says)


def _existing(config: Config) -> Path:
    """The queue's file, which no order may make."""
    path = _path(config)
    if not path.exists():
        refuse(sentence("queue_missing", path))
    return path


def _order(config: Config, order: Order) -> Outcome:
    path = _existing(config)
    operator = Operator(config.site.id, _device_key(config))
    done = give(path, order, lambda: _open_and_tell(config), operator, now=datetime.now(UTC))
    if done.fault:
        refuse(sentence(done.fault, path, key=order.key, detail=done.detail))
    return done


def _open_and_tell(config: Config) -> Outbox | QueueFault:
    """Opening a damaged queue salvages it: nobody should learn of that by accident."""
    outbox = _open(config)
    if isinstance(outbox, Outbox) and outbox.salvaged is not None:
        click.echo(f"The queue was damaged: {_salvaged(outbox.salvaged)}", err=True)
    return outbox


def _open(config: Config, *, thorough: bool = False) -> Outbox | QueueFault:
    trust = PortalTrust.load(config.portal.public_file)
    return Outbox.open(
        _path(config),
        quota_bytes=config.queue.quota_mb * MEGABYTE,
        kiosk_code=config.site.id,
        receipt_keys={} if isinstance(trust, QueueFault) else trust.receipt_keys,
        thorough=thorough,
    )


@queue.command()
@click.argument("code")
@config_option
@json_option
def enrol(code: str, config_file: Path, as_json: bool) -> None:
    """Hand in a one-time CODE of the portal's operator; leaves this kiosk's certificate at [portal] certificate."""
    from offline_queue.enrolment import Certified
    from offline_queue.enrolment import enrol as hand_in

    config = load_config(config_file)
    trust = PortalTrust.load(config.portal.public_file)
    if isinstance(trust, QueueFault) or not config.portal.certificate:
        refuse("Set [portal] certificate, and copy the portal's portal-public.json to [portal] public_file.")
    client = portal_client(config, config.portal.url, trust).without_certificate()
    path = Path(config.portal.certificate)
    done = hand_in(client, kiosk_id=config.site.id, code=code, key=_device_key(config), path=path)
    client.close()
    if not isinstance(done, Certified):
        refuse(f"The portal did not enrol this kiosk: {done.code}. Ask its operator for a new code.")
    if as_json:
        echo_json({"certificate": str(done.path), "until": done.not_after.isoformat()})
    else:
        click.echo(f"Enrolled until {done.not_after:%Y-%m-%d}: {done.path}")


def _device_key(config: Config) -> DeviceKey:
    try:
        return open_device_key(config.queue.device_key, config.queue.folder)
    except (OSError, ValueError) as error:
        refuse(f"The device key of {config.queue.folder} cannot be used: {error}.")
