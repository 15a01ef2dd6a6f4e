"""What a slip says: the number, what was handed in, what is true now, what happens next; no name, no identity number.

Pure: values in, blocks out. The raster, the screen picture and the paper all come from the same blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hardware.printer import Block, Code, Rule, Space, Text
from kiosk.catalogue import Language, Texts
from kiosk.catalogue.model import Service, Slot
from kiosk.dates import date_text, money_text, slot_text, time_text


@dataclass(frozen=True)
class SlipContent:
    """Everything a slip needs; `delivered` is what was known when it was made."""

    receipt_number: str
    service: Service
    saved_at: datetime
    site: str
    site_office: str
    kiosk_id: str
    fee_cents: int | None
    delivered: bool
    code_url: str
    appointment: Slot | None = None


def slip_blocks(slip: SlipContent, texts: Texts, language: Language, office_language: Language) -> list[Block]:
    """The slip in the resident's language, its facts again in the office's."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, key, **values)

    department = say(f"department.{slip.service.department}")
    blocks: list[Block] = [
        Text(say("slip_paper.title"), "title", bold=True),
        Text(say("slip_paper.kiosk", site=slip.site, id=slip.kiosk_id), "small"),
        Rule(),
        Text(slip.receipt_number, "display", bold=True),
        Text(moment_text(slip.saved_at, language), "body"),
        Space(8),
        Text(say(slip.service.title_key), "title", bold=True),
        Text(f"{department}　{fee_text(slip.fee_cents, slip.service.fee.currency, say, language)}", "body"),
        Text(say("slip_paper.delivered" if slip.delivered else "slip_paper.saved", department=department), "body"),
    ]
    if slip.appointment is not None:
        blocks.append(Text(say("times.held", time=slot_text(slip.appointment, language)), "body", bold=True))
    if slip.service.status == "to_confirm":
        blocks.append(Text(say("slip_paper.to_confirm", department=department), "small"))
    blocks += [
        Space(8),
        Code(slip.code_url),
        Text(say("slip_paper.scan"), "small"),
        Rule(),
        Text(say(slip.service.next_key), "body"),
        Text(say("slip_paper.nameless"), "small"),
    ]
    if office_language != language:
        blocks += _for_the_office(slip, texts, office_language)
    return blocks


def _for_the_office(slip: SlipContent, texts: Texts, language: Language) -> list[Block]:
    department = texts.say(language, f"department.{slip.service.department}")
    return [
        Rule(),
        Text(texts.say(language, slip.service.title_key), "small", bold=True, language=language),
        Text(f"{department}　{moment_text(slip.saved_at, language)}　{slip.site_office}", "small", language=language),
    ]


def moment_text(moment: datetime, language: Language) -> str:
    """Day and time on a slip."""
    return f"{date_text(moment.date(), language)}　{time_text(moment, language)}"


def fee_text(cents: int | None, currency: str, say: Callable[..., str], language: Language) -> str:
    """A fee on a slip; None where the department sets it."""
    if cents is None:
        return say("slip_paper.fee_by_department")
    return say("slip_paper.fee", fee=money_text(cents, currency, language)) if cents else say("slip_paper.free")
