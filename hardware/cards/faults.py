"""The troubles a card or its reader can be in, by the code the screens translate as `fault.<code>`."""

from __future__ import annotations

from hardware.device import Fault

FAULT_CODES = (
    "card_removed",  # pulled while it was being read: put it back
    "card_unknown",  # a card, but no identity document we can read
    "card_payment",  # a bank card, or a phone that plays one
    "card_transit",  # a transit card or another ticket, told by its answer to reset alone
    "card_unreadable",  # does not answer, or two cards at once: one card, chip first, then try again
    "card_invalid",  # answers, but what it says breaks its own format
    "card_timeout",  # answered too slowly to finish
    "card_access_denied",  # the key typed or scanned does not open this document's chip
    "card_channel_broken",  # an answer inside the protected channel was forged or garbled
    "card_unsupported",  # a travel document whose signatures this kiosk cannot check
    "card_not_genuine",  # its data is not what its issuer signed
    "staff_card_foreign",  # a staff card of another house, or without a role here
    "staff_card_expired",
    "staff_card_cloned",  # a copied certificate without its key
    "pin_wrong",  # the tries left are in the detail
    "pin_last_try",  # wrong, and one more wrong PIN blocks the card
    "pin_blocked",
    "staff_locked_out",  # too many wrong PINs at this kiosk; the seconds left are in the detail
    "reader_busy",  # another program holds the reader
    "reader_lost",  # reader unplugged or its service ended
)
"""Every code of this room; `card_*` come in a CardFault, `reader_lost` also as the device's Status."""


class CardError(Exception):
    """Raised between the layers of one card operation; ends as a Fault value before it leaves the room."""

    def __init__(self, code: str, detail: str = "", *, retriable: bool = True) -> None:
        super().__init__(code)
        self.fault = Fault(code, retriable, detail)


class LengthRefusedError(CardError):
    """The card refuses to answer at this length, whatever it admitted to before; a shorter one may do."""

    def __init__(self, detail: str) -> None:
        super().__init__("card_invalid", detail)
