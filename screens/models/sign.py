"""A signature drawn with the finger: its strokes while they are drawn, one picture when it is used."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import Final

from PySide6.QtCore import Property, QBuffer, QIODevice, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPen, QPolygonF
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import Capture as Taken
from screens.models.base import Model
from screens.stage import Stage

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
FRAME: Final = (960, 480)  # pixels of the frame on the glass, and of the picture
PEN_PX: Final = 6
SHORTEST_PX: Final = 80.0  # less than this much line is a slip of the finger

Stroke = list[tuple[float, float]]


@QmlElement
@QmlSingleton
class Sign(Model):
    """The frame to sign in; nothing of it is kept when its page is left."""

    changed = Signal()
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._strokes: list[Stroke] = []

    def attach(self, stage: Stage) -> None:
        """Look at this stage; another page or the end of the visit clears the frame."""
        super().attach(stage)
        stage.pageChanged.connect(self._forget)
        stage.ended.connect(self._forget)

    def _forget(self) -> None:
        self._strokes = []
        self.cleared.emit()

    def _title(self) -> str:
        step = self.session.step
        return self.say(step.title_key) if step else ""

    def _lead(self) -> str:
        flow, bundle = self.session.flow, self.session.bundle
        if flow is None:
            return ""
        if bundle is not None:
            return self.say(f"department.{flow.service.department}")
        return self.say(flow.service.declaration_key)

    def _drawn(self) -> bool:
        return sum(length(stroke) for stroke in self._strokes) >= SHORTEST_PX

    def _begun(self) -> bool:
        return bool(self._strokes)

    def _next_label(self) -> str:
        return self.say("sign.use" if self._drawn() else "sign.waiting")

    def _other_way(self) -> str:
        step = self.session.step
        if step is not None and step.instead is not None:
            return self.say("sign.without")
        return self.say("guide.sign") if self.session.by_keypad else ""

    def _problem(self) -> str:
        found = self.session.problems.values()
        return " ".join(self.say(problem.text_key, **problem.values) for problem in found)

    title = Property(str, _title, notify=changed)
    lead = Property(str, _lead, notify=changed)
    drawn = Property(bool, _drawn, notify=changed)
    begun = Property(bool, _begun, notify=changed)
    nextLabel = Property(str, _next_label, notify=changed)
    otherWay = Property(str, _other_way, notify=changed)
    problem = Property(str, _problem, notify=changed)

    @Slot(float, float)
    def begin(self, x: float, y: float) -> None:
        """The finger comes down."""
        self.stage.touch()
        self._strokes.append([(x, y)])

    @Slot(float, float)
    def move(self, x: float, y: float) -> None:
        """The finger moves on."""
        if self._strokes:
            self._strokes[-1].append((x, y))

    @Slot()
    def lift(self) -> None:
        """The finger is lifted."""
        self.changed.emit()

    @Slot()
    def clear(self) -> None:
        """Wipe the frame and sign again."""
        self.stage.touch()
        self._forget()
        self.changed.emit()

    @Slot()
    def use(self) -> None:
        """This is my signature."""
        if self._drawn():
            self.session.take(Taken("image/png", signature_png(self._strokes)))
            self.stage.act(self.session.next)

    @Slot()
    def otherwise(self) -> None:
        """The way without drawing: the service's own, or for somebody at the keypad a signature in words."""
        step = self.session.step
        if step is not None and step.instead is not None:
            self.stage.act(self.session.without_picture)
        elif self.session.by_keypad:
            self.session.take(Taken("image/png", words_png(self.say("guide.signed"))))
            self.stage.act(self.session.next)


def length(stroke: Stroke) -> float:
    """The length of a line in pixels."""
    return sum(dist(one, other) for one, other in pairwise(stroke))


def words_png(words: str) -> bytes:
    """A sentence where a hand would have signed: says how it was signed, for whoever reads it later."""
    image = QImage(*FRAME, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    font = QGuiApplication.font()
    font.setPixelSize(44)
    painter.setFont(font)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
    painter.end()
    return _png(image)


def signature_png(strokes: list[Stroke]) -> bytes:
    """The strokes as a black-on-white PNG of the frame's size."""
    image = QImage(*FRAME, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(Qt.GlobalColor.black, PEN_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for stroke in strokes:
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in stroke]))
    painter.end()
    return _png(image)


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
