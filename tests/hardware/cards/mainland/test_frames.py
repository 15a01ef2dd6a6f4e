"""Frames of a SAM module in whatever pieces and noise they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.faults import CardError
from hardware.cards.mainland.frames import MAX_LENGTH, PREAMBLE, FrameReader, encode, split_answer


@pytest.mark.parametrize(
    ("command", "tail"),
    [
        ("11ff", "000311ffed"),
        ("12ff", "000312ffee"),
        ("2001", "0003200122"),
        ("2002", "0003200221"),
        ("3001", "0003300132"),
        ("3010", "0003301023"),
    ],
)
def test_requests_are_those_of_public_drivers(command: str, tail: str) -> None:
    assert encode(bytes.fromhex(command)).hex() == "aaaaaa9669" + tail


def test_answers_are_those_of_public_drivers() -> None:
    assert encode(bytes.fromhex("00009f00000000")).hex() == "aaaaaa9669" + "000800009f00000000" + "97"
    assert encode(bytes.fromhex("0000900000000000000000")).hex() == "aaaaaa9669" + "000c0000900000000000000000" + "9c"
    assert len(encode(bytes.fromhex("00009001000400") + bytes(1280))) == 1295


@given(
    st.lists(st.binary(min_size=3, max_size=1300), min_size=1, max_size=4), st.binary(max_size=30), st.integers(1, 400)
)
def test_frames_come_out_whole_however_they_come_in(contents: list[bytes], noise: bytes, size: int) -> None:
    noise = noise.replace(b"\xaa", b"\x55")
    stream = b"".join(noise + encode(content) for content in contents)
    reader, found = FrameReader(), []
    for at in range(0, len(stream), size):
        content = reader.feed(stream[at : at + size])
        while content is not None:
            found.append(content)
            content = reader.feed(b"")
    assert found == contents


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_any_bytes_give_frames_or_typed_faults_and_are_not_hoarded(pieces: list[bytes]) -> None:
    reader = FrameReader()
    for piece in pieces:
        try:
            reader.feed(piece)
        except CardError as error:
            assert error.fault.code == "card_unreadable"  # noqa: PT017 - either outcome is right
    assert len(reader._held) <= MAX_LENGTH + 200


def test_a_false_preamble_with_a_frame_inside_is_got_over() -> None:
    reader = FrameReader()
    stream = PREAMBLE + b"\xff\xff" + encode(b"\x00\x00\x9f")
    with pytest.raises(CardError):
        reader.feed(stream)
    assert reader.feed(b"") == b"\x00\x00\x9f"


def test_a_wrong_check_byte_does_not_hide_the_next_frame() -> None:
    broken = bytearray(encode(b"\x00\x00\x90abc"))
    broken[-1] ^= 1
    reader = FrameReader()
    with pytest.raises(CardError):
        reader.feed(bytes(broken) + encode(b"\x00\x00\x9f"))
    assert reader.feed(b"") == b"\x00\x00\x9f"


def test_an_answer_does_not_show_its_data() -> None:
    assert repr(split_answer(b"\x00\x00\x90CHAN")) == "Answer(000090, 4 bytes)"
