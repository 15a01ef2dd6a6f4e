"""Characters that no installed font can draw are shown by their number: a name is never a row of empty boxes."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QFont, QRawFont

FACES = ("Noto Sans CJK HK", "Noto Sans CJK SC")


@lru_cache(maxsize=1)
def _faces() -> tuple[QRawFont, ...]:
    return tuple(QRawFont.fromFont(QFont(face)) for face in FACES)


def drawable(char: str) -> bool:
    """Whether the kiosk's fonts have this character."""
    return char.isspace() or any(face.supportsCharacter(ord(char)) for face in _faces())


def readable(text: str) -> str:
    """The text with every character that cannot be drawn as its number: 䶶 becomes U+4DB6."""
    return (
        text if text.isascii() else "".join(char if drawable(char) else f" U+{ord(char):04X} " for char in text).strip()
    )
