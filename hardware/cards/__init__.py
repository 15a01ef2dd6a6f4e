"""Identity cards on any PC/SC reader: the device, its simulated twin, and what they tell.

`PcscCardReader` lives in `hardware.cards.reader`, apart from the rest, because it loads the PC/SC library.
"""

from hardware.cards.documents import (
    CardEvent,
    CardFault,
    CardGone,
    CardPresented,
    CardReading,
    IdentityDocument,
    IdentityRead,
)
from hardware.cards.faults import FAULT_CODES
from hardware.cards.simulated import SimulatedCardReader

__all__ = [
    "FAULT_CODES",
    "CardEvent",
    "CardFault",
    "CardGone",
    "CardPresented",
    "CardReading",
    "IdentityDocument",
    "IdentityRead",
    "SimulatedCardReader",
]
