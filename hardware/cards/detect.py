"""Cards that are no identity document, told apart in at most two commands: payment cards, phones, transit cards."""

from __future__ import annotations

from hardware.cards.apdu import OK, Transport, exchange, select_application

STORAGE_CARD = bytes.fromhex("A000000306")
"""PC/SC's own application identifier in the answer to reset of a card without a processor (PC/SC part 3 §3.1.3.2.3).

FeliCa (Octopus and others), MIFARE and other tickets: they take no ISO/IEC 7816-4 commands, so none is sent.
"""
PAYMENT_DIRECTORIES = (b"2PAY.SYS.DDF01", b"1PAY.SYS.DDF01")  # EMV: contactless (also a phone's wallet), contact


def no_identity_card(atr: bytes) -> str | None:
    """The fault code of a card whose answer to reset alone says that it is no identity card; None for any other."""
    return "card_transit" if STORAGE_CARD in atr else None


def unknown_kind(transport: Transport) -> str:
    """The fault code of a card that has none of our applications: a payment card is told, anything else is unknown."""
    for directory in PAYMENT_DIRECTORIES:
        if exchange(transport, select_application(directory)).sw == OK:
            return "card_payment"
    return "card_unknown"
