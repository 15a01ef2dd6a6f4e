"""A slip's words on their way to a mailbox or a telephone: what is written, and handing it to the portal.

Exactly the paper's words and the codes that prove it, in the paper's language; nothing that it does not show.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hardware.printer import Code, Pair, Rule, Space, Text
from kiosk.catalogue import Texts
from kiosk.submission import Sender
from kiosk.take_home import Paper
from offline_queue.envelope import Malformed
from offline_queue.portal_client import Kind, PortalClient, Trouble
from offline_queue.sealing import SealedEnvelope
from offline_queue.slip_code import read_slip
from offline_queue.slip_message import LONGEST_SUBJECT, MOST_CODES, Progress, SlipMessage, Way, payload_of

TOLD_WITHIN_S: Final = 25.0
_LOOK_EVERY_S: Final = 0.5
_OF_THE_CODE: Final = ("slip_paper.scan", "a4.scan", "case.slip_scan")
"""Sentences about the picture of a code, which is an address here."""


def slip_message(paper: Paper, way: Way, to: str, texts: Texts) -> SlipMessage | None:
    """The words of a paper for this way; None for one that no code proves, or that does not fit a text message."""
    codes = tuple(block.data for block in paper.blocks if isinstance(block, Code) and block.kind == "qr")
    number = slip_number(codes)
    if not number or len(codes) > MOST_CODES:
        return None
    subject = texts.say(paper.language, "send.subject", title=paper.title, number=number)
    message = SlipMessage(way, to, paper.language, subject[:LONGEST_SUBJECT], _words(paper, way, texts), codes)
    return message if len(message.text) <= way.longest_text else None


def slip_number(codes: tuple[str, ...]) -> str:
    """The number of the first slip that these codes prove, "" without one."""
    first = read_slip(codes[0]) if codes else Malformed("slip_unreadable")
    return "" if isinstance(first, Malformed) else first.receipt_number


def _words(paper: Paper, way: Way, texts: Texts) -> str:
    skipped = {texts.say(paper.language, key) for key in _OF_THE_CODE}
    lines = [texts.say(paper.language, "send.asked_for"), ""] if way is Way.EMAIL else []
    for block in paper.blocks:
        match block:
            case Code(kind="qr"):
                lines += [texts.say(paper.language, "send.check"), block.data]
            case Pair():
                lines.append(f"{block.left} {block.right}")
            case Text() if block.text not in skipped and (way is Way.EMAIL or block.size != "small"):
                lines += block.text.split("\n")
            case Rule() | Space() if way is Way.EMAIL:
                lines.append("")
    return _joined(map(_plain, lines))


def _joined(lines: Iterable[str]) -> str:
    """The lines under each other, an empty one where a section ends, never two."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


def _plain(line: str) -> str:
    """One printable line: what a department or a service wrote may hold anything."""
    return "".join(char if char.isprintable() else " " for char in line.replace("　", " ")).strip()


@dataclass(frozen=True)
class SlipPost:
    """The way to the portal's gateways; `send` blocks and belongs to a worker thread."""

    sender: Sender
    client: PortalClient
    within_s: float = TOLD_WITHIN_S
    monotonic: Callable[[], float] = time.monotonic

    def seal(self, message: SlipMessage, catalogue_version: str, now: datetime) -> SealedEnvelope:
        """The message for the portal's worker alone. Sent again, the same bytes are the same message."""
        return self.sender.seal(payload_of(message, catalogue_version), slip_number(message.codes), now)

    def send(self, sealed: SealedEnvelope) -> Progress | Trouble:
        """Hand it in and wait until something is certain; `waiting` when the portal goes on trying by itself."""
        client = self.client.another()
        try:
            trouble = client.send_slip(sealed)
            return trouble if trouble is not None else self._wait(client, sealed.head.id)
        finally:
            client.close()

    def _wait(self, client: PortalClient, message_id: str) -> Progress | Trouble:
        until = self.monotonic() + self.within_s
        found: Progress | Trouble = Progress.WAITING
        while self.monotonic() < until:
            found = client.slip_progress(message_id)
            if found is not Progress.WAITING and not (isinstance(found, Trouble) and found.kind is Kind.OFFLINE):
                break
            threading.Event().wait(_LOOK_EVERY_S)
        return found
