"""What a card reader tells: identity documents and the frozen events around them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from hardware.device import Fault

Sex = Literal["M", "F", ""]
Origin = Literal["unsigned", "genuine", "no_trust_anchor"]
KINDS = ("hkic", "resident_id", "residence_permit", "foreigner_permit", "home_return_permit", "passport")


@dataclass(frozen=True, repr=False)
class IdentityDocument:
    """What was read from one document: `kind` is one of KINDS, `number` as printed on it, names empty if absent.

    `origin` says whether its issuer's signature was proved; the demo card carries none. `chip_proved` tells a chip
    that holds its document's key from one that may be a copy of the data.
    """

    kind: str
    number: str
    name_en: str
    name_zh: str
    birth_date: date
    sex: Sex
    photo_jpeg: bytes | None
    origin: Origin = "unsigned"
    chip_proved: bool = False

    def __repr__(self) -> str:
        return f"IdentityDocument(kind={self.kind!r}, …)"  # personal data never reaches a log


@dataclass(frozen=True)
class Staff:
    """A member of staff who proved to be one: name and role as certified, serial of the certificate in hex."""

    name: str
    role: str
    serial: str
    expires: datetime


@dataclass(frozen=True, repr=False)
class Pin:
    """A PIN on its way to the card, used once."""

    digits: str

    def __repr__(self) -> str:
        return "Pin(…)"


@dataclass(frozen=True)
class CardPresented:
    """A card lies on the named reader; reading it begins."""

    reader: str


@dataclass(frozen=True)
class CardReading:
    """Progress of the reading in bytes."""

    done_bytes: int
    total_bytes: int


@dataclass(frozen=True)
class IdentitySeen:
    """The signed text of a document was read and checked; its photo still comes, so `photo_jpeg` is None."""

    document: IdentityDocument


@dataclass(frozen=True)
class IdentityRead:
    """A document was read whole."""

    document: IdentityDocument


@dataclass(frozen=True)
class StaffRead:
    """A member of staff logged in with their card."""

    staff: Staff


@dataclass(frozen=True)
class AccessKeyNeeded:
    """A card on the named reader waits for `unlock`: a travel document by "mrz" or "can", a staff card by "pin"."""

    reader: str
    methods: tuple[str, ...]


@dataclass(frozen=True)
class CardFault:
    """The card on the reader could not be read; `fault.code` is one of FAULT_CODES."""

    fault: Fault


@dataclass(frozen=True)
class CardGone:
    """The card was taken from the named reader."""

    reader: str


CardEvent = (
    CardPresented | CardReading | AccessKeyNeeded | IdentitySeen | IdentityRead | StaffRead | CardFault | CardGone
)
