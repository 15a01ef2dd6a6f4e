"""The composition root: from kiosk.toml to a kiosk with catalogue, devices, outbox and line, ready for the screens.

KioskStartError   the kiosk cannot start; its text is a sentence for the technician with the next move
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hardware.device import Fault
from hardware.printer import Block, PrintOutcome, Result
from kiosk.answer_slip import AnswerSlip, answer_blocks, answer_code
from kiosk.case_slip import CaseAnswer, CasePart, CaseSlip, case_blocks
from kiosk.catalogue import Catalogue, CatalogueError, Language, load_catalogue
from kiosk.catalogue.model import Payment, Service, Slot
from kiosk.config import Config, ConfigError
from kiosk.desk import Answer, Desk
from kiosk.devices import Devices, build_devices
from kiosk.embedded_portal import EmbeddedPortal
from kiosk.flow import engine
from kiosk.flow.case import Case
from kiosk.flow.state import FlowState
from kiosk.identity.card_broker import PortalBackOffice
from kiosk.identity.evidence import Evidence
from kiosk.identity.phone import PhoneDesk
from kiosk.journey import Bundle
from kiosk.opening import Hours, ServiceSwitch, read_hours
from kiosk.receipt import SlipContent, moment_text, slip_blocks
from kiosk.slip_lookup import SlipDesk, SlipFound
from kiosk.slip_plan import with_plan
from kiosk.slip_post import SlipPost
from kiosk.staff_log import StaffLog
from kiosk.submission import SavedVisit, Sender, submit, submit_case
from kiosk.take_home import Paper, Printed, Printer, checklist_blocks
from kiosk.typing import Engines
from offline_queue.envelope import Malformed, uuid7
from offline_queue.faults import QueueFault
from offline_queue.http import TlsFiles
from offline_queue.outbox import Outbox
from offline_queue.portal_client import PortalClient
from offline_queue.records import State
from offline_queue.sealing import DeviceKey
from offline_queue.slip_code import SlipCode, sign_slip
from offline_queue.slip_message import Way
from offline_queue.sync import Heartbeat, Pace, Sync
from offline_queue.token_key import open_device_key
from offline_queue.trust import PortalTrust

if TYPE_CHECKING:
    from offline_queue.enrolment import Renewal

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
MEGABYTE = 1024 * 1024
START_SENTENCES = {
    "queue_in_use": "Another kiosk program uses the queue {path}. Stop it, or give this one its own [queue] folder.",
    "queue_damaged": "The queue in {path} is damaged. Run `python -m kiosk queue salvage` to save what can be read.",
    "queue_newer": "The queue in {path} was written by a newer kiosk. Install that version again.",
    "disk_full": "The disk that holds {path} is full. Free some space and start again.",
    "disk_error": "The disk that holds {path} does not answer well ({detail}). Check it and start again.",
    "trust_missing": "There is no portal file {path}. Copy the portal's there, or set [portal] url to embedded.",
    "trust_damaged": "The portal file {path} cannot be read. Copy the portal's portal-public.json there again.",
}


class KioskStartError(Exception):
    """A sentence for the technician."""


class Ability(Enum):
    """What a kiosk can do when the device for it works: its word in texts, its device, the step kind that needs it."""

    CARD = ("card", "card", "identify")
    PORTRAIT = ("portrait", "face_camera", "portrait")
    DOCUMENT = ("document", "document_camera", "document")
    PRINT = ("print", "printer", None)

    def __init__(self, word: str, device: str, step: str | None) -> None:
        self.word = word
        self.device = device
        self.step = step


class Ear:
    """What devices and line are given to talk to before anybody listens."""

    def __init__(self) -> None:
        self.listener: Callable[[object], None] = lambda _: None

    def __call__(self, event: object) -> None:
        self.listener(event)


class Kiosk:
    """Everything the screens are handed. Build it with `build_kiosk`; `start` and `stop` bound its threads."""

    def __init__(
        self,
        config: Config,
        catalogue: Catalogue,
        devices: Devices,
        sender: Sender,
        sync: Sync,
        portal: EmbeddedPortal | None,
        ear: Ear,
        desk: Desk,
        slip_desk: SlipDesk,
        phone_desk: PhoneDesk,
        slip_post: SlipPost,
        hours: Hours,
    ) -> None:
        self.config = config
        self.catalogue = catalogue
        self.devices = devices
        self.sender = sender
        self.sync = sync
        self.portal = portal
        self._ear = ear
        self.desk = desk
        self._slip_desk = slip_desk
        self.phone_desk = phone_desk
        self.slip_post = slip_post
        self.hours = hours
        self.switch = ServiceSwitch(config.queue.folder / "out-of-service.json")
        self.staff_log = StaffLog(config.queue.folder / "staff.log")
        self.full = sender.outbox.status().frozen
        self._zone = ZoneInfo(config.site.timezone)
        self.engines = Engines(config.keyboard.folder)

    def listen(self, listener: Callable[[object], None]) -> None:
        """Let one listener hear what devices (frozen events) and line (SyncState) say, from their own threads."""
        self._ear.listener = listener

    def start(self) -> None:
        """Begin to run devices and line."""
        self.devices.start()
        self.sync.start()
        Thread(target=self.catalogue.prepare_search, name="search", daemon=True).start()

    def stop(self) -> None:
        """End every thread; the outbox is closed last."""
        self.sync.stop()
        self.devices.stop()
        self.sender.outbox.close()
        if self.portal is not None:
            self.portal.close()

    def now(self) -> datetime:
        """The wall clock in the site's time zone, for records and for the header."""
        return datetime.now(self._zone)

    @property
    def closed(self) -> bool:
        """Whether no new visit may begin: out of service, or outside the opening hours."""
        return self.switch.out is not None or not self.hours.open_at(self.now())

    @property
    def line_up(self) -> bool:
        """Whether the portal answered lately."""
        return self.sync.state.online

    @property
    def slip_ways(self) -> frozenset[Way]:
        """How the portal sends slips to residents, as it last said; they need the line."""
        return self.sync.state.slip_by

    def abilities(self) -> frozenset[Ability]:
        """What works now."""
        working = {ability for ability in Ability if self.devices.working(ability.device)}
        if any(self.devices.working(printer) for printer in Printer):
            working.add(Ability.PRINT)  # a receipt may come out of either
        return frozenset(working)

    def look_at_store(self) -> None:
        """Refresh whether the store is too full for new visits; call it off the GUI thread."""
        self.full = self.sender.outbox.status().frozen

    # ---- what a visit ends with; all of these may block and belong to a worker thread ----

    def submit(self, flow: FlowState, language: Language, evidence: Evidence | None = None) -> SavedVisit | QueueFault:
        """Seal and commit; "saved" may be said when this returns a SavedVisit."""
        saved = submit(self.sender, flow, language, self.now(), evidence)
        self.look_at_store()
        return saved

    def submit_case(
        self, moment: Case, language: Language, evidence: Evidence | None = None
    ) -> tuple[SavedVisit, ...] | QueueFault:
        """Seal one envelope for each department and commit them together."""
        saved = submit_case(self.sender, moment, language, self.now(), evidence)
        self.look_at_store()
        return saved

    def delivery(self, envelope_id: str) -> str:
        """Where a saved envelope stands: waiting, sending, delivered or refused."""
        for item in self.sender.outbox.items():
            if item.id == envelope_id:
                if item.state is State.QUARANTINED:
                    return "refused"
                return "sending" if self.line_up else "waiting"
        return "delivered"

    def receipt(self, saved: SavedVisit, flow: FlowState, language: Language, delivery: str) -> Paper:
        """The receipt of a saved visit."""
        site = self.config.site
        office: Language = "zh_Hant" if site.side == "HK" else "zh_Hans"
        content = SlipContent(
            receipt_number=saved.receipt_number,
            service=flow.service,
            saved_at=saved.saved_at,
            site=site.name(language),
            site_office=site.name(office),
            kiosk_id=site.id,
            fee_cents=engine.fee_cents(flow),
            delivered=delivery == "delivered",
            code_url=self.slip_code(saved),
            appointment=next((f.value for f in flow.walk.facts.values() if isinstance(f.value, Slot)), None),
        )
        blocks = slip_blocks(content, self.catalogue.texts, language, office)
        return self._paper(saved.envelope_id, "slip_paper.title", blocks, language, Printer.ROLL)

    def case_slip(
        self,
        saved: Sequence[SavedVisit],
        bundle: Bundle,
        language: Language,
        *,
        answers: Mapping[str, Answer],
        delivered: Collection[str],
    ) -> Paper:
        """The one slip of a case: a reference for every department; `delivered` are the envelopes that arrived."""
        site = self.config.site
        office: Language = "zh_Hant" if site.side == "HK" else "zh_Hans"
        event = self.catalogue.events.get(bundle.event)
        content = CaseSlip(
            event_key=event.title_key if event else "",
            parts=tuple(self._case_part(each, bundle, each.envelope_id in delivered) for each in saved),
            answers=tuple(_said(bundle, matter, answer) for matter, answer in answers.items()),
            saved_at=saved[0].saved_at if saved else self.now(),
            site=site.name(language),
            site_office=site.name(office),
            kiosk_id=site.id,
        )
        job = saved[0].envelope_id if saved else f"answer-{next(iter(answers.values())).reference}"
        blocks = case_blocks(content, self.catalogue.texts, language, office)
        return self._paper(job, "slip_paper.title", blocks, language, Printer.ROLL)

    def _case_part(self, saved: SavedVisit, bundle: Bundle, delivered: bool) -> CasePart:
        flows = [bundle.flow_of(matter) for matter in saved.matters]
        found = [filled.value for flow in flows for filled in flow.walk.facts.values()]
        return CasePart(
            receipt_number=saved.receipt_number,
            services=tuple(flow.service for flow in flows),
            fees_cents={flow.service.id: engine.fee_cents(flow) for flow in flows},
            delivered=delivered,
            code_url=with_plan(self.slip_code(saved), bundle.event, bundle.matters),
            appointments=tuple(value for value in found if isinstance(value, Slot)),
        )

    def answer(self, answer: Answer, flow: FlowState, language: Language) -> Paper:
        """What a department answered, with a code that proves who printed it and when."""
        site = self.config.site
        paid = next((f.value for f in flow.walk.facts.values() if isinstance(f.value, Payment)), None)
        code = sign_slip(answer_code(answer, flow.service.id, self.sender), self.sender.device_key,
                         verify_url=site.verify_url)  # fmt: skip
        content = AnswerSlip(answer, flow.service, paid, site.name(language), site.id, code)
        blocks = answer_blocks(content, self.catalogue.texts, language)
        return self._paper(f"answer-{answer.reference}", "answer.paper_title", blocks, language, Printer.A4)

    def checklist(self, service: Service, language: Language) -> Paper:
        """What to bring, to take home; every asking is a job."""
        blocks = checklist_blocks(service, self.catalogue.texts, language, self._footer(language))
        job = f"list-{uuid7(self.now())}"
        return self._paper(job, service.title_key, blocks, language, Printer.A4)

    def _paper(self, job: str, title: str, blocks: list[Block], language: Language, first: Printer) -> Paper:
        say = partial(self.catalogue.texts.say, language)
        return Paper(job, say(title), language, tuple(blocks), first, self._footer(language), say("a4.code"))

    def _footer(self, language: Language) -> str:
        site = self.config.site
        place = self.catalogue.texts.say(language, "slip_paper.kiosk", site=site.name(language), id=site.id)
        return f"{place}　{moment_text(self.now(), language)}"

    def look_up_slip(self, url: str) -> SlipFound | Malformed:
        """What a scanned slip proves and where it stands; may wait for the portal."""
        return self._slip_desk.look_up(url, self.catalogue, line_up=self.line_up)

    def slip_code(self, saved: SavedVisit) -> str:
        """The signed code of a slip."""
        code = SlipCode(
            kid=self.sender.device_key.key_id,
            receipt_number=saved.receipt_number,
            service=saved.service_id,
            envelope_id=saved.envelope_id,
            sha256=saved.sha256,
            stored_at=saved.saved_at,
            chain_count=self.sender.outbox.status().audit_seq,
        )
        return sign_slip(code, self.sender.device_key, verify_url=self.config.site.verify_url)

    def printer_for(self, paper: Paper) -> Printer | None:
        """Which printer would take a paper now."""
        return next((printer for printer in paper.printers if self.devices.working(printer)), None)

    def print(self, paper: Paper, *, large: bool = False) -> Printed:
        """Print a paper on the first printer that works and wait for its proof.

        The other printer is tried only when nothing of it can have come out of the first.
        """
        end = Printed(PrintOutcome(Result.FAILED, Fault("printer_offline")), None)
        for printer in paper.printers:
            if self.devices.working(printer):
                end = Printed(self.devices.print(paper, printer, large=large), printer)
                if end.outcome.result is not Result.FAILED:
                    break
        return end


