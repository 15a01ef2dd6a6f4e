"""One rehearsed visit from an empty kiosk to a delivered envelope, with a portal of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from kiosk.app import Kiosk, build_kiosk
from kiosk.catalogue import Language
from kiosk.config import Config
from kiosk.embedded_portal import EmbeddedPortal
from kiosk.memory import collect_as_usual
from kiosk.simulation import simulated
from screens.glass import wait_until
from screens.main import Screens, Size, application, load_fonts, prepare_environment
from screens.rehearsal import RehearsalError, Resident, VisitRecord, received_for
from screens.stage import Stage

SHEET = Size(1080, 1920)


@contextmanager
def opened(
    config: Config, *, offline: bool = False, slips: Path | None = None
) -> Iterator[tuple[Kiosk, Stage, Screens]]:
    """A running kiosk on an offscreen window; `offline` cuts the line before the first probe."""
    prepare_environment(config, offscreen=True)
    application()
    load_fonts(config)
    portal = EmbeddedPortal(config.portal.public_file.parent)
    kiosk = build_kiosk(config, portal=portal, slips=slips)
    stage = Stage(kiosk)
    screens = Screens(kiosk, stage, size=SHEET)
    collect_as_usual()
    if offline:
        portal.offline()
    kiosk.listen(stage.hear)
    kiosk.start()
    try:
        yield kiosk, stage, screens
    finally:
        screens.close()
        kiosk.stop()


def rehearse(
    config: Config,
    *,
    service: str,
    language: Language,
    out: Path,
    offline: bool = False,
    faults: Sequence[str] = (),
    person: str = "elder",
    document: str = "card",
    more: Sequence[str] = (),
    event: str = "",
) -> VisitRecord:
    """Play one visit and leave NN-<page>.png, slip.png and visit.json in `out`; RehearsalError says where it stuck.

    An offline visit is delivered afterwards, when the line is back.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-") as folder,
        opened(simulated(config, Path(folder)), offline=offline) as (kiosk, stage, screens),
    ):
        warnings: list[str] = []
        screens.warned.connect(warnings.append)
        resident = Resident(
            screens,
            stage,
            service=service,
            language=language,
            out=out,
            faults=faults,
            offline=offline,
            person=person,
            document=document,
            more=more,
            event=event,
        )
        record = resident.visit()
        resident.finish()
        if record.envelope_id:
            _deliver(kiosk, record)
            record.received = [found for number in record.parts for found in received_for(kiosk, number)]
        record.write(out / "visit.json")
        if warnings:
            raise RehearsalError("Qt warned: " + "; ".join(warnings))
    return record


def _deliver(kiosk: Kiosk, record: VisitRecord) -> None:
    """Mend the line and wait for the signed receipt and the department's copy."""
    if kiosk.portal is not None:
        kiosk.portal.online()
    kiosk.sync.wake()
    for number, envelope_id in record.parts.items():
        if not wait_until(partial(_delivered, kiosk, envelope_id), 60.0):
            raise RehearsalError(f"{number} was not delivered within a minute")
        if not wait_until(partial(_received, kiosk, number), 30.0):
            raise RehearsalError(f"no department got {number} within half a minute")
    record.delivery = "delivered"


def _delivered(kiosk: Kiosk, envelope_id: str) -> bool:
    return kiosk.delivery(envelope_id) == "delivered"


def _received(kiosk: Kiosk, receipt_number: str) -> bool:
    return bool(received_for(kiosk, receipt_number))
