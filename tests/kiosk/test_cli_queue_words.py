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
from offline_queue.diagnosis import why_held, why_ready, why_waiting
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
OF_ENVELOPES = sorted({*TITLES, "wrong_receipt"} - ELSEWHERE)
SOON, LONG_AGO = "2026-11-22T12:05:00Z", "2026-11-22T11:05:00Z"  # beside NOON


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", OF_ENVELOPES)
def test_every_code_that_an_envelope_can_get_is_half_a_sentence(language: Language, code: str) -> None:
    words = reason(TEXTS, language, code)
    assert "_" not in words
    assert words != reason(TEXTS, language, "never_heard_of").replace("never_heard_of", code)
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language != "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_of_a_later_portal_is_said_to_be_unknown(language: Language) -> None:
    assert "http 418" in reason(TEXTS, language, "http_418")


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
    outbox.note_line(Line(word, "2026-11-25T01:00:00Z", "2999-11-25T01:30:00Z"))
    check(outbox, "09:00", "09:30")  # Hong Kong time
    outbox.close()


@pytest.mark.parametrize("code", [*OF_ENVELOPES, "damaged_on_disk", "http_599", ""])
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


CODES = [*OF_ENVELOPES, "damaged_on_disk", "http_599", "", "saved", "line_lost", "predecessor_settled"]
LINES = [
    Line(),
    Line("up", "2026-11-22T11:00:00Z"),
    *(Line(word, "2026-11-22T11:00:00Z", at) for word in LINE_WORDS.values() for at in (SOON, LONG_AGO)),
]
WHYS = {
    (state, code, line, wait): (why_ready(code, line, wait, NOON) if state is State.READY else why_held(state, 3, code))
    for state in set(State) - {State.WAITING}
    for code in CODES
    for line in LINES
    for wait in (None, NOON + timedelta(minutes=7))
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_comes_together_gives_a_whole_sentence_without_a_technical_word(language: Language) -> None:
    for whole in {said(TEXTS, CONFIG, language, why) for why in WHYS.values()}:
        assert whole[-1] in "。.?"
        assert not set("{}_") & set(whole), whole
        assert "?" not in whole[:-1], whole  # a moment or a value that nobody knows
        assert bool(re.search(r"[\u4e00-\u9fff]", whole)) == (language != "en")


def test_no_sentence_says_what_is_not_so() -> None:
    for (state, code, line, wait), why in WHYS.items():
        english = said(TEXTS, CONFIG, "en", why)
        assert ("portal refused it" in english) == (state is State.QUARANTINED and code != "damaged_on_disk")
        assert ("line is up" in english) <= (line.code == "up")
        assert ("tried again at" in english) <= (state is State.READY and (line.next_at == SOON or wait is not None))
        assert ("program running" in english) == (state is State.READY and line.next_at == LONG_AGO)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_behind_another_says_what_holds_that_one(language: Language) -> None:
    sentences = {}
    for head in (State.READY, State.SENDING, State.QUARANTINED, State.EXPORTED):
        sentences[head] = said(TEXTS, CONFIG, language, why_waiting("TB1 2611 0001 J", head))
        assert "TB1 2611 0001 J" in sentences[head]
    assert len(set(sentences.values())) == 3
