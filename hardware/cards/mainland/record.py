"""The 256 bytes of text on a Mainland card: UTF-16LE in fixed places, padded with spaces, in four layouts.

Byte 248 tells them apart: blank is a resident's card, J the residence permit of Hong Kong, Macao and Taiwan people,
I a foreigner's permanent residence card, Y the same as issued since 2023. The layouts follow public drivers (Y:
github.com/Johann356/readinfo, PCSCGetData.h); no official text is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hardware.cards.documents import IdentityDocument, Sex
from hardware.cards.faults import CardError

TEXT_BYTES = 256
LONG_TERM = "长期"
SEXES: dict[str, Sex] = {"1": "M", "2": "F"}
KIND_OF_TYPE = {"": "resident_id", "J": "residence_permit", "I": "foreigner_permit", "Y": "foreigner_permit"}
Layout = dict[str, tuple[int, ...]]
RESIDENT: Layout = {"name_zh": (0, 30), "sex": (30, 2), "birth": (36, 16), "number": (122, 36), "until": (204, 16)}
FOREIGNER: Layout = {
    "name_en": (0, 120),
    "sex": (120, 2),
    "number": (122, 30),
    "name_zh": (158, 30),
    "until": (204, 16),
    "birth": (220, 16),
}
FOREIGNER_2023: Layout = {
    **RESIDENT,
    "name_en": (52, 70, 220, 22),  # 35 characters, and the 11 after them
}
LAYOUT_OF_TYPE = {"": RESIDENT, "J": RESIDENT, "I": FOREIGNER, "Y": FOREIGNER_2023}


@dataclass(frozen=True, repr=False)
class MainlandCard:
    """What the text says; `until` is None for a card without an end (长期)."""

    kind: str
    number: str
    name_en: str
    name_zh: str
    birth_date: date
    sex: Sex
    until: date | None

    def __repr__(self) -> str:
        return f"MainlandCard(kind={self.kind!r}, …)"

    def document(self, photo_jpeg: bytes | None) -> IdentityDocument:
        """The document with its photo, if the site can decode it."""
        return IdentityDocument(
            self.kind, self.number, self.name_en, self.name_zh, self.birth_date, self.sex, photo_jpeg
        )


def parse(text: bytes) -> MainlandCard:
    """The card in these 256 bytes; raises CardError("card_invalid")."""
    if len(text) != TEXT_BYTES:
        raise CardError("card_invalid", "text length")
    type_mark = _field(text, 248, 2)
    if type_mark not in KIND_OF_TYPE:
        raise CardError("card_unknown", "card type")
    fields = {name: _field(text, *place) for name, place in LAYOUT_OF_TYPE[type_mark].items()}
    if not fields["number"].isascii() or not fields["number"].isalnum():
        raise CardError("card_invalid", "number")
    return MainlandCard(
        kind=KIND_OF_TYPE[type_mark],
        number=fields["number"],
        name_en=fields.get("name_en", ""),
        name_zh=fields["name_zh"],
        birth_date=_date(fields["birth"]),
        sex=SEXES.get(fields["sex"], ""),
        until=None if fields["until"] == LONG_TERM else _date(fields["until"]),
    )


def _field(text: bytes, *places: int) -> str:
    """The characters at one or more places, each an offset and a length in bytes."""
    pieces = zip(places[::2], places[1::2], strict=True)
    try:
        value = b"".join(text[at : at + length] for at, length in pieces).decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError:
        raise CardError("card_invalid", f"text at {places[0]}") from None
    if any(ord(char) < 0x20 for char in value):
        raise CardError("card_invalid", f"text at {places[0]}")
    return value


def _date(digits: str) -> date:
    if len(digits) == 8 and digits.isascii() and digits.isdigit():
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        except ValueError:
            pass
    raise CardError("card_invalid", "date")
