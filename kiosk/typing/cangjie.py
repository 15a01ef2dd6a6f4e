"""倉頡 and 速成 from libcangjie's table: what the kiosk types with where librime is not installed.

One character at a time, Hong Kong's supplementary set (HKSCS) included.
"""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import CDLL, POINTER, Structure, byref, c_char, c_char_p, c_int, c_uint32, c_void_p
from typing import Any, Final

from kiosk.typing.composition import EMPTY, MOST_CANDIDATES, RADICALS, Composition

LIBRARY: Final = "libcangjie.so.2"
VERSION: Final = 5  # 倉頡五代, as librime's cangjie5
BIG5, HKSCS, PUNCTUATION, CHINESE = 1, 2, 4, 8
LONGEST: Final = 5


class CangjieMissingError(Exception):
    """libcangjie2 or its table cannot be loaded."""


class _Char(Structure):
    _fields_ = (("character", c_char * 5), ("code", c_char * 6), ("frequency", c_uint32))


class _List(Structure):
    pass


_List._fields_ = (("character", POINTER(_Char)), ("before", POINTER(_List)), ("after", POINTER(_List)))


class CangjieTable:
    """The open table; raises CangjieMissingError."""

    def __init__(self, library: str = LIBRARY) -> None:
        try:
            self._library = CDLL(library)
        except OSError as error:
            raise CangjieMissingError(str(error)) from error
        get = self._library.cangjie_get_characters
        get.argtypes = [c_void_p, c_char_p, POINTER(POINTER(_List))]
        self._library.cangjie_char_list_free.argtypes = [POINTER(_List)]
        self._handle = c_void_p()
        opened = self._library.cangjie_new(byref(self._handle), c_int(VERSION), c_uint32(BIG5 | HKSCS | CHINESE))
        if opened != 0:
            raise CangjieMissingError(f"cangjie_new answered {opened}")

    def characters(self, *codes: str) -> tuple[str, ...]:
        """Every character of these codes (a to z, `*` for any letters between), the most frequent first."""
        rows = sorted((row for code in codes for row in self._rows(code)), key=lambda row: -row[1])
        return tuple(dict.fromkeys(text for text, _ in rows))[:MOST_CANDIDATES]

    def _rows(self, code: str) -> list[tuple[str, int]]:
        found = POINTER(_List)()
        if self._library.cangjie_get_characters(self._handle, code.encode("ascii"), byref(found)) != 0:
            return []
        try:
            return list(_walk(found))
        finally:
            self._library.cangjie_char_list_free(found)


def _walk(row: Any) -> Iterator[tuple[str, int]]:
    while row:
        character = row.contents.character.contents
        yield character.character.decode("utf-8"), character.frequency
        row = row.contents.after


class CangjieEngine:
    """Letters to characters; `quick` knows only the first and the last letter of a code (速成)."""

    def __init__(self, table: CangjieTable, *, quick: bool = False) -> None:
        self._table = table
        self._quick = quick
        self._code = ""

    def feed(self, key: str) -> Composition:
        """One letter; more than a code can have is ignored."""
        if key.lower() in RADICALS and len(self._code) < (2 if self._quick else LONGEST):
            self._code += key.lower()
        return self._composition()

    def erase(self) -> Composition:
        """Take the last letter back."""
        self._code = self._code[:-1]
        return self._composition()

    def pick(self, index: int) -> Composition:
        """Take a character."""
        found = self._candidates()
        if index not in range(len(found)):
            return self._composition()
        self.reset()
        return Composition(commit=found[index])

    def reset(self) -> None:
        """Forget the code."""
        self._code = ""

    def _composition(self) -> Composition:
        if not self._code:
            return EMPTY
        return Composition("".join(RADICALS[letter] for letter in self._code), self._candidates())

    def _candidates(self) -> tuple[str, ...]:
        if not self._quick or len(self._code) < 2:
            return self._table.characters(self._code) if self._code else ()
        return self._table.characters(self._code, f"{self._code[0]}*{self._code[1]}")
