"""Why an application has not gone: a whole sentence in three languages, whatever stands behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.app import ASSETS, ROOT
from kiosk.catalogue import LANGUAGES, Language, load_catalogue
from kiosk.cli_queue_words import reason, said
from kiosk.config import load_config
from offline_queue.outbox import Outbox
from offline_queue.records import Line, OutboxItem, State
from offline_queue.sync import LINE_WORDS
from portal.problem import TITLES
from tests.offline_queue.samples import NOON, Bench, opened

TEXTS = load_catalogue(ASSETS).texts
CONFIG = load_config(ROOT / "kiosk.toml")
# what only other calls than those of an envelope answer
ELSEWHERE = {
    *("unknown_device", "revoked_device", "certificate_needed"),  # these stop the line, not an item
    *("wrong_code", "bad_request_for_certificate", "unknown_enquiry", "unknown_bill", "wrong_amount", "slot_full"),
    *("unknown_sign_in", "known_sign_in"),
}
OF_ENVELOPES = sorted({*TITLES, "damaged_on_disk"} - ELSEWHERE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", OF_ENVELOPES)
def test_every_code_that_an_envelope_can_get_is_half_a_sentence(language: Language, code: str) -> None:
    words = reason(TEXTS, language, code)
    assert "_" not in words
    assert words != reason(TEXTS, language, "never_heard_of").replace("never_heard_of", code)
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language != "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_a_later_portal_is_said_to_be_unknown(language: Language) -> None:
    assert "http_418" in reason(TEXTS, language, "http_418")


def item(outbox: Outbox) -> OutboxItem:
    (found,) = outbox.items()
    return found


def check(outbox: Outbox, *parts: str) -> None:
    """The sentence is whole in every language, and holds what it must say."""
    why = item(outbox).why
    assert why.text_id in TEXTS.keys
    for language in LANGUAGES:
        sentence = said(TEXTS, CONFIG, language, why)
        assert sentence[-1] in ".。"
        assert "{" not in sentence
        assert "_" not in sentence
        assert all(part in sentence for part in parts)


@pytest.mark.parametrize("word", sorted(LINE_WORDS.values()))
def test_each_trouble_of_the_line_is_told_with_since_when_and_when_next(tmp_path: Path, word: str) -> None:
    bench = Bench()
    outbox = opened(tmp_path / "outbox.db", bench)
    outbox.save(bench.sealed())
    outbox.note_line(Line(word, "2026-11-25T01:00:00Z", "2026-11-25T01:30:00Z"))
    check(outbox, "09:00", "09:30")  # Hong Kong time
    outbox.close()


@pytest.mark.parametrize("code", [*OF_ENVELOPES, "http_599", ""])
@pytest.mark.parametrize("end", ["put back", "set aside"])
def test_each_end_of_a_try_is_told(tmp_path: Path, code: str, end: str) -> None:
    bench = Bench()
    outbox = opened(tmp_path / "outbox.db", bench)
    outbox.save(bench.sealed())
    claim = outbox.claim(lease_s=60.0)
    assert claim is not None
    check(outbox, "1")
    if end == "put back":
        outbox.put_back(claim, code, delay_s=600.0)
    else:
        outbox.quarantine(claim, code)
        assert item(outbox).state is State.QUARANTINED
    if code != "http_599":
        check(outbox)
    outbox.close()


def test_what_waits_for_another_of_its_case_names_it(tmp_path: Path) -> None:
    bench = Bench()
    outbox = opened(tmp_path / "outbox.db", bench)
    outbox.save(bench.sealed(case_id="case", case_seq=1, number="TB1 2611 0001 J"))
    outbox.save(bench.sealed(case_id="case", case_seq=2, number="TB1 2611 0002 H"), deadline=NOON + timedelta(days=1))
    waits = next(found for found in outbox.items() if found.state is State.WAITING)
    assert all("TB1 2611 0001 J" in said(TEXTS, CONFIG, language, waits.why) for language in LANGUAGES)
    outbox.close()
