"""The page that asks for the key of a document's chip: what is typed, what is wrong with it, the other way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.cards import MrzKey
from kiosk.identity import chip_key
from kiosk.identity.chip_key import KeyEntry
from kiosk.session import Page, spaced_date
from screens.models.base import Model, Row
from screens.models.zone_reading import ZoneReading
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlSingleton
class ChipKey(Model):
    """A key under way; empty while no chip waits for one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._zone: ZoneReading | None = None
        self._missed = False  # the camera looked and found no zone

    def attach(self, stage: Stage) -> None:
        """Look at this stage; what is read for a page that was left is not meant any more."""
        super().attach(stage)
        self._zone = ZoneReading(stage.hear, stage.kiosk.devices.looker)
        stage.pageChanged.connect(self._page_changed)
        stage.ended.connect(self._forget)

    def _page_changed(self) -> None:
        if self.session.page is not Page.CHIP_KEY:
            self._forget()

    def _forget(self) -> None:
        self._missed = False
        if self._zone is not None and self._zone.running:
            self._zone.forget()

    def _can_look(self) -> bool:
        """Whether the zone can be read off the tray: a camera works there, and there is room for its button."""
        return self._way() == "mrz" and not self._denied() and self.stage.kiosk.devices.working("document_camera")

    def _looking(self) -> bool:
        return self._zone is not None and self._zone.running

    def _look_label(self) -> str:
        if self._looking():
            return self.say("chip_key.looking")
        return self.say("chip_key.look_again" if self._missed else "chip_key.look")

    def _entry(self) -> KeyEntry | None:
        return self.session.chip

    def _fields(self) -> list[Row]:
        entry = self._entry()
        return [] if entry is None else [self._row(entry, name) for name in entry.fields]

    def _row(self, entry: KeyEntry, name: str) -> Row:
        return {
            "id": name,
            "label": self.say(f"chip_key.{name}"),
            "hint": "" if self._denied() or self._can_look() else self.say(f"chip_key.{name}_hint"),
            "value": self._shown(entry, name),
            "problem": self.say(f"chip_key.{name}_problem") if name in entry.problems else "",
            "active": name == entry.active,
        }

    def _shown(self, entry: KeyEntry, name: str) -> str:
        text = entry.typed.get(name, "")
        return spaced_date(text, self.session.language) if name in chip_key.DATES else text

    def _way(self) -> str:
        entry = self._entry()
        return "mrz" if entry is None else entry.way

    def _title(self) -> str:
        return self.say(f"chip_key.title_{self._way()}")

    def _lead(self) -> str:
        return "" if self._denied() or self._can_look() else self.say(f"chip_key.lead_{self._way()}")

    def _other_way(self) -> str:
        """The bar's second action: the other key, or typing once the chip said no too often."""
        entry = self._entry()
        if entry is None:
            return ""
        if entry.refused >= chip_key.ENOUGH_TRIES or entry.other_way is None:
            return self.say("identify.type")
        return self.say(f"chip_key.by_{entry.other_way}")

    def _problem(self) -> str:
        return self.say("fault.card_access_denied.text") if self._denied() else ""

    def _problem_more(self) -> str:
        entry = self._entry()
        tired = entry is not None and entry.refused >= chip_key.ENOUGH_TRIES
        return self.say("chip_key.enough" if tired else f"chip_key.again_{self._way()}") if self._denied() else ""

    def _denied(self) -> bool:
        return self.stage.card.fault == "card_access_denied"

    def _keyboard(self) -> str:
        entry = self._entry()
        return "letters" if entry is not None and entry.active == "number" else "numbers"

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    fields = Property(list, _fields, notify=changed)
    otherWayLabel = Property(str, _other_way, notify=changed)
    problem = Property(str, _problem, notify=changed)
    problemMore = Property(str, _problem_more, notify=changed)
    keyboard = Property(str, _keyboard, notify=changed)

    canLook = Property(bool, _can_look, notify=changed)
    looking = Property(bool, _looking, notify=changed)
    lookLabel = Property(str, _look_label, notify=changed)

    @Slot()
    def look(self) -> None:
        """Read the zone off the tray."""
        camera = self.stage.kiosk.devices.document_camera
        frame = camera.latest() if camera is not None else None
        if frame is None or self._zone is None or self._zone.running:
            return
        self._missed = False
        self._zone.begin(frame, self._looked)
        self.stage.act(lambda: None)

    def _looked(self, key: MrzKey | None) -> None:
        entry = self._entry()
        if self.session.page is not Page.CHIP_KEY or entry is None:
            return
        self._missed = key is None
        if key is not None:
            today = self.stage.kiosk.now().date()
            self.session.chip = chip_key.read_off(entry, key, self.session.language, today)
            self.stage.unlock()

    @Slot()
    def goOn(self) -> None:
        """Give the key to the chip."""
        self.stage.act(self.stage.unlock)

    @Slot()
    def otherWay(self) -> None:
        """Touch the second action."""
        entry = self._entry()
        if entry is None or entry.refused >= chip_key.ENOUGH_TRIES or entry.other_way is None:
            self.stage.act(self.session.type_instead)
        else:
            self._become(chip_key.turned)

    @Slot(str)
    def focusOn(self, name: str) -> None:
        """Touch a field."""
        self._become(lambda entry: chip_key.focused(entry, name))

    @Slot()
    def nextField(self) -> None:
        """The next field to type in."""
        self._become(chip_key.next_field)

    @Slot(str)
    def key(self, text: str) -> None:
        """A key, or a text that was pasted by a hardware keyboard."""
        self._become(lambda entry: chip_key.typed(entry, entry.typed.get(entry.active, "") + text))

    @Slot()
    def erase(self) -> None:
        """Take the last character back."""
        self._become(lambda entry: chip_key.typed(entry, entry.typed.get(entry.active, "")[:-1]))

    def _become(self, change: Callable[[KeyEntry], KeyEntry]) -> None:
        entry = self._entry()
        if entry is not None:
            self.stage.act(lambda: setattr(self.session, "chip", change(entry)))
