"""Where the visit is: page, overlay, language, steps, the idle warning; and the intents of the bar."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.easier import TEXT_SIZES, EasierUse
from kiosk.pages import Page
from screens.models.base import Model, Row
from screens.sheets import PORTRAIT
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
BLOCKS = 20
STILL_OPEN = frozenset({"identify", "form", "choice", "list", "document", "portrait", "slot", "review"})
"""Steps at which a matter of a case can still be left out: nothing is agreed to, paid or sent."""
SIZES = tuple(enumerate(TEXT_SIZES, 1))


@QmlElement
@QmlSingleton
class Visit(Model):
    """The visit as the frame around every page shows it."""

    pageChanged = Signal()
    changed = Signal()

    def attach(self, stage: Stage) -> None:
        """Look at this stage; page changes are told before anything else."""
        stage.pageChanged.connect(self.pageChanged)
        super().attach(stage)

    def _page(self) -> str:
        page = self.session.page
        return "CareHome" if page is Page.HOME and self._easier.care else str(page)

    def _direction(self) -> int:
        return self.session.direction

    def _overlay(self) -> str:
        return self.session.overlay

    def _language(self) -> str:
        return self.session.language if self._stage else "en"

    @property
    def _easier(self) -> EasierUse:
        return self.session.easier if self._stage else EasierUse()

    def _contrast(self) -> str:
        return self._easier.contrast

    def _text_size(self) -> float:
        return self._easier.text_size

    def _text_scale(self) -> float:
        return self.stage.scale if self._stage else 1.0

    def _sizes(self) -> list[Row]:
        largest = self.stage.sheet.largest_text
        return [{"size": size, "label": self.say(f"easier.size_{n}")} for n, size in SIZES if size <= largest]

    def _low_reach(self) -> bool:
        return self._easier.low_reach

    def _care(self) -> bool:
        return self._easier.care

    def _slow(self) -> bool:
        return self._easier.slow

    def _read_aloud(self) -> bool:
        return self._easier.read_aloud

    def _chosen_still(self) -> bool:
        return self._easier.still

    def _still(self) -> bool:
        return self._easier.unmoving or not self.stage.kiosk.config.screen.motion

    def _sheet(self) -> str:
        return self.stage.sheet.name if self._stage else PORTRAIT.name

    def _sheet_width(self) -> int:
        return self.stage.sheet.width if self._stage else PORTRAIT.width

    def _sheet_height(self) -> int:
        return self.stage.sheet.height if self._stage else PORTRAIT.height

    def _bar_at_left(self) -> bool:
        return self.stage.kiosk.config.screen.bar == "left"

    def _step(self) -> int:
        return self.session.position()[0]

    def _steps(self) -> int:
        return self.session.position()[1]

    def _step_text(self) -> str:
        step, steps = self.session.position()
        return self.say("step.of", step=step, steps=steps) if step else ""

    def _step_name(self) -> str:
        step = self.session.step
        if self.session.flow is None or not self._step():
            return ""
        return self.say(f"stepbar.{step.kind if step is not None else 'receipt'}")

    def _seconds_left(self) -> str:
        return str(self.stage.idle_seconds)

    def _idle_text(self) -> str:
        return self.say("idle.text", seconds=self.stage.idle_seconds)

    def _idle_blocks(self) -> int:
        return min(BLOCKS, round(BLOCKS * self.stage.idle_seconds / self.stage.warn_s))

    def _stop_title(self) -> str:
        return self._stop_says("")

    def _stop_text(self) -> str:
        return self._stop_says("_text")

    def _stop_more(self) -> str:
        return self._stop_says("_more")

    def _stop_says(self, part: str) -> str:
        stop = self.session.stop
        return self.say(f"stopped.{stop.text}{part}") if stop else ""

    def _stop_has_back(self) -> bool:
        return self.session.stop is not None and self.session.stop.has_back

    def _matters_label(self) -> str:
        """In the middle of a case: the way to its thread; "" elsewhere."""
        bundle = self.session.bundle
        step = self.session.step
        if bundle is None or step is None or step.kind not in STILL_OPEN or not self._step():
            return ""
        return self.say("case.matters", count=len(bundle.matters))

    page = Property(str, _page, notify=pageChanged)
    direction = Property(int, _direction, notify=pageChanged)
    overlay = Property(str, _overlay, notify=changed)
    language = Property(str, _language, notify=changed)
    contrast = Property(str, _contrast, notify=changed)
    textSize = Property(float, _text_size, notify=changed)
    textScale = Property(float, _text_scale, notify=changed)
    sizes = Property(list, _sizes, notify=changed)
    lowReach = Property(bool, _low_reach, notify=changed)
    care = Property(bool, _care, notify=changed)
    slow = Property(bool, _slow, notify=changed)
    readAloud = Property(bool, _read_aloud, notify=changed)
    chosenStill = Property(bool, _chosen_still, notify=changed)
    still = Property(bool, _still, notify=changed)
    sheet = Property(str, _sheet, notify=changed)
    sheetWidth = Property(int, _sheet_width, notify=changed)
    sheetHeight = Property(int, _sheet_height, notify=changed)
    barAtLeft = Property(bool, _bar_at_left, notify=changed)
    step = Property(int, _step, notify=changed)
    steps = Property(int, _steps, notify=changed)
    stepText = Property(str, _step_text, notify=changed)
    stepName = Property(str, _step_name, notify=changed)
    secondsLeft = Property(str, _seconds_left, notify=changed)
    idleText = Property(str, _idle_text, notify=changed)
    idleBlocks = Property(int, _idle_blocks, notify=changed)
    mattersLabel = Property(str, _matters_label, notify=changed)
    stopTitle = Property(str, _stop_title, notify=changed)
    stopText = Property(str, _stop_text, notify=changed)
    stopMore = Property(str, _stop_more, notify=changed)
    stopHasBack = Property(bool, _stop_has_back, notify=changed)

    @Slot(str)
    def begin(self, language: str) -> None:
        """A greeting was touched."""
        self.stage.begin(language)

    @Slot(str)
    def setLanguage(self, language: str) -> None:
        """Another language; the answers stay, the dialog closes."""
        self.close()
        self.stage.set_language(language)

    @Slot(str)
    def open(self, overlay: str) -> None:
        """Show a dialog over the page."""
        self._set("overlay", overlay)

    @Slot()
    def close(self) -> None:
        """Close the dialog."""
        self._set("overlay", "")

    @Slot()
    def stay(self) -> None:
        """I am here."""
        self.close()

    @Slot()
    def leave(self) -> None:
        """Leave and wipe."""
        self.stage.end()

    @Slot()
    def next(self) -> None:
        """The yellow button of a step."""
        self.stage.act(self.session.next)

    @Slot()
    def back(self) -> None:
        """Exactly one step back."""
        self.stage.act(self.session.back)

    @Slot()
    def lookAtMatters(self) -> None:
        """The thread of the case, from the middle of it."""
        self.stage.act(self.session.look_at_matters)

    @Slot(str)
    def setContrast(self, contrast: str) -> None:
        """paper, white or black."""
        self._ease(contrast=contrast)

    @Slot(bool)
    def setStill(self, still: bool) -> None:
        """No movement on the screen."""
        self._ease(still=still)

    @Slot(float)
    def setTextSize(self, size: float) -> None:
        """One of the four sizes."""
        self._ease(text_size=size)

    @Slot(bool)
    def setLowReach(self, low: bool) -> None:
        """Everything that can be touched in the lower half."""
        self._ease(low_reach=low)

    @Slot(bool)
    def setSlow(self, slow: bool) -> None:
        """More time before the warning and in it."""
        self._ease(slow=slow)

    @Slot(bool)
    def setCare(self, care: bool) -> None:
        """Larger, fewer, slower, spoken."""
        self._ease(care=care)

    @Slot(int, int, result=str)
    def pageText(self, page: int, pages: int) -> str:
        """What the button of a page in parts says; the page that is shown is `page`, counted from 1."""
        return self.say("home.more", page=page, pages=pages)

    def _ease(self, **settings: object) -> None:
        self.stage.act(lambda: self.stage.ease(**settings))

    def _set(self, name: str, value: object) -> None:
        self.stage.act(lambda: setattr(self.session, name, value))
