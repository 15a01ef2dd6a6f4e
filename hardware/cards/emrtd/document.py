"""Reading one travel document from first touch to a verified identity."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from asn1crypto import x509  # type: ignore[import-untyped]

from hardware.cards import tlv
from hardware.cards.apdu import OK, Command, Transport, exchange, select_application
from hardware.cards.demo_card import EXTENDED_LENGTHS, Progress
from hardware.cards.documents import IdentityDocument, Sex
from hardware.cards.emrtd import bac, card_security, chip, lds, pace
from hardware.cards.emrtd.image import as_jpeg
from hardware.cards.emrtd.lds import SOD, FileReader
from hardware.cards.emrtd.mrz import AccessKey, Mrz, MrzKey
from hardware.cards.emrtd.pace import Established
from hardware.cards.emrtd.secure_messaging import SecureChannel
from hardware.cards.emrtd.signed_data import not_genuine
from hardware.cards.emrtd.trust import SecurityObject, TrustStore, Verdict, judge, judge_signer, open_security_object
from hardware.cards.faults import CardError, LengthRefusedError

EXTENDED_OVERHEAD = 64  # room for the channel's own objects in an extended answer
SHORT_ANSWER = 256
LONGEST_CHUNK = 4000
CAUTIOUS_CHUNK = 112  # what the most limited chips still answer
EAC_GROUPS = (3, 4)  # fingers and irises
SEXES: dict[str, Sex] = {"M": "M", "F": "F"}
# What a Home Return Permit's chip says is not public: its codes are a guess from its printed zone.
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
    """Recognise a travel document without a key; None for another card, after at most three commands."""
    answer = lds.read_object(transport, lds.CARD_ACCESS & 0x1F)
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
) -> Established:
    """PACE where it is offered, else BAC; the application is then still to be selected after PACE."""
    if touched.offers:
        return pace.establish(transport, touched.offers[0], key, random)
    if not isinstance(key, MrzKey):
        raise CardError("card_access_denied", "this document opens by its MRZ")
    return Established(bac.establish(transport, key, random))


@dataclass(frozen=True, repr=False)
class Read:
    """A verified document; `chip_proved` tells the chip of this document from a copy of its data."""

    document: IdentityDocument
    mrz: Mrz
    verdict: Verdict
    chip_proved: bool


@dataclass(frozen=True)
class Checked:
    """What a thorough reading found beside the identity: the groups that are as signed, who issued the document and
    when (YYYYMMDD), and whether EF.COM, which nobody signed, lists what is signed."""

    groups: tuple[int, ...]
    issued_by: str
    issued_on: str
    common_agrees: bool


@dataclass
class _Reading:
    """One reading under way: the channel may be replaced, the progress counts files already done in full."""

    channel: SecureChannel
    chunk: int
    tell: Progress
    random: Callable[[int], bytes]
    security: SecurityObject | None = None
    done: int = 0
    by_channel: bool = False  # the channel itself proves the chip
    card_signer: x509.Certificate | None = None  # whoever signed the key the chip has proved to hold

    def begin(self, opened: Established) -> None:
        """Check what PACE proved, in the master file; then select the application."""
        if opened.proof is not None:
            self.card_signer = card_security.prove(self.take(lds.CARD_SECURITY, 0x30), opened.proof)
        if opened.selects:
            exchange(self.channel, select_application(lds.AID)).expect("SELECT")

    def check_card_signer(self, verdict: Verdict, store: TrustStore, now: datetime) -> None:
        """Whoever signed the chip's key must be as well known as whoever signed its data."""
        signer = self.card_signer
        if signer is not None and judge_signer(signer, store, now).origin != verdict.origin:
            raise chip.copied("EF.CardSecurity is not signed by its country")

    def take(self, identifier: int, tag: int | None = None) -> bytes:
        """Read one file."""
        files = FileReader(self.channel, min(self.chunk, self._longest()))
        file = files.read(identifier, lambda done, total: self.tell(self.done + done, self.done + total), tag)
        self.done += len(file)
        return file

    def _longest(self) -> int:
        """With short answers, what the present channel's ciphers leave of 256 bytes."""
        return self.chunk if self.chunk > 256 else lds.SHORT_PLAIN[self.channel.suite.name]

    def group(self, number: int) -> bytes | None:
        """Read one data group and check it against the signed list; None when the list does not have it."""
        if self.security is None or number not in self.security.hashes:
            return None
        file = self.take(lds.data_group(number))
        self.security.check(number, file)
        return file

    def check_everything(self) -> Checked:
        """Read EF.COM and every signed group but fingers and irises, which a chip keeps for its own country."""
        signed = self.security.hashes.keys() if self.security is not None else ()
        files = {number: file for number in sorted(signed) if number not in EAC_GROUPS and (file := self.group(number))}
        issued_by, issued_on = lds.parse_dg12(files[12]) if 12 in files else ("", "")
        agrees = lds.parse_com(self.take(lds.COM)) == frozenset(signed)
        return Checked(tuple(files), issued_by, issued_on, agrees)

    def identity(self) -> Mrz:
        """The zone in DG1; after chip authentication its first answer is the chip's proof."""
        try:
            dg1 = self.group(1)
        except CardError as error:
            if self.by_channel and error.fault.code == "card_channel_broken":
                raise chip.copied("chip authentication") from None
            raise
        if dg1 is None:
            raise not_genuine("DG1 is not signed")
        return lds.parse_dg1(dg1)

    def prove_chip(self, dg14: bytes | None) -> bool:
        """What PACE has proved, else chip authentication, else active authentication; False when there is neither."""
        if self.card_signer is not None and self.security is not None:
            if self.card_signer.issuer != self.security.signer.issuer:
                raise chip.copied("EF.CardSecurity of another issuer")
            return True
        key = chip.chip_key(dg14) if dg14 is not None else None
        if key is not None:
            self.channel = chip.authenticate_chip(self.channel, key, self.random)
            self.by_channel = True
            return True
        dg15 = self.group(15)
        if dg15 is None:
            return False
        chip.prove_actively(self.channel, dg15, dg14, self.random)
        return True


