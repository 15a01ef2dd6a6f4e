"""Where a line of Chinese, English or both may break; pure, and bounded for any text.

A closing mark never starts a line and an opening one never ends it (as CLREQ 3.1.3 asks); a last line shorter than
three characters takes some from the line before.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

CLOSING = frozenset("，。、；：！？）」』》〉】〕〗…‥—％℃・·,.;:!?)]}%’”")
OPENING = frozenset("（「『《〈【〔〖([{‘“")
MAX_CHARACTERS = 12_000
"""Text beyond this is cut with an ellipsis: no slip is that long."""

LEAST_LAST_LINE = 3

Measure = Callable[[str], float]


def clean(text: str) -> str:
    """One printable string: composed, without control, format and surrogate characters; new lines are kept."""
    if len(text) > MAX_CHARACTERS:
        text = text[: MAX_CHARACTERS - 1] + "…"
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(_printable(character) for character in composed)


def _printable(character: str) -> str:
    if character == "\n":
        return character
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp"):
        return "\n" if kind != "Zs" else " " if character != "\u3000" else character
    if kind == "Cs":
        return "\ufffd"
    return "" if kind in ("Cc", "Cf") else character


def is_wide(character: str) -> bool:
    """Whether a line may break on either side of this character (Chinese, kana, full-width, emoji)."""
    return unicodedata.east_asian_width(character) in ("W", "F")


def units(paragraph: str) -> list[str]:
    """The pieces no line may break inside: a word with its marks, or one Chinese character with its marks."""
    found: list[str] = []
    for character in paragraph:
        if found and _joins(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _joins(unit: str, character: str) -> bool:
    """Whether a character belongs to the unit before it."""
    last = unit[-1]
    if character in CLOSING or last in OPENING or unicodedata.combining(character):
        return True
    if " " in (character, last):
        return character == last
    return not (is_wide(last) or is_wide(character) or (last in CLOSING and not last.isascii()))


def break_lines(text: str, width: float, measure: Measure) -> list[str]:
    """Break cleaned text into lines no wider than `width`, as `measure` sees them (one character may be wider)."""
    return [line for paragraph in text.split("\n") for line in _fill(units(paragraph), width, measure)]


def _fill(pieces: list[str], width: float, measure: Measure) -> list[str]:
    lines: list[list[str]] = [[]]
    used = 0.0
    for piece in (part for unit in pieces for part in _fitting(unit, width, measure)):
        size = measure(piece)
        if lines[-1] and used + size > width:
            if piece.isspace():
                continue  # the break stands for the space
            lines.append([])
            used = 0.0
        if piece.isspace() and not lines[-1] and len(lines) > 1:
            continue
        lines[-1].append(piece)
        used += size
    _feed_last(lines, width, measure)
    return ["".join(line).rstrip(" ") for line in lines]


def _fitting(unit: str, width: float, measure: Measure) -> list[str]:
    """A unit too wide for any line, cut where it must be."""
    if measure(unit) <= width:
        return [unit]
    parts: list[str] = []
    used = 0.0
    for character in unit:
        size = measure(character)
        if parts and (used + size <= width or unicodedata.combining(character)):
            parts[-1] += character
            used += size
        else:
            parts.append(character)
            used = size
    return parts


def _feed_last(lines: list[list[str]], width: float, measure: Measure) -> None:
    """Move units to a last line of one or two characters, as long as the line before keeps more than it gives."""
    if len(lines) < 2:
        return
    before, last = lines[-2], lines[-1]
    while last and len("".join(last).strip()) < LEAST_LAST_LINE < len("".join(before)) // 2 and len(before) > 1:
        if measure(before[-1] + "".join(last)) > width:
            break
        last.insert(0, before.pop())
    while last and last[0].isspace():
        last.pop(0)
