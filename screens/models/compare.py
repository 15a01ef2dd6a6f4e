"""May the photo be compared with the document's? The challenge before it, and what came out: never a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Property, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from hardware.camera import Frame
from hardware.device import Fault
from hardware.vision.studio import Compared, Step, Studio
from kiosk.identity.by_face import Comparing
from kiosk.pages import Page
from screens.models.base import Row
from screens.models.waiting import Asking
from screens.pictures import Pictures, live_picture
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
PULL_MS: Final = 33
VIEW: Final = (960, 840)
TASK_S, SLOW_TASK_S = 15.0, 30.0  # for each of the two things to do: enough for somebody of ninety


@QmlElement
@QmlSingleton
class Compare(Asking):
    """One page in five moments: asking, challenge, missed, working, told."""

    changed = Signal()
    pictureChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pictures = Pictures()
        self._aloud: Callable[[str], None] = lambda _: None
        self._counter = 0
        self._begun = False  # the challenge was put to the process that judges it
        self._task = ""
        self._frame: Frame | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(PULL_MS)
        self._timer.timeout.connect(self._pull)

    def show_on(self, pictures: Pictures) -> None:
        """Put the pictures where QML finds them."""
        self._pictures = pictures

    def speak_with(self, aloud: Callable[[str], None]) -> None:
        """`aloud` says what a turned head cannot read."""
        self._aloud = aloud

    @property
    def _studio(self) -> Studio:
        return self.stage.kiosk.devices.studio

    def attach(self, stage: Stage) -> None:
        """Look at this stage."""
        super().attach(stage)
        stage.changed.connect(self._follow)

    @property
    def _now(self) -> Comparing:
        return self.session.comparing or Comparing()

    def _forget(self) -> None:
        super()._forget()
        self._timer.stop()
        self._begun, self._task, self._frame, self._counter = False, "", None, 0

    def _follow(self) -> None:
        """Do what the moment asks for, unless it is being done."""
        if self.session.page is not Page.COMPARE:
            return
        if self._now.stage == "challenge":
            if not self._timer.isActive():
                self._begun, self._task = False, ""
                self._timer.start()
        else:
            self._timer.stop()
        if self._now.stage == "working" and not self.asking:
            self._compare()

    # ---- the comparison ----

    def _compare(self) -> None:
        evidence, photo = self.session.evidence, self.session.picture
        if evidence is None or evidence.portrait is None or photo is None:
            self.session.comparison_told("")
            return
        data, portrait = photo.data, evidence.portrait
        self.ask(partial(self._studio.compare, data, portrait), self._compared)

    def _compared(self, found: object) -> None:
        if isinstance(found, Compared) and found.band in ("match", "ask_staff", "no_match"):
            self.session.compared(found.band, found.model, found.model_sha256)
        else:
            self.session.comparison_told("")

    def _defect(self, call: object) -> None:
        if call is self._call:
            self._call, self.asking = object(), False
            self.session.comparison_told("")

    # ---- the challenge ----

    @Slot()
    def _pull(self) -> None:
        camera = self.stage.kiosk.devices.face_camera
        frame = camera.latest(self._frame) if camera is not None else None
        if frame is None or frame is self._frame:
            return
        self._frame = frame
        self._pictures.put("live", live_picture(frame, width=VIEW[0], height=VIEW[1], mirrored=True))
        self._counter += 1
        self.pictureChanged.emit()
        if not self.asking:
            self._show_on(frame)

    def _show_on(self, frame: Frame) -> None:
        """Put the challenge, or show it one frame more."""
        photo = self.session.picture
        if photo is None:
            return
        if self._begun:
            self.ask(partial(self._studio.step, frame), self._stepped)
        else:
            data, task_s = photo.data, SLOW_TASK_S if self.session.easier.unhurried else TASK_S
            self.ask(partial(self._studio.begin_challenge, data, task_s=task_s), self._put)

    def _put(self, fault: Fault | None) -> None:
        self._begun = fault is None
        if fault is not None:
            self._over(met=False)

    def _stepped(self, step: Step) -> None:
        if step.outcome != "going":
            self._over(met=step.outcome == "passed")
        elif step.task is not None and step.task != self._task:
            self._task = step.task
            self.stage.touch()  # whoever turns their head is here
            self._aloud(self._sentence())

    def _over(self, *, met: bool) -> None:
        self._begun, self._task = False, ""
        self.stage.touch()
        self.session.challenge_over(met=met)
        self._aloud(self._note())

    # ---- what the page shows ----

    def _state(self) -> str:
        return self._now.stage

    def _picture(self) -> str:
        return f"image://kiosk/live/{self._counter}" if self._counter and self._now.stage == "challenge" else ""

    def _title(self) -> str:
        return self.say(f"compare.title_{self._now.stage}")

    def _lead(self) -> str:
        return self.say("compare.lead_asking") if self._now.stage == "asking" else ""

    def _rows(self) -> list[Row]:
        """The two answers, neither chosen for the resident."""
        if self._now.stage != "asking":
            return []
        return [
            {
                "agreed": agreed,
                "label": self.say(f"compare.{word}"),
                "more": self.say(f"compare.{word}_more"),
                "chosen": self._now.agreed is agreed,
            }
            for word, agreed in (("yes", True), ("no", False))
        ]

    def _what(self) -> list[str]:
        """What becomes of the pictures; while the head is turned, why."""
        keys = {"asking": ("what", "wiped"), "challenge": ("why",)}.get(self._now.stage, ())
        return [self.say(f"compare.{key}") for key in keys]

    def _sentence(self) -> str:
        """What to do now, on the picture."""
        return self.say(f"compare.{self._task or 'look'}")

    def _outcome(self) -> str:
        """Three things can be said; that a model sees no likeness is not one of them."""
        told = {"match": "match", "": "not_compared"}.get(self._now.band, "unsure")
        return {"missed": "missed", "working": "working", "told": told}.get(self._now.stage, "")

    def _note(self) -> str:
        return self.say(f"compare.{self._outcome()}") if self._outcome() else ""

    def _note_more(self) -> str:
        key = f"compare.{self._outcome()}_more"
        return self.say(key) if self.has(key) else ""

    def _kind(self) -> str:
        return {"match": "ok", "unsure": "attention", "missed": "attention"}.get(self._outcome(), "info")

    def _ready(self) -> bool:
        return {"asking": self._now.agreed is not None, "missed": True, "told": True}.get(self._now.stage, False)

    def _next_label(self) -> str:
        if self._now.stage == "asking" and self._now.agreed is not None:
            return self.say("bar.next")
        return self.say(f"compare.next_{self._now.stage}")

    def _second_label(self) -> str:
        match self._now.stage:
            case "challenge" | "missed":
                return self.say("compare.skip")
            case "told" if self._outcome() != "match":
                return self.say("capture.retake")
        return ""

    state = Property(str, _state, notify=changed)
    picture = Property(str, _picture, notify=pictureChanged)
    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    rows = Property(list, _rows, notify=changed)
    what = Property(list, _what, notify=changed)
    sentence = Property(str, _sentence, notify=changed)
    note = Property(str, _note, notify=changed)
    noteMore = Property(str, _note_more, notify=changed)
    kind = Property(str, _kind, notify=changed)
    ready = Property(bool, _ready, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    secondLabel = Property(str, _second_label, notify=changed)

    # ---- intents ----

    @Slot(bool)
    def choose(self, agreed: bool) -> None:
        """Touch one of the two answers."""
        self.stage.act(lambda: self.session.choose_comparison(agreed=agreed))

    @Slot()
    def goOn(self) -> None:
        """The button at the right: Continue, or try again."""
        intents = {
            "asking": self.session.answer_comparison,
            "missed": self.session.challenge_again,
            "told": self.session.use_picture,
        }
        if intent := intents.get(self._now.stage):
            self.stage.act(intent)

    @Slot()
    def second(self) -> None:
        """The other button: go on without the challenge, or another photo."""
        self.stage.act(self.session.photograph_again if self._now.stage == "told" else self.session.skip_challenge)
