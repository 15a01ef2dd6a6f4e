"""Bootstrap of the screens: environment, fonts, models, window; and a tear-down in the order that does not crash."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kiosk.config import Config

QML = Path(__file__).resolve().parent / "qml"
MODULE = "Kiosk"
log = logging.getLogger(__name__)
M = TypeVar("M", bound="Model")


class ScreenStartError(Exception):
    """The screens cannot start; the text is a sentence for the technician."""


def prepare_environment(config: Config, *, offscreen: bool = False) -> None:
    """Set what Qt reads before its first object: software drawing, the basic render loop, no style of its own."""
    os.environ.setdefault("QSG_RENDER_LOOP", "basic")  # the threaded loop dead-locks with the interpreter's lock
    os.environ.setdefault("QT_QUICK_CONTROLS_STYLE", "Basic")
    os.environ.setdefault("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "1")
    if config.screen.renderer == "software":
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


prepare_environment(Config())

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, QUrl, Signal  # noqa: E402 - after the environment
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QKeyEvent, QResizeEvent  # noqa: E402
from PySide6.QtQml import QQmlApplicationEngine, QQmlError  # noqa: E402
from PySide6.QtQuick import QQuickWindow  # noqa: E402

from kiosk.app import Kiosk  # noqa: E402
from kiosk.memory import (  # noqa: E402
    collect_as_usual,
    give_back,
    keep_heap_small,
    settle,
    unmap_pages,
    write_over_freed,
)
from kiosk.session import Page  # noqa: E402
from offline_queue.no_core import forbid_core_dumps  # noqa: E402
from screens.keypad import KeypadKeys  # noqa: E402
from screens.models.base import Model  # noqa: E402
from screens.models.capture import Capture  # noqa: E402
from screens.models.chip_key import ChipKey  # noqa: E402
from screens.models.closed import Closed  # noqa: E402
from screens.models.compare import Compare  # noqa: E402
from screens.models.desks import Pay, Result, Times  # noqa: E402
from screens.models.entries import Entries  # noqa: E402
from screens.models.form import Form  # noqa: E402
from screens.models.guide import Guide  # noqa: E402
from screens.models.handout import Handout  # noqa: E402
from screens.models.home import Home  # noqa: E402
from screens.models.identify import Identify  # noqa: E402
from screens.models.matters import Events  # noqa: E402
from screens.models.phone import Phone  # noqa: E402
from screens.models.review import Consent, Review  # noqa: E402
from screens.models.scan import Scan  # noqa: E402
from screens.models.send import Send  # noqa: E402
from screens.models.service import Service  # noqa: E402
from screens.models.sign import Sign  # noqa: E402
from screens.models.site import Site  # noqa: E402
from screens.models.slip import Slip  # noqa: E402
from screens.models.staff import Staff  # noqa: E402
from screens.models.thread import Thread  # noqa: E402
from screens.models.tray import Tray  # noqa: E402
from screens.models.typing import Typing  # noqa: E402
from screens.models.visit import Visit  # noqa: E402
from screens.pictures import Pictures  # noqa: E402
from screens.reading import Reader  # noqa: E402
from screens.sheets import sheet_for  # noqa: E402
from screens.stage import Stage  # noqa: E402
from screens.translator import CatalogueTranslator  # noqa: E402
from screens.watchdog import Watchdog  # noqa: E402

MODELS: tuple[type[Model], ...] = (
    *(Visit, Site, Home, Service, Identify, ChipKey, Phone, Form, Entries, Typing, Guide),
    *(Capture, Compare, Review, Consent, Sign, Result, Times, Pay, Handout, Slip, Events, Thread, Tray),
    *(Send, Scan, Staff, Closed),
)


GIVE_BACK_MS = 300  # after the slide to the first screen
SETTLED_MS = 5_000  # after the start, when devices and search are ready


@dataclass(frozen=True)
class Size:
    """A window's size in pixels."""

    width: int
    height: int


def application() -> QGuiApplication:
    """The one application object of the process, which keeps its memory small."""
    keep_heap_small()
    existing = QCoreApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    return QGuiApplication(sys.argv[:1])