def _said(bundle: Bundle, matter: str, answer: Answer) -> CaseAnswer:
    flow = bundle.flow_of(matter)
    paid = next((f.value for f in flow.walk.facts.values() if isinstance(f.value, Payment)), None)
    return CaseAnswer(flow.service, answer, paid)


def build_kiosk(
    config: Config,
    *,
    slips: Path | None = None,
    portal: EmbeddedPortal | None = None,
) -> Kiosk:
    """Build a kiosk from its configuration; raises KioskStartError (or ConfigError) with what to do.

    `slips` keeps what the simulated printer prints. A `portal` that is handed in is used as the embedded one and
    closed with the kiosk.
    """
    config.queue.folder.mkdir(parents=True, exist_ok=True)
    try:
        catalogue = load_catalogue(ASSETS, memory=config.queue.folder / "catalogue.json")
    except CatalogueError as error:
        raise KioskStartError(f"The service catalogue cannot be used:\n{error}") from error
    hours = _hours(config)  # whatever can be said before anything runs
    if config.portal.url == "embedded" and portal is None:
        portal = EmbeddedPortal(config.portal.public_file.parent)
    key = _device_key(config)
    if portal is not None:
        portal.enrol(config.site.id, key.public_bytes)
        portal.online()
    trust = _trust(portal.public_file if portal else config.portal.public_file)
    outbox = _outbox(config, trust)
    client = portal_client(config, portal.url if portal else config.portal.url, trust)
    sender = Sender(config.site.id, key, trust.seal_to, outbox)
    ear = Ear()
    office = PortalBackOffice(sender, client)
    devices = build_devices(config, ear, slips=slips, journal=config.queue.folder / "printer.journal", office=office)
    sync = Sync(
        outbox,
        client,
        on_change=ear,
        heartbeat=Heartbeat(config.site.id, key, devices.health),
        renewal=_renewal(config, key, client) if portal is None else None,
        pace=Pace(period_s=config.portal.probe_s),
    )
    slip_desk = SlipDesk(key, outbox, client, trust.receipt_keys)
    return Kiosk(
        config,
        catalogue,
        devices,
        sender,
        sync,
        portal,
        ear,
        Desk(sender, client),
        slip_desk,
        PhoneDesk(sender, client),
        SlipPost(sender, client),
        hours,
    )


