"""The paper of the emulated printer: what was drawn since the last cut."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hardware.late import np
from hardware.printer.faces import Dots, Fonts, face
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
        self._add(np.zeros((max(0, rows), self.width), bool))

    def dots(self, picture: Dots) -> None:
        """A picture at the set alignment; what is wider than the paper is lost, as on a real one."""
        self.end_line(feed=False)
        picture = picture[:, : self.width]
        strip = np.zeros((picture.shape[0], self.width), bool)
        left = (self.width - picture.shape[1]) * min(self.style.align, 2) // 2
        strip[:, left : left + picture.shape[1]] = picture
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
        strip = np.zeros((height, self.width), bool)
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
        self.dots(np.kron(modules, np.ones((module, module), bool)))

    def cut(self) -> Raster | None:
        """The paper up to here, None if there is none."""
        self.end_line(feed=False)
        if not self._rows:
            return None
        sheet = np.vstack(self._parts)
        self._parts, self._rows = [], 0
        return Raster(self.width, sheet.shape[0], np.packbits(sheet, axis=1).tobytes())

    def _advance(self, character: str, style: Style) -> int:
        return (CELL if ord(character) > 0x2E7F else CELL // 2) * style.wide

    def _letter(self, strip: Dots, pen: int, character: str, style: Style) -> None:
        letters = face(self._fonts, "zh_Hans", style.bold, 20)
        glyph = letters.glyph(character)
        cell = np.zeros((CELL + 6, CELL * 2), bool)
        rows, columns = glyph.dots.shape
        top, left = max(0, glyph.top), max(0, glyph.left)
        rows, columns = min(rows, cell.shape[0] - top), min(columns, cell.shape[1] - left)
        if rows > 0 and columns > 0:
            cell[top : top + rows, left : left + columns] = glyph.dots[:rows, :columns]
        large = np.kron(cell, np.ones((style.high, style.wide), bool))[: strip.shape[0], : max(0, self.width - pen)]
        strip[: large.shape[0], pen : pen + large.shape[1]] |= large

    def _add(self, part: Dots) -> None:
        part = part[: MAX_ROWS - self._rows]
        if part.shape[0]:
            self._parts.append(part)
            self._rows += part.shape[0]
