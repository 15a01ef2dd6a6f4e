"""Any character by its Unicode number: the way that always works, for names that no dictionary has (U+4DB6 䶶)."""

from __future__ import annotations

import unicodedata

from kiosk.typing.composition import EMPTY, Composition

LONGEST = 6
KEYS = frozenset("0123456789abcdef")


class CodePointEngine:
    """Hexadecimal digits become one candidate as soon as they name a character somebody may be called by."""

    def __init__(self) -> None:
        self._digits = ""

    def feed(self, key: str) -> Composition:
        """One hexadecimal digit; anything else is ignored."""
        if key.lower() in KEYS and len(self._digits) < LONGEST:
            self._digits += key.lower()
        return self._composition()

    def erase(self) -> Composition:
        """Take the last digit back."""
        self._digits = self._digits[:-1]
        return self._composition()

    def pick(self, index: int) -> Composition:
        """Take the character."""
        found = self._composition().candidates
        if index not in range(len(found)):
            return self._composition()
        self.reset()
        return Composition(commit=found[index])

    def reset(self) -> None:
        """Forget the digits."""
        self._digits = ""

    def _composition(self) -> Composition:
        if not self._digits:
            return EMPTY
        return Composition(f"U+{self._digits.upper()}", character(self._digits))


def character(digits: str) -> tuple[str, ...]:
    """The character of a hexadecimal number, if it is a letter or an ideograph (or empty)."""
    number = int(digits, 16)
    if number < 0x80 or number > 0x10FFFF:
        return ()
    found = chr(number)
    return (found,) if unicodedata.category(found)[0] in "LN" else ()
