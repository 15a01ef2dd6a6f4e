"""The page that signs in with the resident's own phone: the code, the number on both screens, what the phone gives."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.printer.layout import code_alone
from kiosk.flow.state import Filled
from kiosk.identity.phone import ENDED, PhoneCode, PhoneMoment
from kiosk.session import Page
from offline_queue.portal_client import Trouble
from screens.models.base import Row
from screens.models.waiting import Asking
from screens.pictures import Pictures

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
LOOK_MS = 1000
CODE_DOTS = 8
NOT_OFFERED = frozenset({"not_found", "method_not_allowed"})
LOST = frozenset({"unknown_sign_in", "not_for_this_sign_in"})


@QmlElement
@QmlSingleton
class Phone(Asking):
    """A sign-in under way; empty while none is."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pictures = Pictures()
        self._code: PhoneCode | None = None
        self._counter = 0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def show_on(self, pictures: Pictures) -> None:
        """Put the code where QML finds it."""
        self._pictures = pictures

    def _begin(self) -> None:
        if self.session.page is Page.PHONE:
            self.retry()

    def _forget(self) -> None:
        super()._forget()
        self._timer.stop()
        code, self._code = self._code, None
        if code is not None:  # the portal need not keep what nobody will fetch
            Thread(target=self.stage.kiosk.phone_desk.end, args=(code,), daemon=True, name="phone").start()

    def _shown(self, code: PhoneCode) -> None:
        self._code = code
        self._counter += 1
        self._pictures.put("phone", QImage.fromData(code_alone(code.address, dots=CODE_DOTS).png()))
        self.session.phone_code(code, self.stage.monotonic())
        self._timer.start()

    def _look(self) -> None:
        code, entry = self._code, self.session.phone
        if code is None or entry is None or self.asking:
            return
        if entry.seconds_left(self.stage.monotonic()) == 0:
            self._came_to(PhoneMoment("expired"))
            self.stage.announce()
            return
        self.ask(lambda: self._found(code, entry.moment), self._came_to)

    def _found(self, code: PhoneCode, before: PhoneMoment) -> PhoneMoment:
        """How far it is; a look that the line lost says nothing, for the code lives on."""
        found = self.stage.kiosk.phone_desk.look(code)
        if isinstance(found, Trouble):
            return PhoneMoment("failed") if found.code in LOST else before
        return found

    def _came_to(self, moment: PhoneMoment) -> None:
        entry = self.session.phone
        if entry is not None and moment.progress != entry.moment.progress:
            self.stage.touch()  # somebody is busy with the phone
            self.session.phone_moment(moment)
        if moment.progress == "done" or moment.progress in ENDED:
            self._timer.stop()

    # ---- what the page shows ----

    def _state(self) -> str:
        """starting, waiting, opened, asked, done; or why nothing is waited for: offline, not_offered, expired…"""
        entry = self.session.phone
        if self.trouble and (entry is None or entry.moment.progress != "done"):
            return "not_offered" if self.trouble in NOT_OFFERED else "offline"
        return "starting" if entry is None else entry.moment.progress

    def _failed(self) -> bool:
        return self._state() in ENDED | {"offline", "not_offered"}

    def _title(self) -> str:
        match self._state():
            case "done":
                return self.say("phone.title_done")
            case "opened" | "asked":
                return self.say("phone.title_opened")
        return self.say("phone.title_failed" if self._failed() else "phone.title")

    def _lead(self) -> str:
        match self._state():
            case "done":
                return self.say("phone.lead_done")
            case "starting" | "waiting":
                return self.say("phone.lead")
        return ""

    def _picture(self) -> str:
        waits = self._state() == "waiting"
        return f"image://kiosk/phone/{self._counter}" if waits else ""

    def _number(self) -> str:
        entry = self.session.phone
        return entry.code.number if entry is not None and self._state() in ("waiting", "opened") else ""

    def _left(self) -> str:
        entry = self.session.phone
        if entry is None or self._state() != "waiting":
            return ""
        seconds = entry.seconds_left(self.stage.monotonic())
        return self.say("phone.left", time=f"{seconds // 60}:{seconds % 60:02}")

    def _note(self) -> str:
        state = self._state()
        if state in ("opened", "asked"):
            return self.say("phone.opened")
        return self.say(f"phone.{state}") if self._failed() else ""

    def _note_more(self) -> str:
        if not self._failed():
            return ""
        return self.say("phone.other_ways" if self._state() in ("offline", "not_offered") else "phone.again_more")

    def _who(self) -> str:
        """Whose phone it was: the name, in the characters of the language where there are any."""
        gave = self._gave()
        names = ("name_en", "name_zh") if self.session.language == "en" else ("name_zh", "name_en")
        return next((str(gave[name].value) for name in names if name in gave), "")

    def _gave(self) -> dict[str, Filled]:
        entry = self.session.phone
        return dict(entry.moment.gave) if entry is not None else {}

    def _rows(self) -> list[Row]:
        """What else the phone offers of what this service asks; each can be left out."""
        entry, journey, step = self.session.phone, self.session.journey, self.session.step
        if entry is None or journey is None or step is None:
            return []
        steps = self.session.flow.service.steps if self.session.flow is not None else ()
        asked = [name for each in steps for name in each.ask if name not in step.ask]
        return [
            {
                "id": name,
                "label": self.say(self.session.catalogue.facts[name].label_key),
                "note": str(entry.moment.gave[name].value),
                "on": name not in entry.left_out,
            }
            for name in dict.fromkeys(asked)
            if name in entry.moment.gave
        ]

    def _simulated(self) -> bool:
        entry = self.session.phone
        return entry is not None and entry.code.simulated

    def _next_label(self) -> str:
        match self._state():
            case "done":
                return self.say("phone.use")
            case "offline" | "not_offered":
                return self.say("phone.try_again")
        return self.say("phone.new_code" if self._failed() else "phone.waits")

    def _ready(self) -> bool:
        return self._state() == "done" or self._failed()

    state = Property(str, _state, notify=changed)
    failed = Property(bool, _failed, notify=changed)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    picture = Property(str, _picture, notify=changed)
    number = Property(str, _number, notify=changed)
    left = Property(str, _left, notify=changed)
    note = Property(str, _note, notify=changed)
    noteMore = Property(str, _note_more, notify=changed)
    who = Property(str, _who, notify=changed)
    rows = Property(list, _rows, notify=changed)
    simulated = Property(bool, _simulated, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    ready = Property(bool, _ready, notify=changed)

    @Slot()
    def retry(self) -> None:
        """Ask the portal for a (new) code."""
        self._forget()
        self.session.phone = None
        language, now = self.session.language, self.stage.kiosk.now()
        self.ask(lambda: self.stage.kiosk.phone_desk.begin(language, now), self._shown)

    @Slot()
    def goOn(self) -> None:
        """Take what the phone gave, or begin anew after a failure."""
        if self._state() == "done":
            self.stage.act(self.session.phone_accepted)
        elif self._failed():
            self.stage.touch()
            self.retry()

    @Slot(str)
    def turn(self, fact: str) -> None:
        """Leave one answer out, or take it again."""
        self.stage.act(lambda: self.session.turn_phone_answer(fact))

    @Slot()
    def typeInstead(self) -> None:
        """No phone: type."""
        self.stage.act(self.session.type_instead)
