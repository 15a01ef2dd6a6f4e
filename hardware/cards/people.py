"""Made-up people for demonstrations, training and tests. None of them exists; every number is invented.

Their numbers carry valid check digits, because the screens check them; a valid number may by chance belong to
somebody, so nothing here may ever be sent to a real service. Their photos are drawn, not taken.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Final

from hardware.cards.documents import IdentityDocument, Sex
from hardware.likeness import FACES, Look
from hardware.piped import ROOT

DRAW_S: Final = 60.0


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
            "hkic", self.number, self.name_en, self.name_zh, self.birth_date, self.sex, photo_of(self.look)
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
def photo_of(look: Look) -> bytes:
    """A drawn face as JPEG, the same bytes for the same look; half a second for the first one.

    It is drawn by a process of its own: who shows a made-up card need not hold what draws.
    """
    command = [sys.executable, "-m", "hardware.cards.drawn_photo"]
    asked = json.dumps(asdict(look)).encode()
    return subprocess.run(command, input=asked, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=DRAW_S).stdout


def document_of(name: str) -> IdentityDocument:
    """The made-up card of a person of PEOPLE by name; KeyError for another name."""
    return PEOPLE[name].document()
