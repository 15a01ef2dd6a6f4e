"""The papers a resident can take home: their blocks, and which printer they belong to. Pure.

A receipt belongs to the roll, a department's answer and a list of what to bring to A4; each goes to the other printer
when its own does not work, and says the same there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hardware.printer import Block, Pair, PrintOutcome, Rule, Space, Text, copy_of
from hardware.printer.document import Sheet
from kiosk.catalogue import Language, Texts
from kiosk.catalogue.model import Service

LONGEST_PHONE_TEXT = 900


class Printer(StrEnum):
    """The two printers, by the names of their devices."""

    ROLL = "printer"
    A4 = "a4_printer"


@dataclass(frozen=True)
class Paper:
    """One paper: `job` names it to the printers' journals and is nothing personal."""

    job: str
    title: str
    language: Language
    blocks: tuple[Block, ...]
    first: Printer
    footer: str
    code_words: str

    @property
    def printers(self) -> tuple[Printer, Printer]:
        """Where it may be printed, the better one first."""
        return (Printer.ROLL, Printer.A4) if self.first is Printer.ROLL else (Printer.A4, Printer.ROLL)

    def copy(self, number: int) -> Paper:
        """The reprint of that number: a job of its own, and marked COPY 副本."""
        return replace(self, job=f"{self.job}/copy-{number}", blocks=copy_of(self.blocks))

    def sheet(self, *, large: bool = False) -> Sheet:
        """What stands around the blocks on A4."""
        return Sheet(self.title, self.language, self.footer, self.code_words, large)


@dataclass(frozen=True)
class Printed:
    """How a print ended, and on which printer; None when neither works."""

    outcome: PrintOutcome
    printer: Printer | None


def phone_text(paper: Paper) -> str:
    """The words of a paper for a phone that scans them as plain text: no line, no address, no server in between.

    Cut at `LONGEST_PHONE_TEXT` bytes, so that its modules stay large enough on the screen.
    """
    words = [f"{block.left} {block.right}" if isinstance(block, Pair) else block.text
             for block in paper.blocks if isinstance(block, Text | Pair)]  # fmt: skip
    whole = "\n".join(word.replace("　", " ") for word in words)
    if len(whole.encode("utf-8", "replace")) <= LONGEST_PHONE_TEXT:
        return whole
    return whole.encode("utf-8", "replace")[: LONGEST_PHONE_TEXT - 3].decode("utf-8", "ignore") + "…"


def checklist_blocks(service: Service, texts: Texts, language: Language, footer: str) -> list[Block]:
    """What to bring and who may apply, to take home before anything is asked."""

    def say(key: str, **values: object) -> str:
        return texts.say(language, key, **values)

    blocks: list[Block] = [
        Text(say(service.title_key), "title", bold=True),
        Text(say(f"checklist.lead_{service.side}", department=say(f"department.{service.department}"))),
        Rule(),
        Pair(say("a4.fee"), say(service.fee.text_key)),
        Pair(say("a4.result"), _result_time(service, texts, language)),
        *_list(say("checklist.who"), [say(key) for key in service.who]),
        *_list(say("checklist.bring"), [say(paper.text_key) for paper in service.bring]),
        Space(8),
        Rule(),
    ]
    if service.status == "to_confirm":
        blocks.append(Text(say("slip_paper.to_confirm", department=say(f"department.{service.department}")), "small"))
    return [*blocks, Text(footer, "small")]


def _list(heading: str, lines: Sequence[str]) -> list[Block]:
    return [Space(8), Text(heading, "title", bold=True), *(Text(f"□ {line}") for line in lines)] if lines else []


def _result_time(service: Service, texts: Texts, language: Language) -> str:
    time = service.time
    if time is None:
        return texts.say(language, "time.by_department")
    if time.least == time.most:
        return texts.say(language, f"time.{time.unit}", least=time.least)
    return texts.say(language, f"time.range_{time.unit}", least=time.least, most=time.most)
