"""The one slip of a case: a reference and a signed code for every department, what was answered and paid. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hardware.printer import Block, Code, Rule, Space, Text
from kiosk.catalogue import Language, Texts
from kiosk.catalogue.model import Payment, Service, Slot
from kiosk.dates import money_text, slot_text
from kiosk.desk import Answer
from kiosk.receipt import fee_text, moment_text

Say = Callable[..., str]


@dataclass(frozen=True)
class CasePart:
    """What one department got: `fees_cents` by service, None where the department sets it."""

    receipt_number: str
    services: tuple[Service, ...]
    fees_cents: Mapping[str, int | None]
    delivered: bool
    code_url: str
    appointments: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class CaseAnswer:
    """What a department answered or was paid in this case."""

    service: Service
    answer: Answer
    payment: Payment | None = None


@dataclass(frozen=True)
class CaseSlip:
    """Everything the slip needs; no name and no identity number is in it."""

    event_key: str
    parts: tuple[CasePart, ...]
    answers: tuple[CaseAnswer, ...]
    saved_at: datetime
    site: str
    site_office: str
    kiosk_id: str


def case_blocks(slip: CaseSlip, texts: Texts, language: Language, office_language: Language) -> list[Block]:
    """The slip in the resident's language, its facts again in the office's."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, key, **values)

    blocks: list[Block] = [
        Text(say("case.slip_title", count=len(slip.parts)) if slip.parts else say("answer.paper_title"), "title", True),
        Text(say("slip_paper.kiosk", site=slip.site, id=slip.kiosk_id), "small"),
        Text(moment_text(slip.saved_at, language), "body"),
    ]
    if slip.event_key:
        blocks.append(Text(say(slip.event_key), "body", bold=True))
    for part in slip.parts:
        blocks += _part(part, say, language)
    for answer in slip.answers:
        blocks += _answer(answer, say, language)
    blocks += [Rule(), Text(say("case.slip_scan"), "small"), Text(say("slip_paper.nameless"), "small")]
    if office_language != language:
        blocks += _for_the_office(slip, texts, office_language)
    return blocks


def _part(part: CasePart, say: Say, language: Language) -> list[Block]:
    department = say(f"department.{part.services[0].department}")
    blocks: list[Block] = [
        Rule(),
        Text(part.receipt_number, "display", bold=True),
        Text(department, "title", bold=True),
    ]
    for service in part.services:
        fee = fee_text(part.fees_cents[service.id], service.fee.currency, say, language)
        blocks += [Text(say(service.title_key), "body", bold=True), Text(fee, "body")]
    blocks += [Text(say("times.held", time=slot_text(slot, language)), "body", bold=True) for slot in part.appointments]
    blocks.append(Text(say("slip_paper.delivered" if part.delivered else "slip_paper.saved", department=department)))
    if any(service.status == "to_confirm" for service in part.services):
        blocks.append(Text(say("slip_paper.to_confirm", department=department), "small"))
    next_steps = dict.fromkeys(say(service.next_key) for service in part.services)
    return [*blocks, *(Text(step, "body") for step in next_steps), Space(8), Code(part.code_url)]


def _answer(said: CaseAnswer, say: Say, language: Language) -> list[Block]:
    blocks: list[Block] = [
        Rule(),
        Text(say(said.service.title_key), "title", bold=True),
        Text(say(f"department.{said.service.department}"), "body"),
        Text(say("answer.reference", reference=said.answer.reference), "body", bold=True),
        *(Text(line, "body") for line in said.answer.lines.get(language, ())),
    ]
    if said.payment is not None:
        amount = money_text(said.payment.cents, said.service.fee.currency, language)
        blocks += [
            Text(say("pay.paid", amount=amount), "title", bold=True),
            Text(say("pay.reference", reference=said.payment.reference), "body"),
        ]
        if said.payment.method == "simulated":
            blocks.append(Text(say("pay.simulated"), "small", bold=True))
    if said.answer.simulated:
        blocks.append(Text(say("answer.simulated"), "small", bold=True))
    return blocks


def _for_the_office(slip: CaseSlip, texts: Texts, language: Language) -> list[Block]:
    blocks: list[Block] = [Rule()]
    for part in slip.parts:
        titles = "、".join(texts.say(language, service.title_key) for service in part.services)
        department = texts.say(language, f"department.{part.services[0].department}")
        blocks.append(Text(f"{part.receipt_number}　{department}　{titles}", "small"))
    return [*blocks, Text(f"{moment_text(slip.saved_at, language)}　{slip.site_office}", "small")]
