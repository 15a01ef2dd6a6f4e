"""What a document proved, as it is sealed beside the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hardware.cards.people import ELDER
from kiosk.app import ASSETS
from kiosk.card_facts import card_evidence
from kiosk.catalogue import load_catalogue
from kiosk.flow.state import Filled
from kiosk.identity.evidence import RECORD, record

PASSPORT = replace(ELDER.document(), kind="passport", number="UT1234567", origin="genuine", chip_proved=True)


@pytest.mark.parametrize(
    ("origin", "chip_proved", "verdict"),
    [
        ("genuine", True, "genuine"),
        ("genuine", False, "chip_may_be_copy"),
        ("no_trust_anchor", True, "no_trust_anchor"),
        ("unsigned", False, "unsigned"),
    ],
)
def test_the_verdict_is_never_better_than_what_was_proved(origin: str, chip_proved: bool, verdict: str) -> None:
    evidence = card_evidence(replace(PASSPORT, origin=origin, chip_proved=chip_proved))  # type: ignore[arg-type]
    assert evidence.verdict == verdict


def test_the_record_names_the_answers_that_still_stand_as_the_document_gave_them() -> None:
    evidence = card_evidence(PASSPORT)
    facts = {"passport": Filled("UT1234567", "card"), "name_en": Filled("SOMEBODY ELSE"), "phone": Filled("1")}
    assert record(evidence, facts) == {RECORD: {"document": "passport", "verdict": "genuine", "answers": ["passport"]}}


def test_a_document_whose_answers_were_all_typed_over_proves_nothing() -> None:
    assert record(card_evidence(PASSPORT), {"name_en": Filled("SOMEBODY ELSE")}) == {}
    assert record(None, {"passport": Filled("UT1234567")}) == {}


def test_no_fact_has_the_name_of_the_record() -> None:
    assert RECORD not in load_catalogue(ASSETS).facts


def test_the_repr_of_evidence_shows_nobody() -> None:
    assert "CHAN" not in repr(card_evidence(PASSPORT))
