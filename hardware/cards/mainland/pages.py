"""Mainland cards through a PC/SC reader that holds the SAM module itself: pseudo-APDUs, a page of the card for each.

One public driver shows the form (github.com/Johann356/readinfo, PCSCGetData.cpp, PCSC_GetIDCard): FF B0 nn 00 00 asks
for page nn. Page 0 is four bytes and the 256 of the text; pages 1 to 5 together are four bytes and the 1024 of the
photo, in pieces of 256. What the four bytes say is not told there; they are taken for the two sizes a SAM module sends
before the same data, and may be absent. Vendors differ and publish nothing, so the command is the site's to set. No
such reader was ever tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hardware.cards.apdu import OK, Answer, Transport, split_answer
from hardware.cards.demo_card import Progress
from hardware.cards.documents import CardReading, IdentityDocument, Pin, Staff
from hardware.cards.faults import CardError
from hardware.cards.identify import Key, ReadCard
from hardware.cards.mainland import photo, record
from hardware.device import Tell

COMMAND = "FF B0 nn 00 00"
PAGE = "nn"
TEXT_PAGE = 0
PHOTO_PAGES = range(1, 6)
LEAD_BYTES = 4
SIZES = b"\x01\x00\x04\x00"  # 256 bytes of text, 1024 of photo


@dataclass(frozen=True)
class PageCommand:
    """How one reader is asked for a page: the bytes before and after the page's number."""

    before: bytes
    after: bytes

    def of(self, page: int) -> bytes:
        """The pseudo-APDU for this page."""
        return self.before + bytes((page,)) + self.after


def page_command(text: str) -> PageCommand:
    """The command written as COMMAND is: a header of four bytes in hex, one of them nn, and what follows it.

    ValueError for anything else.
    """
    before, mark, after = text.partition(PAGE)
    command = PageCommand(bytes.fromhex(before), bytes.fromhex(after))
    if not mark or not 1 <= len(command.before) <= 3 or len(command.of(0)) < 4:
        raise ValueError(text)
    return command


def read(
    transport: Transport, command: PageCommand, progress: Progress, decoder: Sequence[str] = ()
) -> IdentityDocument:
    """The Mainland card that lies on this reader; its photo is asked for only where `decoder` can show it.

    Raises CardError("card_unknown") when the reader knows no such card there, or no such command.
    """
    total = record.TEXT_BYTES + (photo.PHOTO_BYTES if decoder else 0)
    text = _text(_page(transport, command, TEXT_PAGE))
    progress(len(text), total)
    card = record.parse(text)
    encoded = _photo(transport, command, lambda done: progress(len(text) + done, total)) if decoder else None
    return card.document(photo.decode(decoder, encoded) if encoded is not None else None)


def _page(transport: Transport, command: PageCommand, page: int) -> Answer:
    # 61xx and 6Cxx are not followed: these commands are the reader's, and what it means by those is not known
    return split_answer(transport.transmit(command.of(page)))


def _text(answer: Answer) -> bytes:
    """The 256 bytes in the first page, with or without the sizes before them."""
    if answer.sw != OK or len(answer.data) not in (record.TEXT_BYTES, LEAD_BYTES + record.TEXT_BYTES):
        raise CardError("card_unknown", f"page 0: {answer.sw:04X}, {len(answer.data)} bytes")
    lead, text = answer.data[: -record.TEXT_BYTES], answer.data[-record.TEXT_BYTES :]
    if lead not in (b"", SIZES):
        raise CardError("card_unreadable", "sizes")
    return text


def _photo(transport: Transport, command: PageCommand, done: Callable[[int], None]) -> bytes | None:
    """The photo in the pages after the first; None when the reader gives another number of bytes."""
    data = b""
    for page in PHOTO_PAGES:
        answer = _page(transport, command, page)
        if answer.sw != OK or not answer.data:
            break
        data += answer.data
        done(min(len(data), photo.PHOTO_BYTES))
    has_lead = len(data) == LEAD_BYTES + photo.PHOTO_BYTES
    whole = has_lead or len(data) == photo.PHOTO_BYTES
    return data[-photo.PHOTO_BYTES :] if whole else None


def with_mainland(others: ReadCard, command: PageCommand, decoder: Sequence[str] = ()) -> ReadCard:
    """The reading for such a reader: it is asked for a Mainland card first, by one command; then come the `others`."""

    def reading(transport: Transport, key: Key | None, tell: Tell) -> IdentityDocument | Staff:
        if isinstance(key, Pin):
            return others(transport, key, tell)
        try:
            return read(transport, command, lambda done, total: tell(CardReading(done, total)), decoder)
        except CardError as error:
            if error.fault.code != "card_unknown" or "type" in error.fault.detail:
                raise
        return others(transport, key, tell)

    return reading
