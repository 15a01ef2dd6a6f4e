"""Portrait and papers: what the camera sees now, one sentence about it, take, look, keep or take again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Final

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.camera import Camera, Frame
from hardware.camera.looker import Looker
from hardware.device import where
from hardware.papers.ocr import OcrReader
from hardware.vision.studio import Studio
from hardware.worker import Worker
from kiosk.catalogue import Capture as Taken
from kiosk.session import Page
from screens.models.base import Model, Row
from screens.models.paper import PaperDesk
from screens.pictures import Pictures, live_picture
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
log = logging.getLogger(__name__)
PULL_MS: Final = 33
JUDGE_EVERY_S: Final = 0.2
PHOTO_MM: Final = (38, 50)  # where a service does not say
PHOTO_DPI: Final = 300
UNSURE_S: Final = 10.0  # after which a picture may be taken that no check found good
FACE_VIEW: Final = (960, 840)
PAPER_VIEW: Final = (960, 720)


@QmlElement
@QmlSingleton
class Capture(Model):
    """The live view of the page that is shown, pulled 30 times a second; the judging runs beside it."""

    changed = Signal()
    pictureChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pictures = Pictures()
        self._frame: Frame | None = None
        self._judged: Frame | None = None
        self._judging = False
        self._saw: tuple[Page | None, str] = (None, "")  # what was seen last, and for which page
        self._counter = 0
        self._bad = False
        self._said = ""  # what the newest frame says; shown once a second frame says it too
        self._since_s = time.monotonic()
        self._asked: Frame | None = None  # the one whose photos are on their way
        self._photos: list[bytes] = []
        self._chosen = 0
        self._adding = True  # whether the next picture of a paper is a page more
        self._desk = PaperDesk(lambda told: self.stage.hear(told))
        self._timer = QTimer(self)
        self._timer.setInterval(PULL_MS)
        self._timer.timeout.connect(self._pull)

    def show_on(self, pictures: Pictures) -> None:
        """Put the pictures where QML finds them."""
        self._pictures = pictures

    @property
    def reader(self) -> OcrReader:
        """The reader of papers, one for all pages."""
        return self._desk.reader

    def attach(self, stage: Stage) -> None:
        """Look at this stage; pull frames only while a camera page is shown."""
        super().attach(stage)
        stage.pageChanged.connect(self._page_changed)
        stage.ended.connect(self._visit_over)

    # ---- pages come and go ----

    def _page_changed(self) -> None:
        if self.session.page is Page.COMPARE:
            self._timer.stop()  # the photos stay: Back leads to them
            return
        if self._face and self._is_taken():
            self._timer.start()
            return
        self._forget()
        if self._on_page():
            self._since_s = time.monotonic()
            self._open_paper()
            self._timer.start()

    def _open_paper(self) -> None:
        step = self.session.step
        if not self._face and step is not None and step.ask:
            self._adding = True
            self._desk.open(step.ask[0], reads=self.stage.kiosk.config.document_camera.read)

    def _visit_over(self) -> None:
        self._forget()
        for looking in (self._studio, self._looker):
            self._beside(looking, looking.stop)
        self._desk.forget(visit_over=True)

    def _beside(self, process: Worker, work: Callable[[], object]) -> None:
        """What may wait for a process that runs, away from the screen."""
        if process.running:
            Thread(target=work, daemon=True, name="looking").start()

    @property
    def _studio(self) -> Studio:
        return self.stage.kiosk.devices.studio

    @property
    def _looker(self) -> Looker:
        return self.stage.kiosk.devices.looker

    def _on_page(self) -> bool:
        return self.session.page in (Page.PORTRAIT, Page.DOCUMENT)

    def _forget(self) -> None:
        self._timer.stop()
        self._frame = self._judged = None
        self._see("")
        self._said, self._bad = "", False
        self._photos, self._chosen, self._asked = [], 0, None
        self._beside(self._studio, self._studio.forget)
        self._desk.forget(visit_over=False)
        self._pictures.wipe()

    @property
    def _code(self) -> str:
        """What the shown page's camera sees: a page is drawn before what was seen for the last one is forgotten."""
        page, code = self._saw
        return code if page is self.session.page else ""

    def _see(self, code: str) -> None:
        self._saw = (self.session.page, code)

    @property
    def _face(self) -> bool:
        return self.session.page is Page.PORTRAIT

    def _camera(self) -> Camera | None:
        devices = self.stage.kiosk.devices
        return devices.face_camera if self._face else devices.document_camera

    # ---- live view ----

    @Slot()
    def _pull(self) -> None:
        camera = self._camera()
        if camera is None or self.session.picture is not None:
            return
        frame = camera.latest(self._frame)
        if frame is None:
            if self._frame is not None:
                self._frame = None
                self._see("")
                self.changed.emit()
            return
        if frame is not self._frame:
            self._show(frame)

    def _show(self, frame: Frame) -> None:
        came_back = self._frame is None
        self._frame = frame
        width, height = FACE_VIEW if self._face else PAPER_VIEW
        self._put("live", live_picture(frame, width=width, height=height, mirrored=self._face))
        if came_back:
            self.changed.emit()
        if not self._judging and (self._judged is None or frame.mono_s - self._judged.mono_s >= JUDGE_EVERY_S):
            self._judge(frame)

    def _put(self, name: str, picture: QImage) -> None:
        self._pictures.put(name, picture)
        self._counter += 1
        self._name = name
        self.pictureChanged.emit()

    def _judge(self, frame: Frame) -> None:
        self._judging = True
        self._judged = frame
        look = partial(self._studio.look, aspect=self._aspect()) if self._face else self._looker.paper
        Thread(target=self._judge_beside, args=(frame, look), daemon=True, name="judge").start()

    def _judge_beside(self, frame: Frame, look: Callable[[Frame], str]) -> None:
        code = "bad"
        try:
            if frame is self._judged:  # else the visit is over, and the process that looks must not begin anew
                code = look(frame) or "bad"
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the page must not freeze on a defect
            log.error("judging a frame failed: %s", where(error))
        self.stage.hear(lambda: self._judgement(frame, code))

    def _judgement(self, judged: Frame, code: str) -> None:
        """Show a sentence when two frames agree: a blink must not make it flicker. What another page saw is dropped."""
        self._judging = False
        if judged is not self._judged or self._frame is None:
            return
        if code in ("ready", self._said) or self._code in ("", "bad"):
            self._see(code)
        self._said = code

    # ---- what the page shows ----

    def _picture(self) -> str:
        return f"image://kiosk/{self._name}/{self._counter}" if self._counter and self._pictures.names() else ""

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _is_taken(self) -> bool:
        return self.session.picture is not None

    def _ready(self) -> bool:
        return self._code == "ready"

    def _can_go_on(self) -> bool:
        if self._is_taken():
            return True
        return self._frame is not None and self._camera_works() and (self._ready() or not self._face or self._unsure())

    def _unsure(self) -> bool:
        """Whether the checks have found nothing good for so long that the resident decides alone."""
        waited_s = time.monotonic() - self._since_s
        return self._face and not self._is_taken() and not self._ready() and waited_s > UNSURE_S

    def _next_label(self) -> str:
        if self._is_taken():
            return self.say("capture.use")
        if self._frame is None or self._asked is not None or not self._camera_works():
            return self.say("capture.wait")
        return self.say("capture.take")

    def _verdict_text(self) -> str:
        stem = "portrait" if self._face else "document"
        if self._is_taken():
            return self.say(f"{stem}.taken")
        return self.say(f"{stem}.{self._code}") if self._code not in ("", "bad") else self.say(f"{stem}.waiting")

    def _problem(self) -> str:
        if self._bad:
            return self.say("capture.bad")
        if self._is_taken() or self._camera_works():
            return ""
        return self._fault_says("text") or self.say("capture.lost")

    def _problem_more(self) -> str:
        if self._bad:
            return self.say("capture.bad_more")
        return self._fault_says("next") or self.say("capture.lost_more")

    def _camera_works(self) -> bool:
        name = "face_camera" if self._face else "document_camera"
        return self.stage.kiosk.devices.working(name)

    def _fault_says(self, part: str) -> str:
        camera = self._camera()
        supervisor = self.stage.kiosk.devices.supervisors.get(camera.name) if camera else None
        fault = supervisor.status.fault if supervisor else None
        key = f"fault.{fault.code}.{part}" if fault else ""
        return self.say(key) if key and self.has(key) else ""

    def _purpose(self) -> str:
        if not self._face:
            step = self.session.step
            fact = self.session.catalogue.facts[step.ask[0]] if step and step.ask else None
            return self.say(fact.hint_key) if fact else ""
        width, height = self._photo_mm()
        return f"{self.say('portrait.size', width=width, height=height)}\n{self.say('portrait.purpose')}"

    def _aspect(self) -> float:
        width, height = self._photo_mm()
        return width / height

    def _shots(self) -> list[Row]:
        """The photos to choose from, where there is more than one."""
        if not self._is_taken() or len(self._photos) < 2:
            return []
        return [
            {
                "source": f"image://kiosk/shot{number}/{self._counter}",
                "label": self.say("portrait.shot", number=number + 1, count=len(self._photos)),
                "chosen": number == self._chosen,
            }
            for number in range(len(self._photos))
        ]

    def _notes(self) -> list[Row]:
        """What to say about a paper that was taken."""
        return self._desk.notes(self.session.flow, self.say) if self._is_taken() and not self._face else []

    def _pages_label(self) -> str:
        count = len(self._desk.paper.pictures)
        return self.say("reading.pages", count=count) if count > 1 or (count and not self._is_taken()) else ""

    def _add_label(self) -> str:
        return self.say("reading.add_page") if self._is_taken() and not self._face and not self._desk.paper.full else ""

    def _photo_mm(self) -> tuple[int, int]:
        """The photo this service asks for: width and height in millimetres."""
        step = self.session.step
        return (step.size_mm if step is not None else None) or PHOTO_MM

    def _other_way_label(self) -> str:
        if self._desk.paper.pictures and not self._face:
            return self.say("reading.done")
        step = self.session.step
        if step is None or step.instead is None:
            return ""
        return self.say("portrait.without" if self._face else "document.without")

    picture = Property(str, _picture, notify=pictureChanged)
    title = Property(str, _title, notify=changed)
    taken = Property(bool, _is_taken, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    canGoOn = Property(bool, _can_go_on, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    verdict = Property(str, _verdict_text, notify=changed)
    problem = Property(str, _problem, notify=changed)
    problemMore = Property(str, _problem_more, notify=changed)
    purpose = Property(str, _purpose, notify=changed)
    shots = Property(list, _shots, notify=changed)
    notes = Property(list, _notes, notify=changed)
    pagesLabel = Property(str, _pages_label, notify=changed)
    addLabel = Property(str, _add_label, notify=changed)
    unsure = Property(bool, _unsure, notify=changed)
    otherWayLabel = Property(str, _other_way_label, notify=changed)

    # ---- intents ----

    @Slot()
    def goOn(self) -> None:
        """The yellow button: take, then use."""
        if self._is_taken():
            self.stage.act(self._use)
        elif self._frame is not None and self._asked is None:
            self.stage.touch()
            self._take(self._frame)

    def _use(self) -> None:
        flow = self.session.flow
        if flow is not None and not self._face:
            self.session.paper_read(self._desk.paper.fills(flow))
        self.session.use_picture()

    def _take(self, frame: Frame) -> None:
        self._asked = frame
        studio, size_mm, best = self._studio, self._photo_mm(), self._ready()
        shoot = partial(studio.photos, size_mm=size_mm, dpi=PHOTO_DPI, best=best) if self._face else self._sheet
        Thread(target=self._take_beside, args=(frame, shoot), daemon=True, name="photos").start()
        self.changed.emit()

    def _sheet(self, frame: Frame) -> list[bytes]:
        sheet = self._looker.sheet(frame)
        return [] if sheet is None else [sheet]

    def _take_beside(self, frame: Frame, shoot: Callable[[Frame], list[bytes]]) -> None:
        photos: list[bytes] = []
        try:
            photos = shoot(frame)
        except Exception as error:  # noqa: BLE001 - a worker's supervisor: the page must not wait for ever
            log.error("taking a photo failed: %s", where(error))
        self.stage.hear(lambda: self._photos_came(frame, photos))

    def _photos_came(self, asked: Frame, photos: list[bytes]) -> None:
        """Show them on the page they were taken on, never to whoever stands there next."""
        if asked is self._asked:
            self._asked = None
            self._took(photos)

    def _took(self, photos: list[bytes]) -> None:
        """The pictures are here: show the first."""
        self._photos = photos
        pictures = [QImage.fromData(data) for data in self._photos]
        self._bad = not pictures or any(picture.isNull() for picture in pictures)
        if not self._bad:
            for number, picture in enumerate(pictures):
                self._pictures.put(f"shot{number}", picture)
            if not self._face:
                if not self._adding:
                    self._desk.drop()  # Back threw the last one away
                self._adding = False
                self._desk.add(self._photos[0])
            self.choose(0)
        self.changed.emit()

    @Slot(int)
    def choose(self, number: int) -> None:
        """Touch one of the photos."""
        if 0 <= number < len(self._photos):
            self._chosen = number
            self._put("taken", self._pictures.picture(f"shot{number}"))
            taken = Taken("image/jpeg", self._photos[number]) if self._face else self._desk.paper.capture()
            self.stage.act(lambda: self.session.take(taken))

    @Slot()
    def addPage(self) -> None:
        """The paper has another page."""
        self._see("")
        self._adding = True
        self.stage.act(self.session.retake)

    @Slot()
    def retake(self) -> None:
        """Once more."""
        self._see("")
        self._photos = []
        self._desk.drop()
        self._adding = True
        self._beside(self._studio, self._studio.forget)
        self.stage.act(self.session.retake)

    @Slot()
    def otherWay(self) -> None:
        """The way without a camera; while a page is added, no more pages."""
        if self._desk.paper.pictures and not self._face:
            self._adding = False
            self.stage.act(lambda: self.session.take(self._desk.paper.capture()))
            self._put("taken", QImage.fromData(self._desk.paper.pictures[-1]))
            return
        self.stage.act(self.session.without_picture)
