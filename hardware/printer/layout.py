"""A slip as blocks, and the one pure function that turns blocks into dots.

203 dots an inch are 8 a millimetre: 576 dots are the 72 printable millimetres of 80 mm paper, 384 the 48 of 58 mm. A
printer of 180 dots an inch has 512 on 80 mm; letters then take fewer dots and stay as large.
Nothing here knows a printer; the same raster is the picture on the screen and the bytes on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from hardware.printer.dots import Dots, blank, enlarged, from_modules, put, raster_of, stacked, stamp
from hardware.printer.faces import Face, Fonts, Language, face
from hardware.printer.linebreak import break_lines, clean
from hardware.printer.raster import Raster

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
    strips: list[Dots] = []
    rows = MARGIN
    for block in blocks[:MAX_BLOCKS]:
        if rows >= MAX_HEIGHT:
            break
        strips.append(_draw(page, block))
        rows += strips[-1].height
    return raster_of(stacked(strips, page.width, edge=MARGIN, most=MAX_HEIGHT - 2 * MARGIN))


def _draw(page: Page, block: Block) -> Dots:
    match block:
        case Text():
            return _text(page, block)
        case Pair():
            return _pair(page, block)
        case Rule(thickness):
            return _rule(page, thickness)
        case Space(dots):
            return blank(page.width, max(0, min(dots, MAX_HEIGHT)))
        case Code():
            return _code(page, block)


def _text(page: Page, block: Text) -> Dots:
    letters = page.face(block.size, block.bold, block.language)
    lines = lines_of(block.text, page.width, letters)
    strip = blank(page.width, len(lines) * letters.line_height)
    for number, line in enumerate(lines):
        _write(strip, line, letters, number * letters.line_height, partial(_start, block.align, page.width))
    return strip


def _pair(page: Page, block: Pair) -> Dots:
    letters, value = page.face(block.size, block.bold), page.face(block.size, True)
    left, right = clean(block.left).replace("\n", " "), clean(block.right)
    room = page.width - letters.measure(left) - letters.size
    lines = lines_of(right, room, value) if room > page.width * 0.4 or value.measure(right) <= room else []
    if not 1 <= len(lines) <= MAX_PAIR_LINES:
        parts = (Text(left, block.size, block.bold), Text(right, block.size, True))
        return stacked([_text(page, part) for part in parts], page.width)
    strip = blank(page.width, len(lines) * letters.line_height)
    _write(strip, left, letters, 0, lambda _: 0.0)
    for number, line in enumerate(lines):
        _write(strip, line, value, number * letters.line_height, partial(_start, "right", page.width))
    return strip


def _rule(page: Page, thickness: int) -> Dots:
    thick = max(1, min(thickness, 16))
    strip = blank(page.width, thick + 20)
    strip.paste(1, (0, 10, page.width, 10 + thick))
    return strip


def _code(page: Page, block: Code) -> Dots:
    return _square(page, block) if block.kind == "qr" else _bars(page, block.data)


def _bars(page: Page, data: str) -> Dots:
    modules = bar_modules(data)
    dots = min(WIDEST_BAR, page.width // (len(modules) + 2 * BAR_QUIET))
    if dots < LEAST_BAR:
        raise CodeTooLongError(f"{len(modules)} bars do not fit on {page.width} dots")
    strip = blank(page.width, BAR_ROWS + 2 * BAR_QUIET)
    bars = enlarged(from_modules([modules], 1), dots, BAR_ROWS)
    put(strip, bars, (page.width - bars.width) // 2, BAR_QUIET)
    return strip


def _square(page: Page, block: Code) -> Dots:
    modules = qr_modules(block.data)
    quiet = 4
    count = len(modules) + 2 * quiet
    widest = page.width // count
    dots = min(8, max(int(page.width * block.share) // count, min(EASY_MODULE, widest)))
    if dots < LEAST_MODULE:
        raise CodeTooLongError(f"{len(modules)} modules do not fit on {page.width} dots")
    square = from_modules(modules, dots)
    strip = blank(page.width, count * dots)
    put(strip, square, (page.width - square.width) // 2, quiet * dots)
    return strip


def code_alone(text: str, *, dots: int = 4) -> Raster:
    """A QR code and its quiet zone, `dots` a module: for a screen, which a phone scans from near."""
    square = from_modules(qr_modules(text), dots)
    return raster_of(stacked([square], square.width, edge=4 * dots))


def qr_modules(text: str) -> list[list[bool]]:
    """The rows of a QR code of level M (15 % may be lost), no quiet zone; `CodeTooLongError` past version 40."""
    import qrcode
    from qrcode.exceptions import DataOverflowError

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8", "replace"))
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise CodeTooLongError(f"{len(text)} characters") from error
    return [[bool(on) for on in row] for row in code.modules]


def bar_modules(text: str) -> list[bool]:
    """The modules of a Code 128, one row of them, no quiet zone; `CodeTooLongError` for what it cannot hold."""
    import zxingcpp

    if not (text.isascii() and text.isprintable()):
        raise CodeTooLongError("characters that are not of the Latin alphabet")
    try:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    except ValueError as error:
        raise CodeTooLongError(f"{len(text)} characters") from error
    picture: Any = made.to_image(scale=1, add_quiet_zones=False)  # rows of bytes, 0 is black
    first: Any = memoryview(picture).tolist()[0]
    return [level == 0 for level in first]


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
        stamp(strip, glyph.dots, round(pen) + glyph.left, top + glyph.top)
        pen += glyph.advance


def copy_of(blocks: Sequence[Block], mark: str = "COPY 副本") -> tuple[Block, ...]:
    """The same slip with its mark above and below: a reprint must never pass for the first."""
    band = Text(mark, "title", True, "center")
    return (band, Rule(), *blocks, Rule(), replace(band))
