"""The devices of one kiosk as kiosk.toml names them, each under its supervisor."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hardware import camera
from hardware import printer as printing
from hardware.camera import Camera
from hardware.camera.controls import Profile, Wish, wish_of
from hardware.camera.looker import Looker
from hardware.camera.simulated import camera_process
from hardware.cards import SimulatedCardReader
from hardware.cards.hkic import BackOffice, BrokerReader
from hardware.cards.identify import Key, ReadCard, card_reading, staff_login, with_staff
from hardware.cards.staff_roots import ROLES, staff_roots
from hardware.device import Device, Fault, State, Status, Supervisor, Tell
from hardware.printer import (
    WIDTH_58_MM,
    WIDTH_80_MM,
    DocumentPrinter,
    Fonts,
    PrintOutcome,
    Raster,
    Result,
    SlipPrinter,
    forget_faces,
    render,
    transport_for,
)
from hardware.printer.emulator import EmulatedPrinter
from hardware.printer.ipp_tool import ipp_for
from hardware.printer.journal import JobJournal
from hardware.printer.layout import Block
from hardware.printer.simulated_ipp import SimulatedIpp
from hardware.printer.typesetter import Typesetter
from hardware.vision import models
from hardware.vision.studio import Studio
from hardware.voice import Aplay, Clips, EspeakVoice, SimulatedVoice, Voice, WavFolder
from kiosk.catalogue import Language
from kiosk.config import Config, ConfigError, DocumentCamera, FaceCamera
from kiosk.take_home import Paper, Printer

WIDTHS = {(58, 203): WIDTH_58_MM, (80, 203): WIDTH_80_MM, (58, 180): 360, (80, 180): 512}
"""Dots across the paper, by its width in millimetres and the head's dots an inch (Epson TM-T88: 180)."""

BACKOFFS_S: Mapping[type, tuple[float, float]] = {Camera: camera.BACKOFF_S, SlipPrinter: printing.BACKOFF_S}
"""A device that somebody plugs in again must be back within seconds."""


class CardReader(Device, Protocol):
    """A device that reads cards, whichever kind it is; its methods are safe from any thread."""

    def look_again(self) -> None:
        """Read the card that lies there once more."""

    def unlock(self, key: Key | None) -> None:
        """Give the key of the document that lies there, or of the next; None forgets it."""


@dataclass
class Devices:
    """What is plugged in; None where kiosk.toml says there is none."""

    card: CardReader | None
    face_camera: Camera | None
    document_camera: Camera | None
    printer: SlipPrinter | None
    voice: Voice | None
    emulator: EmulatedPrinter | None
    a4_printer: DocumentPrinter | None
    simulated_a4: SimulatedIpp | None
    fonts: Fonts
    slip_width: int
    slip_dpi: int
    supervisors: Mapping[str, Supervisor]
    compares_faces: bool = False  # the site wishes it, and there are the models to do it with
    typesetter: Typesetter = field(default_factory=Typesetter)
    looker: Looker = field(default_factory=Looker)
    studio: Studio = field(init=False)

    def __post_init__(self) -> None:
        self.studio = Studio(self.looker)

    def start(self) -> None:
        """Begin to run every device."""
        if self.emulator is not None:
            self.emulator.power_on()
        for supervisor in self.supervisors.values():
            supervisor.start()

    def stop(self) -> None:
        """End every device and join its thread."""
        for supervisor in self.supervisors.values():
            supervisor.stop()
        self.typesetter.stop()
        self.studio.stop()
        self.looker.stop()
        if self.emulator is not None:
            self.emulator.power_off()

    def rest(self) -> None:
        """Between two visits: keep nothing of what the last one's papers were drawn with."""
        forget_faces()

    def working(self, name: str) -> bool:
        """Whether a device is there and does its work."""
        supervisor = self.supervisors.get(name)
        return supervisor is not None and supervisor.status.state in (State.READY, State.BUSY)

    def statuses(self) -> Iterator[Status]:
        """The latest word on each device."""
        for supervisor in self.supervisors.values():
            yield supervisor.status

    def health(self) -> dict[str, str]:
        """What the operator's page shows of each device: "ready", "fault", "ready: paper_low"; and the slips left."""
        found = {}
        for status in self.statuses():
            notice = f": {status.fault.code}" if status.fault is not None and status.state is State.READY else ""
            found[status.device] = f"{status.state}{notice}"
        left = self.printer.journal.consumption.slips_left if self.printer is not None else None
        return found | ({} if left is None else {"slips_left": str(left)})

    def slip(self, blocks: Sequence[Block], language: Language, *, large: bool = False) -> Raster:
        """Lay out a slip for this kiosk's paper."""
        return render(
            blocks, width_dots=self.slip_width, fonts=self.fonts, language=language, large=large, dpi=self.slip_dpi
        )

    def print(self, paper: Paper, printer: Printer, *, large: bool = False) -> PrintOutcome:
        """Print a paper on one of the printers and wait for its proof."""
        if printer is Printer.A4 and self.a4_printer is not None:
            pdf = self.typesetter.document(paper.blocks, paper.sheet(large=large))
            if isinstance(pdf, Fault):
                return PrintOutcome(Result.FAILED, pdf)
            return self.a4_printer.print_document(pdf, paper.job)
        if printer is Printer.ROLL and self.printer is not None:
            return self.printer.print_slip(self.slip(paper.blocks, paper.language, large=large), paper.job)
        return PrintOutcome(Result.FAILED, Fault("printer_offline"))


