"""Going on with a slip: its code on the tray, what it proves, where it stands, what comes next."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.camera import Frame
from hardware.device import where
from kiosk.dates import date_text
from kiosk.pages import Page
from kiosk.slip_lookup import SlipFound, following
from offline_queue.envelope import Malformed
from screens.models.base import Row
from screens.models.matters import OfMatters
from screens.pictures import Pictures, live_picture
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
log = logging.getLogger(__name__)
LOOK_MS: Final = 100
VIEW: Final = (960, 720)
NEXT_SHOWN: Final = 3


@QmlElement
@QmlSingleton
class Scan(OfMatters):
    """Looks for a slip's code while its page is shown; reading and looking up run beside the GUI thread."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pictures = Pictures()
        self._busy = False
        self._turn = object()  # what an earlier look at the page found is not this one's
        self._counter = 0
        self._problem = ""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def show_on(self, pictures: Pictures) -> None:
        """Put the view of the tray where QML finds it."""
        self._pictures = pictures

    def attach(self, stage: Stage) -> None:
        """Look at this stage; pull pictures only while the page is shown."""
        super().attach(stage)
        stage.pageChanged.connect(self._page_changed)
        stage.ended.connect(self._timer.stop)

    def _page_changed(self) -> None:
        self._timer.stop()
        if self.session.page is Page.SCAN:
            self._problem, self._counter, self._turn = "", 0, object()
            self._timer.start()

    @Slot()
    def _look(self) -> None:
        camera = self.stage.kiosk.devices.document_camera
        frame = camera.latest() if camera is not None else None
        if frame is None or self._busy:
            return
        self._pictures.put("live", live_picture(frame, width=VIEW[0], height=VIEW[1], mirrored=False))
        self._counter += 1
        self._busy = True
        Thread(target=self._read, args=(frame, self._turn), daemon=True, name="slip-code").start()
        self.changed.emit()

    def _read(self, frame: Frame, turn: object) -> None:
        found: SlipFound | Malformed | None = None
        try:
            kiosk = self.stage.kiosk
            codes = [code for code in kiosk.devices.looker.codes(frame) if code.kind == "qr" and not code.cleaned]
            if codes:
                found = kiosk.look_up_slip(codes[0].text)
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the page goes on looking
            log.error("looking up a slip failed: %s", where(error))
        self.stage.hear(lambda: self._came(found, turn))

    def _came(self, found: SlipFound | Malformed | None, turn: object) -> None:
        self._busy = False
        if self.session.page is not Page.SCAN or found is None or turn is not self._turn:
            return
        if isinstance(found, Malformed):
            self._problem = found.code
        else:
            self.session.scanned(found)

    # ---- the page that looks ----

    def _picture(self) -> str:
        return f"image://kiosk/live/{self._counter}" if self._counter else ""

    def _working(self) -> bool:
        return self.stage.kiosk.devices.working("document_camera")

    def _verdict(self) -> str:
        if not self._working():
            return self.say("scan.no_camera")
        return self.say(f"scan.{self._problem}") if self._problem else self.say("scan.lay")

    def _kind(self) -> str:
        return "failed" if self._problem or not self._working() else "info"

    # ---- what was found ----

    def _found(self) -> SlipFound | None:
        return self.session.slip

    def _number(self) -> str:
        found = self._found()
        return found.code.receipt_number if found else ""

    def _states(self) -> list[Row]:
        found = self._found()
        if found is None:
            return []
        zone = ZoneInfo(self.stage.kiosk.config.site.timezone)
        day = date_text(found.code.stored_at.astimezone(zone).date(), self.session.language)
        place = self.say("scan.here" if found.here else "scan.elsewhere")
        state = {"delivered": "done", "refused": "failed", "unknown": "later"}.get(found.standing, "now")
        return [
            {"state": "done", "title": self.say("scan.saved", date=day), "note": place},
            {
                "state": state,
                "title": self.say(f"scan.{found.standing}"),
                "note": self.say(f"scan.{found.standing}_note"),
            },
        ]

    def _service(self) -> str:
        found = self._found()
        service = self.session.catalogue.services.get(found.code.service) if found else None
        if found is None:
            return ""
        return self.say(service.title_key) if service else found.code.service

    def _department(self) -> str:
        found = self._found()
        service = self.session.catalogue.services.get(found.code.service) if found else None
        return self.say(f"department.{service.department}") if service else ""

    def _following(self) -> tuple[str, ...]:
        found = self._found()
        return following(self.session.catalogue, found) if found else ()

    def _next(self) -> list[Row]:
        services = [self.service(matter) for matter in self._following()[:NEXT_SHOWN]]
        return [
            {
                "id": service.id,
                "label": self.say(service.title_key),
                "note": self.say(f"department.{service.department}"),
                "reason": self.why_not(service),
            }
            for service in services
        ]

    def _go_on_label(self) -> str:
        found = self._found()
        return self.say("scan.go_on") if found and found.plan.event and self._following() else ""

    picture = Property(str, _picture, notify=changed)
    verdict = Property(str, _verdict, notify=changed)
    kind = Property(str, _kind, notify=changed)
    number = Property(str, _number, notify=changed)
    slipService = Property(str, _service, notify=changed)
    department = Property(str, _department, notify=changed)
    states = Property(list, _states, notify=changed)
    nextMatters = Property(list, _next, notify=changed)
    goOnLabel = Property(str, _go_on_label, notify=changed)

    @Slot()
    def open(self) -> None:
        """Touch "I have a slip"."""
        self.stage.act(self.session.open_scan)

    @Slot()
    def goOn(self) -> None:
        """Go on with the rest of the life event; what is on the slip is not ticked again."""
        found = self._found()
        if found is not None:
            done = {found.code.service, *found.plan.matters}
            every = self.session.catalogue.events[found.plan.event].matters
            without = done | {matter for matter in every if self.why_not(self.service(matter))}
            self.stage.act(lambda: self.session.open_event(found.plan.event, without=without))

    @Slot(str)
    def openService(self, service_id: str) -> None:
        """One of the matters that come next."""
        self.stage.act(lambda: self.session.open_service(service_id))
