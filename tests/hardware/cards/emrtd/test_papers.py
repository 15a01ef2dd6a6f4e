"""Documents of made-up states: Hong Kong's and the Mainland's passports, the home return permit; what else they say."""

from __future__ import annotations

import pytest

from hardware.cards import people, tlv
from hardware.cards.apdu import Transport
from hardware.cards.emrtd import document, lds, mrz
from hardware.cards.emrtd.pace import ECDH_GM, PaceInfo
from hardware.cards.emrtd.trust import TrustStore
from hardware.cards.faults import CardError
from hardware.cards.sim import papers
from hardware.cards.sim.issuer import Issuer, dg12
from hardware.cards.sim.papers import Paper
from tests.hardware.cards.emrtd.test_document import NOW, Contact, read, utopia

HONG_KONG, MAINLAND = Issuer(state=papers.HONG_KONG), Issuer("secp256r1", state=papers.MAINLAND)
ISSUED = {
    "hong kong passport": (HONG_KONG, papers.HONG_KONG_PASSPORT, "passport"),
    "mainland passport": (MAINLAND, papers.MAINLAND_PASSPORT, "passport"),
    "home return permit": (MAINLAND, papers.HOME_RETURN_PERMIT, "home_return_permit"),
}
OFFER = PaceInfo(f"{ECDH_GM}.2", 13)


@pytest.mark.parametrize("offer", [None, OFFER])
@pytest.mark.parametrize("name", ISSUED)
def test_both_states_of_one_country_code_are_told_apart_and_their_documents_are_genuine(
    name: str, offer: PaceInfo | None
) -> None:
    country, paper, kind = ISSUED[name]
    store = TrustStore([MAINLAND.anchor, HONG_KONG.anchor])
    found = read(Contact(country.card(people.RARE, offer=offer, paper=paper)), paper.key(people.RARE), store)
    assert (found.document.kind, found.document.number, found.document.name_zh) == (
        kind,
        paper.number,
        people.RARE.name_zh,
    )
    assert (found.verdict.origin, found.mrz.issuer) == ("genuine", "CHN")
    assert found.document.birth_date == people.RARE.birth_date


@pytest.mark.parametrize("name", ISSUED)
def test_with_the_other_states_anchor_alone_nobody_vouches_for_them(name: str) -> None:
    country, paper, _ = ISSUED[name]
    other = TrustStore([(HONG_KONG if country is MAINLAND else MAINLAND).anchor])
    found = read(Contact(country.card(people.ELDER, paper=paper)), paper.key(people.ELDER), other)
    assert found.verdict.origin == "no_trust_anchor"


def test_a_country_that_writes_its_name_in_two_kinds_of_characters_is_one_country() -> None:
    country = Issuer(printable=True)
    assert country.signer_certificate.issuer.dump() != country.country_certificate.subject.dump()
    card, key = country.card(people.ELDER), papers.passport_key(people.ELDER)
    assert read(Contact(card), key, TrustStore([country.anchor])).verdict.origin == "genuine"
    revoking = TrustStore([country.anchor], [country.revocations(2)])
    with pytest.raises(CardError, match="card_not_genuine"):
        read(Contact(card), key, revoking)


@pytest.mark.parametrize("name", sorted(people.PEOPLE))
@pytest.mark.parametrize("paper", [papers.PASSPORT, papers.HONG_KONG_PASSPORT, papers.HOME_RETURN_PERMIT])
def test_every_made_up_zone_is_a_zone(paper: Paper, name: str) -> None:
    person = people.PEOPLE[name]
    zone = mrz.parse(paper.zone(person))
    assert zone.key == paper.key(person)
    assert (zone.layout, zone.code) == ("td3" if paper.lines == 2 else "td1", paper.code)


# ---- a technician's thorough reading ----


def checks_of(transport: Transport) -> document.Checked:
    touched = document.touch(transport)
    assert touched is not None
    found: list[document.Checked] = []
    store, key = TrustStore([utopia().anchor]), papers.passport_key(people.ELDER)
    document.read(transport, touched, key, lambda _done, _total: None, store=store, now=NOW, checked=found.append)
    return found[0]


def test_a_thorough_reading_checks_every_signed_group_and_what_nobody_signed() -> None:
    assert checks_of(Contact(utopia().card(people.ELDER))) == document.Checked(
        (1, 2, 11, 12), "Made-up Utopia", "20251231", common_agrees=True
    )


def test_a_common_file_that_lists_another_group_is_said_so() -> None:
    card = utopia().card(people.ELDER)
    listed = tlv.encode(0x60, tlv.encode(0x5C, b"\x61\x75\x6f"))
    card.files = {**card.files, lds.COM: listed}
    assert not checks_of(Contact(card)).common_agrees


def test_an_altered_group_that_an_everyday_reading_never_opens_is_found() -> None:
    card = utopia().card(people.ELDER)
    card.files = {**card.files, lds.DG12: dg12(papers.HOME_RETURN_PERMIT)}
    assert read(Contact(card), papers.passport_key(people.ELDER)).verdict.origin == "genuine"
    with pytest.raises(CardError, match="card_not_genuine"):
        checks_of(Contact(card))


def test_an_everyday_reading_opens_neither_the_common_file_nor_who_issued_it() -> None:
    card = utopia().card(people.ELDER)
    card.files = {number: file for number, file in card.files.items() if number not in (lds.COM, lds.DG12)}
    assert read(Contact(card), papers.passport_key(people.ELDER)).verdict.origin == "genuine"


@pytest.mark.parametrize(("said", "date"), [(b"20251231", "20251231"), (bytes.fromhex("20251231"), "20251231"),
                                           (b"", ""), (b"2025\xff231", "")])  # fmt: skip
def test_a_date_of_issue_is_read_in_both_its_forms(said: bytes, date: str) -> None:
    assert lds.parse_dg12(tlv.encode(0x6C, tlv.encode(0x5F26, said))) == ("", date)


@pytest.mark.parametrize("file", [b"", b"\x60\x00\x00", b"\x61\x00", tlv.encode(0x60, tlv.encode(0x5C, b"\x99"))])
def test_a_common_file_of_no_form_is_refused(file: bytes) -> None:
    with pytest.raises(CardError, match="card_invalid"):
        lds.parse_com(file)
