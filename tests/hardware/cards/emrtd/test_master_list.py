"""Master lists and revocations count when a certificate we trust stands behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from hardware.cards import people
from hardware.cards.emrtd import lds, master_list, trust
from hardware.cards.faults import CardError
from hardware.cards.sim.issuer import Issuer

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@cache
def publisher() -> Issuer:
    return Issuer("secp256r1", explicit=False)


@cache
def utopia() -> Issuer:
    return Issuer()


@cache
def listed() -> bytes:
    return publisher().master_list([utopia().anchor, Issuer("rsa", explicit=False).anchor])


def trusting(*certificates: bytes) -> trust.TrustStore:
    return trust.TrustStore(certificates)


def test_a_list_is_opened_and_its_certificates_prove_documents() -> None:
    found = master_list.load(listed(), trusting(publisher().anchor))
    assert (len(found.certificates), found.publisher, found.vouched) == (2, "UT", True)
    assert found.signed_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert found.countries == {"UT": 2}
    security = trust.open_security_object(utopia().files(people.ELDER)[lds.SOD])
    assert trust.judge(security, trust.TrustStore(found.certificates), NOW).origin == "genuine"


def test_a_list_nobody_we_trust_published_is_not_vouched_for() -> None:
    assert not master_list.load(listed(), trusting()).vouched
    assert not master_list.load(listed(), trusting(Issuer("secp256r1", explicit=False).anchor)).vouched


@pytest.mark.parametrize("position", range(0, 100, 9))
def test_an_altered_list_is_refused(position: int) -> None:
    data = bytearray(listed())
    at = len(data) * position // 100
    data[at] ^= 0x01
    try:
        found = master_list.load(bytes(data), trusting(publisher().anchor))
    except CardError as error:
        assert error.fault.code in ("card_not_genuine", "card_unsupported")  # noqa: PT017 - or unsigned parts changed
    else:
        assert found.certificates == master_list.load(listed(), trusting()).certificates


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"hello", bytes(40)])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(CardError, match="card_not_genuine"):
        master_list.load(data, trusting())


def test_a_security_object_is_no_list() -> None:
    sod = utopia().files(people.ELDER)[lds.SOD]
    with pytest.raises(CardError, match="card_not_genuine"):
        master_list.load(sod[4:], trusting())


def test_a_revoked_signer_makes_its_documents_not_genuine() -> None:
    security = trust.open_security_object(utopia().files(people.ELDER)[lds.SOD])
    store = trust.TrustStore([utopia().anchor], [utopia().revocations(99, 2)])
    assert store.refused_lists == 0
    with pytest.raises(CardError, match="card_not_genuine"):
        trust.judge(security, store, NOW)
    other = trust.TrustStore([utopia().anchor], [utopia().revocations(99)])
    assert trust.judge(security, other, NOW).origin == "genuine"


def test_revocations_nobody_we_trust_signed_are_refused() -> None:
    security = trust.open_security_object(utopia().files(people.ELDER)[lds.SOD])
    store = trust.TrustStore([utopia().anchor], [Issuer().revocations(2)])
    assert store.refused_lists == 1
    assert trust.judge(security, store, NOW).origin == "genuine"


def test_an_unusable_anchor_is_no_anchor() -> None:
    security = trust.open_security_object(utopia().files(people.ELDER)[lds.SOD])
    verdict = trust.judge(security, trusting(publisher().anchor), NOW)
    assert replace(verdict, why="") == trust.Verdict("no_trust_anchor", "UT")
