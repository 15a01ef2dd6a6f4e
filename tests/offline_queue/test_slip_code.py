"""The code on a slip: verifies offline, says nothing about anybody, and any change is seen."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from offline_queue.envelope import Malformed, StatementKey, uuid7
from offline_queue.slip_code import SlipCode, read_slip, sign_slip

KEY = StatementKey.generate()
NOW = datetime(2026, 11, 20, 6, 41, tzinfo=UTC)
CODE = SlipCode(KEY.key_id, "TB1 2611 0457 K", "HK-WEL-01", uuid7(NOW), bytes(range(32)), NOW, 7)
URL = sign_slip(CODE, KEY, verify_url="https://portal.example/verify")


def test_a_code_says_what_was_signed() -> None:
    assert read_slip(URL, KEY.public_bytes) == CODE


def test_a_code_fits_a_qr_code_that_a_phone_reads() -> None:
    assert len(URL) < 300


def test_another_kiosks_key_does_not_verify_it() -> None:
    assert read_slip(URL, StatementKey.generate().public_bytes) == Malformed("slip_forged")


@given(st.integers(min_value=URL.index("=") + 1, max_value=len(URL) - 1), st.sampled_from("ABCxyz019-_"))
def test_a_changed_character_is_seen(place: int, letter: str) -> None:
    if URL[place] != letter:
        changed = URL[:place] + letter + URL[place + 1 :]
        assert isinstance(read_slip(changed, KEY.public_bytes), Malformed)


@given(st.text(max_size=400))
def test_any_scanned_text_is_a_code_or_a_typed_refusal(text: str) -> None:
    assert isinstance(read_slip(text), SlipCode | Malformed)
    assert isinstance(read_slip(f"https://portal.example/verify?c={text}"), SlipCode | Malformed)
