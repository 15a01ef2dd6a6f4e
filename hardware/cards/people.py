"""Made-up people for demonstrations, training and tests. None of them exists; every number is invented.

Their numbers carry valid check digits, because the screens check them; a valid number may by chance belong to
somebody, so nothing here may ever be sent to a real service. Their photos are drawn, not taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from hardware.cards.documents import IdentityDocument, Sex

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

PHOTO_SIZE = (300, 375)  # 4:5 as on the card, in pixels
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """How the drawing of a face differs from the next: colours as RGB."""

    skin: Colour
    hair: Colour
    coat: Colour
    long_hair: bool = False
    glasses: bool = False


@dataclass(frozen=True)
class Person:
    """One made-up person and the drawing of their face."""

    number: str
    name_en: str
    name_zh: str
    birth_date: date
    sex: Sex
    look: Look

    def document(self) -> IdentityDocument:
        """Their identity card."""
        return IdentityDocument(
            "hkic", self.number, self.name_en, self.name_zh, self.birth_date, self.sex, draw_photo(self.look)
        )


PEOPLE: dict[str, Person] = {
    "elder": Person(
        "A123456(3)", "CHAN, Tai Man", "陳大文", date(1951, 3, 8), "M",
        Look((232, 198, 170), (200, 200, 202), (62, 74, 92), glasses=True),
    ),
    "adult": Person(
        "G123456(A)", "WONG, Siu Ming Amy", "黃小明", date(1990, 11, 22), "F",
        Look((240, 208, 180), (38, 30, 28), (120, 40, 58), long_hair=True),
    ),
    "rare": Person(
        "AB987654(3)", "AU-YEUNG, Lip Ka", "歐陽䶮㗎𨋢", date(1948, 2, 29), "F",
        Look((236, 202, 176), (168, 168, 170), (46, 92, 84), long_hair=True, glasses=True),
    ),
    "english": Person(
        "WX123456(9)", "O'Neill-Fernandes, María José", "", date(1957, 7, 1), "",
        Look((206, 164, 132), (92, 70, 52), (40, 60, 120)),
    ),
}  # fmt: skip
"""By the word the lab's console knows them: 65 and over, under 65, rare characters, no Chinese name."""

ELDER, ADULT, RARE, ENGLISH = PEOPLE.values()


@cache
def draw_photo(look: Look) -> bytes:
    """A drawn face as JPEG, marked SPECIMEN; the same bytes for the same look."""
    from PIL import Image, ImageDraw  # only those who show a made-up card need it

    image = Image.new("RGB", PHOTO_SIZE, (226, 232, 238))
    pen = ImageDraw.Draw(image)
    _draw_body(pen, look)
    _draw_face(pen, look)
    pen.text((150, 352), "SPECIMEN · MADE UP", fill=(250, 250, 250), anchor="mm", font_size=20)
    target = BytesIO()
    image.save(target, "JPEG", quality=88)
    return target.getvalue()


def _draw_body(pen: ImageDraw, look: Look) -> None:
    if look.long_hair:
        pen.rounded_rectangle((68, 90, 232, 290), 60, fill=look.hair)
    pen.ellipse((20, 268, 280, 520), fill=look.coat)
    pen.rectangle((122, 225, 178, 290), fill=_darker(look.skin))
    pen.polygon([(110, 280), (190, 280), (150, 320)], fill=(245, 245, 245))


def _draw_face(pen: ImageDraw, look: Look) -> None:
    pen.ellipse((78, 54, 222, 180), fill=look.hair)
    pen.ellipse((84, 78, 216, 258), fill=look.skin)
    pen.pieslice((80, 58, 220, 170), 180, 360, fill=look.hair)
    dark = (48, 38, 36)
    for x in (120, 180):
        pen.ellipse((x - 9, 158, x + 9, 170), fill=(250, 250, 250))
        pen.ellipse((x - 5, 158, x + 5, 170), fill=dark)
        pen.line((x - 14, 146, x + 14, 146), fill=look.hair, width=4)
        if look.glasses:
            pen.ellipse((x - 23, 144, x + 23, 186), outline=dark, width=3)
    pen.line((150, 168, 144, 200, 154, 202), fill=_darker(look.skin), width=3)
    pen.arc((126, 196, 174, 230), 25, 155, fill=(168, 82, 78), width=5)


def _darker(colour: Colour) -> Colour:
    return (colour[0] * 9 // 10, colour[1] * 9 // 10, colour[2] * 9 // 10)


def document_of(name: str) -> IdentityDocument:
    """The made-up card of a person of PEOPLE by name; KeyError for another name."""
    return PEOPLE[name].document()