def build_devices(
    config: Config,
    tell: Tell,
    *,
    slips: Path | None = None,
    journal: Path | None = None,
    office: BackOffice | None = None,
) -> Devices:
    """Every device of kiosk.toml, not yet started; `slips` keeps what the simulated printer prints.

    `journal` is the file in which the printer's jobs and its paper are counted. `office` resolves what the broker for
    Hong Kong identity cards reads; without one that reader is left out.

    Raises ConfigError for a driver or source nobody knows.
    """
    fonts = Fonts(config.fonts.regular, config.fonts.bold)
    width = WIDTHS.get((config.printer.paper_mm, config.printer.dpi))
    if width is None:
        raise ConfigError(
            f"[printer] paper_mm = {config.printer.paper_mm}, dpi = {config.printer.dpi} will not do; "
            "they take 58 or 80, and 203 or 180."
        )
    card = _card(config, office)
    face = _camera("face_camera", config.face_camera)
    document_camera = _camera("document_camera", config.document_camera)
    emulator = _emulator(config, width, fonts, slips)
    printer = _printer(config, emulator, journal)
    simulated_a4 = SimulatedIpp(slips) if config.a4_printer.driver == "simulated" else None
    a4 = _a4_printer(config, simulated_a4, journal)
    voice = _voice(config)
    there: list[Device] = [each for each in (card, face, document_camera, printer, a4, voice) if each is not None]
    supervisors = {
        device.name: Supervisor(device, tell, backoff_s=BACKOFFS_S.get(type(device), (0.5, 30.0))) for device in there
    }
    return Devices(
        card,
        face,
        document_camera,
        printer,
        voice,
        emulator,
        a4,
        simulated_a4,
        fonts,
        width,
        config.printer.dpi,
        supervisors,
        face is not None and config.face_camera.compare and models.present(),
    )


def _card(config: Config, office: BackOffice | None) -> CardReader | None:
    if config.card.driver == "none":
        return None
    if config.card.driver == "simulated":
        from hardware.cards.simulated import made_up_country, made_up_staff

        made_up = staff_login(made_up_staff, ROLES)
        return SimulatedCardReader(read=with_staff(card_reading(made_up_country), made_up))
    if config.card.driver == "sam":
        from hardware.cards.mainland.reader import SamCardReader

        return SamCardReader(config.card.reader, decoder=shlex.split(config.card.photo_program))
    if config.card.driver == "hkic_broker":
        return _broker(office)
    from hardware.cards.reader import PcscCardReader

    residents = _with_mainland(config, card_reading(trust_folder=config.card.trust))
    staff = staff_login(lambda: staff_roots(config.staff.roots), ROLES)
    return PcscCardReader(config.card.reader, read=with_staff(residents, staff))


