"""What a card says becomes facts; the people are made up."""

from __future__ import annotations

from dataclasses import replace

from hardware.cards.people import ELDER
from kiosk.card_facts import card_facts


def test_a_card_fills_name_number_birth_date_and_sex() -> None:
    found = card_facts(ELDER.document())
    assert set(found) == {"name_en", "name_zh", "hkid", "birth_date", "sex"}
    assert {filled.source for filled in found.values()} == {"card"}


def test_an_absent_name_fills_nothing() -> None:
    assert "name_zh" not in card_facts(replace(ELDER.document(), name_zh=""))


def test_only_a_hong_kong_card_fills_the_hong_kong_number() -> None:
    assert "hkid" not in card_facts(replace(ELDER.document(), kind="passport"))


def test_a_home_return_permit_fills_its_number_and_its_kind() -> None:
    found = card_facts(replace(ELDER.document(), kind="home_return_permit", number="H01234567"))
    assert found["permit"].value == "H01234567"
    assert found["id_kind"].value == "permit"


def test_a_residence_permit_has_a_resident_number() -> None:
    found = card_facts(replace(ELDER.document(), kind="residence_permit", number="810000199408230021"))
    assert found["resident_id"].value == "810000199408230021"
    assert found["id_kind"].value == "residence_permit"
