"""Reading one travel document from first touch to a verified identity."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hardware.cards import tlv
from hardware.cards.apdu import OK, Transport, exchange, select_application
from hardware.cards.demo_card import EXTENDED_LENGTHS, Progress
from hardware.cards.documents import IdentityDocument, Sex
from hardware.cards.emrtd import bac, lds, pace
from hardware.cards.emrtd.image import as_jpeg
from hardware.cards.emrtd.lds import DG1, DG2, DG11, SOD, FileReader
from hardware.cards.emrtd.mrz import AccessKey, Mrz, MrzKey
from hardware.cards.emrtd.secure_messaging import SecureChannel
from hardware.cards.emrtd.trust import TrustStore, Verdict, judge, open_security_object
from hardware.cards.faults import CardError

EXTENDED_OVERHEAD = 64  # room for the channel's own objects in an extended answer
LONGEST_CHUNK = 4000
SEXES: dict[str, Sex] = {"M": "M", "F": "F"}
KIND_OF_CODE = {"P": "passport", "CR": "home_return_permit", "CS": "home_return_permit", "CD": "home_return_permit"}


@dataclass(frozen=True)
class Touched:
    """A travel document before access: what it offers and how long its answers may be."""

    offers: tuple[pace.PaceInfo, ...]
    longest_answer: int

    @property
    def methods(self) -> tuple[str, ...]:
        """Which keys open it: "mrz", and "can" with PACE."""
        return ("mrz", "can") if self.offers else ("mrz",)


def touch(transport: Transport) -> Touched | None:
    """Recognise a travel document without a key; None for another card. At most three commands."""
    answer = lds.read_short(transport, lds.CARD_ACCESS & 0x1F)
    offers = pace.offers(answer.data) if answer.sw in (OK, lds.END_OF_FILE) and answer.data else ()
    longest = _longest_answer(transport)
    if not offers and exchange(transport, select_application(lds.AID)).sw != OK:
        return None
    return Touched(offers, longest)


def _longest_answer(transport: Transport) -> int:
    """What EF.ATR/INFO says of extended lengths (ISO/IEC 7816-4 §12.7.1); 256 where it says nothing."""
    answer = lds.read_short(transport, lds.CHIP_INFO & 0x1F)
    if answer.sw not in (OK, lds.END_OF_FILE):
        return 256
    try:
        limits = tlv.parse(answer.data).get(EXTENDED_LENGTHS, b"")
        sizes = [int.from_bytes(item.value, "big") for item in tlv.walk(limits) if item.tag == 0x02]
    except CardError:
        return 256
    return max(256, sizes[1]) if len(sizes) == 2 else 256


def open_channel(
    transport: Transport, touched: Touched, key: AccessKey, random: Callable[[int], bytes] = os.urandom
) -> SecureChannel:
    """PACE where it is offered, else BAC; then the application is selected."""
    if touched.offers:
        channel = pace.establish(transport, touched.offers[0], key, random)
        exchange(channel, select_application(lds.AID)).expect("SELECT")
        return channel
    if not isinstance(key, MrzKey):
        raise CardError("card_access_denied", "this document opens by its MRZ")
    return bac.establish(transport, key, random)


@dataclass
class _Running:
    """Progress over several files: done files count in full."""

    tell: Progress
    done: int = 0
    last: int = field(default=0)

    def __call__(self, done: int, total: int) -> None:
        self.last = total
        self.tell(self.done + done, self.done + total)

    def next_file(self) -> None:
        self.done += self.last


@dataclass(frozen=True, repr=False)
class Read:
    """A verified document."""

    document: IdentityDocument
    mrz: Mrz
    verdict: Verdict


def read(
    transport: Transport,
    touched: Touched,
    key: AccessKey,
    progress: Progress,
    *,
    store: TrustStore,
    now: datetime,
    random: Callable[[int], bytes] = os.urandom,
) -> Read:
    """Open and read the document and check it against its issuer's signature; raises CardError."""
    channel = open_channel(transport, touched, key, random)
    files = FileReader(channel, _chunk(channel, touched))
    running = _Running(progress)

    def take(identifier: int) -> bytes:
        file = files.read(identifier, running)
        running.next_file()
        return file

    security = open_security_object(take(SOD))
    dg1 = take(DG1)
    security.check(1, dg1)
    zone = lds.parse_dg1(dg1)
    groups = {number: take(lds.data_group(number)) for number in (2, 11) if number in security.hashes}
    for number, file in groups.items():
        security.check(number, file)
    verdict = judge(security, store, now.astimezone(UTC))
    name_zh = lds.parse_dg11(groups[DG11 & 0xFF]) if 11 in groups else ""
    photo = as_jpeg(lds.parse_dg2(groups[DG2 & 0xFF])) if 2 in groups else None
    return Read(_document(zone, name_zh, photo, now), zone, verdict)


def _chunk(channel: SecureChannel, touched: Touched) -> int:
    if touched.longest_answer > 256 + EXTENDED_OVERHEAD:
        return min(LONGEST_CHUNK, touched.longest_answer - EXTENDED_OVERHEAD)
    return lds.SHORT_PLAIN[channel.suite.name]


def _document(zone: Mrz, name_zh: str, photo: bytes | None, now: datetime) -> IdentityDocument:
    kind = KIND_OF_CODE.get(zone.code) or KIND_OF_CODE.get(zone.code[:1], "passport")
    name = ", ".join(part for part in (zone.surname, zone.given_names) if part)
    return IdentityDocument(
        kind, zone.number, name, name_zh, zone.birth_date(now.date()), SEXES.get(zone.sex, ""), photo
    )
