"""Draws every page of one service on the real screens: what `services preview` leaves in a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.app import Ability, build_kiosk
from kiosk.catalogue import LANGUAGES, Catalogue, Language
from kiosk.config import Config
from kiosk.embedded_portal import EmbeddedPortal
from kiosk.flow.journeys import pages
from kiosk.flow.state import FlowState
from kiosk.journey import Single
from kiosk.pages import DRAWN_KINDS
from kiosk.session import Session
from kiosk.simulation import simulated
from screens.glass import Glass, NotSeenError, wait_until
from screens.main import Screens, ScreenStartError, Size, application, load_fonts, prepare_environment
from screens.models.slip import Slip
from screens.stage import Stage

SHEET = Size(1080, 1920)
DEVICES_READY_S = 10.0
ASKING = "answer.wait"  # what a page says while a department is asked


class PreviewError(Exception):
    """The pages cannot be drawn; a sentence for the officer."""


@dataclass(frozen=True)
class Picture:
    """One drawn page; `file` is relative to the folder of the preview."""

    file: str
    page: str
    step: str
    language: str


def draw(config: Config, catalogue: Catalogue, service_id: str, out: Path) -> list[Picture]:
    """Draw every page of a service into `out`/<language>/; PreviewError says why not."""
    today = datetime.now(ZoneInfo(config.site.timezone)).date()
    row = next((row for row in catalogue.listing if row.id == service_id), None)
    if row is None or not Session(catalogue, today=lambda: today).offered(row):
        kinds = ", ".join(sorted(catalogue.services[service_id].kinds - DRAWN_KINDS))
        raise PreviewError(f"The screens cannot draw all pages of {service_id} yet: {kinds} is missing.")
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder, _opened(config, catalogue, Path(folder)) as found:
        preview = _Preview(*found, out)
        try:
            preview.every(pages(catalogue, service_id, today=today))
        except NotSeenError as error:
            page = found[0].session.page
            raise PreviewError(f"{service_id} stopped at {page}: {str(error).splitlines()[0]}") from error
        return preview.pictures


@contextmanager
def _opened(config: Config, catalogue: Catalogue, folder: Path) -> Iterator[tuple[Stage, Screens]]:
    """The real screens over simulated devices, showing this catalogue."""
    still = simulated(replace(config, screen=replace(config.screen, motion=False)), folder)
    prepare_environment(still, offscreen=True)
    application()
    try:
        load_fonts(still)
    except ScreenStartError as error:
        raise PreviewError(str(error)) from error
    kiosk = build_kiosk(still, portal=EmbeddedPortal(still.portal.public_file.parent))
    kiosk.catalogue = catalogue
    stage = Stage(kiosk)
    screens = Screens(kiosk, stage, size=SHEET)
    kiosk.listen(stage.hear)
    kiosk.start()
    try:
        yield stage, screens
    finally:
        screens.close()
        kiosk.stop()


class _Preview:
    """Puts the session at each step and takes the pictures."""

    def __init__(self, stage: Stage, screens: Screens, out: Path) -> None:
        self._stage = stage
        self._screens = screens
        self._glass = Glass(screens.window)
        self._out = out
        self._number = 0
        self.pictures: list[Picture] = []

    def every(self, states: dict[str, FlowState]) -> None:
        """All pages in the order of the service's file; what is sent goes to a portal that is thrown away."""
        self._stage.begin(LANGUAGES[0])
        wait_until(lambda: len(self._stage.kiosk.abilities()) == len(Ability), DEVICES_READY_S)
        for step_id, state in states.items():
            step = state.service.step(step_id)
            if step.kind == "receipt" and self._stage.session.saved is not None:
                self._receipt()
            else:
                self._step(state, step.kind)
        if self._page == "Result":  # what was answered is printed after the last step
            self._stage.act(self._stage.session.next)
            self._slip()

    @property
    def _page(self) -> str:
        return str(self._stage.session.page)

    def _step(self, state: FlowState, kind: str) -> None:
        self._enter(state)
        if kind == "submit":
            self._glass.wait_for(lambda: self._stage.session.saved is not None, "the submission to be saved")
        elif self._page == "Slip":
            self._slip()
        else:
            self._parts()
        if kind == "identify":
            self._enter(state, typing=True)
            self._parts()
        if kind == "list":
            self._stage.act(self._stage.session.open_entry)
            self._parts()

    def _enter(self, state: FlowState, *, typing: bool = False) -> None:
        self._stage.act(lambda: _stand(self._stage.session, state, typing=typing))

    def _parts(self) -> None:
        """The page, and the further pages of a long form or review."""
        self._take()
        session = self._stage.session
        for part in range(1, session.parts() if session.page == "Form" else 1):
            self._stage.act(partial(_show_part, session, part))
            self._take()
        more = session.catalogue.texts.say(session.language, "overlay.more")
        while self._glass.turn(more):
            self._take()

    def _receipt(self) -> None:
        self._wait_words("saved.delivered_title")
        self._take()
        self._stage.act(self._stage.session.show_slip)
        self._slip()

    def _slip(self) -> None:
        self._wait_slip("")
        self._take(self._draw_slip)

    def _draw_slip(self) -> None:
        """The slip is in the language of its page."""
        slip = self._screens.model(Slip)
        before = slip.property("picture")
        slip.draw()
        self._wait_slip(before)

    def _wait_slip(self, before: object) -> None:
        slip = self._screens.model(Slip)
        self._glass.wait_for(
            lambda: slip.property("picture") != before and bool(slip.property("canFinish")), "the slip", 30.0
        )

    def _take(self, prepare: Callable[[], None] = lambda: None) -> None:
        """The page that stands there, in every language."""
        self._number += 1
        for language in LANGUAGES:
            self._stage.touch()
            self._stage.set_language(language)
            prepare()
            self._settle()
            self._keep(language)

    def _settle(self) -> None:
        if self._page in ("Portrait", "Document"):
            self._wait_words(f"{self._page.lower()}.ready")
        self._glass.wait_for(lambda: bool(self._glass.seen()), "a page")
        texts, language = self._stage.session.catalogue.texts, self._stage.session.language
        if ASKING in texts.keys:
            asking = texts.say(language, ASKING)
            self._glass.wait_for(lambda: asking not in self._glass.words(), "the department's answer", 30.0)

    def _wait_words(self, key: str) -> None:
        session = self._stage.session
        text = session.catalogue.texts.say(session.language, key)
        self._glass.wait_for(lambda: text in self._glass.words(), f"{text!r}", 30.0)

    def _keep(self, language: Language) -> None:
        session = self._stage.session
        step = session.step.id if session.step else "slip"
        folder = self._out / language
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{language}/{self._number:02}-{step}.png"
        if not self._screens.window.grabWindow().save(str(self._out / name)):
            raise PreviewError(f"The picture {self._out / name} cannot be written.")
        self.pictures.append(Picture(name, self._page, step, language))


def _stand(session: Session, state: FlowState, *, typing: bool) -> None:
    """Be at this step as if it had just been reached."""
    session.journey = Single(state)
    session._arrive(1)
    if typing:
        session.type_instead()


def _show_part(session: Session, part: int) -> None:
    """The fields of this part, with the first one ready for typing."""
    session.part, session.active = part, ""
    if session.page == "Form":
        session.next_field()
