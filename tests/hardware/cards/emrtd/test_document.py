"""Whole documents, opened each way, read byte for byte; and each way a bad one is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from hardware.cards import drawn_photo, people
from hardware.cards.documents import IdentityDocument
from hardware.cards.emrtd import document, lds, pace
from hardware.cards.emrtd.mrz import AccessKey, Can, MrzKey
from hardware.cards.emrtd.trust import TrustStore
from hardware.cards.faults import CardError
from hardware.cards.identify import card_reading
from hardware.cards.sim import issuer
from hardware.cards.sim.demo_card import DemoCard, OtherCard
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.vpcd import EmulatedCard

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ECDH = pace.ECDH_GM
OFFERS = {
    "bac": None,
    "pace-3des-p256": pace.PaceInfo(f"{ECDH}.1", 12),
    "pace-aes128-bp256": pace.PaceInfo(f"{ECDH}.2", 13),
    "pace-aes192-p384": pace.PaceInfo(f"{ECDH}.3", 15),
    "pace-aes256-bp512": pace.PaceInfo(f"{ECDH}.4", 17),
    "pace-aes256-p521": pace.PaceInfo(f"{ECDH}.4", 18),
}


@cache
def utopia() -> issuer.Issuer:
    return issuer.Issuer()


@cache
def drawn_as_jpeg_2000() -> bytes:
    target = BytesIO()
    Image.open(BytesIO(people.RARE.document().photo_jpeg or b"")).save(target, "JPEG2000")
    return target.getvalue()


class Contact:
    """A card in the hand, which may change its answers on their way out."""

    def __init__(self, card: EmulatedCard, alter: Callable[[int, bytes], bytes] = lambda count, answer: answer) -> None:
        self.card = card
        self.count = 0
        self._alter = alter

    def transmit(self, command: bytes) -> bytes:
        self.count += 1
        return self._alter(self.count, self.card.respond(command))


def read(contact: Contact, key: AccessKey, store: TrustStore | None = None, now: datetime = NOW) -> document.Read:
    touched = document.touch(contact)
    assert touched is not None
    known = TrustStore([utopia().anchor]) if store is None else store
    return document.read(contact, touched, key, lambda done, total: None, store=known, now=now)


@pytest.mark.parametrize("extended", [None, 1000, 4096])
@pytest.mark.parametrize("name", sorted(OFFERS))
def test_a_document_is_read_byte_for_byte(name: str, extended: int | None) -> None:
    card = utopia().card(people.RARE, offer=OFFERS[name], extended=extended)
    found = read(Contact(card), issuer.passport_key(people.RARE))
    person = people.RARE.document()
    assert found.verdict.origin == "genuine"
    assert found.document.photo_jpeg == person.photo_jpeg
    assert (found.document.name_en, found.document.name_zh) == ("AU YEUNG, LIP KA", person.name_zh)
    assert (found.document.birth_date, found.document.sex) == (person.birth_date, "F")
    assert (found.document.kind, found.document.number) == ("passport", issuer.SPECIMEN_NUMBER)


@pytest.mark.parametrize("name", [name for name in sorted(OFFERS) if name != "bac"])
def test_the_number_on_the_card_opens_what_pace_protects(name: str) -> None:
    card = utopia().card(people.ELDER, offer=OFFERS[name])
    assert read(Contact(card), Can(issuer.SPECIMEN_CAN)).document.name_zh == people.ELDER.name_zh


def test_a_jpeg_2000_photo_comes_out_as_jpeg() -> None:
    card = utopia().card(people.RARE, image=drawn_as_jpeg_2000())
    photo = read(Contact(card), issuer.passport_key(people.RARE)).document.photo_jpeg
    assert photo is not None
    assert Image.open(BytesIO(photo)).size == drawn_photo.PHOTO_SIZE


def test_a_broken_photo_leaves_the_identity_standing() -> None:
    card = utopia().card(people.RARE, image=drawn_as_jpeg_2000()[:800])
    found = read(Contact(card), issuer.passport_key(people.RARE))
    assert found.document.photo_jpeg is None
    assert found.verdict.origin == "genuine"


@pytest.mark.parametrize("most", [200, 100, 17])
@pytest.mark.parametrize("name", ["bac", "pace-aes128-bp256"])
def test_a_chip_that_gives_fewer_bytes_than_asked_is_read_whole(name: str, most: int) -> None:
    card = utopia().card(people.RARE, offer=OFFERS[name])
    card.gives_at_most = most
    contact = Contact(card)
    found = read(contact, issuer.passport_key(people.RARE))
    assert found.document.photo_jpeg == people.RARE.document().photo_jpeg
    assert contact.count <= 15 + sum(-(-len(card.files[f]) // most) for f in (lds.SOD, lds.DG1, lds.DG2, lds.DG11))


def test_a_file_beyond_32_kilobytes_is_read() -> None:
    image = people.ELDER.document().photo_jpeg or b""
    long = image[:2] + (b"\xff\xfe\xff\xf0" + bytes(0xFFEE)) + image[2:]  # a comment that fills it up
    for offer, extended in ((None, None), (OFFERS["pace-aes128-bp256"], None), (None, 4096)):
        card = utopia().card(people.ELDER, image=long, offer=offer, extended=extended)
        contact = Contact(card)
        assert read(contact, issuer.passport_key(people.ELDER)).document.photo_jpeg == long
        assert contact.count <= 30 + len(long) // (4000 if extended else 218)


@pytest.mark.parametrize("name", sorted(OFFERS))
def test_another_persons_key_is_denied(name: str) -> None:
    card = utopia().card(people.ELDER, offer=OFFERS[name])
    with pytest.raises(CardError) as caught:
        read(Contact(card), MrzKey(issuer.SPECIMEN_NUMBER, "900101", issuer.SPECIMEN_EXPIRY))
    assert caught.value.fault.code == "card_access_denied"
    assert card.tries == 1


def test_a_number_from_the_card_does_not_open_a_document_without_pace() -> None:
    with pytest.raises(CardError, match="card_access_denied"):
        read(Contact(utopia().card(people.ELDER)), Can(issuer.SPECIMEN_CAN))


def test_it_says_which_keys_open_it() -> None:
    offered = document.touch(Contact(utopia().card(people.ELDER, offer=OFFERS["pace-aes128-bp256"])))
    plain = document.touch(Contact(utopia().card(people.ELDER)))
    assert offered is not None
    assert plain is not None
    assert (offered.methods, plain.methods) == (("mrz", "can"), ("mrz",))


@pytest.mark.parametrize("card", [OtherCard(), DemoCard(people.ELDER.document())])
def test_another_card_is_recognised_with_few_commands(card: EmulatedCard) -> None:
    contact = Contact(card)
    assert document.touch(contact) is None
    assert contact.count <= 3


def test_a_whole_short_reading_takes_no_more_commands_than_its_bytes_need() -> None:
    contact = Contact(utopia().card(people.RARE))
    read(contact, issuer.passport_key(people.RARE))
    card = contact.card
    assert isinstance(card, EmrtdCard)
    needed = sum(-(-len(card.files[file]) // 231) for file in (lds.SOD, lds.DG1, lds.DG2, lds.DG11))
    assert contact.count <= needed + 5


@pytest.mark.parametrize("scheme", ["rsa", "rsa_pss", "secp256r1", "secp521r1", "brainpoolP256r1", "brainpoolP512r1"])
@pytest.mark.parametrize("explicit", [False, True])
def test_signatures_of_every_kind_verify(scheme: str, explicit: bool) -> None:
    country = issuer.Issuer(scheme, explicit=explicit and scheme not in ("rsa", "rsa_pss"))
    found = read(Contact(country.card(people.ELDER)), issuer.passport_key(people.ELDER), TrustStore([country.anchor]))
    assert found.verdict.origin == "genuine"


def test_an_unknown_issuer_is_neither_genuine_nor_forged() -> None:
    found = read(Contact(utopia().card(people.ELDER)), issuer.passport_key(people.ELDER), TrustStore())
    assert (found.verdict.origin, found.verdict.issuer) == ("no_trust_anchor", "UT")


def test_another_country_of_the_same_name_is_no_anchor() -> None:
    impostor = TrustStore([issuer.Issuer().anchor])
    found = read(Contact(utopia().card(people.ELDER)), issuer.passport_key(people.ELDER), impostor)
    assert found.verdict.origin == "no_trust_anchor"


@pytest.mark.parametrize("year", [2019, 2046])
def test_outside_the_certificates_time_nothing_is_called_genuine(year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    found = read(Contact(utopia().card(people.RARE)), issuer.passport_key(people.RARE), now=moment)
    assert found.verdict.origin == "no_trust_anchor"


@pytest.mark.parametrize("number", [1, 2, 11])
def test_an_altered_data_group_is_not_genuine(number: int) -> None:
    card = utopia().card(people.ELDER)
    files = dict(card.files)
    other = utopia().files(people.ADULT)
    files[lds.data_group(number)] = other[lds.data_group(number)]
    card.files = files
    with pytest.raises(CardError) as caught:
        read(Contact(card), issuer.passport_key(people.ELDER))
    assert caught.value.fault.code == "card_not_genuine"
    assert not caught.value.fault.retriable


def test_a_data_group_nobody_signed_is_not_genuine() -> None:
    card = utopia().card(people.ELDER)
    files = dict(card.files)
    files[lds.SOD] = utopia().security_object({2: files[lds.DG2]})
    card.files = files
    with pytest.raises(CardError, match="card_not_genuine"):
        read(Contact(card), issuer.passport_key(people.ELDER))


@pytest.mark.parametrize("position", range(5, 60, 5))
@pytest.mark.parametrize("name", ["bac", "pace-aes128-bp256"])
def test_a_flipped_bit_in_any_answer_is_a_typed_fault(name: str, position: int) -> None:
    card = utopia().card(people.ELDER, offer=OFFERS[name])

    def alter(count: int, answer: bytes) -> bytes:
        middle = len(answer) // 2
        return answer[:middle] + bytes((answer[middle] ^ 0x10,)) + answer[middle + 1 :] if count == position else answer

    with pytest.raises(CardError) as caught:
        read(Contact(card, alter), issuer.passport_key(people.ELDER))
    assert caught.value.fault.code in ("card_channel_broken", "card_invalid", "card_access_denied")


def test_a_chip_swapped_in_mid_read_is_noticed() -> None:
    card, other = utopia().card(people.ELDER), utopia().card(people.ADULT)
    contact = Contact(card)

    def swap(count: int, answer: bytes) -> bytes:
        if count == 20:
            contact.card = other
        return answer

    contact._alter = swap
    with pytest.raises(CardError, match="card_channel_broken"):
        read(contact, issuer.passport_key(people.ELDER))


def test_reading_before_access_is_refused_by_the_emulated_chip() -> None:
    card = utopia().card(people.ELDER)
    assert card.respond(bytes.fromhex("00a4040c07a0000002471001")).hex() == "9000"
    assert card.respond(bytes.fromhex("00b0810000")).hex() == "6982"
    assert card.respond(bytes.fromhex("00a4020c020101")).hex() == "6982"
    assert card.respond(bytes.fromhex("0cb0810000")).hex() == "6882"


@pytest.mark.parametrize("in_plain", [False, True])
@pytest.mark.parametrize("limit", [112, 230, 1000])
@pytest.mark.parametrize("name", ["bac", "pace-aes128-bp256"])
def test_a_chip_that_promises_too_long_answers_is_read_with_shorter_ones(name: str, limit: int, in_plain: bool) -> None:
    card = utopia().card(people.ELDER, offer=OFFERS[name], extended=4096)
    card.refuses_above, card.refuses_in_plain = limit, in_plain
    found = read(Contact(card), issuer.passport_key(people.ELDER))
    assert found.document.photo_jpeg == people.ELDER.document().photo_jpeg


@pytest.mark.parametrize("name", ["bac", "pace-aes128-bp256"])
def test_a_chip_that_goes_mute_over_a_long_answer_is_read_by_short_ones_the_next_time(name: str) -> None:
    card = utopia().card(people.RARE, offer=OFFERS[name], extended=4096)
    card.mute_above = 1000
    reading, key = card_reading((utopia().anchor,), now=lambda: NOW), issuer.passport_key(people.RARE)
    with pytest.raises(CardError, match="card_removed"):
        reading(Contact(card), key, lambda _event: None)
    card.reset()
    found = reading(Contact(card), key, lambda _event: None)
    assert isinstance(found, IdentityDocument)
    assert found.photo_jpeg == people.RARE.document().photo_jpeg
    card.mute_above = None
    card.reset()
    contact = Contact(card)
    reading(contact, key, lambda _event: None)
    assert contact.count < 25, "the next document is read by long ones again"


def test_a_chip_that_refuses_every_length_is_a_typed_fault() -> None:
    card = utopia().card(people.ELDER)
    card.refuses_above = 50
    with pytest.raises(CardError, match="card_invalid"):
        read(Contact(card), issuer.passport_key(people.ELDER))


def test_offers_longer_than_one_answer_are_read_whole() -> None:
    card = utopia().card(people.ELDER, offer=OFFERS["pace-aes128-bp256"])
    card.gives_at_most = 7
    touched = document.touch(Contact(card))
    assert touched is not None
    assert touched.offers == (OFFERS["pace-aes128-bp256"],)
