"""An emulated Mainland card on a PC/SC reader that holds the SAM module: it answers pseudo-APDUs, a page for each."""

from __future__ import annotations

from hardware.cards.mainland.pages import LEAD_BYTES, PHOTO_PAGES, SIZES, TEXT_PAGE
from hardware.cards.sim.demo_card import DONE, UNKNOWN_CLASS, answer_to_reset
from hardware.cards.sim.sam import PHOTO, MadeUpMainlander

NO_SUCH_PAGE = b"\x6a\x86"  # wrong P1 or P2
PIECE = 256
HEADER = b"\xff\xb0"


class MainlandPages:
    """One made-up card as such a reader shows it; `led` whether four bytes stand before text and photo.

    Strict: any other command is of an unknown class, as for a card that speaks none of ISO/IEC 7816-4.
    """

    def __init__(self, holder: MadeUpMainlander, *, led: bool = True) -> None:
        self.atr = answer_to_reset(b"\x80\x31MLND\x90\x00")
        lead = SIZES[:LEAD_BYTES] if led else b""
        picture = lead + PHOTO
        self._pages = {TEXT_PAGE: lead + holder.text()}
        for page in PHOTO_PAGES:
            self._pages[page] = picture[(page - 1) * PIECE : page * PIECE]
        self.commands = 0

    def reset(self) -> None:
        """Nothing to forget."""

    def respond(self, command: bytes) -> bytes:
        """The page that is asked for."""
        self.commands += 1
        if command[:2] != HEADER:
            return UNKNOWN_CLASS
        if len(command) != 5 or command[3:] != b"\0\0" or not self._pages.get(command[2]):
            return NO_SUCH_PAGE
        return self._pages[command[2]] + DONE
