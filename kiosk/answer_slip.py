"""What a department answered, on paper: reference, lines, payment; no name and no identity number. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from hardware.printer import Block, Code, Rule, Space, Text
from kiosk.catalogue import Language, Texts
from kiosk.catalogue.model import Payment, Service
from kiosk.dates import money_text
from kiosk.desk import Answer
from kiosk.receipt import moment_text
from kiosk.submission import Sender
from offline_queue.slip_code import SlipCode


@dataclass(frozen=True)
class AnswerSlip:
    """Everything that the paper needs."""

    answer: Answer
    service: Service
    payment: Payment | None
    site: str
    kiosk_id: str
    code_url: str = ""


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
    if slip.code_url:
        blocks += [Code(slip.code_url), Text(say("a4.scan"), "small")]
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


def answer_code(answer: Answer, service: str, sender: Sender) -> SlipCode:
    """What the code on an answer says: this kiosk printed an answer of that digest then; no word of the answer."""
    lines = {language: list(lines) for language, lines in sorted(answer.lines.items())}
    digest = hashlib.sha256(json.dumps([answer.reference, lines], ensure_ascii=False).encode("utf-8", "replace"))
    return SlipCode(
        kid=sender.device_key.key_id,
        receipt_number=answer.reference.encode("ascii", "replace").decode()[:40],
        service=service,
        envelope_id=str(uuid5(NAMESPACE_URL, f"answer:{answer.reference}")),
        sha256=digest.digest(),
        stored_at=answer.at,
        chain_count=0,
    )
