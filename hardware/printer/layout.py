"""A slip as blocks, and the one pure function that turns blocks into dots.

203 dots an inch are 8 a millimetre: 576 dots are the 72 printable millimetres of 80 mm paper, 384 the 48 of 58 mm. A
printer of 180 dots an inch has 512 on 80 mm; letters then take fewer dots and stay as large.
Nothing here knows a printer; the same raster is the picture on the screen and the bytes on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

from hardware.late import np
from hardware.printer.faces import Dots, Face, Fonts, Language, face
from hardware.printer.linebreak import break_lines, clean
from hardware.printer.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

Size = Literal["small", "body", "title", "display"]
Align = Literal["left", "center", "right"]

DPI = 203
WIDTH_80_MM = 576
WIDTH_58_MM = 384
SIZES: dict[Size, int] = {"small": 22, "body": 26, "title": 32, "display": 44}
"""Letter heights in dots of 1/203 inch: small is 2.75 mm, display 5.5 mm."""

LARGE = 1.4
"""How much the large-print slip enlarges every letter."""

LEAST_MODULE = 3
EASY_MODULE = 4
"""Dots of one QR module: under 3 (0.375 mm) phones fail on worn paper, 4 (0.5 mm) is taken where it fits."""

LEAST_BAR = 2
WIDEST_BAR = 3
BAR_ROWS = 80
BAR_QUIET = 10
"""A bar code: dots of its narrowest bar (0.25 to 0.375 mm), its height (10 mm), the modules left white beside it."""

MARGIN = 8
MAX_BLOCKS = 200
MAX_LINES = 60
"""Lines one block may take; the rest is cut with an ellipsis."""

MAX_PAIR_LINES = 2
"""A value longer than this beside its name goes below it instead."""

MAX_HEIGHT = 12_000
"""Dots: one and a half metres of paper, whatever the blocks say."""


@dataclass(frozen=True)
class Text:
    """A paragraph; new lines in the text are kept."""

    text: str
    size: Size = "body"
    bold: bool = False
    align: Align = "left"
    language: Language | None = None
    """Whose shapes the characters take, where that is not the slip's language."""