def load_fonts(config: Config) -> None:
    """Load the font files by path; ScreenStartError names the one that is missing."""
    for path in (config.fonts.regular, config.fonts.bold, config.fonts.icons):
        if not path.is_file() or QFontDatabase.addApplicationFont(str(path)) < 0:
            raise ScreenStartError(
                f"The font {path} is missing. Install fonts-noto-cjk and fonts-material-design-icons-iconfont, "
                "or correct [fonts] in kiosk.toml."
            )
    QGuiApplication.setFont(QFont("Noto Sans CJK HK"))


class Screens(QObject):
    """The window and everything it shows; `close` takes it apart in the order Qt needs."""

    warned = Signal(str)

    def __init__(self, kiosk: Kiosk, stage: Stage, *, size: Size | None = None) -> None:
        super().__init__()
        self.kiosk = kiosk
        self.stage = stage
        self.pictures = Pictures()
        self.engine = QQmlApplicationEngine()
        self.engine.setOutputWarningsToStandardError(False)
        self.engine.warnings.connect(self._on_warnings)
        self.engine.addImportPath(str(QML))
        self.engine.addImageProvider("kiosk", self.pictures)
        self._translator = CatalogueTranslator(kiosk.catalogue.texts, stage)
        QCoreApplication.installTranslator(self._translator)
        stage.languageChanged.connect(self.engine.retranslate)
        self.between = self._timer_between()
        stage.ended.connect(self._wipe)
        self._attach_models()
        self.window = self._load(size)
        reader = Reader(self.window)
        self.model(Guide).read_from(reader)
        write_over_freed()  # from here on there may be residents
        self.keypad = KeypadKeys(kiosk.config.keypad, self.model(Guide), self.model(Visit), reader.loader)

    def _attach_models(self) -> None:
        for kind in MODELS:
            model = self.model(kind)
            if isinstance(model, Capture | Compare | Slip | Scan | Phone):
                model.show_on(self.pictures)
            if isinstance(model, Thread):
                model.slip = self.model(Slip)
            if isinstance(model, Send):
                model.paper = self.model(Slip).paper
            if isinstance(model, Tray):
                model.reader = self.model(Capture).reader
            if isinstance(model, Compare):
                model.speak_with(self.model(Guide).aloud)
            model.attach(self.stage)
        self.model(Typing).type_into(
            {
                Page.FORM: self.model(Form),
                Page.SEARCH: self.model(Home),
                Page.CHIP_KEY: self.model(ChipKey),
                Page.SEND_TO: self.model(Send),
            }
        )

    def model(self, kind: type[M]) -> M:
        """The one instance of a view model."""
        model = self.engine.singletonInstance(MODULE, kind.__name__)
        if not isinstance(model, kind):
            raise ScreenStartError(f"The view model {kind.__name__} is not registered.")
        return model

    def _load(self, size: Size | None) -> QQuickWindow:
        self.engine.load(QUrl.fromLocalFile(str(QML / "Main.qml")))
        roots = self.engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise ScreenStartError("The pages could not be loaded; the log says why.")
        window = roots[0]
        screen = self.kiosk.config.screen
        wanted = size or Size(screen.width, screen.height)
        window.resize(wanted.width, wanted.height)
        self._fit_sheet(wanted.width, wanted.height)
        if size is None and screen.fullscreen:
            window.setCursor(Qt.CursorShape.BlankCursor)
            window.showFullScreen()
        else:
            window.show()
        window.installEventFilter(self)
        QCoreApplication.processEvents()  # the pages learn the window's size before anybody looks
        return window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Any touch or key on the window is a sign of life."""
        if isinstance(event, QResizeEvent):
            self._fit_sheet(event.size().width(), event.size().height())
        if event.type() in (QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            self.stage.touch()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(event) or self.keypad.hear(event) or super().eventFilter(watched, event)
        return super().eventFilter(watched, event)

    def _fit_sheet(self, width: int, height: int) -> None:
        self.stage.show_on(sheet_for(width, height, self.kiosk.config.screen.sheet))

    def type_by_hardware(self, text: str) -> None:
        """What a hardware keyboard (or its paste) sends: one text event to the window."""
        press = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, text)
        QCoreApplication.sendEvent(self.window, press)

    def _on_key(self, event: QKeyEvent) -> bool:
        """A hardware keyboard types into the active field; the navigation keys stay Qt's own."""
        if self.stage.session.page not in (Page.FORM, Page.SEARCH, Page.CHIP_KEY, Page.SEND_TO):
            return False
        typing = self.model(Typing)
        if event.key() == Qt.Key.Key_Backspace:
            typing.erase()
            return True
        text = event.text()
        if typing.composing and text in (" ", "\r"):
            typing.settle()
            return True
        if typing.composing and text.isdigit() and text.isascii() and typing.property("method") != "code":
            typing.pick(int(text) - 1)
            return True
        if not text or not text.isprintable() or (text == " " and self.window.activeFocusItem() is not None):
            return False
        typing.key(text)
        return True

    def _wipe(self) -> None:
        self.pictures.wipe()
        self.engine.retranslate()
        self.between.start()

    def _timer_between(self) -> QTimer:
        """When the last page is gone and the first screen shows, memory is given back."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(GIVE_BACK_MS)
        timer.timeout.connect(self._give_back)
        return timer

    def _give_back(self) -> None:
        self.drop_glyphs()
        self.kiosk.devices.rest()
        give_back()

    def drop_glyphs(self) -> None:
        """Let go of every glyph drawn, at every size and in mid-slide, which Qt would keep for ever."""
        QFont.cleanup()
        fonts = self.kiosk.config.fonts
        unmap_pages((fonts.regular, fonts.bold))

    def _on_warnings(self, warnings: list[QQmlError]) -> None:
        for warning in warnings:
            log.error("QML: %s", warning.toString())
            self.warned.emit(warning.toString())

    def close(self) -> None:
        """Take the window down before the interpreter ends; the stage tells nobody any more."""
        self.stage.stop()
        self.between.stop()
        self.stage.ended.disconnect(self._wipe)
        self.stage.languageChanged.disconnect(self.engine.retranslate)
        self.window.removeEventFilter(self)
        QCoreApplication.removeTranslator(self._translator)
        self.window.close()
        self.window.deleteLater()
        self.engine.deleteLater()
        for _ in range(3):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QCoreApplication.processEvents()


def run(kiosk: Kiosk, size: Size | None = None, *, extra: Callable[[Screens], None] = lambda _: None) -> int:
    """Show a kiosk on the display until it is told to stop (SIGTERM, Ctrl-C); it is stopped then too.

    `extra` may add to the screens before they run (the demonstrator's dock).
    """
    forbid_core_dumps()
    app = application()
    load_fonts(kiosk.config)
    stage = Stage(kiosk)
    screens = Screens(kiosk, stage, size=size)
    collect_as_usual()
    extra(screens)
    kiosk.listen(stage.hear)
    kiosk.start()
    beat = _quit_on_signals(app)
    watchdog = Watchdog()
    watchdog.start()
    QTimer.singleShot(SETTLED_MS, lambda: _settle(screens))
    try:
        return app.exec()
    finally:
        beat.stop()
        screens.close()
        kiosk.stop()


def _settle(screens: Screens) -> None:
    """Spare what the start made; never what belongs to a visit, which has to be collected after it."""
    if not screens.stage.session.in_visit:
        screens.drop_glyphs()
        settle()


def _quit_on_signals(app: QGuiApplication) -> QTimer:
    """End the loop on SIGTERM and Ctrl-C; the timer lets Python look at its signals while Qt waits.

    The loop is told by the timer alone: a signal that comes before it runs would tell nobody.
    """
    came: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: came.append(number))
    beat = QTimer()
    beat.timeout.connect(lambda: app.exit(0) if came else None)  # quit() would ask the window, which refuses
    beat.start(200)
    return beat
