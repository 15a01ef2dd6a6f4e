"""TLV objects are read in bounds, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards import tlv
from hardware.cards.faults import CardError

TAGS = st.sampled_from([0x53, 0x80, 0xC1, 0x5F20, 0x5F40, 0x7F4E, 0x7F66])


@given(TAGS, st.binary(max_size=70_000))
def test_an_object_comes_back_as_it_was(tag: int, value: bytes) -> None:
    assert tlv.unwrap(tlv.encode(tag, value), tag) == value


@given(st.dictionaries(TAGS, st.binary(max_size=300)))
def test_a_level_comes_back_as_it_was(objects: dict[int, bytes]) -> None:
    assert tlv.parse(b"".join(tlv.encode(tag, value) for tag, value in objects.items())) == objects


@given(st.binary(max_size=400))
def test_any_bytes_are_objects_or_a_typed_fault(data: bytes) -> None:
    try:
        objects = list(tlv.walk(data))
    except CardError as error:
        assert error.fault.code == "card_invalid"  # noqa: PT017 - either outcome is right
    else:
        assert sum(len(item.value) for item in objects) <= len(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "tag"),
        ("5f", "header"),
        ("53", "header"),
        ("5384ffffffff", "bounds"),
        ("5385ffffffffff", "length"),
        ("5380", "length"),
        ("5382ff", "length"),
        ("5fffffffff0100", "tag too long"),
    ],
)
def test_a_bad_header_is_refused(data: str, why: str) -> None:
    with pytest.raises(CardError) as caught:
        tlv.parse_header(bytes.fromhex(data))
    assert why in caught.value.fault.detail


@pytest.mark.parametrize("data", ["530401", "53010153", "8001018001 02".replace(" ", "")])
def test_a_level_that_is_cut_or_repeats_itself_is_refused(data: str) -> None:
    with pytest.raises(CardError):
        tlv.parse(bytes.fromhex(data))


def test_too_many_objects_are_refused() -> None:
    with pytest.raises(CardError, match="card_invalid"):
        list(tlv.walk(b"\x80\x00" * 300))


def test_unwrap_wants_its_own_tag_alone() -> None:
    for data in ("8000", "53008000"):
        with pytest.raises(CardError):
            tlv.unwrap(bytes.fromhex(data), 0x53)


def test_an_object_does_not_show_its_value() -> None:
    assert repr(tlv.Tlv(0x5F20, b"CHAN")) == "Tlv(5F20, 4 bytes)"
