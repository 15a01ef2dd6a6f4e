"""The photo beside the document's on the real page, by the real models: asked first, told plainly, no refusal."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from kiosk.identity.by_face import RECORD
from kiosk.session import Page
from screens.glass import Seen, wait_until
from screens.models.compare import Compare
from screens.rehearsal import Resident, received_for
from tests.screens.conftest import Counter

NOT_SAID = ("no match", "not you", "different person", "imposter", "reject", "fail")


def at_the_question(counter: Counter, **how: object) -> Resident:
    resident = counter.resident("en", **how)
    resident.until(lambda page: page is Page.COMPARE)
    resident.settle()
    return resident


def told(counter: Counter, resident: Resident, key: str) -> None:
    resident.until(lambda page: counter.screens.model(Compare).property("state") == "told")
    sentence = resident.say(f"compare.{key}")
    resident.glass.wait_for(lambda: sentence in resident.glass.words(), repr(sentence))


def sealed(counter: Counter, resident: Resident) -> dict[str, object] | None:
    """What the department got of the comparison."""
    record = resident.visit()
    assert wait_until(lambda: bool(received_for(counter.kiosk, record.receipt_number)), 30.0)
    answers = received_for(counter.kiosk, record.receipt_number)[0]["answers"]
    assert isinstance(answers, dict)
    found = answers.get(RECORD)
    assert found is None or isinstance(found, dict)
    return found


def test_the_holder_of_the_document_is_told_so_and_the_department_gets_a_band(counter: Counter) -> None:
    resident = at_the_question(counter)
    told(counter, resident, "match")
    found = sealed(counter, resident)
    assert found is not None
    assert (found["band"], found["compared_with"], found["liveness"]) == ("match", "hkic", "not_done")
    assert set(found) == {"band", "compared_with", "liveness", "model", "model_sha256"}


def test_somebody_elses_face_is_told_without_an_accusation_and_goes_on(counter: Counter) -> None:
    resident = at_the_question(counter, faults=["face_of_another"])
    told(counter, resident, "unsure")
    words = resident.glass.words().lower()
    assert [each for each in NOT_SAID if each in words] == []
    assert resident.glass.shows(resident.say("capture.retake"))
    found = sealed(counter, resident)
    assert found is not None
    assert found["band"] == "no_match"


def test_who_says_no_goes_on_and_sends_what_somebody_without_a_picture_would(counter: Counter) -> None:
    resident = at_the_question(counter, choices={"compare": False})
    assert sealed(counter, resident) is None


def test_neither_answer_is_chosen_and_neither_is_the_yellow_one(counter: Counter) -> None:
    resident = at_the_question(counter)

    def offered() -> list[Seen]:
        return [seen for seen in resident.glass.controls() if seen.name.startswith(("Yes, compare", "No, go on"))]

    resident.glass.wait_for(lambda: len(offered()) == 2, "both answers")
    answers = offered()
    assert [seen.checked for seen in answers] == [False, False]
    assert answers[0].rect.size() == answers[1].rect.size()
    assert answers[0].rect.height() >= 120
    assert not resident.glass.shows(resident.say("bar.next"))


def test_another_photo_can_be_taken_and_back_leads_to_the_first(counter: Counter) -> None:
    resident = at_the_question(counter)
    photo = counter.stage.session.picture
    resident.glass.press(resident.say("bar.back"))
    resident.glass.wait_for(lambda: counter.stage.session.page is Page.PORTRAIT, "the photo again")
    assert counter.stage.session.picture == photo
    assert "taken" in counter.screens.pictures.names()
    told(counter, resident, "match")
    counter.screens.model(Compare).second()
    resident.settle()
    assert (counter.stage.session.page, counter.stage.session.picture) == (Page.PORTRAIT, None)


def test_a_process_that_is_killed_meanwhile_does_not_hold_anybody_up(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = at_the_question(counter)

    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(counter.kiosk.devices.studio, "compare", broken)
    told(counter, resident, "not_compared")
    assert sealed(counter, resident) is None


def test_who_follows_the_challenge_passes_it(counter: Counter) -> None:
    resident = at_the_question(counter)
    counter.stage.end()
    resident = counter.resident("en")
    resident.service = "HK-IAM-02"
    told(counter, resident, "match")
    found = sealed(counter, resident)
    assert found is not None
    assert found["liveness"] == "passed"


def test_who_cannot_turn_the_head_goes_on_without_and_nothing_says_why(counter: Counter) -> None:
    resident = counter.resident("en", faults=["challenge_skipped"])
    resident.service = "HK-IAM-02"
    told(counter, resident, "match")
    found = sealed(counter, resident)
    assert found is not None
    assert found["liveness"] == "not_done"


def test_a_challenge_that_is_not_met_is_offered_again_and_can_be_left(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screens.models.compare.TASK_S", 1.0)
    resident = counter.resident("en")
    resident.service = "HK-IAM-02"
    model = counter.screens.model(Compare)
    resident.until(lambda page: model.property("state") == "challenge")
    resident.glass.wait_for(lambda: resident.say("compare.missed") in resident.glass.words(), "the time to be over")
    assert resident.glass.shows(resident.say("compare.next_missed"))
    resident.glass.press_when_there(resident.say("compare.skip"))
    told(counter, resident, "match")


def test_each_thing_to_do_is_said_aloud_for_a_head_that_is_turned_away(counter: Counter) -> None:
    voice = counter.kiosk.devices.voice
    resident = counter.resident("en")
    resident.service = "HK-IAM-02"
    told(counter, resident, "match")
    said = [utterance.text for utterance in voice.said]  # type: ignore[union-attr]
    asked = {resident.say(f"compare.{deed}") for deed in ("turn_left", "turn_right", "blink")}
    assert len(asked & set(said)) >= 2


def test_leaving_overwrites_the_documents_picture_and_ends_the_process(counter: Counter) -> None:
    resident = at_the_question(counter)
    evidence = counter.stage.session.evidence
    assert evidence is not None
    assert evidence.portrait is not None
    told(counter, resident, "match")
    pid = counter.kiosk.devices.studio.pid
    counter.stage.end()
    assert evidence.portrait == bytes(len(evidence.portrait))
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists(), 5.0)


def test_no_log_and_no_file_holds_a_face_a_band_or_a_cosine(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    resident = at_the_question(counter)
    evidence, photo = counter.stage.session.evidence, counter.stage.session.picture
    assert evidence is not None
    assert evidence.portrait is not None
    assert photo is not None
    canaries = [bytes(evidence.portrait[200:240]), photo.data[200:240], b"mobilefacenet", b"cosine", b"no_match"]
    told(counter, resident, "match")
    resident.visit()
    logged = json.dumps([record.getMessage() for record in caplog.records]).encode()
    folder = counter.kiosk.config.queue.folder
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert len(stored) > len(photo.data), "the envelope is there"
    assert [canary for canary in canaries if canary in logged or canary in stored] == []
