"""What a department answered, on paper: reference, lines, payment; no name and no identity number. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.printer import Block, Rule, Space, Text
from kiosk.catalogue import Language, Texts
from kiosk.catalogue.model import Payment, Service
from kiosk.dates import money_text
from kiosk.desk import Answer
from kiosk.receipt import moment_text


@dataclass(frozen=True)
class AnswerSlip:
    """Everything that the paper needs."""

    answer: Answer
    service: Service
    payment: Payment | None
    site: str
    kiosk_id: str


def answer_blocks(slip: AnswerSlip, texts: Texts, language: Language) -> list[Block]:
    """The paper in the resident's language."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, key, **values)

    blocks: list[Block] = [
        Text(say("answer.paper_title"), "title", bold=True),
        Text(say("slip_paper.kiosk", site=slip.site, id=slip.kiosk_id), "small"),
        Rule(),
        Text(say("answer.reference", reference=slip.answer.reference), "body", bold=True),
        Text(moment_text(slip.answer.at, language), "body"),
        Space(8),
        Text(say(slip.service.title_key), "title", bold=True),
        Text(say(f"department.{slip.service.department}"), "body"),
        Space(8),
        *(Text(line, "body") for line in slip.answer.lines.get(language, ())),
    ]
    if slip.payment is not None:
        blocks += _payment(slip, slip.payment, texts, language)
    blocks += [Rule(), Text(say(slip.service.next_key), "body")]
    if slip.answer.simulated:
        blocks.append(Text(say("answer.simulated"), "small", bold=True))
    return blocks


def _payment(slip: AnswerSlip, payment: Payment, texts: Texts, language: Language) -> list[Block]:
    amount = money_text(payment.cents, slip.service.fee.currency, language)
    blocks: list[Block] = [
        Space(8),
        Text(texts.say(language, "pay.paid", amount=amount), "title", bold=True),
        Text(texts.say(language, "pay.reference", reference=payment.reference), "body"),
    ]
    if payment.method == "simulated":
        blocks.append(Text(texts.say(language, "pay.simulated"), "small", bold=True))
    return blocks
