"""What IPP printers say is read into named states; whatever else comes is a named state too."""

from __future__ import annotations

import plistlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.device import Fault
from hardware.printer.ipp_answers import NOTICES, REASONS, Answer, parse_answer, parse_printer, takes_pdf
from hardware.printer.status import FAULT_CODES, Paper


def report(status: str, *groups: dict[str, Any]) -> bytes:
    return plistlib.dumps({"Tests": [{"StatusCode": status, "ResponseAttributes": list(groups)}]})


def said(**attributes: object) -> Answer:
    return Answer("successful-ok", {name.replace("_", "-"): value for name, value in attributes.items()})


def test_an_answer_is_its_status_and_every_groups_attributes() -> None:
    answer = parse_answer(report("successful-ok", {"attributes-charset": "utf-8"}, {"job-id": 7}))
    assert isinstance(answer, Answer)
    assert answer.ok
    assert answer.attributes["job-id"] == 7


def test_ipptools_word_for_a_mute_printer_is_not_believed() -> None:
    assert parse_answer(report("successful-ok", {})) == Fault("printer_silent")


def test_no_connection_is_offline() -> None:
    assert parse_answer(plistlib.dumps({"Tests": [], "ErrorMessage": "Unable to connect"})) == Fault("printer_offline")


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ("none", None),
        ("media-empty", "paper_out"),
        ("media-empty-report", "paper_out"),
        (["toner-low-warning", "media-jam-error"], "paper_jam"),
        (["media-empty-error", "cover-open-error"], "cover_open"),
        ("other-report", None),
        ("other", "printer_error"),
        ("a-reason-of-next-year-warning", None),
    ],
)
def test_the_trouble_a_person_should_deal_with_first_is_named(reasons: object, code: str | None) -> None:
    status = parse_printer(said(printer_state=3, printer_state_reasons=reasons))
    assert (status.fault.code if status.fault else None) == code


def test_a_stopped_printer_that_gives_no_reason_is_in_error() -> None:
    status = parse_printer(said(printer_state=5, printer_state_reasons="none"))
    assert status.fault is not None
    assert status.fault.code == "printer_error"


def test_what_an_idle_print_server_remembers_of_its_printer_is_not_believed() -> None:
    old = {"printer_state": 3, "printer_state_reasons": ["media-empty-error"], "printer_type": 4}
    assert parse_printer(said(**old)).fault is None
    assert parse_printer(said(**{**old, "printer_state": 4})).fault == Fault("paper_out", detail="media-empty")


def test_low_supplies_are_notices_and_printing_goes_on() -> None:
    paper = parse_printer(said(printer_state=3, printer_state_reasons=["media-low-warning"]))
    toner = parse_printer(said(printer_state=3, printer_state_reasons="toner-low-report"))
    assert (paper.fault, paper.paper, paper.notice) == (None, Paper.LOW, Fault("paper_low"))
    assert (toner.fault, toner.notice) == (None, Fault("toner_low"))


def test_a_printer_that_does_not_say_its_formats_is_believed_to_take_pdf() -> None:
    assert takes_pdf(said())
    assert takes_pdf(said(document_format_supported=["image/jpeg", "application/pdf"]))
    assert not takes_pdf(said(document_format_supported="image/jpeg"))


def test_every_state_has_a_known_code() -> None:
    assert {*REASONS.values(), *NOTICES.values()} <= set(FAULT_CODES)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_into_a_named_state(noise: bytes) -> None:
    assert isinstance(parse_answer(noise), Fault)


LEAF = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["none", "", "media-empty", "other-report"])
ANYTHING = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(st.sampled_from("ab"), LEAF, max_size=2)
NAMES = st.sampled_from(["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"])


@given(st.dictionaries(NAMES, ANYTHING))
def test_any_attributes_are_read_into_a_status(attributes: dict[str, Any]) -> None:
    status = parse_printer(Answer("successful-ok", attributes))
    assert status.fault is None or status.fault.code in FAULT_CODES
    assert status.fault is not None or attributes["printer-state"] in (3, 4)


@given(st.sampled_from([b"<true/>", b"<string>x</string>", b"<array></array>", b"<dict></dict>", b"<date>x</date>"]),
       st.integers(0, 200))  # fmt: skip
def test_a_spoilt_report_is_read_into_a_named_state(part: bytes, place: int) -> None:
    whole = report("successful-ok", {"attributes-charset": "utf-8"}, {"printer-state": 3})
    at = whole.index(b"<plist") + place
    found = parse_answer(whole[:at] + part + whole[at:])
    assert isinstance(found, Answer | Fault)
