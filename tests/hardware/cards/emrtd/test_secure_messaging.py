"""Secure messaging from both ends, over every suite and every shape of command."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.apdu import Command, decode_command, split_answer
from hardware.cards.emrtd.secure_messaging import Keys, protect, reveal
from hardware.cards.emrtd.suites import AES_128, AES_192, AES_256, TRIPLE_DES, Suite, pad, unpad
from hardware.cards.faults import CardError
from hardware.cards.sim.emrtd import cover, uncover

SUITES: list[Suite] = [TRIPLE_DES, AES_128, AES_192, AES_256]
SUITE = st.sampled_from(SUITES)
LENGTHS = st.one_of(st.none(), st.integers(1, 256), st.just(65536), st.integers(257, 65535))


def pair(suite: Suite) -> tuple[Keys, Keys]:
    """The terminal's and the chip's view of one session."""
    enc, mac = suite.derive(b"shared secret", 1), suite.derive(b"shared secret", 2)
    return Keys(suite, enc, mac, 41), Keys(suite, enc, mac, 41)


@given(SUITE, st.sampled_from([0xA4, 0xB0, 0xB1, 0x86]), st.binary(max_size=500), LENGTHS)
def test_a_command_arrives_as_it_was_sent(suite: Suite, ins: int, data: bytes, le: int | None) -> None:
    terminal, chip = pair(suite)
    command = Command(0x00, ins, 1, 2, data, le)
    wire = decode_command(protect(terminal, command))
    assert wire is not None
    arrived = uncover(chip, wire)
    assert isinstance(arrived, Command)
    if le is not None and command.extended:
        assert arrived == command
    else:
        assert arrived == replace(command, le=le if le != 65536 else 256)
    assert chip.ssc == terminal.ssc


@given(SUITE, st.binary(max_size=700), st.booleans(), st.sampled_from([0x9000, 0x6282, 0x6A82]))
def test_an_answer_arrives_as_it_was_sent(suite: Suite, data: bytes, odd: bool, sw: int) -> None:
    terminal, chip = pair(suite)
    answer = split_answer(cover(chip, data, sw, odd=odd))
    assert reveal(terminal, answer.data, answer.sw) == data + sw.to_bytes(2, "big")


@given(SUITE, st.binary(min_size=1, max_size=200), st.data())
def test_any_flipped_bit_of_an_answer_is_noticed(suite: Suite, data: bytes, draw: st.DataObject) -> None:
    terminal, chip = pair(suite)
    raw = bytearray(cover(chip, data, 0x9000, odd=False))
    raw[draw.draw(st.integers(0, len(raw) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    answer = split_answer(bytes(raw))
    with pytest.raises(CardError, match=r"card_channel_broken|card_invalid"):
        reveal(terminal, answer.data, answer.sw)


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_an_answer_played_again_is_noticed(suite: Suite) -> None:
    terminal, chip = pair(suite)
    answer = split_answer(cover(chip, b"data", 0x9000, odd=False))
    reveal(terminal, answer.data, answer.sw)
    with pytest.raises(CardError, match="card_channel_broken"):
        reveal(terminal, answer.data, answer.sw)


@given(SUITE, st.binary(max_size=300))
def test_any_answer_is_revealed_or_a_typed_fault(suite: Suite, data: bytes) -> None:
    with pytest.raises(CardError):
        reveal(pair(suite)[0], data, 0x9000)


@given(SUITE, st.binary(max_size=300))
def test_padding_comes_off_again(suite: Suite, message: bytes) -> None:
    padded = pad(message, suite.block)
    assert len(padded) % suite.block == 0
    assert unpad(padded) == message


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_the_longest_short_answer_fits_256_bytes_and_the_next_does_not(suite: Suite) -> None:
    from hardware.cards.emrtd.lds import SHORT_PLAIN

    longest = SHORT_PLAIN[suite.name]
    assert len(cover(pair(suite)[1], os.urandom(longest), 0x9000, odd=False)) <= 258
    assert len(cover(pair(suite)[1], os.urandom(longest + 1), 0x9000, odd=False)) > 258
