"""What a technician asks first: does every part of this machine answer, and if not, what to do."""

from __future__ import annotations

import importlib.metadata
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hardware.camera import Camera
from hardware.cards.faults import CardError
from hardware.device import State, Status
from hardware.printer import JobJournal, Text
from hardware.vision.models import NAMES, fault_of, pins
from kiosk.app import ASSETS
from kiosk.catalogue import LANGUAGES, CatalogueError, load_catalogue
from kiosk.catalogue.texts import Texts
from kiosk.config import Config
from kiosk.devices import build_devices
from kiosk.speech.recorded import examined
from kiosk.typing import Engines
from kiosk.typing.engines import FAULTS
from offline_queue.faults import QueueFault
from offline_queue.outbox import Outbox

DEVICES_ANSWER_S = 5.0
PACKAGES = ("PySide6_Essentials", "pyscard", "opencv-python-headless", "python-escpos", "cryptography", "sqlite-utils")


@dataclass(frozen=True)
class Check:
    """One thing that was examined: whether it is well, and a sentence."""

    name: str
    ok: bool
    says: str


def diagnose(config: Config) -> list[Check]:
    """Examine everything; devices get five seconds to answer."""
    return [
        *_packages(),
        *_fonts(config),
        *trust_checks(config),
        *_keyboard(config),
        *_face_models(),
        *_catalogue(config),
        swap_check(Path("/proc/swaps")),
        _queue(config),
        *_devices(config),
    ]