@dataclass(frozen=True)
class Pair:
    """A name at the left and its value at the right, on one line if they fit."""

    left: str
    right: str
    size: Size = "body"
    bold: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across the slip."""

    thickness: int = 2


@dataclass(frozen=True)
class Space:
    """Blank paper, in dots."""

    dots: int = 12


@dataclass(frozen=True)
class Code:
    """A QR code, centred, as large as the slip allows up to `share` of its width; or a bar code for a counter's reader.

    The bars are Code 128 (ISO/IEC 15417): Latin letters, digits and marks, as wide as the slip allows.
    """

    data: str
    kind: Literal["qr", "code128"] = "qr"
    share: float = 0.62


Block = Text | Pair | Rule | Space | Code


class CodeTooLongError(ValueError):
    """A code cannot hold this, or not with modules that can be read on paper this narrow."""


@dataclass(frozen=True)
class Page:
    """What every block needs to know while it is drawn."""

    width: int
    fonts: Fonts
    language: Language
    scale: float

    def face(self, size: Size, bold: bool, language: Language | None = None) -> Face:
        """The face for a size name on this slip."""
        return face(self.fonts, language or self.language, bold, round(SIZES[size] * self.scale))


def render(
    blocks: Sequence[Block],
    *,
    width_dots: int = WIDTH_80_MM,
    fonts: Fonts,
    language: Language,
    large: bool = False,
    dpi: int = DPI,
) -> Raster:
    """Draw blocks, top to bottom, as one raster of `width_dots`; any text is drawn, and none makes it endless.

    `CodeTooLongError` when a code does not fit; `FileNotFoundError` when the fonts do not.
    """
    page = Page(width_dots - 2 * MARGIN, fonts, language, (LARGE if large else 1.0) * dpi / DPI)
    edge = np.zeros((MARGIN, page.width), bool)
    strips, rows = [edge], MARGIN
    for block in blocks[:MAX_BLOCKS]:
        if rows >= MAX_HEIGHT:
            break
        strips.append(_draw(page, block))
        rows += strips[-1].shape[0]
    body = np.vstack([np.vstack(strips)[: MAX_HEIGHT - MARGIN], edge])
    sheet = np.zeros((body.shape[0], width_dots), bool)
    sheet[:, MARGIN : MARGIN + page.width] = body
    return Raster(width_dots, sheet.shape[0], np.packbits(sheet, axis=1).tobytes())


def _draw(page: Page, block: Block) -> Dots:
    match block:
        case Text():
            return _text(page, block)
        case Pair():
            return _pair(page, block)
        case Rule(thickness):
            return _rule(page, thickness)
        case Space(dots):
            return np.zeros((max(0, min(dots, MAX_HEIGHT)), page.width), bool)
        case Code():
            return _code(page, block)


def _text(page: Page, block: Text) -> Dots:
    letters = page.face(block.size, block.bold, block.language)
    lines = lines_of(block.text, page.width, letters)
    strip = np.zeros((len(lines) * letters.line_height, page.width), bool)
    for number, line in enumerate(lines):
        _write(strip, line, letters, number * letters.line_height, partial(_start, block.align, page.width))
    return strip


def _pair(page: Page, block: Pair) -> Dots:
    letters, value = page.face(block.size, block.bold), page.face(block.size, True)
    left, right = clean(block.left).replace("\n", " "), clean(block.right)
    room = page.width - letters.measure(left) - letters.size
    lines = lines_of(right, room, value) if room > page.width * 0.4 or value.measure(right) <= room else []
    if not 1 <= len(lines) <= MAX_PAIR_LINES:
        stacked = (Text(left, block.size, block.bold), Text(right, block.size, True))
        return np.vstack([_text(page, part) for part in stacked])
    strip = np.zeros((len(lines) * letters.line_height, page.width), bool)
    _write(strip, left, letters, 0, lambda _: 0.0)
    for number, line in enumerate(lines):
        _write(strip, line, value, number * letters.line_height, partial(_start, "right", page.width))
    return strip


def _rule(page: Page, thickness: int) -> Dots:
    thick = max(1, min(thickness, 16))
    strip = np.zeros((thick + 20, page.width), bool)
    strip[10 : 10 + thick] = True
    return strip


def _code(page: Page, block: Code) -> Dots:
    return _square(page, block) if block.kind == "qr" else _bars(page, block.data)


def _bars(page: Page, data: str) -> Dots:
    modules = bar_modules(data)
    dots = min(WIDEST_BAR, page.width // (modules.shape[0] + 2 * BAR_QUIET))
    if dots < LEAST_BAR:
        raise CodeTooLongError(f"{modules.shape[0]} bars do not fit on {page.width} dots")
    strip = np.zeros((BAR_ROWS + 2 * BAR_QUIET, page.width), bool)
    bars = np.repeat(modules, dots)
    left = (page.width - bars.shape[0]) // 2
    strip[BAR_QUIET : BAR_QUIET + BAR_ROWS, left : left + bars.shape[0]] = bars
    return strip


def _square(page: Page, block: Code) -> Dots:
    modules = qr_modules(block.data)
    quiet = 4
    count = modules.shape[0] + 2 * quiet
    widest = page.width // count
    dots = min(8, max(int(page.width * block.share) // count, min(EASY_MODULE, widest)))
    if dots < LEAST_MODULE:
        raise CodeTooLongError(f"{modules.shape[0]} modules do not fit on {page.width} dots")
    square = np.kron(modules, np.ones((dots, dots), bool))
    strip = np.zeros((count * dots, page.width), bool)
    left = (page.width - square.shape[1]) // 2
    top = quiet * dots
    strip[top : top + square.shape[0], left : left + square.shape[1]] = square
    return strip


def code_alone(text: str, *, dots: int = 4) -> Raster:
    """A QR code and its quiet zone, `dots` a module: for a screen, which a phone scans from near."""
    modules = np.pad(np.kron(qr_modules(text), np.ones((dots, dots), bool)), 4 * dots)
    return Raster(modules.shape[1], modules.shape[0], np.packbits(modules, axis=1).tobytes())


def qr_modules(text: str) -> Dots:
    """The modules of a QR code of level M (15 % may be lost), no quiet zone; `CodeTooLongError` past version 40."""
    import qrcode
    from qrcode.exceptions import DataOverflowError

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8", "replace"))
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise CodeTooLongError(f"{len(text)} characters") from error
    return np.array(code.modules, bool)


def bar_modules(text: str) -> NDArray[np.bool_]:
    """The modules of a Code 128, one row of them, no quiet zone; `CodeTooLongError` for what it cannot hold."""
    import zxingcpp

    if not (text.isascii() and text.isprintable()):
        raise CodeTooLongError("characters that are not of the Latin alphabet")
    try:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    except ValueError as error:
        raise CodeTooLongError(f"{len(text)} characters") from error
    picture: NDArray[np.uint8] = np.array(made.to_image(scale=1, add_quiet_zones=False))
    bars: NDArray[np.bool_] = picture[0] == 0
    return bars


def lines_of(text: str, width: float, letters: Face) -> list[str]:
    """The lines of one block, at most `MAX_LINES`; a cut is marked with an ellipsis."""
    lines = break_lines(clean(text), width, letters.measure)
    if len(lines) <= MAX_LINES:
        return lines
    last = lines[MAX_LINES - 1]
    while last and letters.measure(last + "…") > width:
        last = last[:-1]
    return [*lines[: MAX_LINES - 1], last + "…"]


def _start(align: Align, width: int, used: float) -> float:
    """Where a line of `used` dots begins."""
    return {"left": 0.0, "center": (width - used) / 2, "right": width - used}[align]


def _write(strip: Dots, line: str, letters: Face, top: int, start: Callable[[float], float]) -> None:
    """Put the glyphs of one line on the strip; what would leave the strip is left out."""
    pen = max(0.0, start(letters.measure(line)))
    for character in line:
        glyph = letters.glyph(character)
        _stamp(strip, glyph.dots, round(pen) + glyph.left, top + glyph.top)
        pen += glyph.advance


def _stamp(strip: Dots, dots: Dots, left: int, top: int) -> None:
    rows, columns = dots.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(strip.shape[1], left + columns), min(strip.shape[0], top + rows)
    if x0 < x1 and y0 < y1:
        strip[y0:y1, x0:x1] |= dots[y0 - top : y1 - top, x0 - left : x1 - left]


def copy_of(blocks: Sequence[Block], mark: str = "COPY 副本") -> tuple[Block, ...]:
    """The same slip with its mark above and below: a reprint must never pass for the first."""
    band = Text(mark, "title", True, "center")
    return (band, Rule(), *blocks, Rule(), replace(band))
