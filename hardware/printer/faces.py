"""The letters of a slip: a face of the CJK collection chosen by name, and every glyph drawn once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from hardware.printer.dots import Dots, blank, from_grey

Language = Literal["en", "zh_Hant", "zh_Hans"]

FACE_NAMES: dict[str, str] = {"en": "Noto Sans CJK HK", "zh_Hant": "Noto Sans CJK HK", "zh_Hans": "Noto Sans CJK SC"}
"""The shapes a resident of each language expects; Hong Kong's own characters are in both."""

GLYPHS_KEPT = 4096
MAX_FACES = 64  # faces in one collection


@dataclass(frozen=True)
class Fonts:
    """Where the two weights of the CJK collection lie."""

    regular: Path
    bold: Path


NOTO = Fonts(
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
)
"""Debian's fonts-noto-cjk."""


@dataclass(frozen=True)
class Glyph:
    """One character's dots, where they stand from the pen and the top of the line, and how far the pen moves."""

    left: int
    top: int
    advance: float
    dots: Dots


@lru_cache(maxsize=16)
def face_index(path: Path, name: str) -> int:
    """The index of a face in a collection; 0 when the file has no face of that name."""
    from PIL import ImageFont

    for index in range(MAX_FACES):
        try:
            if ImageFont.truetype(path, 10, index=index).getname()[0] == name:
                return index
        except OSError as error:
            if index == 0:
                raise FileNotFoundError(f"{path.name} is not a readable font") from error
            break
    return 0


class Face:
    """One weight of one face at one size in dots; its glyphs are kept for the next slip. Safe from any thread."""

    def __init__(self, path: Path, index: int, size: int) -> None:
        from PIL import ImageFont

        self._font: Any = ImageFont.truetype(path, size, index=index, layout_engine=ImageFont.Layout.BASIC)
        self._glyphs: OrderedDict[str, Glyph] = OrderedDict()
        self._lock = threading.Lock()  # FreeType faces are not for two threads at once
        self.size = size
        self.line_height = round(size * 1.36)

    def glyph(self, character: str) -> Glyph:
        """The dots of one character; a character the face lacks is its empty box."""
        with self._lock:
            glyph = self._glyphs.get(character)
            if glyph is None:
                glyph = self._glyphs[character] = self._draw(character)
                if len(self._glyphs) > GLYPHS_KEPT:
                    self._glyphs.popitem(last=False)
            return glyph

    def measure(self, text: str) -> float:
        """Width of a text in dots."""
        return sum(self.glyph(character).advance for character in text)

    def _draw(self, character: str) -> Glyph:
        mask, (left, top) = self._font.getmask2(character, mode="L", anchor="ls")
        columns, rows = mask.size
        dots = from_grey(bytes(mask), columns, rows) if rows and columns else blank(0, 0)
        baseline = round(self.size * 1.06)
        return Glyph(left, baseline + top, float(self._font.getlength(character)), dots)


@lru_cache(maxsize=64)
def face(fonts: Fonts, language: Language, bold: bool, size: int) -> Face:
    """The face for a language at a size in dots, drawn once and shared."""
    path = fonts.bold if bold else fonts.regular
    return Face(path, face_index(path, FACE_NAMES[language]), size)


def forget_faces() -> None:
    """Let go of every face and of the characters drawn with it: a megabyte each, and what one visit's slip said."""
    face.cache_clear()