def _hours(config: Config) -> Hours:
    table = vars(config.hours)
    found = read_hours(table, config.hours.holidays)
    if isinstance(found, str):
        raise KioskStartError(f"[hours] of kiosk.toml cannot be used: {found}. Correct it and start again.")
    return found


def _device_key(config: Config) -> DeviceKey:
    try:
        return open_device_key(config.queue.device_key, config.queue.folder)
    except (OSError, ValueError) as error:
        raise KioskStartError(f"The device key of {config.queue.folder} cannot be used: {error}") from error


def portal_client(config: Config, url: str, trust: PortalTrust) -> PortalClient:
    """A client that shows this kiosk's certificate, if the configuration names a file for one."""
    ca, own = config.portal.ca, config.portal.certificate
    tls = TlsFiles(Path(ca) if ca else None, Path(own) if own else None, Path(own) if own else None)
    return PortalClient(url, receipt_keys=trust.receipt_keys, tls=tls)


def _renewal(config: Config, key: DeviceKey, client: PortalClient) -> Renewal | None:
    own = config.portal.certificate
    if not own:
        return None
    from offline_queue.enrolment import Renewal  # loads X.509, which a kiosk without a certificate never needs

    return Renewal(client.without_certificate(), config.site.id, key, Path(own))


def _trust(path: Path) -> PortalTrust:
    trust = PortalTrust.load(path)
    if isinstance(trust, QueueFault):
        raise _start_error(trust, path)
    return trust


def _outbox(config: Config, trust: PortalTrust) -> Outbox:
    path = config.queue.folder / "outbox.db"
    outbox = Outbox.open(
        path,
        quota_bytes=config.queue.quota_mb * MEGABYTE,
        kiosk_code=config.site.id,
        receipt_keys=trust.receipt_keys,
    )
    if isinstance(outbox, QueueFault):
        raise _start_error(outbox, path)
    return outbox


def _start_error(fault: QueueFault, path: Path) -> KioskStartError:
    sentence = START_SENTENCES.get(fault.code, "The kiosk cannot use {path} ({detail}). Call a technician.")
    return KioskStartError(sentence.format(path=path, detail=fault.detail or fault.code))


__all__ = ["ASSETS", "Ability", "ConfigError", "Kiosk", "KioskStartError", "build_kiosk"]
