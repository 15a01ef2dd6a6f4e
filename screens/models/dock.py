"""The demonstrator's panel: what can be put in, pulled out and broken on simulated devices."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.camera.simulated import SimulatedCamera
from hardware.camera.synthetic import DEEDS
from hardware.cards import IdentityDocument, SimulatedCardReader
from hardware.cards.hkic import BrokerReader
from hardware.cards.people import PEOPLE
from hardware.cards.sim.hkic_broker import SimulatedBrokerClient
from hardware.cards.sim.staff_office import staff_card
from hardware.cards.simulated import Presented
from hardware.likeness import FACES
from kiosk.simulated_phone import SimulatedPhone
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class Dock(Model):
    """Buttons by device; a line without an action is a heading."""

    changed = Signal()

    def _buttons(self) -> list[Row]:
        return [{"label": label, "action": action} for label, action in self._labels()]

    def _labels(self) -> list[tuple[str, str]]:
        cards = [(f"Insert {person.name_en}", f"card {name}") for name, person in PEOPLE.items()]
        return [
            ("Card reader", ""),
            *cards,
            ("Insert a card that is no ID", "card unknown"),
            ("Insert a technician's card (PIN 246810)", "staff technician"),
            ("Insert a field worker's card (PIN 246810)", "staff field"),
            ("Take the card out", "pull"),
            ("Unplug / plug the reader", "reader"),
            ("iAM Smart on the phone", ""),
            ("Agree as CHAN, Tai Man", "phone approve"),
            ("Reject", "phone reject"),
            ("Cameras", ""),
            ("Unplug / plug the face camera", "face"),
            ("Unplug / plug the document camera", "document"),
            ("Turn the head left", "do turn_left"),
            ("Turn the head right", "do turn_right"),
            ("Shut both eyes for a moment", "do blink"),
            ("The next person sits down", "seat"),
            ("Printer", ""),
            ("Paper out / new roll", "paper"),
            ("A4 paper out / in", "a4"),
            ("Line", ""),
            ("Cut / mend the line", "line"),
            *self._mailbox(),
        ]

    def _mailbox(self) -> list[tuple[str, str]]:
        """Where a browser shows the slips that were sent."""
        portal = self.stage.kiosk.portal
        return [(f"Slips sent: {portal.url}/simulated-messages", "")] if portal is not None else []

    buttons = Property(list, _buttons, notify=changed)

    def __init__(self) -> None:
        super().__init__()
        self._broken: set[str] = set()
        self._seated = 0  # whose face the camera shows, of FACES

    @Slot(str)
    def act(self, action: str) -> None:
        """A button of the dock."""
        if action.startswith("card "):
            who = action.removeprefix("card ")
            if who in PEOPLE:  # beside the screens: a face that was not shown yet is drawn first
                Thread(target=lambda: self._insert(PEOPLE[who].document()), daemon=True, name="card").start()
            else:
                self._insert("unknown")
            return
        if action.startswith("staff "):
            self._insert(staff_card(action.removeprefix("staff ")))
            return
        if action.startswith("phone "):
            self._answer_phone(action.removeprefix("phone "))
            return
        if action == "seat" or action.startswith("do "):
            self._before_the_camera(action.removeprefix("do "))
            return
        broken = action in self._broken
        self._broken ^= {action} if action != "pull" else set()
        self._toggles(broken).get(action, lambda: None)()

    def _before_the_camera(self, deed: str) -> None:
        """What the made-up person does, or another one in their place."""
        camera = self.stage.kiosk.devices.face_camera
        source = camera.source if camera is not None else None
        if not isinstance(source, SimulatedCamera):
            return
        if deed == "seat":
            self._seated = (self._seated + 1) % len(FACES)
            source.seat(list(FACES.values())[self._seated])
        for each in DEEDS:
            if each == deed:
                source.do(each)

    def _insert(self, card: Presented) -> None:
        reader = self.stage.kiosk.devices.card
        if isinstance(reader, SimulatedCardReader):
            reader.present(card)
        broker = self._broker()
        if broker is not None and isinstance(card, IdentityDocument | str):
            broker.present(card)

    def _broker(self) -> SimulatedBrokerClient | None:
        """The simulated broker's software, where that reads the cards."""
        reader = self.stage.kiosk.devices.card
        client = reader.client if isinstance(reader, BrokerReader) else None
        return client if isinstance(client, SimulatedBrokerClient) else None

    def _answer_phone(self, wish: str) -> None:
        """The made-up resident scans the code that is shown, and answers."""
        entry = self.session.phone
        if entry is not None:
            phone = SimulatedPhone(entry.code.address)
            Thread(target=phone.answer, args=(wish,), daemon=True, name="phone").start()

    def _toggles(self, broken: bool) -> dict[str, Callable[[], None]]:
        devices, portal = self.stage.kiosk.devices, self.stage.kiosk.portal
        found: dict[str, Callable[[], None]] = {}
        if isinstance(devices.card, SimulatedCardReader):
            found |= {"pull": devices.card.pull_card, "reader": devices.card.plug if broken else devices.card.unplug}
        broker = self._broker()
        if broker is not None:
            found |= {"pull": broker.pull_card, "reader": broker.come_up if broken else broker.go_down}
        for name, camera in (("face", devices.face_camera), ("document", devices.document_camera)):
            source = camera.source if camera else None
            if isinstance(source, SimulatedCamera):
                found[name] = source.plug if broken else source.unplug
        if devices.emulator is not None:
            found["paper"] = devices.emulator.restore if broken else devices.emulator.out_of_paper
        if devices.simulated_a4 is not None:
            found["a4"] = devices.simulated_a4.restore if broken else devices.simulated_a4.out_of_paper
        if portal is not None:
            found["line"] = portal.online if broken else portal.offline
        return found
