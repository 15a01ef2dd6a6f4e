"""The paper of the emulated printer: what was drawn since the last cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hardware.printer.dots import Dots, blank, enlarged, from_modules, put, raster_of, stacked, stamp
from hardware.printer.faces import Fonts, face
from hardware.printer.layout import CodeTooLongError, qr_modules
from hardware.printer.raster import Raster

MAX_ROWS = 40_000
"""Five metres: a runaway job stops drawing here."""

CELL = 24
"""Dots of one native character's height; its width is half, or all for a full-width one."""


@dataclass(frozen=True)
class Style:
    """How native text is set at the moment."""

    bold: bool = False
    wide: int = 1
    high: int = 1
    align: int = 0  # 0 left, 1 centre, 2 right


class Strip:
    """Paper `width` dots wide that grows downwards."""

    def __init__(self, width: int, fonts: Fonts) -> None:
        self.width = width
        self.style = Style()
        self._fonts = fonts
        self._parts: list[Dots] = []
        self._rows = 0
        self._line: list[tuple[str, Style]] = []

    @property
    def rows(self) -> int:
        """Rows drawn since the last cut."""
        return self._rows

    def restyle(self, **changes: int | bool) -> None:
        """Change how the next characters look."""
        self.style = replace(self.style, **changes)  # type: ignore[arg-type]

    def feed(self, rows: int) -> None:
        """Blank paper."""
        self._add(blank(self.width, max(0, rows)))

    def dots(self, picture: Dots) -> None:
        """A picture at the set alignment; what is wider than the paper is lost, as on a real one."""
        self.end_line(feed=False)
        strip = blank(self.width, picture.height)
        left = max(0, self.width - picture.width) * min(self.style.align, 2) // 2
        put(strip, picture, left, 0)
        self._add(strip)

    def write(self, text: str) -> None:
        """Native characters, wrapped at the paper's edge."""
        for character in text:
            advance = self._advance(character, self.style)
            if sum(self._advance(*cell) for cell in self._line) + advance > self.width:
                self.end_line()
            self._line.append((character, self.style))

    def end_line(self, *, feed: bool = True) -> None:
        """Draw the waiting characters; an empty line feeds paper unless `feed` is off."""
        cells, self._line = self._line, []
        if not cells:
            if feed:
                self.feed(30)
            return
        height = max(style.high for _, style in cells) * CELL + 6
        strip = blank(self.width, height)
        used = sum(self._advance(*cell) for cell in cells)
        pen = (self.width - used) * min(cells[0][1].align, 2) // 2
        for character, style in cells:
            self._letter(strip, pen, character, style)
            pen += self._advance(character, style)
        self._add(strip)

    def qr(self, text: str, module: int) -> None:
        """A native QR code; one too long is left out, as a printer does."""
        try:
            modules = qr_modules(text)
        except CodeTooLongError:
            return
        self.dots(from_modules(modules, module))

    def cut(self) -> Raster | None:
        """The paper up to here, None if there is none."""
        self.end_line(feed=False)
        if not self._rows:
            return None
        sheet = stacked(self._parts, self.width)
        self._parts, self._rows = [], 0
        return raster_of(sheet)

    def _advance(self, character: str, style: Style) -> int:
        return (CELL if ord(character) > 0x2E7F else CELL // 2) * style.wide

    def _letter(self, strip: Dots, pen: int, character: str, style: Style) -> None:
        letters = face(self._fonts, "zh_Hans", style.bold, 20)
        glyph = letters.glyph(character)
        cell = blank(CELL * 2, CELL + 6)
        put(cell, glyph.dots, max(0, glyph.left), max(0, glyph.top))
        stamp(strip, enlarged(cell, style.wide, style.high), pen, 0)

    def _add(self, part: Dots) -> None:
        rows = min(part.height, MAX_ROWS - self._rows)
        if rows:
            self._parts.append(part if rows == part.height else part.crop((0, 0, part.width, rows)))
            self._rows += rows