def _packages() -> Iterator[Check]:
    for name in PACKAGES:
        try:
            yield Check(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Check(name, False, "is not installed; run `make setup`")
    yield Check("SQLite", True, sqlite3.sqlite_version)


def _fonts(config: Config) -> Iterator[Check]:
    for name, path in (("regular", config.fonts.regular), ("bold", config.fonts.bold), ("icons", config.fonts.icons)):
        there = path.is_file()
        yield Check(f"font {name}", there, str(path) if there else f"{path} is missing; run `make setup`")


def trust_checks(config: Config) -> Iterator[Check]:
    """The master list that documents are judged by; without one they are read, and said to be unchecked."""
    if config.card.driver != "pcsc":
        return
    from hardware.cards.emrtd import trust_folder  # loads the ciphers, which only this check needs

    try:
        found = trust_folder.load(config.card.trust)
    except CardError as error:
        yield Check("master list", False, f"{config.card.trust}: {error.fault.detail}; import it again")
        return
    if found.listed is None:
        yield Check("master list", False, f"{config.card.trust} has none; `python -m hardware.cards trust import`")
        return
    signed = f"{found.listed.signed_at:%Y-%m-%d}" if found.listed.signed_at else "without a date"
    count, countries = len(found.listed.certificates), len(found.listed.countries)
    words = f"of {signed}, {count} certificates of {countries} countries"
    yield Check(
        "master list", found.listed.vouched, words if found.listed.vouched else f"{words}, vouched for by nobody"
    )
    stale = sum(one.stale(datetime.now(UTC)) for one in found.revocations)
    yield Check("revocations", not stale, f"{len(found.revocations)} lists, {stale} of them stale")


def _keyboard(config: Config) -> Iterator[Check]:
    faults = Engines(config.keyboard.folder).faults()
    for code in faults:
        yield Check("keyboard", False, f"{code}: {FAULTS[code]}")
    if not faults:
        yield Check("keyboard", True, "速成, 倉頡, 筆劃, 粵拼, 拼音, characters by number")


def _face_models() -> Iterator[Check]:
    """The pinned models by which portraits are judged; without them only light, focus and stillness are."""
    for name in NAMES:
        fault = fault_of(name)
        says = f"the pinned one, {pins()[name].licence}" if fault is None else f"{fault.code}; run `make setup`"
        yield Check(f"face model {name}", fault is None, says)


def swap_check(swaps: Path) -> Check:
    """Whether memory can be written to a disk: the kernel's table has one line for each place, below its head."""
    places = [line.split()[0] for line in swaps.read_text(encoding="utf-8").splitlines()[1:]] if swaps.exists() else []
    on_disk = [place for place in places if not place.startswith("/dev/zram")]
    if on_disk:
        return Check("swap", False, f"{', '.join(on_disk)} may hold what residents typed; swapoff -a, or encrypt it")
    return Check("swap", True, "none on a disk")


def _catalogue(config: Config) -> Iterator[Check]:
    try:
        catalogue = load_catalogue(ASSETS)
    except CatalogueError as error:
        yield Check("catalogue", False, str(error).splitlines()[0])
        return
    yield Check("catalogue", True, f"{len(catalogue.services)} services offered, {len(catalogue.listing)} known")
    yield prompts_check(config.voice.clips, catalogue.texts)


def prompts_check(folder: Path, texts: Texts) -> Check:
    """How many sentences of the spoken guide a person has recorded; the rest is synthesised, which is no fault."""
    found = [examined(folder, texts, language) for language in LANGUAGES]
    faulty = [f"{one.language}/{name}" for one in found for name in one.faulty]
    says = ", ".join(f"{one.language} {one.wanted - len(one.missing)} of {one.wanted}" for one in found)
    return Check("recorded prompts", not faulty, f"{says}; {len(faulty)} will not do" if faulty else says)


def _queue(config: Config) -> Check:
    path = config.queue.folder / "outbox.db"
    if not path.exists():
        return Check("queue", True, f"{path} is not there yet; it is made at the first start")
    outbox = Outbox.open(path, quota_bytes=config.queue.quota_mb * 1024 * 1024, kiosk_code=config.site.id)
    if isinstance(outbox, QueueFault):
        in_use = outbox.code == "queue_in_use"
        return Check("queue", in_use, "a running kiosk uses it" if in_use else f"{outbox.code} {outbox.detail}")
    with closing(outbox):
        status = outbox.status()
        return Check(
            "queue", not status.frozen, f"{status.pending} waiting, {status.disk_bytes} of {status.quota_bytes} bytes"
        )


BROKER_SAYS = "a broker reads it; the running kiosk asks that through the portal"


def _devices(config: Config) -> list[Check]:
    """Run each device until it is ready or in fault, or the time is over."""
    settled = threading.Condition()
    latest: dict[str, Status] = {}

    def hear(event: object) -> None:
        if isinstance(event, Status):
            with settled:
                latest[event.device] = event
                settled.notify_all()

    devices = build_devices(config, hear)
    wanted = set(devices.supervisors)
    devices.start()
    try:
        with settled:
            settled.wait_for(lambda: _all_settled(wanted, latest), DEVICES_ANSWER_S)
            found = dict(latest)  # stopping them tells more, which nobody asked for
        stands = [check for each in (devices.face_camera, devices.document_camera) for check in camera_settings(each)]
    finally:
        devices.stop()
    return [
        *(_device_check(name, found.get(name)) for name in sorted(wanted)),
        *stands,
        *([Check("card", True, BROKER_SAYS)] if config.card.driver == "hkic_broker" else []),
        *([_paper(config)] if devices.printer is not None else []),
        _slip(lambda: devices.slip([Text("永字八法 永字八法 AZ")], "zh_Hant").height),
    ]


def _all_settled(wanted: set[str], latest: dict[str, Status]) -> bool:
    return all(name in latest and latest[name].state in (State.READY, State.BUSY, State.FAULT) for name in wanted)


def _device_check(name: str, status: Status | None) -> Check:
    if status is None or status.state in (State.STARTING, State.ABSENT, State.STOPPED):
        return Check(name, False, f"did not answer within {DEVICES_ANSWER_S:g} s")
    if status.fault is not None and status.state is State.READY:
        return Check(name, True, f"answers; {status.fault.code}")
    if status.fault is not None:
        return Check(name, False, f"{status.fault.code} {status.fault.detail}".strip())
    return Check(name, True, "answers")


def camera_settings(camera: Camera | None) -> Iterator[Check]:
    """Exposure and focus of a camera as they stand, and whether that is what kiosk.toml says."""
    if camera is None:
        return
    for each in camera.settings():
        how = {True: "automatic", False: "set", None: "cannot be automatic"}[each.automatic]
        value = "" if each.value is None else f", at {each.value} of {each.least} to {each.most}"
        says = f"{how}{value}" if each.offered else "no such control"
        wished = "" if each.met else f"; kiosk.toml says {each.wish}"
        yield Check(f"{camera.name} {each.name}", each.met, f"{says}{wished}")


def _paper(config: Config) -> Check:
    """The roll by the kiosk's own count; a running kiosk's journal is only read."""
    used = JobJournal(config.queue.folder / "printer.journal", roll_m=config.printer.roll_m).consumption
    left = "no slip printed yet" if used.slips_left is None else f"about {used.slips_left} slips left"
    return Check("paper roll", used.slips_left != 0, f"{used.used_m:.1f} m of {used.roll_m:g} m used, {left}")


def _slip(draw: Callable[[], int]) -> Check:
    try:
        return Check("slip layout", True, f"a line of Chinese is {draw()} dots high")
    except OSError as error:
        return Check("slip layout", False, f"{error}; run `make setup`")
