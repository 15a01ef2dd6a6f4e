"""Every page of a visit in every language, size, contrast and sheet: as pictures for people, as findings for tests.

One made-up resident goes through a visit once a language. On every page the settings are switched under their hands,
as Easier use does, and the page is looked at in each; the visit then goes on with the answers it had.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage, QPainter

from kiosk.catalogue import Language
from kiosk.config import Config
from kiosk.easier import CONTRASTS, TEXT_SIZES, EasierUse
from kiosk.session import Page
from kiosk.simulation import simulated
from screens.audit import Rules, audit, sections
from screens.main import Screens
from screens.models.send import Send
from screens.order import audit_order, bar_rect
from screens.play import opened
from screens.reading import Reader
from screens.rehearsal import Resident
from screens.sheets import LAPTOP, PORTRAIT, WIDE, Sheet
from screens.stage import Stage

MOST_PARTS: Final = 24
SHOWN_SERVICE: Final = "HK-WEL-01"
PATIENT_S: Final = 3600.0  # nobody is warned while pictures are taken
SMALL, EDGE = 240, 8  # pixels: the height of a picture on the contact sheet, and what is between two
MANY_TONGUES: Final = (
    "Attract",
    "Closed",
    "Language",
    "StaffPin",
    "Technician",
)  # a word of another language stands on each
OVERLAYS: Final = ("Language", "Easier", "Help", "Leave")


@dataclass(frozen=True)
class Variant:
    """One way to show a page."""

    sheet: Sheet = PORTRAIT
    easier: EasierUse = field(default_factory=EasierUse)

    @property
    def name(self) -> str:
        """A word for file names and findings, for example portrait-1.4-black."""
        use = self.easier
        words = [self.sheet.name, f"{use.text_size:g}" if use.text_size != 1 else ""]
        words += [use.contrast if use.contrast != "paper" else "", "low" if use.low_reach else ""]
        return "-".join(word for word in (*words, "care" if use.care else "") if word)

    @property
    def target(self) -> int:
        """The least side of a control in pixels."""
        return 120 if self.easier.care and self.sheet is not LAPTOP else 96


PLAIN: Final = Variant()
SIZES: Final = tuple(Variant(easier=EasierUse(text_size=size)) for size in TEXT_SIZES)
EVERY_SIZE_AND_CONTRAST: Final = tuple(
    Variant(easier=EasierUse(text_size=size, contrast=contrast)) for size in TEXT_SIZES for contrast in CONTRASTS
)
OTHERS: Final = (
    Variant(easier=EasierUse(contrast="white")),
    Variant(easier=EasierUse(contrast="black")),
    Variant(easier=EasierUse(low_reach=True)),
    Variant(easier=EasierUse(low_reach=True, text_size=1.2)),
    Variant(easier=EasierUse(care=True)),
    Variant(easier=EasierUse(care=True, contrast="black")),
    Variant(WIDE),
    Variant(WIDE, EasierUse(text_size=1.4)),
    Variant(WIDE, EasierUse(care=True)),
    Variant(LAPTOP),
    Variant(LAPTOP, EasierUse(text_size=1.2)),
)
EVERY: Final = tuple(dict.fromkeys((*EVERY_SIZE_AND_CONTRAST, *OTHERS)))
SHOWN: Final = (*SIZES, *OTHERS)


@dataclass(frozen=True)
class Look:
    """One page as it was seen: where, how, its picture, and what is wrong with it."""

    page: str
    language: Language
    variant: Variant
    part: int
    picture: QImage
    findings: Sequence[str]

    @property
    def name(self) -> str:
        """The file's stem."""
        part = f"-p{self.part}" if self.part > 1 else ""
        return f"{self.page}-{self.variant.name}{part}"


