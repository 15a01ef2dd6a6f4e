"""What of a text may be said aloud in a public hall: everything but what a resident told or showed the kiosk.

EN 301 549, 5.1.3.8-9: private data are spoken only where nobody else hears them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from kiosk.catalogue import Fact
from kiosk.catalogue.model import LANGUAGES, Item
from kiosk.dates import date_text
from kiosk.fields import spaced_date
from kiosk.masking import NUMBER_TYPES, masked

SHORTEST = 2


def forms(fact: Fact | None, value: object) -> Iterable[str]:
    """Every way in which a page may write an answer."""
    if isinstance(value, date):
        for language in LANGUAGES:
            digits = f"{value:%d%m%Y}" if language == "en" else f"{value:%Y%m%d}"
            yield date_text(value, language)
            yield spaced_date(digits, language)
    elif isinstance(value, Item):
        for part in value.values.values():
            yield from forms(None, part)
    elif isinstance(value, tuple):
        for part in value:
            yield from forms(fact, part)
    elif isinstance(value, str):
        yield value
        yield from value.split("\n")
        if fact is not None and fact.type == "date":
            yield from (spaced_date(value, language) for language in LANGUAGES)
        for kind in NUMBER_TYPES:
            yield masked(kind, value)


def public(text: str, private: Iterable[str], hidden: str) -> str:
    """The text with every private part replaced by the sentence `hidden`; longer parts first."""
    wanted = sorted({part for part in private if len(part) >= SHORTEST}, key=len, reverse=True)
    if not wanted:
        return text
    return re.sub("|".join(map(re.escape, wanted)), lambda _: hidden, text)
