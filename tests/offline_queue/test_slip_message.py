"""What a slip's message may be, and where it may go: hostile addresses end here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.envelope import Attachment, Malformed, decode_payload, encode_payload
from offline_queue.slip_message import (
    AddressFault,
    SlipMessage,
    Way,
    message_in,
    parse_address,
    parse_email,
    parse_mobile,
    payload_of,
)

CODE = "https://portal.example/verify?c=abc"
MESSAGE = SlipMessage(Way.EMAIL, "chan@example.org", "en", "Receipt TB1", f"Receipt\n{CODE}", (CODE,))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("chan.tai-man+1@example.org", "chan.tai-man+1@example.org"),
        (" Chan@EXAMPLE.Org ", "Chan@example.org"),
        ("a@b.example.co", "a@b.example.co"),
        ("a@xn--fiqs8s.xn--fiqs8s", "a@xn--fiqs8s.xn--fiqs8s"),
    ],
)
def test_an_address_is_brought_to_its_one_form(typed: str, address: str) -> None:
    assert parse_email(typed) == address


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "email_form"),
        ("chan", "email_form"),
        ("chan@", "email_form"),
        ("@example.org", "email_form"),
        ("chan@example", "email_form"),
        ("chan@@example.org", "email_form"),
        ("a.@example.org", "email_form"),
        (".a@example.org", "email_form"),
        ("a..b@example.org", "email_form"),
        ("a@-example.org", "email_form"),
        ("a@example.org, b@example.org", "email_form"),
        ("a@example.org\r\nBcc: b@example.org", "email_form"),
        ("a\n@example.org", "email_form"),
        ("a@example.org\x00", "email_form"),
        ('"a b"@example.org', "email_form"),
        ("<a@example.org>", "email_form"),
        ("a@[127.0.0.1]", "email_form"),
        ("a@127.0.0.1", "email_form"),
        ("a" * 65 + "@example.org", "email_form"),
        ("a@" + "b" * 64 + ".org", "email_form"),
        ("a@" + "b." * 130 + "org", "email_form"),
        ("陳@example.org", "email_letters"),
        ("chan@例子.香港", "email_letters"),
        ("chan＠example.org", "email_letters"),
    ],
)
def test_what_is_no_plain_address_is_refused_with_its_reason(typed: str, code: str) -> None:
    assert parse_email(typed) == AddressFault(code)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5123 4567", "+85251234567"),
        ("+852 9123 4567", "+85291234567"),
        ("00852-9123-4567", "+85291234567"),
        ("85291234567", "+85291234567"),
        ("138 0013 8000", "+8613800138000"),
        ("+86 13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("+853 6612 3456", "+85366123456"),
    ],
)
def test_a_mobile_number_gets_its_country(typed: str, number: str) -> None:
    assert parse_mobile(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "mobile_form"),
        ("123", "mobile_form"),
        ("1234 5678", "mobile_form"),
        ("912345678", "mobile_form"),
        ("9123456a", "mobile_form"),
        ("９１２３４５６７", "mobile_form"),
        ("91234567\n91234568", "mobile_form"),
        ("+852 12345678", "mobile_form"),
        ("2123 4567", "mobile_landline"),
        ("+86 10 12345678", "mobile_landline"),
        ("+86 020 12345678", "mobile_landline"),
        ("+44 7700 900123", "mobile_country"),
        ("001 212 555 0100", "mobile_country"),
        ("+1 900 555 0100", "mobile_country"),
    ],
)
def test_a_number_that_takes_no_text_message_is_refused_with_its_reason(typed: str, code: str) -> None:
    assert parse_mobile(typed) == AddressFault(code)


@given(st.text(max_size=300), st.sampled_from(Way))
def test_whatever_is_typed_becomes_one_harmless_line_or_is_refused(typed: str, way: Way) -> None:
    found = parse_address(way, typed)
    if isinstance(found, str):
        assert found.isascii()
        assert found.isprintable()
        assert not set(found) & set(" ,;<>()[]:\\\"'\r\n") - {"'"}
        assert parse_address(way, found) == found


def test_what_is_sealed_is_what_is_read_again() -> None:
    payload = decode_payload(encode_payload(payload_of(MESSAGE, "2026.11")))
    assert not isinstance(payload, Malformed)
    assert message_in(payload) == MESSAGE


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "chan@example.org\r\nBcc: x@example.org"},
        {"to": "Chan@EXAMPLE.org"},  # not in its one form
        {"subject": ""},
        {"subject": "Receipt\r\nBcc: x@example.org"},
        {"subject": "x" * 121},
        {"text": ""},
        {"text": "no link at all"},
        {"text": f"{CODE}\x1b[2J"},
        {"text": f"{CODE} " + "x" * 8_001},
        {"codes": ()},
        {"codes": (CODE, "")},
        {"codes": (CODE,) * 9},
        {"language": "fr"},
        {"way": Way.SMS},
    ],
)
def test_a_message_out_of_its_form_is_not_one(wrong: dict[str, object]) -> None:
    assert message_in(payload_of(replace(MESSAGE, **wrong), "1")) == Malformed("message")  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"to": 7}, {"codes": [7]}, {"codes": "x"}, {"text": None}, {"subject": []}])
def test_values_of_another_kind_are_not_a_message(wrong: dict[str, object]) -> None:
    payload = payload_of(MESSAGE, "1")
    assert message_in(replace(payload, answers={**payload.answers, **wrong})) == Malformed("message")  # type: ignore[arg-type]


def test_nothing_can_be_attached_and_no_other_service_is_one() -> None:
    payload = payload_of(MESSAGE, "1")
    assert message_in(replace(payload, attachments=(Attachment("a", "image/jpeg", b"x"),))) == Malformed("message")
    assert message_in(replace(payload, service="HK-WEL-01")) == Malformed("message")


def test_an_address_is_in_no_representation() -> None:
    assert "chan" not in repr(MESSAGE)
    assert "chan" not in repr(payload_of(MESSAGE, "1"))