def read(
    transport: Transport,
    touched: Touched,
    key: AccessKey,
    progress: Progress,
    *,
    store: TrustStore,
    now: datetime,
    random: Callable[[int], bytes] = os.urandom,
    seen: Callable[[Read], None] = lambda _: None,
    checked: Callable[[Checked], None] | None = None,
) -> Read:
    """Open and read the document, prove its data by its issuer's signature and its chip by its key.

    Raises CardError. The chip is proved before the photo is read: the first answer that the new channel accepts is
    the proof, and a copy costs nobody the wait for its photo. `seen` gets what is known before the photo.
    With `checked` everything that may be read is, after the photo: a technician's check takes its time.
    """
    for chunk in _chunks(touched):
        try:
            opened = open_channel(transport, touched, key, random)
            reading = _Reading(opened.channel, chunk, progress, random)
            reading.begin(opened)
            found = _read_through(reading, store, now, seen)
            if checked is not None:
                checked(reading.check_everything())
            return found
        except LengthRefusedError:
            start_over(transport, touched)
    raise CardError("card_invalid", "every length refused")


def _read_through(reading: _Reading, store: TrustStore, now: datetime, seen: Callable[[Read], None]) -> Read:
    reading.security = open_security_object(reading.take(SOD))
    proved = reading.prove_chip(reading.group(14))
    zone = reading.identity()
    verdict = judge(reading.security, store, now.astimezone(UTC))
    reading.check_card_signer(verdict, store, now.astimezone(UTC))
    dg11 = reading.group(11)
    name_zh = lds.parse_dg11(dg11) if dg11 is not None else ""
    text = Read(_document(zone, name_zh, None, now), zone, verdict, proved)
    seen(text)
    dg2 = reading.group(2)
    photo = as_jpeg(lds.parse_dg2(dg2)) if dg2 is not None else None
    return replace(text, document=replace(text.document, photo_jpeg=photo))


def _chunks(touched: Touched) -> tuple[int, ...]:
    """The lengths to try, longest first; a card that refuses one is opened again for the next."""
    if touched.longest_answer > 256 + EXTENDED_OVERHEAD:
        return min(LONGEST_CHUNK, touched.longest_answer - EXTENDED_OVERHEAD), 256, CAUTIOUS_CHUNK
    return 256, CAUTIOUS_CHUNK


def start_over(transport: Transport, touched: Touched) -> None:
    """Bring the card back to where `touch` left it: in its master file, or in the application for BAC."""
    exchange(transport, Command(0x00, 0xA4, 0x00, 0x0C, lds.MASTER_FILE.to_bytes(2, "big")))
    if not touched.offers:
        exchange(transport, select_application(lds.AID)).expect("SELECT")


def _document(zone: Mrz, name_zh: str, photo: bytes | None, now: datetime) -> IdentityDocument:
    kind = KIND_OF_CODE.get(zone.code) or KIND_OF_CODE.get(zone.code[:1], "passport")
    name = ", ".join(part for part in (zone.surname, zone.given_names) if part)
    return IdentityDocument(
        kind, zone.number, name, name_zh, zone.birth_date(now.date()), SEXES.get(zone.sex, ""), photo
    )
