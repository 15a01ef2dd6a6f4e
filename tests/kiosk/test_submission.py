"""What leaves with a case of several matters: each department learns what the document proved of its own answers.

The people here are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hardware.cards.people import ELDER
from kiosk.card_facts import card_evidence
from kiosk.catalogue import Catalogue, load_catalogue
from kiosk.flow import case
from kiosk.flow.case import Case
from kiosk.flow.case_plan import page_keys
from kiosk.flow.journeys import sample_answers
from kiosk.flow.state import Filled
from kiosk.identity.evidence import RECORD, Evidence
from kiosk.submission import Sender, submit_case
from offline_queue.envelope import Payload, open_envelope
from tests.offline_queue.samples import NOON, Bench, opened

TODAY = date(2026, 11, 22)
MATTERS = ("HK-WEL-01", "HK-WEL-02", "GD-SOC-06", "HK-PRO-10")
CARD = replace(ELDER.document(), origin="genuine", chip_proved=True)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(Path(__file__).parents[2] / "assets")


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def sender(tmp_path: Path, bench: Bench) -> Iterator[Sender]:
    with closing(opened(tmp_path / "outbox.db", bench)) as outbox:
        yield Sender(bench.kiosk_id, bench.device, bench.recipients, outbox)


def filled_by(evidence: Evidence, catalogue: Catalogue, typed: Mapping[str, Filled] | None = None) -> Case:
    """The case at its submit page: the card gave what it says, then `typed` was put over it, the rest is made up."""
    moment = case.fill(case.open_case(catalogue, MATTERS, today=TODAY), {**evidence.gave, **(typed or {})})
    while (page := case.current(moment)) is not None and page.step.kind != "submit":
        keys = page_keys(moment, page)
        known = {name: moment.facts[key].value for name, key in keys.items() if key in moment.facts}
        choices = {"for_vulnerable": False}
        for values in sample_answers(catalogue.facts, TODAY, page.step, choices):
            moved = case.answer(moment, {**values, **known})
            if isinstance(moved, Case):
                moment = moved
                break
        else:
            raise AssertionError(page)
    return moment


def sealed_by_matter(
    sender: Sender, bench: Bench, moment: Case, evidence: Evidence | None
) -> dict[str, Mapping[str, object]]:
    """Submit, take every envelope from the outbox and open it; the answers of each matter."""
    saved = submit_case(sender, moment, "zh_Hant", NOON, evidence)
    assert isinstance(saved, tuple), saved
    found: dict[str, Mapping[str, object]] = {}
    for each in saved:
        claim = sender.outbox.claim(lease_s=60.0)
        assert claim is not None
        payload = open_envelope(claim.envelope.header, claim.envelope.ciphertext, [bench.key])
        assert isinstance(payload, Payload), payload
        assert sender.outbox.acknowledge(bench.receipt_for(claim.envelope))  # the parts of a case go one by one
        several = payload.answers.get("matters")
        assert (several is None) == (len(each.matters) == 1)
        found.update(several if isinstance(several, dict) else {payload.service: payload.answers})
    return found


def test_each_matter_is_sealed_with_what_the_card_proved_of_its_own_answers(
    sender: Sender, bench: Bench, catalogue: Catalogue
) -> None:
    evidence = card_evidence(CARD)
    sealed = sealed_by_matter(sender, bench, filled_by(evidence, catalogue), evidence)
    assert set(sealed) == set(MATTERS)
    for answers in sealed.values():
        proved = sorted(name for name in evidence.gave if name in answers)
        assert proved
        assert answers[RECORD] == {"document": CARD.kind, "verdict": "genuine", "answers": proved}


def test_an_answer_typed_over_the_cards_is_not_said_to_be_proved_in_any_matter(
    sender: Sender, bench: Bench, catalogue: Catalogue
) -> None:
    evidence = card_evidence(CARD)
    moment = filled_by(evidence, catalogue, {"name_en": Filled("SOMEBODY ELSE MADE UP")})
    for answers in sealed_by_matter(sender, bench, moment, evidence).values():
        assert "name_en" not in answers[RECORD]["answers"]  # type: ignore[index]


def test_a_case_typed_by_hand_carries_no_record(sender: Sender, bench: Bench, catalogue: Catalogue) -> None:
    moment = filled_by(card_evidence(CARD), catalogue)
    assert all(RECORD not in answers for answers in sealed_by_matter(sender, bench, moment, None).values())
