"""Identity cards on any PC/SC reader: the device, its simulated twin, and what they tell.

`PcscCardReader` lives in `hardware.cards.reader`, apart from the rest, because it loads the PC/SC library.
"""

from hardware.cards.documents import (
    AccessKeyNeeded,
    CardEvent,
    CardFault,
    CardGone,
    CardPresented,
    CardReading,
    IdentityDocument,
    IdentityRead,
    IdentitySeen,
    Pin,
    Staff,
    StaffRead,
)
from hardware.cards.emrtd.mrz import Can, MrzKey
from hardware.cards.faults import FAULT_CODES
from hardware.cards.simulated import SimulatedCardReader

__all__ = [
    "FAULT_CODES",
    "AccessKeyNeeded",
    "Can",
    "CardEvent",
    "CardFault",
    "CardGone",
    "CardPresented",
    "CardReading",
    "IdentityDocument",
    "IdentityRead",
    "IdentitySeen",
    "MrzKey",
    "Pin",
    "SimulatedCardReader",
    "Staff",
    "StaffRead",
]