class Gallery:
    """Looks at what is on the screens in many ways; afterwards everything is as it was."""

    def __init__(self, screens: Screens, stage: Stage, resident: Resident) -> None:
        self.screens, self.stage, self.resident = screens, stage, resident

    def looks(self, page: str, variants: Sequence[Variant]) -> Iterator[Look]:
        """The page that is shown, in every variant, each with all its parts."""
        before = self.stage.session.easier
        for variant in variants:
            self.show(variant)
            yield from self._parts(page, variant)
        self.show(Variant(easier=before))

    def show(self, variant: Variant) -> None:
        """Switch sheet and settings, as a resident (and a carpenter) would."""
        window = self.screens.window
        if (window.width(), window.height()) != (variant.sheet.width, variant.sheet.height):
            window.resize(variant.sheet.width, variant.sheet.height)
        self.stage.act(lambda: self.stage.ease(**vars(variant.easier)))
        self._rest()

    def _rest(self) -> None:
        """Let what was put off be laid out."""
        for _ in range(2):
            QCoreApplication.processEvents()
            self.screens.window.grabWindow()
        QCoreApplication.processEvents()
        if not self.stage.session.overlay:
            self.resident.settle()

    def _parts(self, page: str, variant: Variant) -> Iterator[Look]:
        more = self.resident.say("overlay.more")
        stood: set[int] = set()
        for part in range(1, MOST_PARTS):
            look = self._look(page, variant, part)
            yield look
            found = sections(self.screens.window.contentItem())
            stood |= {place for place, (_, shown) in enumerate(found) if shown}
            if not self.resident.glass.turn(more):
                lost = [f"{words!r} stands on no part" for place, (words, _) in enumerate(found) if place not in stood]
                if lost:
                    yield replace(look, findings=lost)
                break
            self._rest()
        else:
            raise AssertionError(f"{page} has more than {MOST_PARTS} parts in {variant.name}")
        if self.resident.glass.turn(self.resident.say("overlay.first")):
            self._rest()

    def _look(self, page: str, variant: Variant, part: int) -> Look:
        picture = self.screens.window.grabWindow()
        rules = Rules(variant.target, self.resident.language, page in MANY_TONGUES)
        window, language = self.screens.window, self.resident.language
        found = audit(window, self.resident.glass.seen(), picture, rules)
        found += audit_order(Reader(window).things(), bar_rect(window), language)
        return Look(page, language, variant, part, picture, found)

    def visit(self, variants: Callable[[str], Sequence[Variant]], overlays: Sequence[str] = OVERLAYS) -> Iterator[Look]:
        """Every page of one visit from the greeting to the slip, and the dialogs over the last."""
        seen: set[str] = set()
        while True:
            page = self.resident.until(lambda _: True)
            name = self._name(page)
            if name not in seen and name not in (Page.SENDING, "Compare-working"):  # they go by themselves
                seen.add(name)
                self._wait(page)
                yield from self.looks(name, variants(name) if page is not Page.ATTRACT else self._still(variants(name)))
            if page is Page.SLIP:
                break
            if self.stage.session.page is page:
                self.resident.leave_page(page)
        yield from self._sending(variants)
        for overlay in overlays:
            self._open(overlay)
            yield from self.looks(overlay, variants(overlay))
        self._open("")

    def _sending(self, variants: Callable[[str], Sequence[Variant]]) -> Iterator[Look]:
        """The pages by which the slip is sent, where it can be; back on the slip afterwards."""
        send, session = self.screens.model(Send), self.stage.session
        if not send.property("offered") or send.property("reason"):
            return
        send.open()
        self._rest()
        yield from self.looks(str(Page.SEND), variants(str(Page.SEND)))
        for way in (*session.sending.ways,) if session.sending is not None else ():
            self.stage.act(lambda way=way: session.pick_target(f"new-{way}"))  # type: ignore[misc]
            send.goOn()
            self._rest()
            name = f"{Page.SEND_TO}-{way}"
            yield from self.looks(name, variants(name))
            self.stage.act(session.back)
        self.stage.act(session.leave_sending)
        self._rest()

    def _wait(self, page: Page) -> None:
        """Let what comes by itself have come, so that every picture shows the same."""
        glass, say = self.resident.glass, self.resident.say
        if page is Page.SAVED:
            glass.wait_for(lambda: say("saved.delivered_title") in glass.words(), "the portal's receipt", 30.0)
        if page in (Page.RESULT, Page.SLOT, Page.PAY):
            glass.wait_for(lambda: not glass.shows(say("answer.wait")), "the department's answer", 60.0)
        if page is Page.SLIP:
            glass.wait_for(lambda: glass.shows(say("slip.finish")), "the slip to be out", 60.0)

    def _still(self, variants: Sequence[Variant]) -> Sequence[Variant]:
        """Nobody has switched anything on the first screen: only its sheets differ."""
        return tuple(dict.fromkeys(Variant(variant.sheet) for variant in variants))

    def _name(self, page: Page) -> str:
        step = self.stage.session.step
        taken = "-taken" if self.stage.session.picture is not None and page is not Page.SIGN else ""
        own = f"-{step.id}" if step is not None and page in (Page.FORM, Page.CHOICE) else ""
        comparing = self.stage.session.comparing
        if comparing is not None:
            taken, own = "", f"-{comparing.stage}"
        return f"{page}{own}{taken}"

    def _open(self, overlay: str) -> None:
        self.stage.act(lambda: setattr(self.stage.session, "overlay", overlay))
        self._rest()


# ---- as files, for people ----


def draw(config: Config, out: Path, languages: Sequence[Language], variants: Sequence[Variant]) -> Iterator[Look]:
    """Every page of one visit in these languages and ways, saved as <out>/<language>/<page>-<way>.png; the line is up.

    The last thing written is <out>/contact-sheet.png.
    """
    with tempfile.TemporaryDirectory(prefix="kiosk-") as folder:
        patient = replace(config, visit=replace(config.visit, idle_s=PATIENT_S, slow_idle_s=PATIENT_S))
        with opened(simulated(patient, Path(folder))) as (_, stage, screens):
            sheet = ContactSheet()
            for language in languages:
                stage.end()
                resident = Resident(screens, stage, service=SHOWN_SERVICE, language=language)
                for look in save(Gallery(screens, stage, resident).visit(lambda _page: variants), out):
                    sheet.add(look)
                    yield look
            sheet.save(out / "contact-sheet.png")


class ContactSheet:
    """All pictures small, one row a page and language, so that one look finds the odd one."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[QImage]] = {}

    def add(self, look: Look) -> None:
        """Keep a small copy."""
        small = look.picture.scaledToHeight(SMALL, Qt.TransformationMode.SmoothTransformation)
        self._rows.setdefault((look.page, look.language), []).append(small)

    def save(self, path: Path) -> None:
        """Write the sheet."""
        rows = list(self._rows.values())
        width = max((sum(one.width() + EDGE for one in row) for row in rows), default=EDGE)
        sheet = QImage(width + EDGE, len(rows) * (SMALL + EDGE) + EDGE, QImage.Format.Format_RGB32)
        sheet.fill(0xFF8A959B)
        painter = QPainter(sheet)
        for line, row in enumerate(rows):
            across = EDGE
            for one in row:
                painter.drawImage(across, EDGE + line * (SMALL + EDGE), one)
                across += one.width() + EDGE
        painter.end()
        sheet.save(str(path))


def save(looks: Iterator[Look], out: Path) -> Iterator[Look]:
    """Keep each picture as <out>/<language>/<name>.png while it passes."""
    for look in looks:
        folder = out / look.language
        folder.mkdir(parents=True, exist_ok=True)
        look.picture.save(str(folder / f"{look.name}.png"))
        yield look
