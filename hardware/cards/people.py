"""Made-up people for demonstrations, training and tests. None of them exists; every number is invented.

Their numbers carry valid check digits, because the screens check them; a valid number may by chance belong to
somebody, so nothing here may ever be sent to a real service. Their photos are drawn, not taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO

from hardware.cards.documents import IdentityDocument, Sex
from hardware.likeness import FACES, Look, bust

PHOTO_SIZE = (300, 375)  # 4:5 as on the card, in pixels
BACKGROUND = (238, 232, 226)  # blue, green, red


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
        FACES["elder"],
    ),
    "adult": Person(
        "G123456(A)", "WONG, Siu Ming Amy", "黃小明", date(1990, 11, 22), "F",
        FACES["adult"],
    ),
    "rare": Person(
        "AB987654(3)", "AU-YEUNG, Lip Ka", "歐陽䶮㗎𨋢", date(1948, 2, 29), "F",
        FACES["rare"],
    ),
    "english": Person(
        "WX123456(9)", "O'Neill-Fernandes, María José", "", date(1957, 7, 1), "",
        FACES["english"],
    ),
}  # fmt: skip
"""By the word the lab's console knows them: 65 and over, under 65, rare characters, no Chinese name."""

ELDER, ADULT, RARE, ENGLISH = PEOPLE.values()


@cache
def draw_photo(look: Look) -> bytes:
    """A drawn face as JPEG, marked SPECIMEN, in another light than the kiosk's; the same bytes for the same look."""
    import numpy as np
    from PIL import Image, ImageDraw  # only those who show a made-up card need it

    drawn = bust(look)
    wall = np.full_like(drawn.pixels, BACKGROUND)
    person = np.where(drawn.mask[..., None] > 0, drawn.pixels, wall)[30:680, 380:900]
    image = Image.fromarray(np.ascontiguousarray(person[..., ::-1])).resize(PHOTO_SIZE, Image.Resampling.LANCZOS)
    image = image.point([min(255, round(value * 0.94 + 10)) for value in range(256)] * 3)
    pen = ImageDraw.Draw(image)
    pen.text((150, 352), "SPECIMEN · MADE UP", fill=(250, 250, 250), anchor="mm", font_size=20)
    target = BytesIO()
    image.save(target, "JPEG", quality=88)
    return target.getvalue()


def document_of(name: str) -> IdentityDocument:
    """The made-up card of a person of PEOPLE by name; KeyError for another name."""
    return PEOPLE[name].document()
