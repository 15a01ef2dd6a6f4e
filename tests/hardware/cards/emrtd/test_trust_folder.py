"""The folder of what a site trusts: lists and revocations come in checked, and are checked again when read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.cards import people
from hardware.cards.emrtd import trust_folder
from hardware.cards.faults import CardError
from hardware.cards.identify import card_reading
from hardware.cards.sim import issuer
from hardware.cards.sim.issuer import Issuer
from tests.hardware.cards.conftest import utopia
from tests.hardware.cards.emrtd.test_document import Contact

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def listed(signed_at: datetime = EARLY) -> bytes:
    return utopia().master_list([utopia().anchor], signed_at)


def origin_of(folder: Path) -> str:
    read = card_reading(trust_folder=folder)
    card = utopia().card(people.ELDER)
    document = read(Contact(card), issuer.passport_key(people.ELDER), lambda _: None)
    return getattr(document, "origin", "")


def test_a_missing_folder_trusts_nobody(tmp_path: Path) -> None:
    assert len(trust_folder.load(tmp_path / "none").store) == 0
    assert origin_of(tmp_path / "none") == "no_trust_anchor"


def test_an_imported_list_makes_its_countries_documents_genuine(tmp_path: Path) -> None:
    found = trust_folder.import_list(tmp_path, listed(), [utopia().anchor])
    assert (found.vouched, found.signed_at) == (True, EARLY)
    assert origin_of(tmp_path) == "genuine"


def test_a_running_reader_takes_a_list_that_is_imported_meanwhile(tmp_path: Path) -> None:
    read = card_reading(trust_folder=tmp_path)
    key = issuer.passport_key(people.ELDER)
    before = read(Contact(utopia().card(people.ELDER)), key, lambda _: None)
    trust_folder.import_list(tmp_path, listed(), [utopia().anchor])
    after = read(Contact(utopia().card(people.ELDER)), key, lambda _: None)
    assert [getattr(one, "origin", "") for one in (before, after)] == ["no_trust_anchor", "genuine"]


def test_a_list_nobody_vouches_for_is_refused_unless_that_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="card_not_genuine"):
        trust_folder.import_list(tmp_path, listed(), [Issuer().anchor])
    assert trust_folder.load(tmp_path).listed is None
    assert not trust_folder.import_list(tmp_path, listed(), [], unvouched=True).vouched


def test_an_older_list_does_not_replace_a_newer_one_by_accident(tmp_path: Path) -> None:
    trust_folder.import_list(tmp_path, listed(LATE), [utopia().anchor])
    with pytest.raises(CardError) as refused:
        trust_folder.import_list(tmp_path, listed(EARLY), [])
    assert "2026-06-01" in refused.value.fault.detail
    trust_folder.import_list(tmp_path, listed(EARLY), [], older=True)
    back = trust_folder.load(tmp_path).listed
    assert back is not None
    assert back.signed_at == EARLY


def test_a_list_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    trust_folder.import_list(tmp_path, listed(), [utopia().anchor])
    path = tmp_path / trust_folder.LIST
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(CardError, match="card_not_genuine"):
        trust_folder.load(tmp_path)


def test_a_revocation_list_takes_its_document_signer_back(tmp_path: Path) -> None:
    trust_folder.import_list(tmp_path, listed(), [utopia().anchor])
    found = trust_folder.import_revocations(tmp_path, utopia().revocations(2))
    assert found.entries == 1
    with pytest.raises(CardError, match="card_not_genuine"):
        origin_of(tmp_path)


def test_a_revocation_list_of_an_unknown_country_is_refused(tmp_path: Path) -> None:
    trust_folder.import_list(tmp_path, listed(), [utopia().anchor])
    with pytest.raises(CardError, match="card_not_genuine"):
        trust_folder.import_revocations(tmp_path, Issuer().revocations(2))
    assert origin_of(tmp_path) == "genuine"


def test_a_stale_revocation_list_says_so() -> None:
    found = trust_folder.parse_revocations(utopia().revocations())
    assert not found.stale(EARLY)
    assert found.stale(datetime(2050, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x82\xff\xff", bytes(40)])
def test_bytes_that_are_no_list_are_a_fault(tmp_path: Path, data: bytes) -> None:
    for work in (lambda: trust_folder.import_revocations(tmp_path, data),
                 lambda: trust_folder.import_list(tmp_path, data, [])):  # fmt: skip
        with pytest.raises(CardError, match="card_not_genuine"):
            work()