def _broker(office: BackOffice | None) -> CardReader | None:
    """The broker for Hong Kong identity cards, its software on this box simulated."""
    from hardware.cards.sim.hkic_broker import SimulatedBrokerClient
    from kiosk.simulated_broker import read_at_broker

    if office is None:
        return None
    return BrokerReader(SimulatedBrokerClient(read_at_broker), office)


def _with_mainland(config: Config, residents: ReadCard) -> ReadCard:
    """The same reading; first by pseudo-APDU, where the reader reads Mainland cards itself."""
    if not config.card.pseudo_apdu:
        return residents
    from hardware.cards.mainland.pages import page_command, with_mainland

    try:
        command = page_command(config.card.pseudo_apdu)
    except ValueError:
        asked = config.card.pseudo_apdu
        raise ConfigError(f"[card] pseudo_apdu = {asked!r} will not do; it is like FF B0 nn 00 00.") from None
    return with_mainland(residents, command, shlex.split(config.card.photo_program))


def _voice(config: Config) -> Voice | None:
    """What speaks: espeak-ng to a sound device or to files, or the simulated voice."""
    if config.voice.driver == "none":
        return None
    if config.voice.driver == "simulated":
        return SimulatedVoice()
    folder = config.voice.speaker.removeprefix("wav:")
    files = folder != config.voice.speaker
    sound = WavFolder(Path(folder)) if files else Aplay(config.voice.speaker, config.voice.headset)
    return EspeakVoice(sound, clips=Clips(config.voice.clips))


def _camera(name: str, wanted: FaceCamera | DocumentCamera) -> Camera | None:
    if wanted.source == "none":
        return None
    profile = Profile(_wish(name, "exposure", wanted.exposure), _wish(name, "focus", wanted.focus))
    source = camera_process(wanted.source, profile)
    if source.unusable is not None:
        raise ConfigError(f"[{name}] source = {wanted.source!r} will not do; it is {source.unusable.detail}, or none.")
    return Camera(source, name=name)


def _wish(name: str, key: str, text: str) -> Wish:
    wish = wish_of(text)
    if wish is None:
        raise ConfigError(f'[{name}] {key} = {text!r} will not do; it is "auto", "keep", or a number such as "156".')
    return wish


def _emulator(config: Config, width: int, fonts: Fonts, slips: Path | None) -> EmulatedPrinter | None:
    if config.printer.driver != "simulated":
        return None
    emulator = EmulatedPrinter(width_dots=width, fonts=fonts, out_dir=slips)
    emulator.power_on()  # it picks its port now, so that the driver can be given it
    return emulator


def _printer(config: Config, emulator: EmulatedPrinter | None, journal: Path | None) -> SlipPrinter | None:
    if config.printer.driver == "none":
        return None
    address = emulator.address if emulator is not None else config.printer.driver
    transport = transport_for(address)
    if isinstance(transport, Fault):
        raise ConfigError(
            f"[printer] driver = {address!r} will not do; it is simulated, none, tcp:HOST:PORT, serial:PATH or usb:V:P."
        )
    return SlipPrinter(transport, dpi=config.printer.dpi, journal=JobJournal(journal, roll_m=config.printer.roll_m))


def _a4_printer(config: Config, simulated: SimulatedIpp | None, journal: Path | None) -> DocumentPrinter | None:
    if config.a4_printer.driver == "none":
        return None
    line = simulated or ipp_for(config.a4_printer.driver)
    if isinstance(line, Fault):
        raise ConfigError(
            f"[a4_printer] driver = {config.a4_printer.driver!r} will not do; it is simulated, none, or "
            "ipp://HOST[:PORT]/PATH."
        )
    poll_s = 0.5 if simulated else 3.0  # asking a real one costs a process
    return DocumentPrinter(line, poll_s=poll_s, journal=JobJournal(journal and journal.with_name("a4.journal")))
